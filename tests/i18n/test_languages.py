"""Languages: which there are, and which is spoken where."""

from __future__ import annotations

import threading

import pytest
from babel import Locale

from kreisportal.i18n import DEFAULT_LANGUAGE, LANGUAGES, current_language, language_by_path, speaking
from kreisportal.i18n.languages import ENGLISH, GERMAN, PLAIN_GERMAN, begin_speaking, end_speaking


def test_german_is_spoken_unless_another_was_asked_for() -> None:
    assert current_language() is DEFAULT_LANGUAGE is GERMAN


def test_a_language_is_spoken_inside_its_block() -> None:
    with speaking(ENGLISH):
        with speaking(PLAIN_GERMAN):
            assert current_language() is PLAIN_GERMAN
        assert current_language() is ENGLISH
    assert current_language() is GERMAN


def test_after_an_error_the_language_from_before_is_spoken() -> None:
    with pytest.raises(RuntimeError), speaking(ENGLISH):
        raise RuntimeError
    assert current_language() is GERMAN


def test_a_request_begins_and_ends_to_speak() -> None:
    token = begin_speaking(ENGLISH)
    assert current_language() is ENGLISH
    end_speaking(token)
    assert current_language() is GERMAN


def test_another_thread_speaks_for_itself() -> None:
    heard: list[object] = []
    with speaking(ENGLISH):
        thread = threading.Thread(target=lambda: heard.append(current_language()))
        thread.start()
        thread.join()
    assert heard == [GERMAN]


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda language: language.path)
def test_each_language_can_be_found_formatted_and_filled_up(language: object) -> None:
    assert language in LANGUAGES
    assert language_by_path(language.path) is language  # type: ignore[attr-defined]
    assert Locale.parse(language.locale)  # type: ignore[attr-defined]
    fallback = language.fallback  # type: ignore[attr-defined]
    assert (fallback is None) == (language is GERMAN)
    assert fallback is None or language_by_path(fallback) is GERMAN


def test_paths_and_tags_are_different() -> None:
    assert len({language.path for language in LANGUAGES}) == len(LANGUAGES)
    assert len({language.tag for language in LANGUAGES}) == len(LANGUAGES)


@pytest.mark.parametrize("path", ["", "DE", "fr", "de-", "../de", "de_simple"])
def test_no_other_path_is_a_language(path: str) -> None:
    assert language_by_path(path) is None
