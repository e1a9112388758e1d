"""A small language for fees: what is written is read into a tree, or refused with the place of the fault.

    dogs * 60                                    names are fields of the service's form
    wenn(dogs > 2; 120; 60)                      also: if(…; …; …), nested as one likes
    min(200; max(15; area × 0,75))               values are separated by semicolons, a comma begins decimals
    wenn(kind = "adult" und nights >= 7; 0; 2)   a choice is compared with the key of an answer

``+ - * / × ÷ −``, brackets, ``< <= > >= = <>``, ``und oder nicht``, ``min max wenn aufrunden abrunden``; English words
mean the same. Nothing is ever run as a program: the tree holds numbers, names and these operations only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal

from kreisportal.tenancy.fees.tokens import FormulaError, Token, tokens

LONGEST = 500
_MOST_PARTS, _DEEPEST = 150, 20
_COMPARISONS = ("<", "<=", ">", ">=", "=", "<>")
_LEAST_VALUES = {"min": 2, "max": 2, "aufrunden": 1, "abrunden": 1}
_MOST_VALUES = {"aufrunden": 1, "abrunden": 1}
_THOUSANDS = 3

Kind = Literal["number", "choice", "truth"]


@dataclass(frozen=True, slots=True)
class Name:
    """What a formula may call by a name: a number, or a choice with the keys of its answers; texts by language."""

    kind: Kind
    label: Mapping[str, str] = field(default_factory=dict)
    choices: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Node:
    """A part of a formula. ``op`` says what it is: number, name, text, or what is done with its ``parts``."""

    op: str
    kind: Kind
    parts: tuple[Node, ...] = ()
    value: Fraction | None = None
    word: str = ""
    at: int = 0

    def names(self) -> frozenset[str]:
        """The names that it asks for."""
        own = frozenset({self.word}) if self.op == "name" else frozenset()
        return own.union(*(part.names() for part in self.parts))


def parse(text: str, names: Mapping[str, Name] | None = None) -> Node:
    """The tree of a formula, which is a number. ``names`` are those that there are; None where that is not known.

    Raises FormulaError.
    """
    if len(text) > LONGEST:
        raise FormulaError("long", LONGEST)
    return _Parser(tokens(text), names).whole()


def _number(token: Token) -> Fraction:
    """A number as it is written; what looks like thousands is refused, as it could be decimals."""
    whole, mark, rest = token.word.replace(",", ".").partition(".")
    if (mark and not rest) or "." in rest or (len(rest) == _THOUSANDS and whole.strip("0")):
        raise FormulaError("number", token.at, token.word)
    return Fraction(f"{whole}.{rest or 0}")


def _of(node: Node, kind: Kind) -> Node:
    if node.kind != kind:
        raise FormulaError(f"not-{kind}", node.at, node.word)
    return node


class _Parser:
    """Reads from left to right; each method reads what binds at least as tightly as its name says."""

    def __init__(self, words: list[Token], names: Mapping[str, Name] | None) -> None:
        self._tokens = words
        self._names = names
        self._place = self._depth = self._made = 0

    def whole(self) -> Node:
        if self._now.kind == "end":
            raise FormulaError("empty", 1)
        node = self._either()
        if self._now.kind != "end":
            raise self._unexpected()
        return _of(node, "number")

    @property
    def _now(self) -> Token:
        return self._tokens[self._place]

    def _take(self, *words: str) -> Token | None:
        token = self._now
        if token.kind not in ("sign", "name") or token.word not in words:
            return None
        self._place += 1
        return token

    def _need(self, word: str) -> None:
        if self._take(word) is None:
            code = "ends" if self._now.kind == "end" else "expected"
            raise FormulaError(code, self._now.at, word)

    def _unexpected(self) -> FormulaError:
        token = self._now
        return FormulaError("ends" if token.kind == "end" else "unexpected", token.at, token.word)

    def _made_of(self, token: Token, op: str, kind: Kind, *parts: Node) -> Node:
        self._count(token)
        return Node(op, kind, parts, at=token.at)

    def _count(self, token: Token) -> None:
        self._made += 1
        if self._made > _MOST_PARTS:
            raise FormulaError("long", token.at)

    def _deeper(self, token: Token) -> Node:
        """What stands inside of something."""
        self._depth += 1
        if self._depth > _DEEPEST:
            raise FormulaError("deep", token.at)
        node = self._either()
        self._depth -= 1
        return node

    def _either(self) -> Node:
        node = self._both()
        while token := self._take("oder"):
            node = self._made_of(token, "oder", "truth", _of(node, "truth"), _of(self._both(), "truth"))
        return node

    def _both(self) -> Node:
        node = self._denied()
        while token := self._take("und"):
            node = self._made_of(token, "und", "truth", _of(node, "truth"), _of(self._denied(), "truth"))
        return node

    def _denied(self) -> Node:
        if token := self._take("nicht"):
            return self._made_of(token, "nicht", "truth", _of(self._compared(), "truth"))
        return self._compared()

    def _compared(self) -> Node:
        left = self._sum()
        token = self._take(*_COMPARISONS)
        if token is None:
            return left
        right = self._sum()
        if "choice" in (left.kind, right.kind):
            return self._chosen(token, left, right)
        return self._made_of(token, token.word, "truth", _of(left, "number"), _of(right, "number"))

    def _chosen(self, token: Token, left: Node, right: Node) -> Node:
        """A choice compared with the key of one of its answers."""
        if {left.op, right.op} != {"name", "text"} or token.word not in ("=", "<>"):
            raise FormulaError("choice", token.at)
        name, text = (left, right) if left.op == "name" else (right, left)
        known = self._names.get(name.word) if self._names is not None else None
        if known is not None and text.word not in known.choices:
            raise FormulaError("answer", text.at, text.word)
        return self._made_of(
            token, token.word, "truth", Node("name", "choice", word=name.word, at=name.at), text
        )

    def _sum(self) -> Node:
        node = self._product()
        while token := self._take("+", "-"):
            node = self._made_of(
                token, token.word, "number", _of(node, "number"), _of(self._product(), "number")
            )
        return node

    def _product(self) -> Node:
        node = self._signed()
        while token := self._take("*", "/"):
            node = self._made_of(
                token, token.word, "number", _of(node, "number"), _of(self._signed(), "number")
            )
        return node

    def _signed(self) -> Node:
        if token := self._take("-"):
            return self._made_of(token, "minus", "number", _of(self._single(), "number"))
        return self._single()

    def _single(self) -> Node:
        token = self._now
        if token.kind in ("number", "text"):
            self._place += 1
            self._count(token)
            if token.kind == "text":
                return Node("text", "choice", word=token.word, at=token.at)
            return Node("number", "number", value=_number(token), at=token.at)
        if self._take("("):
            node = self._deeper(token)
            self._need(")")
            return node
        if self._take("wenn", *_LEAST_VALUES):
            return self._called(token)
        if token.kind == "name" and token.word not in ("und", "oder", "nicht"):
            self._place += 1
            return self._named(token)
        raise self._unexpected()

    def _called(self, token: Token) -> Node:
        self._need("(")
        values = [self._deeper(token)]
        while self._take(";"):
            values.append(self._deeper(token))
        self._need(")")
        if token.word == "wenn":
            if len(values) != len(("condition", "then", "else")):
                raise FormulaError("values", token.at, token.word)
            parts = _of(values[0], "truth"), _of(values[1], "number"), _of(values[2], "number")
            return self._made_of(token, "wenn", "number", *parts)
        if not _LEAST_VALUES[token.word] <= len(values) <= _MOST_VALUES.get(token.word, len(values)):
            raise FormulaError("values", token.at, token.word)
        return self._made_of(token, token.word, "number", *(_of(value, "number") for value in values))

    def _named(self, token: Token) -> Node:
        self._count(token)
        if self._names is None:
            # Where the form is not known, what a name is compared with tells what it is.
            text_beside = "text" in (self._kind_at(1), self._kind_at(-3))
            return Node("name", "choice" if text_beside else "number", word=token.word, at=token.at)
        known = self._names.get(token.word)
        if known is None:
            raise FormulaError("name", token.at, token.word)
        return Node("name", known.kind, word=token.word, at=token.at)

    def _kind_at(self, distance: int) -> str:
        """What stands so many words from the one to come."""
        place = self._place + distance
        return self._tokens[place].kind if 0 <= place < len(self._tokens) else ""
