"""The registry of what stands on the page of one's matters."""

from __future__ import annotations

from typing import cast

import pytest
from sqlalchemy.orm import Session

from kreisportal.kernel.matters import MatterRow, Matters, Section

SESSION = cast("Session", object())
ROW = MatterRow(1, 1, "hundesteuer", "84 €, fällig am 15.2.", "/zahlung/1")


def test_sections_of_all_rooms_stand_in_order_and_empty_ones_nowhere() -> None:
    """Whatever the order in which rooms are registered: what has to be done comes before what runs."""
    asked: list[Session] = []

    def runs(session: Session) -> list[Section]:
        asked.append(session)
        return [Section(40, "Läuft", (ROW,)), Section(10, "Wartet auf Sie", ())]

    matters = Matters()
    matters.register("cases", runs)
    matters.register("payments", lambda session: [Section(15, "Zu bezahlen", (ROW,))])
    assert [section.heading for section in matters.of(SESSION)] == ["Zu bezahlen", "Läuft"]
    assert asked == [SESSION]


def test_a_room_is_registered_once() -> None:
    matters = Matters()
    matters.register("cases", lambda session: ())
    with pytest.raises(ValueError, match="'cases'"):
        matters.register("cases", lambda session: ())
