"""Finding the word that was meant when the one typed is unknown."""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator
from heapq import nlargest

_CANDIDATES = 48
_MAX_WORD = 40
# In words of four letters only neighbours that have changed places are set right.
_SHORT = 4
_SWAPPED_LIKENESS = 0.85
_SAME_SOUND_LIKENESS = 0.92
# What a slip takes from the likeness of two words of one letter; longer words bear more.
_SLIP, _SLIP_IN_FRONT = 1.1, 1.5
_LEAST_LIKENESS = 0.6

# What is spelt differently but sounds alike, in the order in which it is replaced.
_SPELLINGS = (
    *(
        ("ph", "f"),
        ("ck", "k"),
        ("chk", "k"),
        ("tz", "z"),
        ("ts", "z"),
        ("dt", "t"),
        ("th", "t"),
        ("ie", "i"),
    ),
    *(
        ("y", "i"),
        ("ai", "ei"),
        ("oi", "eu"),
        ("ca", "ka"),
        ("co", "ko"),
        ("cu", "ku"),
        ("v", "f"),
        ("w", "f"),
    ),
)
_HARD_ENDINGS = {"b": "p", "d": "t", "g": "k"}
_SILENT_H = re.compile(r"(?<=[aeiourt])h(?![aeiou])")
_DOUBLED = re.compile(r"(\w)\1+")


def sound(word: str) -> str:
    """``word`` (folded) as it sounds: equal for "Verlust" and "Ferlusst", "Führung" and "Fürung"."""
    for spelling, sounds in _SPELLINGS:
        word = word.replace(spelling, sounds)
    word = _DOUBLED.sub(r"\1", _SILENT_H.sub("", word))
    return word[:-1] + _HARD_ENDINGS.get(word[-1:], word[-1:])


def edit_distance(first: str, second: str, limit: int) -> int:
    """Insertions, deletions, replacements and swaps of neighbours from one word to the other.

    Counts to ``limit`` at most; more is told as ``limit + 1``. (Optimal string alignment, in a band.)
    """
    if abs(len(first) - len(second)) > limit:
        return limit + 1
    beyond = limit + 1
    before: list[int] = []
    previous = [min(column, beyond) for column in range(len(second) + 1)]
    for row, letter in enumerate(first, 1):
        current = [beyond] * (len(second) + 1)
        current[0] = min(row, beyond)
        for column in range(max(1, row - limit), min(len(second), row + limit) + 1):
            same = letter == second[column - 1]
            cost = previous[column - 1] + (not same)
            cost = min(cost, previous[column] + 1, current[column - 1] + 1)
            if (
                row > 1
                and column > 1
                and letter == second[column - 2]
                and first[row - 2] == second[column - 1]
            ):
                cost = min(cost, before[column - 2] + 1)
            current[column] = min(cost, beyond)
        if min(current) > limit:
            return beyond
        before, previous = previous, current
    return min(previous[-1], beyond)


def allowed_distance(length: int) -> int:
    """How many slips a word of ``length`` letters may hold: none in short ones, which become others."""
    if length <= _SHORT:
        return 0
    return 1 if length < 8 else 2


class Spelling:
    """The known words, to be looked up by how they sound and by the pairs of letters they hold."""

    __slots__ = ("_by_pair", "_by_sound", "_words")

    def __init__(self, words: Iterable[str]) -> None:
        self._words = sorted({word for word in words if _SHORT <= len(word) <= _MAX_WORD and word.isalpha()})
        self._by_pair: dict[str, array[int]] = {}
        self._by_sound: dict[str, list[int]] = {}
        for number, word in enumerate(self._words):
            self._by_sound.setdefault(sound(word), []).append(number)
            for pair in _pairs(word):
                if pair in self._by_pair:
                    self._by_pair[pair].append(number)
                else:
                    self._by_pair[pair] = array("I", (number,))

    def nearest(self, word: str, limit: int = 3) -> list[tuple[str, float]]:
        """Known words that ``word`` (folded, unknown) may stand for, with likeness (0 to 1), best first.

        Empty for words that are too short, too long or like nothing.
        """
        allowed = allowed_distance(len(word))
        if not _SHORT <= len(word) <= _MAX_WORD or not word.isalpha():
            return []
        heard = sound(word)
        found = dict.fromkeys(self._by_sound.get(heard, ()), _SAME_SOUND_LIKENESS)
        for number in self._candidates(word, allowed) if allowed else ():
            known = self._words[number]
            distance = edit_distance(word, known, allowed)
            if distance > allowed:
                continue
            # People seldom get the first letter wrong.
            slip = _SLIP if word[0] == known[0] else _SLIP_IN_FRONT
            likeness = 1.0 - distance * slip / len(word)
            if likeness >= _LEAST_LIKENESS:
                found[number] = max(found.get(number, 0.0), likeness)
        if len(word) == _SHORT:
            found |= dict.fromkeys(self._swapped(word), _SWAPPED_LIKENESS)
        ranked = sorted(found.items(), key=lambda entry: (-entry[1], self._words[entry[0]]))
        return [(self._words[number], likeness) for number, likeness in ranked[:limit]]

    def _swapped(self, word: str) -> Iterator[int]:
        """Known words that a short one becomes when two neighbours behind the first letter change places."""
        for start in range(1, len(word) - 1):
            other = word[:start] + word[start + 1] + word[start] + word[start + 2 :]
            number = bisect_left(self._words, other)
            if number < len(self._words) and self._words[number] == other:
                yield number

    def _candidates(self, word: str, allowed: int) -> list[int]:
        """The words that share most pairs of letters with ``word``."""
        counts: Counter[int] = Counter()
        pairs = _pairs(word)
        for pair in pairs:
            counts.update(self._by_pair.get(pair, ()))
        # One slip breaks at most three pairs (a swap of neighbours), so with fewer shared it cannot be near.
        needed = max(1, len(pairs) - 3 * allowed)
        near = [
            (shared, number)
            for number, shared in counts.items()
            if shared >= needed and abs(len(self._words[number]) - len(word)) <= allowed
        ]
        return [number for _, number in nlargest(_CANDIDATES, near)]


def _pairs(word: str) -> set[str]:
    framed = f"^{word}$"
    return {framed[start : start + 2] for start in range(len(framed) - 1)}
