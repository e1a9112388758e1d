"""What providers tell is read whole or not at all, and nothing that they tell breaks anything."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kreisportal.bundid.claims import attributes_of
from kreisportal.bundid.told import german_address, german_day, one_line, whole_day


@pytest.mark.parametrize(
    ("told", "day"),
    [
        ("1980-12-24", "1980-12-24"),
        ("24.12.1980", ""),
        ("1980", ""),
        ("1980-12", ""),
        ("0000-12-24", ""),
        ("1799-12-31", ""),
        ("1980-02-30", ""),
        ("1980-12-24T00:00:00", ""),
        ("1980-W52-1", ""),
        (19801224, ""),
        (None, ""),
    ],
)
def test_a_day_is_whole_or_nothing(told: object, day: str) -> None:
    assert whole_day(told) == day


def test_a_day_may_be_written_as_germans_do() -> None:
    assert german_day("24.12.1980") == german_day("1980-12-24") == "1980-12-24"
    assert [german_day(odd) for odd in ("24.12.80", "30.02.1980", "xx.12.1980", None)] == [""] * 4


@pytest.mark.parametrize(
    ("line", "street", "number"),
    [
        ("Große Straße 7", "Große Straße", "7"),
        ("Am  Markt 3 a", "Am Markt", "3 a"),
        ("Straße des 17. Juni 135", "Straße des 17. Juni", "135"),
        ("Hauptstr. 5/7", "Hauptstr.", "5/7"),
        ("Lange Straße 12-14b", "Lange Straße", "12-14b"),
    ],
)
def test_street_and_number_are_told_apart(line: str, street: str, number: str) -> None:
    found = german_address(line, "49377", "Vechta")
    assert found == {"street": street, "house_number": number, "postcode": "49377", "city": "Vechta"}


@pytest.mark.parametrize(
    ("line", "postcode", "city"),
    [
        ("Große Straße", "49377", "Vechta"),
        ("7", "49377", "Vechta"),
        ("Große Straße 7", "1011 AB", "Amsterdam"),
        ("Große Straße 7", "49377", ""),
        (None, "49377", "Vechta"),
        ("Große Straße 7", 49377, "Vechta"),
    ],
)
def test_an_address_of_which_something_is_missing_is_none(
    line: object, postcode: object, city: object
) -> None:
    assert german_address(line, postcode, city) == {}


def test_a_text_comes_in_one_line_and_is_no_longer_than_a_name() -> None:
    assert one_line(" Anna \n Łucja\t") == "Anna Łucja"
    assert one_line("A" * 200) == "A" * 200
    assert [one_line(odd) for odd in ("A" * 201, "a\0b", "\u202e", 7, None, ["Anna"])] == [""] * 6


def test_only_the_first_line_of_a_street_counts() -> None:
    told = {"street_address": "Große Straße 7\nHinterhaus", "postal_code": "49377", "locality": "Vechta"}
    assert attributes_of({"address": told})["person.address"]["house_number"] == "7"


@given(st.one_of(st.text(), st.none(), st.integers(), st.dates().map(datetime.date.isoformat)))
def test_whatever_is_told_is_read(told: object) -> None:
    day, line = whole_day(told), one_line(told)
    assert day == "" or datetime.date.fromisoformat(day).isoformat() == day
    assert line == "" or (line.isprintable() and line == " ".join(line.split()))
    german_address(told, "49377", told)
