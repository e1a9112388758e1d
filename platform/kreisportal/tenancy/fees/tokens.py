"""The words and signs that a formula is made of, see ``formula``."""

from __future__ import annotations

import re
from dataclasses import dataclass


class FormulaError(ValueError):
    """A formula cannot be read: what is wrong, at which letter (from 1), and about which word."""

    def __init__(self, code: str, at: int, word: str = "") -> None:
        super().__init__(f"{code} at {at} {word}".rstrip())
        self.code, self.at, self.word = code, at, word


@dataclass(frozen=True, slots=True)
class Token:
    """A number, name, text in quotation marks or sign; ``at`` is its first letter's place, from 1."""

    kind: str
    word: str
    at: int


_TOKEN = re.compile(
    r"\s*(?:(?P<number>[0-9][0-9.,]*)|(?P<name>[A-Za-zÄÖÜäöüß_][A-Za-zÄÖÜäöüß0-9_]*)"
    r"|(?P<text>[\"„“”][^\"„“”]*[\"“”])|(?P<sign><=|>=|<>|!=|==|[-+*/×÷·−()<>=≤≥≠;]))"
)
_SAME = {
    **{"×": "*", "·": "*", "÷": "/", "−": "-", "==": "=", "!=": "<>", "≠": "<>", "≤": "<=", "≥": ">="},
    **{"if": "wenn", "and": "und", "or": "oder", "not": "nicht", "ceil": "aufrunden", "floor": "abrunden"},
}


def tokens(text: str) -> list[Token]:
    """A formula's words and signs, each in its one way to be written, and an end. Raises FormulaError."""
    found: list[Token] = []
    place, rest = 0, len(text.rstrip())
    while place < rest:
        match = _TOKEN.match(text, place)
        if match is None:
            wrong = place + len(text[place:]) - len(text[place:].lstrip())
            raise FormulaError("letter", wrong + 1, text[wrong])
        kind = str(match.lastgroup)
        word = match[kind].lower() if kind == "name" else match[kind].strip('"„“”')
        found.append(Token(kind, _SAME.get(word, word), match.start(kind) + 1))
        place = match.end()
    return [*found, Token("end", "", rest + 1)]
