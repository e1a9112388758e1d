"""How texts read, in figures: length, longest sentence and an index of readability for each module."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from kreisportal.catalogue.definitions import Service
from kreisportal.catalogue.editing.modules import MODULES, text_of

_LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")
_MARKS = re.compile(r"[*#>`]|^\s*(?:-|\d+\.)\s+", re.MULTILINE)
# A point after a number or an abbreviation of one letter ends no sentence ("12. Mai", "z. B.").
_END = re.compile(r"(?<=[.!?])(?<!\d\.)(?<!\b[A-Za-z]\.)\s+|\n+")
_WORD = re.compile(r"[^\W\d_]+(?:[-·'’][^\W\d_]+)*|\d+")
_VOWELS = re.compile(r"[aeiouyäöü]+", re.IGNORECASE)
_LONG = 6
_SENTENCE_WORTHY = 3


@dataclass(frozen=True, slots=True)
class Figures:
    """How a text reads. ``lix`` is Björnsson's index (below 40 easy, above 50 hard), ``ease`` Amstad's German
    reading ease or Flesch's English one (above 60 easy, below 40 hard); both None for less than a sentence."""

    words: int
    sentences: int
    longest_sentence: int
    lix: int | None
    ease: int | None


def figures_of(text: str, language: str = "de") -> Figures:
    """The figures of a Markdown text."""
    bare = _MARKS.sub(" ", _LINK.sub(r"\1", text))
    counts = [len(_WORD.findall(part)) for part in _END.split(bare)]
    lengths = [count for count in counts if count]
    words = _WORD.findall(bare.replace("·", ""))
    if len(words) < _SENTENCE_WORTHY:
        return Figures(len(words), len(lengths), max(lengths, default=0), None, None)
    mean = len(words) / len(lengths)
    long_share = sum(len(word) > _LONG for word in words) / len(words)
    syllables = sum(max(1, len(_VOWELS.findall(word))) for word in words) / len(words)
    ease = 206.835 - 1.015 * mean - 84.6 * syllables if language == "en" else 180 - mean - 58.5 * syllables
    return Figures(
        len(words), len(lengths), max(lengths), round(mean + 100 * long_share), round(min(ease, 100))
    )


def module_figures(service: Mapping[str, Any], language: str) -> dict[str, Figures]:
    """The figures of each module that a service has in a language."""
    texts = {module: text_of(service, module, language) for module in MODULES}
    return {module: figures_of(text, language) for module, text in texts.items() if text}


@lru_cache(maxsize=2048)
def _kept_figures(key: str, text: str, language: str) -> Figures:
    return figures_of(text, language)


def service_figures(service: Service, language: str) -> Figures:
    """The figures of a service as the program holds it; kept, because its texts seldom change."""
    whole = []
    for module in MODULES:
        texts = getattr(service, module)
        value = texts.get(language) or (texts.get("de", "") if language != "de-simple" else "")
        whole.append("\n\n".join(value) if isinstance(value, tuple) else value)
    return _kept_figures(service.key, "\n\n".join(whole), language)


def whole_figures(service: Mapping[str, Any], language: str) -> Figures:
    """The figures of all modules of a service together."""
    return figures_of("\n\n".join(text_of(service, module, language) for module in MODULES), language)
