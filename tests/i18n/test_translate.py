"""Texts in the language that is spoken."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from markupsafe import Markup, escape

from kreisportal.i18n import gettext, lazy_gettext, ngettext, pick, speaking, translate
from kreisportal.i18n.languages import ENGLISH, PLAIN_GERMAN

ENGLISH_MESSAGES: dict[Any, Any] = {
    "Weiter": "Continue",
    "Guten Tag, %(name)s": "Hello %(name)s",
    "100 % sicher": "100 % safe",
    ("%(num)s Brief", "%(num)s Briefe"): ("%(num)s letter", "%(num)s letters"),
    ("ein Halber", "Halbe"): ("one half", ""),
    "Leer": "",
}


@pytest.fixture(autouse=True)
def _messages(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    tables = {"en": ENGLISH_MESSAGES, "de-simple": {"Weiter": "Nächste Seite"}}
    monkeypatch.setattr(translate, "messages", lambda path: tables.get(path, {}))
    yield


def test_german_is_the_source() -> None:
    assert gettext("Weiter") == "Weiter"


def test_a_text_is_given_in_the_language_spoken() -> None:
    with speaking(ENGLISH):
        assert gettext("Weiter") == "Continue"
    with speaking(PLAIN_GERMAN):
        assert gettext("Weiter") == "Nächste Seite"


@pytest.mark.parametrize("message", ["Gibt es nicht", "Leer"])
def test_what_is_not_translated_is_shown_in_german(message: str) -> None:
    with speaking(ENGLISH):
        assert gettext(message) == message


def test_values_are_filled_in() -> None:
    assert gettext("Guten Tag, %(name)s", name="Ö") == "Guten Tag, Ö"
    with speaking(ENGLISH):
        assert gettext("Guten Tag, %(name)s", name="%s") == "Hello %s"


def test_a_text_without_values_may_hold_a_percent_sign() -> None:
    with speaking(ENGLISH):
        assert gettext("100 % sicher") == "100 % safe"


@pytest.mark.parametrize(
    ("number", "de", "en"),
    [(0, "0 Briefe", "0 letters"), (1, "1 Brief", "1 letter"), (2, "2 Briefe", "2 letters")],
)
def test_one_and_many(number: int, de: str, en: str) -> None:
    forms = ("%(num)s Brief", "%(num)s Briefe")
    assert ngettext(*forms, number) == de
    with speaking(ENGLISH):
        assert ngettext(*forms, number) == en


def test_half_a_translation_is_none() -> None:
    with speaking(ENGLISH):
        assert ngettext("ein Halber", "Halbe", 2) == "Halbe"


def test_a_text_named_early_is_translated_when_it_is_shown() -> None:
    text = lazy_gettext("Guten Tag, %(name)s", name="<b>")
    assert str(text) == "Guten Tag, <b>"
    with speaking(ENGLISH):
        assert str(text) == "Hello <b>"
        assert f"{text}" == "Hello <b>"
        assert escape(text) == Markup("Hello &lt;b&gt;")


def test_lazy_texts_are_equal_by_what_they_say() -> None:
    assert lazy_gettext("a", x=1) == lazy_gettext("a", x=1)
    assert lazy_gettext("a", x=1) != lazy_gettext("a", x=2)
    assert lazy_gettext("a") != "a"
    assert len({lazy_gettext("a"), lazy_gettext("a")}) == 1


@pytest.mark.parametrize(
    ("texts", "de", "en", "simple"),
    [
        ({"de": "D", "en": "E", "de-simple": "S"}, "D", "E", "S"),
        ({"de": "D"}, "D", "D", "D"),
        ({"de": "D", "en": "", "de-simple": ""}, "D", "D", "D"),
        ({"en": "E"}, "-", "E", "-"),
        ({}, "-", "-", "-"),
        (None, "-", "-", "-"),
        ({"de": ("a", "b"), "en": ()}, ("a", "b"), ("a", "b"), ("a", "b")),
    ],
)
def test_texts_that_are_data_fall_back_to_german(texts: Any, de: object, en: object, simple: object) -> None:
    assert pick(texts, "-") == de
    with speaking(ENGLISH):
        assert pick(texts, "-") == en
    with speaking(PLAIN_GERMAN):
        assert pick(texts, "-") == simple


def test_the_rooms_own_files_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    assert translate.messages("de") == {}
    assert translate.messages("en")["Montag"] == "Monday"
    assert translate.messages("xx") == {}
