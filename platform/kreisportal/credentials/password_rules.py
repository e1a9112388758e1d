"""Which passwords are accepted: long ones that are not easily guessed. No rule on kinds of characters."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from importlib import resources

from kreisportal.i18n import gettext

SHORTEST = 12
LONGEST = 200
_FEWEST_DIFFERENT = 5
_FEWEST_WORDS = 3
_SHORTEST_WORD = 3
_LONGEST_TRIMMING = 8
_ROWS = (
    "abcdefghijklmnopqrstuvwxyz",
    "qwertzuiopue",
    "qwertyuiop",
    "asdfghjkloeae",
    "yxcvbnm",
    "zxcvbnm",
    "1234567890",
)
_SPELLED = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
# How letters are disguised; what is a digit at the end of a word is taken off before.
_DISGUISED = str.maketrans(
    {"0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "7": "t", "@": "a", "$": "s", "!": "i"}
)
_NO_LETTERS = re.compile(r"[^a-z]+")


def faults_of(password: str, context: Iterable[str]) -> list[str]:
    """What is wrong with a new password, in sentences; empty if it is accepted.

    ``context`` are names that an attacker would try here: the town, the person, the address.
    """
    if len(password) < SHORTEST:
        return [gettext("Nehmen Sie mindestens %(number)s Zeichen.", number=SHORTEST)]
    if len(password) > LONGEST:
        return [gettext("Nehmen Sie höchstens %(number)s Zeichen.", number=LONGEST)]
    folded = fold(password)
    if len(set(folded)) < _FEWEST_DIFFERENT or _is_run(folded):
        return [
            gettext(
                "Dieses Passwort ist leicht zu erraten, weil sich Zeichen wiederholen oder der Reihe nach kommen."
                " Nehmen Sie zum Beispiel vier Wörter, die nicht zusammengehören."
            )
        ]
    if _is_of_few_words(folded, _common() | words_of(context)):
        return [
            gettext(
                "Dieses Passwort ist leicht zu erraten, weil es aus häufigen Wörtern oder aus Ihrem Namen oder dem"
                " der Stadt besteht. Nehmen Sie zum Beispiel vier Wörter, die nicht zusammengehören."
            )
        ]
    return []


def fold(text: str) -> str:
    """Small letters, umlauts spelled out."""
    return text.lower().translate(_SPELLED)


def words_of(texts: Iterable[str]) -> frozenset[str]:
    """The words in names and addresses, each also together with its neighbours: "neuenkirchenvoerden"."""
    words: set[str] = set()
    for text in texts:
        parts = [part for part in _NO_LETTERS.split(fold(text)) if len(part) >= _SHORTEST_WORD]
        words.update(parts)
        words.add("".join(parts))
    return frozenset(word for word in words if word)


@lru_cache(maxsize=1)
def _common() -> frozenset[str]:
    lines = (
        (resources.files("kreisportal.credentials") / "words" / "common.txt").read_text("utf-8").splitlines()
    )
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())


def _is_run(folded: str) -> bool:
    """Whether it goes along a row of the keyboard or the alphabet, forwards or backwards, also over and over."""
    for row in _ROWS:
        for line in (row, row[::-1]):
            if folded in line * (len(folded) // len(line) + 2):
                return True
    return False


def _is_of_few_words(folded: str, words: frozenset[str]) -> bool:
    """Whether it is one or two of the words, also repeated or disguised, trimmed with a date or the like."""
    plain = _NO_LETTERS.sub("", folded)
    undone = _NO_LETTERS.sub("", folded.strip("0123456789!?.$ ").translate(_DISGUISED))
    return any(
        letters
        and len(folded) - len(letters) <= _LONGEST_TRIMMING
        and _fewest(letters, words) < _FEWEST_WORDS
        for letters in (plain, undone)
    )


def _fewest(letters: str, words: frozenset[str]) -> int:
    """The smallest number of different words that ``letters`` can be cut into; a large one if into none."""
    best: list[list[frozenset[str]]] = [[frozenset()]]
    for end in range(1, len(letters) + 1):
        ways = {
            way | {letters[start:end]}
            for start in range(end)
            if letters[start:end] in words
            for way in best[start]
            if len(way | {letters[start:end]}) < _FEWEST_WORDS
        }
        best.append(list(ways))
    return min((len(way) for way in best[-1]), default=_FEWEST_WORDS)
