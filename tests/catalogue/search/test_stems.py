"""Forms of a word share a stem."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kreisportal.catalogue.search.stems import infinitive, other_forms, stem, word_language
from kreisportal.catalogue.search.text import fold


@pytest.mark.parametrize(
    "forms",
    [
        "Hund Hunde Hundes Hunden",
        "Ausweis Ausweise Ausweises Ausweisen",
        "Haus Häuser Hauses Häusern",
        "Zeugnis Zeugnisse Zeugnissen",
        "Bescheinigung Bescheinigungen bescheinigen",
        "anmelden Anmeldung Anmeldungen angemeldet angemeldete anzumelden",
        "umziehen umgezogen Umzug umzuziehen",
        "verlieren verloren Verlust verlorene",
        "Gewerbe gewerblich gewerbliche Gewerbes",
        "Kirche Kirchen",
        "Schule Schulen",
    ],
)
def test_german_forms_share_a_stem(forms: str) -> None:
    assert len({stem("de", fold(form)) for form in forms.split()}) == 1


@pytest.mark.parametrize(
    ("one", "other"), [("anmelden", "abmelden"), ("Hund", "Hand"), ("Reise", "Riese"), ("Steuer", "Stau")]
)
def test_different_words_keep_apart(one: str, other: str) -> None:
    assert stem("de", fold(one)) != stem("de", fold(other))


def test_english_forms_share_a_stem() -> None:
    assert stem("en", "certificates") == stem("en", "certificate")


def test_threads_do_not_disturb_each_other() -> None:
    found = ["certificates", "registration", "parking", "benefits", "application", "marriages"] * 50
    alone = [stem("en", word) for word in found]
    stem.cache_clear()
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(lambda word: stem.__wrapped__("en", word), found)) == alone


def test_other_languages_and_numbers_are_left_alone() -> None:
    assert stem("uk", "hunde") == "hunde"
    assert stem("de", "34a") == "34a"


@pytest.mark.parametrize("word", ["umzugswagen", "zug", "gebiet", "amt"])
def test_what_is_no_verb_form_is_left_alone(word: str) -> None:
    assert infinitive(word) == word


def test_other_forms_lead_from_a_participle_to_the_verb() -> None:
    assert "verkaufen" in other_forms("de", "verkauft")
    assert other_forms("en", "sold") == ()


def test_plain_language_has_the_words_of_german() -> None:
    assert word_language("de-simple") == "de"


@given(st.sampled_from(["de", "en", "fr"]), st.text(max_size=60))
def test_any_word_has_a_stem(language: str, text: str) -> None:
    word = fold(text)
    assert bool(stem(language, word)) == bool(word)
