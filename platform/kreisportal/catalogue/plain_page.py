"""What a service's page in plain language needs: all its texts in it, and the hard words in them, explained."""

from __future__ import annotations

import re
from collections.abc import Iterable

from kreisportal.catalogue.definitions import Service, Word
from kreisportal.i18n import PLAIN_GERMAN, current_language

_WORD = re.compile(r"[^\W\d_]+(?:[·-][^\W\d_]+)*")
_MODULES = ("short", "documents", "procedure", "fees", "deadlines")


def is_plain(service: Service) -> bool:
    """Whether the page is asked for in plain language and has all that it needs in it."""
    path = PLAIN_GERMAN.path
    return current_language().path == path and all(
        path in texts for texts in (service.short, service.documents, service.procedure, service.fees)
    )


def hard_words(service: Service, glossary: Iterable[Word]) -> list[Word]:
    """The words of the region's glossary that stand in a service's plain texts, in the glossary's order."""
    texts = [getattr(service, module).get(PLAIN_GERMAN.path, "") for module in _MODULES]
    whole = " ".join(text if isinstance(text, str) else " ".join(text) for text in texts)
    found = {_bare(word) for word in _WORD.findall(whole)}
    return [word for word in glossary if not found.isdisjoint(map(_bare, (word.word, *word.forms)))]


def _bare(word: str) -> str:
    return word.replace("·", "").lower()
