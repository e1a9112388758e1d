"""Names that are given away once in the whole region: slugs, codes and host names. They are public, so who runs a
district is told, too, what is taken in another one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from itertools import islice, product
from string import ascii_uppercase
from typing import Literal
from zlib import crc32

from sqlalchemy import text
from sqlalchemy.orm import Session

Kind = Literal["slug", "code", "host"]

_TAKEN = text("SELECT * FROM definer.taken_names(:kind, :names)")
# Mostly the first name is free. Where many are taken, fewer questions are asked about more names.
_FIRST_LOOK, _GROWTH = 20, 10


def taken(session: Session, kind: Kind, names: Collection[str]) -> set[str]:
    """Those of ``names`` that are taken."""
    return set(session.scalars(_TAKEN, {"kind": kind, "names": sorted(names)}))


def first_free(session: Session, kind: Kind, names: Iterable[str]) -> str:
    """The first of ``names`` that is not taken. Raises LookupError if all of them are."""
    left, look = iter(names), _FIRST_LOOK
    while asked := list(islice(left, look)):
        gone = taken(session, kind, asked)
        found = next((name for name in asked if name not in gone), None)
        if found is not None:
            return found
        look *= _GROWTH
    raise LookupError(f"every {kind} is taken")


def any_codes(name: str) -> Iterator[str]:
    """All codes, from one that goes by the name on: towns that are called alike would else look through the same ones."""
    codes = ["".join(three) for three in product(ascii_uppercase, repeat=3)]
    start = crc32(name.encode()) % len(codes)
    yield from codes[start:]
    yield from codes[:start]
