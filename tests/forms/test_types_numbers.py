"""Numbers, money and days in every writing people use."""

from __future__ import annotations

import pytest

from kreisportal.forms.fieldtypes.numbers import read_decimal
from kreisportal.i18n import language_by_path, speaking
from tests.forms.answering import accepted, refused, shown

ENGLISH = language_by_path("en")


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("12", "12"),
        ("-3", "-3"),
        ("−3", "-3"),
        ("+4", "4"),
        ("1.234", "1234"),
        ("1,234", "1234"),
        ("12,5", "12.5"),
        ("12.5", "12.5"),
        ("1.234,56", "1234.56"),
        ("1,234.56", "1234.56"),
        ("1 234,56", "1234.56"),
        ("1.234.567", "1234567"),
        ("1'234", "1234"),
        ("0.125", "0.125"),
    ],
)
def test_numbers_in_german_and_english_writing(typed: str, number: str) -> None:
    assert str(read_decimal(typed)) in (number, f"{number}.0")


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "x",
        "1,2,3",
        "12.34.56",
        "1.234,56,7",
        "1,234,56",
        "1.2.345",
        "--1",
        "1e5",
        "٣",
        "9" * 30,
        "1.",
        ".5",
    ],
)
def test_no_numbers(typed: str) -> None:
    assert read_decimal(typed) is None


def test_whole_numbers() -> None:
    assert accepted("number", "1.200") == 1200
    assert accepted("number", "12 cm", limits={"unit": "cm"}) == 12
    assert shown("number", 1200, limits={"unit": "cm"}) == "1.200 cm"
    assert refused("number", "1,5")["answer"] == ["Geben Sie bei „Answer“ eine Zahl ein, zum Beispiel 12."]
    assert refused("number", "0", limits={"min": 1})["answer"] == ["Geben Sie mindestens 1 ein."]
    assert refused("number", "2000", limits={"max": 1500, "unit": "m"})["answer"] == [
        "Geben Sie höchstens 1.500 m ein."
    ]
    assert accepted("number", "0") == 0


def test_numbers_with_decimals() -> None:
    assert accepted("number", "12,50", limits={"decimals": 2}) == "12.5"
    assert accepted("number", "100", limits={"decimals": 1}) == "100"
    assert refused("number", "1,255", limits={"decimals": 2, "max": 9})["answer"] == [
        "Geben Sie höchstens 9 ein."
    ]
    assert "Stellen nach dem Komma" in refused("number", "0,255", limits={"decimals": 2})["answer"][0]


@pytest.mark.parametrize(
    ("typed", "cents"),
    [
        ("12", 1200),
        ("1.234,56 €", 123456),
        ("1,234.56", 123456),
        ("0,05", 5),
        ("3 Euro", 300),
        ("EUR".lower() + " 5", 500),
    ],
)
def test_money(typed: str, cents: int) -> None:
    assert accepted("money", typed) == cents


def test_money_is_shown_in_the_language() -> None:
    assert shown("money", 123456) == "1.234,56\u00a0€"
    assert ENGLISH is not None
    with speaking(ENGLISH):
        assert shown("money", 123456) == "€1,234.56"


@pytest.mark.parametrize("typed", ["12,345,6", "zwölf", "0,005", "€"])
def test_no_money(typed: str) -> None:
    assert refused("money", typed)


def test_money_has_bounds_in_cents() -> None:
    assert refused("money", "5", limits={"min": 1000})["answer"] == ["Geben Sie mindestens 10,00\u00a0€ ein."]


@pytest.mark.parametrize(
    "inputs",
    [
        {".day": "24", ".month": "12", ".year": "1980"},
        {".day": "24.", ".month": "Dezember", ".year": "1980"},
        {".day": "24", ".month": "dec", ".year": "1980"},
        {".day": "24.12.1980"},
        {".day": "24 12 1980", ".month": "", ".year": ""},
        {"": "1980-12-24"},
        {"": "24/12/1980"},
    ],
)
def test_a_day_in_every_writing(inputs: dict[str, str]) -> None:
    assert accepted("date", inputs) == "1980-12-24"


@pytest.mark.parametrize(
    ("inputs", "errors"),
    [
        ({".day": "24", ".month": "12"}, {"answer.year": ["Ergänzen Sie das Jahr."]}),
        (
            {".year": "1980"},
            {"answer.day": ["Ergänzen Sie den Tag."], "answer.month": ["Ergänzen Sie den Monat."]},
        ),
        (
            {".day": "31", ".month": "2", ".year": "1980"},
            {"answer": ["Diesen Tag gibt es nicht. Prüfen Sie Tag und Monat bei „Answer“."]},
        ),
        (
            {".day": "24", ".month": "12", ".year": "80"},
            {"answer.year": ["Schreiben Sie das Jahr mit vier Ziffern, zum Beispiel 2026."]},
        ),
        (
            {".day": "x", ".month": "12", ".year": "1980"},
            {"answer": ["Geben Sie ein Datum in der Form 24.12.2026 ein."]},
        ),
        (
            {".day": "²", ".month": "12", ".year": "1980"},
            {"answer": ["Geben Sie ein Datum in der Form 24.12.2026 ein."]},
        ),
        (
            {".day": "0", ".month": "0", ".year": "1980"},
            {"answer": ["Diesen Tag gibt es nicht. Prüfen Sie Tag und Monat bei „Answer“."]},
        ),
        ({".day": "1", ".month": "1", ".year": "0001"}, {"answer.year": ["Prüfen Sie das Jahr."]}),
        ({}, {"answer": ["Geben Sie bei „Answer“ ein Datum ein, zum Beispiel 24.12.2026."]}),
    ],
)
def test_days_that_are_wrong(inputs: dict[str, str], errors: dict[str, list[str]]) -> None:
    assert refused("date", inputs) == errors


def test_days_have_bounds_that_move_with_the_day() -> None:
    limits = {"min": "today-1y", "max": "today"}
    assert accepted("date", "20.11.2026", limits=limits) == "2026-11-20"
    assert accepted("date", "20.11.2025", limits=limits) == "2025-11-20"
    assert refused("date", "21.11.2026", limits=limits)["answer"] == [
        "Geben Sie einen Tag bis zum 20.11.2026 ein."
    ]
    assert refused("date", "19.11.2025", limits=limits)["answer"] == [
        "Geben Sie einen Tag ab dem 20.11.2025 ein."
    ]


def test_parts_of_a_birth_date_may_be_unknown() -> None:
    limits = {"unknown_parts": True}
    inputs = {".day": "00", ".month": "00", ".year": "1960"}
    assert accepted("date", inputs, limits=limits) == "1960-00-00"
    assert accepted("date", {**inputs, ".month": "5"}, limits=limits) == "1960-05-00"
    assert refused("date", {**inputs, ".day": "5"}, limits=limits)
    assert shown("date", "1960-05-00") == "00.05.1960"
