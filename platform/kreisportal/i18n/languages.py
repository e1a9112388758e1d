"""The languages of the region and the one that is spoken at the moment."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar, Token
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Language:
    """A language of the portals.

    ``path`` stands in addresses and in the catalogue's files, ``tag`` in HTML (BCP 47), ``locale`` is
    what Babel formats with, ``fallback`` the path of the language that fills its gaps.
    """

    path: str
    tag: str
    locale: str
    name: str
    fallback: str | None


GERMAN = Language("de", "de", "de_DE", "Deutsch", None)
ENGLISH = Language("en", "en", "en_GB", "English", "de")
PLAIN_GERMAN = Language("de-simple", "de-simple", "de_DE", "Leichte Sprache", "de")

LANGUAGES: tuple[Language, ...] = (GERMAN, ENGLISH, PLAIN_GERMAN)
DEFAULT_LANGUAGE = GERMAN

_by_path = {language.path: language for language in LANGUAGES}
_current: ContextVar[Language] = ContextVar("language", default=DEFAULT_LANGUAGE)


def language_by_path(path: str) -> Language | None:
    """The language whose addresses begin with ``path``, or None."""
    return _by_path.get(path)


def current_language() -> Language:
    """The language that texts are given in at the moment."""
    return _current.get()


@contextmanager
def speaking(language: Language) -> Iterator[None]:
    """Give texts in ``language`` inside the block."""
    token = begin_speaking(language)
    try:
        yield
    finally:
        end_speaking(token)


def begin_speaking(language: Language) -> Token[Language]:
    """Give texts in ``language`` until ``end_speaking`` gets what this returns; for the length of a request."""
    return _current.set(language)


def end_speaking(token: Token[Language]) -> None:
    """Give texts in the language from before again."""
    _current.reset(token)
