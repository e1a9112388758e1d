"""From what people type to words that can be compared."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache

# A longer query says nothing more about what is sought, but would cost time.
MAX_QUERY_LENGTH = 300

# "ue" is a written-out ü except after a, e and q: Steuer, neue, bauen, Quelle.
_WRITTEN_UMLAUT = re.compile(r"ue(?<![aeq]ue)|ae|oe")
_GENDER_ENDING = re.compile(r"(?:[:*_·](?<=\w.)|/(?<=\w.)-?)in(?:nen)?\b")
_WORD = re.compile(r"[^\W_]+(?:-[^\W_]+)*")
_NOT_ASCII = re.compile(r"[^\x00-\x7f]")
_LETTERS = {
    **{"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i", "æ": "a", "œ": "o"},
    # All hyphens are one, the middle dot of Leichte Sprache among them; a soft hyphen is none.
    **dict.fromkeys("\u2010\u2011\u2012\u2013\u2027\u00b7", "-"),
    "\u00ad": "",
}
_ROMAN = {"i": "1", "ii": "2", "iii": "3", "iv": "4"}
_MAY_JOIN = re.compile(r"\d\s+[a-z]\b|\biv?i?i?\b")
_NUMBERED = frozenset({"teil", "part", "hartz", "stufe", "level"})


def fold(text: str) -> str:
    """``text`` without case, accents and the differences ä/ae/a, ö/oe/o, ü/ue/u and ß/ss.

    The same form is used for the index and for queries, so that a collision ("Israel" becomes "isral")
    does no harm.
    """
    plain = text.lower()
    if not plain.isascii():
        plain = _NOT_ASCII.sub(lambda found: _plain(found[0]), plain)
    return _WRITTEN_UMLAUT.sub(lambda found: found[0][0], plain)


@lru_cache(maxsize=4096)
def _plain(letter: str) -> str:
    """A letter beyond ASCII without accents: "a" for "ä", nothing for an accent that stands alone."""
    if letter in _LETTERS:
        return _LETTERS[letter]
    apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", letter).casefold())
    return "".join(_LETTERS.get(part, part) for part in apart if not unicodedata.combining(part))


def words(text: str) -> list[str]:
    """The folded words of ``text``; a word with hyphens is one word that keeps them as "-"."""
    folded = fold(_GENDER_ENDING.sub("", text))
    found = _WORD.findall(folded)
    return _numbers_joined(found) if _MAY_JOIN.search(folded) else found


def raw_words(text: str) -> list[str]:
    """The words of ``text`` as they are written there."""
    return _WORD.findall(text)


def with_words(text: str, other: Callable[[str], str]) -> str:
    """``text`` with each word replaced by what ``other`` makes of it; all between the words stays."""
    return _WORD.sub(lambda found: other(found[0]), text)


def _numbers_joined(found: list[str]) -> list[str]:
    """Write "34 a" as "34a" and "Teil II" as "Teil 2", as people write paragraphs and parts both ways."""
    result: list[str] = []
    for word in found:
        previous = result[-1] if result else ""
        if len(word) == 1 and word.isalpha() and previous.isdecimal():
            result[-1] = previous + word
        elif word in _ROMAN and previous in _NUMBERED:
            result.append(_ROMAN[word])
        else:
            result.append(word)
    return result
