"""Things that are held for a while: made once, and the one that was not asked for the longest goes first."""

from __future__ import annotations

import pytest

from kreisportal.kernel.recent import Recent


def _unwanted() -> str:
    raise AssertionError("made again")


def test_a_thing_is_made_once() -> None:
    held: Recent[str] = Recent(2)
    assert held.get("a", lambda: "A") == "A"
    assert held.get("a", _unwanted) == "A"


def test_what_was_not_asked_for_the_longest_goes_first() -> None:
    held: Recent[str] = Recent(2)
    for key in ("a", "b"):
        held.get(key, key.upper)
    held.get("a", _unwanted)
    held.get("c", lambda: "C")
    assert len(held) == 2
    assert held.get("a", _unwanted) == "A"
    assert held.get("c", _unwanted) == "C"
    assert held.get("b", lambda: "again") == "again"


def test_what_could_not_be_made_is_not_held() -> None:
    held: Recent[str] = Recent(2)
    with pytest.raises(AssertionError):
        held.get("a", _unwanted)
    assert len(held) == 0
    assert held.get("a", lambda: "A") == "A"


def test_a_thing_that_is_none_is_held_too() -> None:
    held: Recent[None] = Recent(2)
    held.get("a", lambda: None)
    assert len(held) == 1


def test_a_thing_that_was_dropped_is_made_again() -> None:
    held: Recent[str] = Recent(2)
    held.get("a", lambda: "A")
    held.drop("a")
    held.drop("never held")
    assert held.get("a", lambda: "again") == "again"
