"""What crosses all rooms: each registers what it holds about an account, and how that is erased.

A takeout and the deletion of an account walk these registries and know no room. ``tables`` are the tables that an
entry answers for; a test fails for a table with rows of accounts that no entry names. Words are whatever ``str()``
shows in the language that is spoken when it is called.
"""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO, Generic, Protocol, TypeVar

from sqlalchemy.orm import Session

from kreisportal.kernel.database.context import ActorKind, Context
from kreisportal.kernel.database.engine import Database


class Sink(Protocol):
    """Where a room puts what it holds: a takeout that is being made."""

    def add_json(self, name: str, value: Mapping[str, Any]) -> None:
        """Add a file of JSON. Days, instants, UUIDs and bytes in it are written as texts."""

    def add_list(self, name: str, values: Iterable[Mapping[str, Any]]) -> None:
        """Add a file of JSON that is a list, one entry after the other, however long."""

    def add_file(self, name: str, media_type: str, stream: BinaryIO) -> None:
        """Add a file as it is, piece by piece."""

    def add_missing(self, name: str) -> None:
        """Say that a file should be here and could not be had."""

    def tell(self, title: str, rows: Sequence[tuple[str, str]]) -> None:
        """Add a section to what a person reads first: labels and values, in the takeout's language."""


@dataclass(frozen=True, slots=True)
class Holder:
    """The account that is gathered for: rooms read as it, and as nobody who sees more."""

    database: Database
    account_id: uuid.UUID

    @property
    def context(self) -> Context:
        """The account's own."""
        return Context(ActorKind.ACCOUNT, account_id=self.account_id)

    def applicant(self, tenant_id: int, subject: uuid.UUID) -> Context:
        """The context in which one draft or case of the account is read at its town."""
        return Context(ActorKind.APPLICANT, tenant_id, account_id=self.account_id, subject_id=subject)


@dataclass(frozen=True, slots=True)
class Share:
    """A part of what a room holds, of a town if ``tenant_id`` is not None; ``fill`` reads it when its turn comes."""

    tenant_id: int | None
    fill: Callable[[Sink], None]


@dataclass(frozen=True, slots=True)
class Holding:
    """What a room holds about an account."""

    name: str
    tables: frozenset[str]
    shares: Callable[[Holder], Iterable[Share]]


@dataclass(frozen=True, slots=True)
class Count:
    """So many of a kind of thing."""

    words: object
    number: int


@dataclass(frozen=True, slots=True)
class Erased:
    """What was erased. ``files`` are to be removed once that is committed: tenant (0 for the region) and id."""

    counts: tuple[Count, ...]
    files: tuple[tuple[int, uuid.UUID], ...] = ()


@dataclass(frozen=True, slots=True)
class Kept:
    """What an office keeps without the account. ``until`` is the last day if it is known; ``period`` and ``reason``
    say in words how long else, and why.
    """

    tenant_id: int
    name: str
    number: str
    until: datetime.date | None
    period: str
    reason: str


def _keeps_nothing(_session: Session, _account_id: uuid.UUID) -> tuple[Kept, ...]:
    return ()


@dataclass(frozen=True, slots=True)
class Erasure:
    """How a room erases what it holds about an account, within a transaction that acts for it.

    ``count`` tells beforehand how much it is, ``kept`` what stays with offices.
    """

    name: str
    tables: frozenset[str]
    count: Callable[[Session, uuid.UUID], tuple[Count, ...]]
    erase: Callable[[Session, uuid.UUID], Erased]
    kept: Callable[[Session, uuid.UUID], tuple[Kept, ...]] = _keeps_nothing


E = TypeVar("E", Holding, Erasure)


class Registry(Generic[E]):
    """The entries of all rooms in their order. A room offers ``register(registry)``, the program calls it."""

    def __init__(self) -> None:
        self._entries: dict[str, E] = {}

    def register(self, entry: E) -> None:
        """Add an entry. Raises ``ValueError`` for a name that is taken."""
        if entry.name in self._entries:
            raise ValueError(f"{entry.name!r} is registered already")
        self._entries[entry.name] = entry

    @property
    def entries(self) -> tuple[E, ...]:
        """All entries."""
        return tuple(self._entries.values())

    @property
    def tables(self) -> frozenset[str]:
        """All tables that an entry answers for."""
        return frozenset[str]().union(*(entry.tables for entry in self._entries.values()))


Holdings = Registry[Holding]
Erasures = Registry[Erasure]
