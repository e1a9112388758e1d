"""Guided lists: distances in time, the order of steps, the format of the file."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from marshmallow import ValidationError

from kreisportal.catalogue.guide_schemas import GuideSchema, WordSchema
from kreisportal.catalogue.guides import Guide, Offset, Unit
from tests.catalogue.records import texts


def no_holiday(_: date) -> bool:
    return False


def step(key: str, **more: Any) -> dict[str, Any]:
    return {"key": key, "name": texts(key), **more}


EVENT = {name: texts(name) for name in ("question", "before", "on", "after")}


def guide(*steps: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"key": "umzug", "event": EVENT, "steps": list(steps), **more}


@pytest.mark.parametrize(
    ("text", "day", "found"),
    [
        ("+2 weeks", date(2026, 12, 1), date(2026, 12, 15)),
        ("-6 weeks", date(2026, 12, 1), date(2026, 10, 20)),
        ("+0 days", date(2026, 12, 1), date(2026, 12, 1)),
        ("+1 months", date(2026, 1, 31), date(2026, 2, 28)),
        ("+1 month", date(2028, 1, 31), date(2028, 2, 29)),
        ("-3 months", date(2026, 2, 28), date(2025, 11, 28)),
        ("+1 year", date(2028, 2, 29), date(2029, 2, 28)),
        ("-1 year", date(2026, 3, 1), date(2025, 3, 1)),
        # Saturday is a working day, Sunday is none.
        ("+3 workdays", date(2026, 12, 3), date(2026, 12, 7)),
        ("-1 workdays", date(2026, 12, 7), date(2026, 12, 5)),
    ],
)
def test_a_distance_leads_to_a_day(text: str, day: date, found: date) -> None:
    assert Offset.parse(text).from_day(day, no_holiday) == found


def test_working_days_leave_out_holidays() -> None:
    christmas = {date(2026, 12, 25), date(2026, 12, 26)}
    assert Offset.parse("+3 workdays").from_day(date(2026, 12, 23), christmas.__contains__) == date(
        2026, 12, 29
    )


@pytest.mark.parametrize(
    "text", ["2 weeks", "+2", "+ 2 weeks", "+2 fortnights", "+2000 days", "", "-1.5 days"]
)
def test_what_is_no_distance_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="must be an offset"):
        Offset.parse(text)
    with pytest.raises(ValidationError, match="must be an offset"):
        GuideSchema().load(guide(step("a", latest=text), step("b")))


def test_steps_stand_in_the_order_in_which_they_are_due() -> None:
    found: Guide = GuideSchema().load(
        guide(
            step("irgendwann"),
            step("spaet", latest="+1 months"),
            step("am Tag", latest="+0 days") | {"key": "tag"},
            step("frueh", latest="-3 months"),
            step("frist", earliest="+0 days", latest="+2 weeks", binding=True),
            step("auch", latest="+2 weeks"),
        )
    )
    assert [one.key for one in found.in_order()] == ["frueh", "tag", "frist", "auch", "spaet", "irgendwann"]
    assert found.steps[4].binding
    assert found.steps[4].latest == Offset(2, Unit.WEEK)


@pytest.mark.parametrize(
    "data",
    [
        guide(step("a")),
        guide(step("a"), step("a")),
        guide(step("a", latest="+1 day"), step("b"), event=None),
        guide(step("a", earliest="+2 days", latest="+1 day"), step("b")),
        guide(step("a", more=1), step("b")),
        guide(step("a", name={"de": "x"}), step("b")),
        guide(step("a"), step("b"), event={**EVENT, "on": {"de": "x"}}),
    ],
)
def test_what_is_wrong_in_a_guide_is_refused(data: dict[str, Any]) -> None:
    if data["event"] is None:
        del data["event"]
    with pytest.raises(ValidationError):
        GuideSchema().load(data)


@pytest.mark.parametrize("meaning", [{}, {"de": "Ein Brief."}, {"de-simple": "x"}])
def test_a_word_is_explained_in_plain_language(meaning: dict[str, str]) -> None:
    word = {"key": "antrag", "word": "Antrag", "meaning": {"de-simple": "Ein Brief."}}
    assert WordSchema().load(word).word == "Antrag"
    with pytest.raises(ValidationError):
        WordSchema().load({**word, "meaning": meaning})
