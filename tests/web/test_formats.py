"""How dates, times and sizes are written."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from kreisportal.i18n import speaking
from kreisportal.i18n.languages import ENGLISH, PLAIN_GERMAN
from kreisportal.web.formats import date_text, limit_text, moment_text, size_text


@pytest.mark.parametrize("value", [date(2026, 12, 24), "2026-12-24", datetime(2026, 12, 24, 9, tzinfo=UTC)])
def test_a_day(value: date | str) -> None:
    assert date_text(value) == "24. Dezember 2026"
    with speaking(ENGLISH):
        assert date_text(value) == "24 December 2026"
    with speaking(PLAIN_GERMAN):
        assert date_text(value) == "24. Dezember 2026"


def test_an_instant_is_taken_on_the_regions_clocks() -> None:
    late = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)
    assert date_text(late) == "1. Januar 2027"
    assert moment_text(late) == "01.01.2027, 00:30"
    assert moment_text(datetime(2026, 7, 1, 12, 5, tzinfo=UTC)) == "01.07.2026, 14:05"


@pytest.mark.parametrize(
    ("size", "german", "english"),
    [
        (0, "1 KB", "1 KB"),
        (1, "1 KB", "1 KB"),
        (1499, "1 KB", "1 KB"),
        (250_000, "250 KB", "250 KB"),
        (999_499, "999 KB", "999 KB"),
        (999_999, "1 MB", "1 MB"),
        (1_400_000, "1,4 MB", "1.4 MB"),
        (10 * 1024 * 1024, "10,5 MB", "10.5 MB"),
    ],
)
def test_a_size(size: int, german: str, english: str) -> None:
    assert size_text(size) == german
    with speaking(ENGLISH):
        assert size_text(size) == english


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (1024, "1 KB"),
        (500_000, "488 KB"),
        (1024 * 1024, "1 MB"),
        (10 * 1024 * 1024, "10 MB"),
        (2**30, "1.024 MB"),
    ],
)
def test_how_large_something_may_be_is_never_more_than_it_may(size: int, text: str) -> None:
    assert limit_text(size) == text
