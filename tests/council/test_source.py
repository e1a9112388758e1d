"""Reading a source over the network: bodies, lists of several pages, what has changed since, and all that can be wrong."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kreisportal.council import source
from kreisportal.council.asking import Budget
from kreisportal.council.errors import Fault, SourceError
from kreisportal.council.source import Before, bodies_at, parts_at, read
from tests.council.test_oparl import ANYTHING, OBJECTS
from tests.support.oparl_server import DAY, Council


def budget(**more: Any) -> Budget:
    return Budget(**{"seconds": 10.0, "local": True, **more})


def fault_of(address: str, **more: Any) -> Fault:
    with pytest.raises(SourceError) as caught:
        read(address, budget(**more), DAY)
    return caught.value.fault


def test_a_systems_bodies_and_a_body_itself_are_found(council: Council) -> None:
    council.bodies += [
        council.body("2", "Gemeinde Beispielhausen"),
        council.body("3", "Alt") | {"deleted": True},
    ]
    found = bodies_at(f"{council.base}/system", budget())
    assert [body.name for body in found] == ["Stadt Musterfeld", "Gemeinde Beispielhausen"]
    assert bodies_at(f"{council.base}/bodies", budget())[0] == found[0]
    assert bodies_at(found[1].address, budget()) == [found[1]]
    assert parts_at(found[0].address, budget(), DAY) == {"meeting", "paper"}


def test_a_body_without_a_name_is_called_by_its_address_and_one_without_an_address_by_where_it_was(
    council: Council,
) -> None:
    body = council.bodies[0] | {"name": "", "id": "ftp://nowhere/"}
    council.answers["/body/1"] = body
    (found,) = bodies_at(f"{council.base}/body/1", budget())
    assert found == source.Body(f"{council.base}/body/1", f"{council.base}/body/1")
    council.bodies[0] = body
    with pytest.raises(SourceError) as caught:
        bodies_at(f"{council.base}/system", budget())
    assert caught.value.fault is Fault.NO_BODY


def test_the_next_meetings_and_newest_papers_are_read_from_all_pages(council: Council) -> None:
    shown = read(f"{council.base}/body/1", budget(), DAY)
    assert [(each["name"], each["committees"]) for each in shown["meetings"]] == [
        ("Sondersitzung", ["Rat der Stadt Musterfeld"]),
        ("4. Sitzung", ["Rat der Stadt Musterfeld"]),
        ("3. Sitzung", ["Bauausschuss"]),
    ]
    assert shown["meetings"][1]["place"] == "Ratssaal, Am Markt 1, 49999 Musterfeld"
    assert shown["meetings"][2]["cancelled"] is True
    assert [each["reference"] for each in shown["papers"]] == ["2026/9", "2026/8", "2026/7"]
    assert shown["as_of"] == "2026-12-01"
    assert len([path for path in council.asked if path.startswith("/organization/")]) == 2, (
        "each is asked for once"
    )
    assert any("body=1" in path and "modified_since=2026" in path for path in council.asked)


def test_later_only_what_has_changed_is_asked_for(council: Council) -> None:
    body = f"{council.base}/body/1"
    before = Before(read(body, budget(), DAY), DAY)
    changed = "2026-12-01T13:00:00+01:00"
    council.meetings[3] |= {"deleted": True, "modified": changed}
    council.meetings[2] |= {"start": "2026-12-05T17:00:00+01:00", "modified": changed}
    council.papers.append(council.paper("10", "2026-12-01", "Neues Bad"))
    council.asked.clear()
    shown = read(body, budget(), DAY + datetime.timedelta(hours=1), before)
    assert [each["start"][:16] for each in shown["meetings"]] == ["2026-12-05T17:00", "2026-12-10T18:00"]
    assert shown["meetings"][1]["committees"] == ["Bauausschuss"]
    assert [each["name"] for each in shown["papers"]][:2] == ["Neues Bad", "Haushalt 2027"]
    assert len(council.asked) == 4, "the body, a page of each list, a committee"


def test_a_system_that_does_not_filter_says_the_same(council: Council) -> None:
    filtered = read(f"{council.base}/body/1", budget(), DAY)
    council.filters = False
    assert read(f"{council.base}/body/1", budget(), DAY) == filtered


def test_committees_that_cannot_be_read_leave_the_meeting(council: Council) -> None:
    council.answers["/organization/rat"] = b"<html>"
    council.meetings[0]["organization"] = [{"name": "Eingebettet"}, 7, f"{council.base}/gone", "https://[::1"]
    meetings = read(f"{council.base}/body/1", budget(), DAY)["meetings"]
    assert [each["committees"] for each in meetings] == [[], [], ["Eingebettet"]]


@pytest.mark.parametrize(
    ("answers", "fault"),
    [
        ({"/body/1": b"<html>"}, Fault.NO_JSON),
        ({"/body/1": b"{}"}, Fault.NO_OPARL),
        ({"/body/1": {"type": "https://schema.oparl.org/1.0/Body", "meeting": 7}}, Fault.NO_BODY),
        ({"/body/1": (404, "")}, Fault.REFUSED),
        ({"/body/1": (302, "/body/1")}, Fault.LED_ASTRAY),
        ({"/body/1": (302, "http://10.0.0.1/")}, Fault.ADDRESS),
        ({"/body/1": (302, "https://169.254.169.254/latest")}, Fault.NOT_PUBLIC),
        ({"/body/1": (302, "file:///etc/passwd")}, Fault.ADDRESS),
        ({"/body/1": (302, "https://[::1")}, Fault.ADDRESS),
        ({"/meetings": {"data": {}}}, Fault.NO_OPARL),
        ({"/meetings": {"data": [], "links": {"next": "https://10.0.0.1/"}}}, Fault.NOT_PUBLIC),
        ({"/papers": b'{"data": ['}, Fault.NO_JSON),
        ({"/papers": b"[" + b" " * 2_000_000}, Fault.TOO_LARGE),
    ],
)
def test_what_is_wrong_is_told(council: Council, answers: dict[str, Any], fault: Fault) -> None:
    council.answers |= answers
    assert fault_of(f"{council.base}/body/1", most_of_answer=1_000_000) is fault


def test_a_list_without_an_end_is_ended(council: Council, monkeypatch: pytest.MonkeyPatch) -> None:
    council.meetings *= 50
    monkeypatch.setattr(source, "_MOST_PAGES", 3)
    assert fault_of(f"{council.base}/body/1") is Fault.TOO_LARGE
    council.answers["/meetings"] = {"data": [], "links": {"next": "/meetings"}}
    council.answers["/papers"] = {"data": [], "links": {"next": ""}}
    assert read(f"{council.base}/body/1", budget(), DAY)["meetings"] == []
    assert fault_of(f"{council.base}/body/1", requests=2) is Fault.TOO_LARGE
    assert fault_of(f"{council.base}/body/1", left=100) is Fault.TOO_LARGE


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(st.lists(OBJECTS | ANYTHING, max_size=4), OBJECTS, OBJECTS)
def test_hostile_lists_never_break_it(
    council: Council, items: list[Any], links: dict[str, Any], organization: dict[str, Any]
) -> None:
    soon = {
        "start": "2026-12-05T18:00:00+01:00",
        "organization": [f"{council.base}/organization/x", organization],
    }
    council.answers["/organization/x"] = organization
    for path in ("/meetings", "/papers"):
        council.answers[path] = {"data": [*items, {**organization, **soon}], "links": links}
    try:
        shown = read(f"{council.base}/body/1", budget(), DAY)
    except SourceError:
        return
    assert len(shown["meetings"]) <= source.MOST_MEETINGS
