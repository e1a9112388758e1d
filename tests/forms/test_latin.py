"""DIN 91379: every letter of the standard, and nothing else."""

from __future__ import annotations

import unicodedata

import pytest

from kreisportal.forms.latin import foreign_character, letters, name_signs


def test_the_standard_has_this_many_letters_signs_and_sequences() -> None:
    # Counted in String.Latin+ 1.3: group bll has 500 single characters and 149 sequences, bnlreq 18 signs.
    assert len([letter for letter in letters() if len(letter) == 1]) == 500
    assert len([letter for letter in letters() if len(letter) > 1]) == 149
    assert len(name_signs()) == 18
    assert len(set(letters())) == len(letters())


def test_letters_are_in_normal_form_c() -> None:
    assert all(unicodedata.is_normalized("NFC", letter) for letter in letters())


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_every_letter_is_allowed_in_either_normal_form(form: str) -> None:
    assert [letter for letter in letters() if foreign_character(unicodedata.normalize(form, letter))] == []  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "name",
    [
        "Änne",
        "Łukasz",
        "Nguyễn Thị Ánh",
        "Þórr",
        "Ağaoğlu",
        "Đorđević",
        "O’Neill",
        "d'Hondt",
        "Müller-Lüdenscheidt",
        "Dž̦eko",
        "İpek",
        "Straẞer",
        "K͟hān",
        "‡",
    ],
)
def test_names_that_registers_know(name: str) -> None:
    assert foreign_character(name) is None


@pytest.mark.parametrize(
    ("name", "foreign"),
    [
        ("Иван", "И"),
        ("Γιώργος", "Γ"),
        ("李", "李"),
        ("Anna2", "2"),
        ("A@B", "@"),
        ("Ann😀", "😀"),
        ("A\u0300\u0301", "\u0301"),
        ("q\u0301", "\u0301"),
        ("\u0301", "\u0301"),
        ("a\nb", "\n"),
        ("<b>", "<"),
    ],
)
def test_names_that_no_register_can_hold(name: str, foreign: str) -> None:
    assert foreign_character(name) == foreign
