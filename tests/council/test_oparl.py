"""Reading OParl's objects: what is wrong is left out, and nothing that comes makes it fail."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kreisportal.council import oparl
from kreisportal.council.errors import Fault, SourceError

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=True)
    | st.text()
    | st.text("<>&\"'\0\u202e\ud800")
)
ANYTHING = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
NAMES = st.sampled_from(
    [
        *(
            "id",
            "type",
            "name",
            "start",
            "end",
            "location",
            "organization",
            "cancelled",
            "web",
            "deleted",
            "data",
        ),
        *(
            "reference",
            "date",
            "created",
            "paperType",
            "links",
            "next",
            "room",
            "description",
            "meetingState",
        ),
    ]
)
LIKELY = st.sampled_from(
    [
        *("2026-12-01", "2026-12-01T18:00:00Z", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"),
        *("https://a.example/", "https://[::1", "https://a.example:99999/", "https://u:p@a.example/", "//x"),
        *("https://schema.oparl.org/1.0/Body", "javascript:alert(1)", "abgesagt"),
    ]
)
OBJECTS = st.dictionaries(NAMES, ANYTHING | LIKELY | st.dictionaries(NAMES, SCALARS | LIKELY), max_size=8)


@given(OBJECTS)
def test_whatever_comes_only_text_days_and_links_come_out(found: dict[str, Any]) -> None:
    for kept in (oparl.meeting_of(found), oparl.paper_of(found)):
        text = json.dumps(kept, ensure_ascii=False)
        assert "\0" not in text and "\u202e" not in text
        text.encode()
        for name, value in (kept or {}).items():
            assert isinstance(value, (str, bool)) and (not isinstance(value, str) or len(value) <= 800)
            assert name != "web" or str(value).startswith(("https://", "http://"))
    oparl.committees_in(found)
    oparl.name_of(found)
    oparl.kind_of(found)
    try:
        oparl.page_of(found)
    except SourceError as error:
        assert error.fault is Fault.NO_OPARL


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"<html>", Fault.NO_JSON),
        (b"", Fault.NO_JSON),
        (b"\xff\xfe", Fault.NO_JSON),
        (b"[" * 100_000, Fault.NO_JSON),
        (b"1" * 10_000, Fault.NO_JSON),
        (b"[]", Fault.NO_OPARL),
        (b"null", Fault.NO_OPARL),
    ],
)
def test_what_is_no_object_is_refused(content: bytes, fault: Fault) -> None:
    with pytest.raises(SourceError) as caught:
        oparl.parsed(content)
    assert caught.value.fault is fault


@pytest.mark.parametrize(
    ("said", "link"),
    [
        ("https://rat.example/a?b=c#d", "https://rat.example/a?b=c#d"),
        ("http://rat.example/", "http://rat.example/"),
        *(
            (bad, "")
            for bad in ("javascript:alert(1)", "data:text/html,x", "//rat.example/", "https:///x", "ftp://x/")
        ),
        *(
            (bad, "")
            for bad in ("https://a b/", "https://u:p@rat.example/", 'https://rat.example/"x', "https://[/")
        ),
        ("https://rat.example/" + "a" * 500, ""),
    ],
)
def test_only_addresses_of_pages_become_links(said: str, link: str) -> None:
    assert oparl.link_in({"web": said}, "web") == link


def test_texts_are_one_line_cut_and_turn_nothing_around() -> None:
    assert (
        oparl.text_in({"name": " Ein\n\t\0Wort \u202eund  \ud800noch\ufeff eins "}, "name")
        == "Ein Wort und noch eins"
    )
    assert len(oparl.text_in({"name": "a" * 10_000}, "name")) == 300
    assert oparl.text_in({"name": ["Rat"]}, "name") == ""


@pytest.mark.parametrize(
    ("more", "is_cancelled"),
    [
        ({"cancelled": True}, True),
        ({"cancelled": "yes"}, False),
        ({"meetingState": "Abgesagt"}, True),
        ({}, False),
    ],
)
def test_a_meeting_says_whether_it_is_cancelled(more: dict[str, Any], is_cancelled: bool) -> None:
    meeting = oparl.meeting_of({"start": "2026-12-01T18:00:00+01:00", **more})
    assert meeting is not None
    assert meeting.get("cancelled", False) is is_cancelled


def test_times_are_on_the_regions_clocks() -> None:
    meeting = oparl.meeting_of({"start": "2026-07-01T23:30:00Z", "end": "2026-07-01T22:00:00Z"})
    assert meeting == {"start": "2026-07-02T01:30:00+02:00"}, "an end before the beginning is none"
    assert oparl.meeting_of({"start": "2026-12-01"}) == {"start": "2026-12-01T00:00:00+01:00"}
    assert oparl.meeting_of({"start": "morgen"}) is None


def test_a_place_is_one_line_that_says_nothing_twice() -> None:
    def place(**location: str) -> str:
        meeting = oparl.meeting_of({"start": "2026-12-01", "location": location})
        return str((meeting or {}).get("place", ""))

    assert (
        place(room="Saal", streetAddress="Markt 1", postalCode="49377", locality="Vechta")
        == "Saal, Markt 1, 49377 Vechta"
    )
    assert (
        place(description="Rathaus, Markt 1, 49377 Vechta", streetAddress="Markt 1")
        == "Rathaus, Markt 1, 49377 Vechta"
    )


def test_a_paper_without_a_day_is_of_the_day_it_came_in() -> None:
    paper = oparl.paper_of({"name": "Antrag", "created": "2026-11-30T23:30:00Z", "reference": 7})
    assert paper == {"name": "Antrag", "date": "2026-12-01"}
    assert oparl.paper_of({"name": "Antrag"}) is None
