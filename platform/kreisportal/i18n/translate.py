"""Texts in the current language: gettext over the rooms' PO files, and texts that come as data."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from importlib import resources
from typing import Any

from babel.messages.pofile import read_po
from markupsafe import Markup

from kreisportal.i18n.languages import Language, current_language, language_by_path

_Messages = dict[str | tuple[str, ...], Any]


@lru_cache(maxsize=8)
def messages(path: str) -> _Messages:
    """All translated messages of a language, read from every room's ``locale/<path>.po``.

    The source language has none. Fuzzy and empty translations are left out, so the source text shows.
    """
    found: _Messages = {}
    for room in sorted(resources.files("kreisportal").iterdir(), key=lambda entry: entry.name):
        file = room / "locale" / f"{path}.po"
        if not file.is_file():
            continue
        with file.open("rb") as stream:
            for message in read_po(stream):
                if message.id and message.string and not message.fuzzy:
                    found[message.id if isinstance(message.id, str) else tuple(message.id)] = message.string
    return found


def _lookup(key: str | tuple[str, ...]) -> Any:
    language: Language | None = current_language()
    while language is not None:
        text = messages(language.path).get(key)
        if text and (isinstance(text, str) or all(text)):
            return text
        language = language_by_path(language.fallback) if language.fallback else None
    return None


def gettext(message: str, **values: object) -> str:
    """``message`` (German) in the current language, with ``%(name)s`` filled in from ``values``."""
    text: str = _lookup(message) or message
    return text % values if values else text


def ngettext(singular: str, plural: str, number: int, **values: object) -> str:
    """The form of a message for ``number`` things. All languages here have two forms (n != 1)."""
    index = 0 if number == 1 else 1
    found = _lookup((singular, plural))
    text = found[index] if found else (singular, plural)[index]
    return str(text) % {"num": number, **values}


def gettext_html(message: str, /, **values: object) -> Markup:
    """``gettext`` for templates, as Jinja's own does it: the message is HTML, ``values`` are escaped, ``%%`` is a %."""
    text = _markup(current_language(), message)
    return text % values if values else _without_values(current_language(), message)


@lru_cache(maxsize=4096)
def _markup(language: Language, message: str) -> Markup:
    """The message in the language that is spoken, which the key must name."""
    return Markup(gettext(message))  # noqa: S704 - messages are ours, translations too.


@lru_cache(maxsize=4096)
def _without_values(language: Language, message: str) -> Markup:
    return _markup(language, message) % {}


class LazyText:
    """A message that is translated when it is shown, not when it is named."""

    __slots__ = ("message", "values")

    def __init__(self, message: str, values: Mapping[str, object]) -> None:
        self.message = message
        self.values = values

    def __str__(self) -> str:
        return gettext(self.message, **self.values)

    def __html__(self) -> str:
        from markupsafe import escape

        return str(escape(str(self)))

    def __repr__(self) -> str:
        return f"LazyText({self.message!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, LazyText) and (self.message, self.values) == (other.message, other.values)

    def __hash__(self) -> int:
        return hash(self.message)


def lazy_gettext(message: str, **values: object) -> LazyText:
    """``gettext`` for texts that are named when a module is read."""
    return LazyText(message, values)


def pick(texts: Mapping[str, Any] | None, default: Any = "") -> Any:
    """The entry of a map of languages (``{"de": …, "en": …}``) for the current language or its fallback."""
    if not texts:
        return default
    language: Language | None = current_language()
    while language is not None:
        found = texts.get(language.path)
        if found:
            return found
        language = language_by_path(language.fallback) if language.fallback else None
    return default
