"""Which passwords are accepted."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kreisportal.credentials.password_rules import LONGEST, SHORTEST, faults_of, words_of
from kreisportal.i18n.languages import ENGLISH, speaking

CONTEXT = [
    "Gemeinde Neuenkirchen-Vörden",
    "Neuenkirchen-Vörden",
    "Wiebke Möller",
    "wiebke.moeller@rathaus.example",
]


@pytest.mark.parametrize(
    "password",
    [
        "blaue Gurken tanzen leise",
        "K7QDM-3XP9R-TAHW2",
        "841209471235",
        "hund839274619283",
        "Sommer Sonne Strandkorb",
        "ẞüßholzraspelei",
        "пароль из четырёх слов",
    ],
)
def test_a_long_one_of_any_kind_is_accepted(password: str) -> None:
    assert faults_of(password, CONTEXT) == []


@pytest.mark.parametrize("password", ["", "kurz", "elfZeichen1"])
def test_a_short_one_is_told_how_long_to_be(password: str) -> None:
    assert faults_of(password, []) == ["Nehmen Sie mindestens 12 Zeichen."]


def test_there_is_an_upper_limit() -> None:
    assert faults_of("Gurken tanzen " * 20, []) == [f"Nehmen Sie höchstens {LONGEST} Zeichen."]


@pytest.mark.parametrize(
    "password", ["111111111111", "123456789012", "321098765432", "qwertzuiopue", "abcabcabcabc"]
)
def test_runs_and_repetitions_are_refused(password: str) -> None:
    (fault,) = faults_of(password, [])
    assert "der Reihe nach" in fault


@pytest.mark.parametrize(
    "password",
    [
        "Passwort1234",
        "Pa$$w0rd2026!",
        "servusservusservus",
        "sommer-sonne-2026",
        "Willkommen!!!",
        "NeuenkirchenVörden1",
        "neuenkirchen_2026",
        "Wiebke-Moeller-1",
        "rathaus-voerden",
    ],
)
def test_common_words_and_names_of_the_place_are_refused(password: str) -> None:
    (fault,) = faults_of(password, CONTEXT)
    assert "häufigen Wörtern" in fault


def test_another_towns_name_is_no_context_here() -> None:
    assert faults_of("Wangerooge-2026", CONTEXT) == []


def test_the_sentences_exist_in_english() -> None:
    with speaking(ENGLISH):
        found = [faults_of(password, [])[0] for password in ("kurz", "x" * 300, "1" * 12, "Passwort1234")]
    assert len(set(found)) == 4
    assert not any("Sie" in fault for fault in found)


def test_names_give_their_parts_and_the_whole() -> None:
    assert words_of(["Neuenkirchen-Vörden"]) == {"neuenkirchen", "voerden", "neuenkirchenvoerden"}


@given(st.text(max_size=300))
def test_any_text_gets_an_answer(password: str) -> None:
    faults = faults_of(password, CONTEXT)
    assert len(faults) <= 1
    if len(password) < SHORTEST:
        assert faults
