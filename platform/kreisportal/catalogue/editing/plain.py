"""The measurable rules of Leichte Sprache: what a page in plain language may not hold."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib import resources
from typing import Any

from kreisportal.catalogue.search.compounds import Splitter
from kreisportal.catalogue.search.lexicon import lexicon
from kreisportal.catalogue.search.text import fold

LONGEST_SENTENCE = 12
_LONGEST_WORD = 13
_LONGEST_COMPOUND = 9
MIDDLE_DOT = "·"

_ANSWER = re.compile(r"^(?:Ja|Nein),\s+")
_SENTENCE_END = re.compile(r"(?<=[.!?:])\s+|\n+")
_LIST_MARK = re.compile(r"^\s*(?:[-*]|\d+\.)\s+", re.MULTILINE)
_ADDRESS = re.compile(r"\b[\w.-]+\.(?:de|eu|org|com|net)\b")
_LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")
_WORD = re.compile(r"[^\W\d_](?:[^\W_]|·|(?<=\w)-(?=\w))*")

_SUBORDINATE = re.compile(
    r",\s+(?:als|anstatt|bevor|bis|da|dass|damit|denn|ehe|falls|indem|nachdem|ob|obwohl|ohne|sobald|sodass|sofern|"
    r"solange|sondern|statt|um|während|wann|warum|was|weil|welche\w*|wenn|wer|wie|wo|wobei|wodurch|wohin|womit|"
    r"wofür|zumal)\b"
    # A relative pronoun is not followed by a noun of its own, an article is.
    r"|,\s+(?:(?:in|mit|von|für|bei|auf|an|zu)\s+)?(?:das|dem|den|denen|der|deren|dessen|die)\s+"
    r"(?:Sie|Ihnen|Ihr\w*|[a-zäöü]\w*)\b(?<!stimmt)"
    r"|^(?i:bevor|da|damit|dass|falls|nachdem|ob|obwohl|sobald|sofern|solange|während|weil|wenn)\b[^?]*,",
)
_ENUMERATION_COMMAS = 2
# Neuter words whose nominative ends like a genitive.
_NOT_GENITIVE = "Haus|Jahres|Gas|Glas|Gras|Verzeichnis|Zeugnis|Papiers?|Gewerbes?|Erlebnis|Ergebnis"
_GENITIVE = re.compile(
    rf"\b(?:[Dd]es\s|[Ee]ines\s+(?!der\b)|(?:[Mm]eines|[Ii]hres|[Ss]eines|[Uu]nseres|[Ee]ures)\s"
    rf"|[Dd]ieses\s+(?!(?:{_NOT_GENITIVE})\b)[A-ZÄÖÜ]\w+s\b"
    rf"|(?:[Ww]egen|[Tt]rotz|[Ii]nnerhalb|[Aa]ußerhalb|[Aa]ufgrund|[Mm]ithilfe|[Aa]nhand|[Bb]ezüglich)\s)"
    # After a noun, before a feminine one: "die Adresse der Gemeinde", but not "Dann hilft Ihnen der Staat".
    r"|(?<=[\wäöü,] )(?!Sie\b|Ihnen\b|Beispiel\b)[A-ZÄÖÜ][\w·]+ (?:der|einer|Ihrer|dieser) "
    r"[A-ZÄÖÜ][\w·]*(?:e|en|heit|in|ion|keit|schaft|tät|ung)\b"
)
_PASSIVE = re.compile(
    r"\b(?:wird|werden|wurden?|worden)\b.*\b(?:\w{0,8}ge\w{2,}(?:t|en)|(?:be|ent|er|ver|zer)\w{2,}(?:t|en)|\w{3,}iert)\b"
    r"(?=[.!?:,]|$)"
)
_SUBJUNCTIVE = re.compile(
    r"\b(?:würden?|würdest|hätten?|wären?|könnten?|müssten?|sollten?|dürften?|gäbe|käme|ginge|bräuchten?|sei|seien)\b",
    re.IGNORECASE,
)
_ABBREVIATION = re.compile(
    r"\b(?:z\. ?B|d\. ?h|u\. ?a|bzw|usw|etc|ca|ggf|evtl|inkl|Abs|Nr|Str|Tel|vgl|sog|Art|gem|bspw)\."
)
_SIGNS = re.compile(r"[;§%&/()–—…\"]| - ")
_NUMBER_WORDS = re.compile(
    r"\b(?:zwei|drei|vier|fünf|sechs|sieben|acht|neun|zehn|elf|zwölf)\b", re.IGNORECASE
)
_NEGATION = re.compile(r"\b(?:nicht|nie|niemals|nichts|niemand|kein\w*|ohne)\b", re.IGNORECASE)
_HYPHENATED = re.compile(r"\b[A-ZÄÖÜ][a-zäöüß]{3,}-[A-ZÄÖÜ]?[a-zäöüß]+")
_NEGATIONS_HELD = 1


def sentences(text: str) -> list[str]:
    """The sentences of a text without list marks, emphasis and link targets; a colon ends one."""
    bare = _LINK.sub(r"\1", _LIST_MARK.sub("", text)).replace("**", "").replace("*", "")
    return [part.strip() for part in _SENTENCE_END.split(bare) if part.strip()]


def plain_faults(text: str) -> Iterator[str]:
    """What a text in plain language breaks, each with the sentence or word that does."""
    for found in _ABBREVIATION.findall(text):
        yield f"an abbreviation (“{found}”)"
    for sentence in sentences(text):
        for reason in _sentence_faults(sentence):
            yield f"{reason}: {sentence}"
        for word in _WORD.findall(_ADDRESS.sub("", sentence)):
            if needs_dots(word):
                yield f"“{word}” is long, part it with a middle dot"
            elif _HYPHENATED.fullmatch(word):
                yield f"“{word}” is parted with a hyphen, use a middle dot"


def _sentence_faults(sentence: str) -> Iterator[str]:
    count = len(sentence.split())
    if count > LONGEST_SENTENCE:
        yield f"{count} words in a sentence, at most {LONGEST_SENTENCE}"
    if _SUBORDINATE.search(_ANSWER.sub("", sentence)):
        yield "two thoughts in a sentence"
    elif sentence.count(",") > _ENUMERATION_COMMAS:
        yield "a long enumeration, make a list of it"
    for pattern, reason in _PATTERNS:
        found = pattern.search(sentence)
        if found:
            yield f"{reason} (“{found[0].strip()}”)"
    if len(_NEGATION.findall(sentence)) > _NEGATIONS_HELD:
        yield "two negations in a sentence"


_PATTERNS = (
    (_GENITIVE, "a genitive"),
    (_PASSIVE, "a passive"),
    (_SUBJUNCTIVE, "a subjunctive"),
    (_SIGNS, "a sign that few can read"),
    (_NUMBER_WORDS, "a number in letters, write digits"),
)


def needs_dots(word: str) -> bool:
    """Whether a word is a compound that is hard to read in one piece."""
    pieces = re.split(r"[·-]", word)
    return any(_is_hard_piece(piece) for piece in pieces)


def _is_hard_piece(piece: str) -> bool:
    folded = fold(piece)
    if folded in _simple_words():
        return False
    if len(piece) > _LONGEST_WORD:
        return True
    return len(piece) > _LONGEST_COMPOUND and piece[0].isupper() and len(_splitter().split(folded)) > 1


@cache
def _splitter() -> Splitter:
    pieces = lexicon("de").pieces
    return Splitter(pieces, pieces)


def hard_words(text: str) -> list[str]:
    """The office words in a text that must be explained, by the form they are listed under."""
    found = {_bare(word) for word in _WORD.findall(_ADDRESS.sub("", text))}
    return [forms[0] for forms in _hard_forms() if not found.isdisjoint(map(_bare, forms))]


def _bare(word: str) -> str:
    return word.replace(MIDDLE_DOT, "").lower()


class Glossary:
    """Hard words with their meaning, from the catalogue."""

    def __init__(self, words: Iterable[Mapping[str, Any]]) -> None:
        self._known = {_bare(form) for word in words for form in (word["word"], *word.get("forms", ()))}

    def explains(self, word: str, text: str) -> bool:
        """Whether the glossary has a hard word, or the text says itself what it means."""
        if _bare(word) in self._known:
            return True
        bare = text.replace(MIDDLE_DOT, "")
        name = re.escape(word)
        return bool(
            re.search(
                rf"\b{name}\w* (?:heißt|ist|sind|bedeutet)\b|\bheißt:? (?:auch |ein |eine )?{name}|"
                rf"\b(?:Das|Es|Sie|Er) heißt auch:? {name}",
                bare,
                re.IGNORECASE,
            )
        )


@cache
def _hard_forms() -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(line.split()) for line in _lines("hard_de.txt"))


@cache
def _simple_words() -> frozenset[str]:
    """Long words that everybody knows, and those that only look like compounds."""
    return frozenset(fold(word) for line in _lines("simple_de.txt") for word in line.split())


def _lines(name: str) -> Iterator[str]:
    file = resources.files("kreisportal.catalogue.editing") / "words" / name
    for line in file.read_text("utf-8").splitlines():
        text = line.partition("#")[0].strip()
        if text:
            yield text
