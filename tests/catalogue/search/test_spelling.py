"""Misspelt words find the one that was meant; short words are left alone."""

from __future__ import annotations

from functools import cache
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kreisportal.catalogue.search.spelling import Spelling, edit_distance, sound

WORDS = [
    "fuhrungszeugnis",
    "personalausweis",
    "geburtsurkunde",
    "wohngeld",
    "gewerbe",
    "hund",
    "verlust",
    "pass",
]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("furungszeugnis", "fuhrungszeugnis"),
        ("fuhrungszeugniss", "fuhrungszeugnis"),
        ("presonalausweis", "personalausweis"),
        ("personalausweiis", "personalausweis"),
        ("gebuhrtsurkunde", "geburtsurkunde"),
        ("wongelt", "wohngeld"),
        ("gewebe", "gewerbe"),
        ("ferlusst", "verlust"),
        ("hunt", "hund"),
        ("hnud", "hund"),
    ],
)
def test_finds_what_was_meant(typed: str, meant: str) -> None:
    assert Spelling(WORDS).nearest(typed)[0][0] == meant


@pytest.mark.parametrize(
    "typed", ["mund", "bass", "pas", "xy", "", "katzenklo", "z" * 200, "123456", "wo hn"]
)
def test_leaves_others_alone(typed: str) -> None:
    assert Spelling(WORDS).nearest(typed) == []


def test_what_is_more_alike_comes_first() -> None:
    found = Spelling(["anmelden", "abmelden", "ummelden"]).nearest("annmelden")
    assert found[0][0] == "anmelden"
    assert all(earlier[1] >= later[1] for earlier, later in pairwise(found))


def test_sound_of_different_spellings_is_equal() -> None:
    assert sound("verlust") == sound("ferlusst")
    assert sound("rad") == sound("rat")
    assert sound("hand") != sound("hund")


@given(st.text(alphabet="abc", max_size=6), st.text(alphabet="abc", max_size=6), st.integers(0, 3))
def test_edit_distance_is_that_of_the_definition(first: str, second: str, limit: int) -> None:
    @cache
    def distance(i: int, j: int) -> int:
        if not i or not j:
            return i + j
        best = min(
            distance(i - 1, j) + 1,
            distance(i, j - 1) + 1,
            distance(i - 1, j - 1) + (first[i - 1] != second[j - 1]),
        )
        if i > 1 and j > 1 and first[i - 1] == second[j - 2] and first[i - 2] == second[j - 1]:
            best = min(best, distance(i - 2, j - 2) + 1)
        return best

    assert edit_distance(first, second, limit) == min(limit + 1, distance(len(first), len(second)))
