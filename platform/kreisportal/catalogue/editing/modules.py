"""Whether a service's description is whole: every module filled, both languages saying the same."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from kreisportal.catalogue.editing.findings import PLAIN, Finding
from kreisportal.catalogue.files import Entry

MODULES = (
    *(
        "name",
        "official_name",
        "short",
        "full",
        "requirements",
        "documents",
        "procedure",
        "fees",
        "deadlines",
    ),
    *("processing_time", "responsibility", "remedies", "forms_and_ways"),
)
LANGUAGES = ("de", "en")
# A page in plain language answers: what is it, what do I need, how do I do it, what does it cost?
PLAIN_MODULES = ("short", "documents", "procedure", "fees")
_FEWEST_SYNONYMS = {"de": 5, "en": 2}
# A translation much shorter than its original has left something out.
_LEAST_SHARE = 0.45
# Official names cite paragraphs in one language only.
_NUMBERS_DIFFER = frozenset({"official_name", "name"})
_LINK_TARGET = re.compile(r"\]\([^)]*\)")
_HALF_DAY = re.compile(r"\b(\d{1,2})(?::(\d\d))? ?(a\.?m\b|p\.?m\b|noon|midnight)")
# Which paragraph a text cites is no fact about the matter, and not every language needs it.
_PARAGRAPH = r"\d+\w?(?:\([\w ]+\))*"
_CITED = re.compile(
    rf"(?:§+|\b[Ss]ections?|\b[Aa]rticles?|\bArt(?:ikel|\.))\s*{_PARAGRAPH}"
    r"(?:(?:\s+[A-Z]\w{1,9})?\s*"
    r"(?:Absatz|Abs\.|Satz|Nummer|Nr\.|no\.|paragraph|sentence|number|und|bis|and|to|,)"
    rf"\s*{_PARAGRAPH})*"
)
_SENTENCE_ENDS = {
    # A German day ends no sentence ("19. Januar").
    "de": re.compile(r"(?<!\b\d)(?<!\b\d\d)[.!?]\s+(?=[A-ZÄÖÜ„])"),
    "en": re.compile(r"[.!?]\s+(?=[A-Z“])"),
}
_SHORT_SENTENCES = 2
_NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")


def unfinished(entry: Entry) -> Iterator[Finding]:
    """What is missing from a service."""
    data = entry.data
    for module in MODULES:
        for language in LANGUAGES:
            if not text_of(data, module, language).strip():
                yield _finding(entry, f"{module}.{language}", "is missing")
        yield from _differences(entry, module)
    yield from _not_two_sentences(entry)
    for language, fewest in _FEWEST_SYNONYMS.items():
        found = len(set(data.get("synonyms", {}).get(language, ())))
        if found < fewest:
            yield _finding(entry, f"synonyms.{language}", f"has {found} words, at least {fewest} are needed")
    for field in ("related", "situations", "topics", "legal_basis"):
        if not data.get(field):
            yield _finding(entry, field, "names none")
    if PLAIN in data["short"]:
        for module in PLAIN_MODULES:
            if not text_of(data, module, PLAIN).strip():
                yield _finding(
                    entry, f"{module}.{PLAIN}", "is missing beside the short text in plain language"
                )


def _not_two_sentences(entry: Entry) -> Iterator[Finding]:
    for language, end in _SENTENCE_ENDS.items():
        count = len(end.split(text_of(entry.data, "short", language).strip()))
        if count != _SHORT_SENTENCES:
            yield _finding(entry, f"short.{language}", f"{count} sentences, {_SHORT_SENTENCES} are wanted")


def text_of(data: Mapping[str, Any], module: str, language: str) -> str:
    """A module as one text; items of a list are paragraphs. Empty where there is none."""
    value = data.get(module, {}).get(language, "")
    return "\n\n".join(value) if isinstance(value, list | tuple) else str(value)


def _differences(entry: Entry, module: str) -> Iterator[Finding]:
    german, english = (text_of(entry.data, module, language) for language in LANGUAGES)
    if len(english) < len(german) * _LEAST_SHARE and len(german) > 80:
        yield _finding(entry, f"{module}.en", "is much shorter than the German text")
    if module in _NUMBERS_DIFFER:
        return
    here, there = _numbers(german), _numbers(english)
    if here != there:
        only = ", ".join(sorted(here ^ there))
        yield _finding(entry, module, f"numbers stand in one language only: {only}")


def _numbers(text: str) -> set[str]:
    """The numbers of a text, written the same way whatever the language."""
    plain = _HALF_DAY.sub(_hour, _CITED.sub("", _LINK_TARGET.sub("]", text)))
    return {re.sub(r"[.,:]", "", number) for number in _NUMBER.findall(plain)}


def _hour(found: re.Match[str]) -> str:
    hour = int(found[1]) % 12 + (12 if found[3][0] in "pn" else 0)
    return f"{hour}{':' + found[2] if found[2] else ''}"


def _finding(entry: Entry, field: str, reason: str) -> Finding:
    return Finding(entry.kind, entry.key, field, reason)
