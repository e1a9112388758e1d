"""What of each table goes along with a town: every column, but for what another deployment could not use or must not know.

Made from the models, so that a table that comes later goes along without being named here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path

from sqlalchemy import Column, Table

import kreisportal
from kreisportal.kernel.database import Base, Scope, scope_of

SECRETS = {
    "staff": frozenset(
        {
            *("password_hash", "totp_secret", "totp_last_step", "pending_totp_secret", "recovery_codes"),
            *("invitation_digest", "invitation_expires_at", "failures", "locked_until"),
        }
    )
}
"""Columns that only this deployment can use: who works in the town is invited anew elsewhere."""

LOCAL = {"offers": frozenset({"bundles"})}
"""Columns that say something of this region only: elsewhere there are other bundles, with the same numbers."""

BEGINNING = {"staff": {"recovery_codes": [], "failures": 0}}
"""What stands in their place when a package is read, where the database wants something."""

_TENANTS = "tenants"


@dataclass(frozen=True, slots=True)
class Packed:
    """A table as it goes along.

    ``towns`` are columns with other towns' numbers, which travel as slugs; ``left`` are those that stay here.
    """

    table: Table
    towns: tuple[str, ...]
    left: tuple[str, ...]

    @property
    def name(self) -> str:
        """What it is called."""
        return self.table.name

    @property
    def identities(self) -> tuple[str, ...]:
        """Columns that the database numbers by itself."""
        return tuple(column.name for column in self.table.columns if column.identity is not None)


@cache
def packed_tables() -> tuple[Packed, ...]:
    """All tables with rows of towns, each after those that it refers to."""
    return tuple(_packed(table) for table in _sorted_tables() if scope_of(table) is Scope.TENANT)


def _sorted_tables() -> Iterator[Table]:
    package = Path(kreisportal.__file__ or "").parent
    for file in sorted(package.glob("*/models.py")):
        import_module(f"kreisportal.{file.parent.name}.models")
    yield from Base.metadata.sorted_tables


def _packed(table: Table) -> Packed:
    left = {"tenant_id", *SECRETS.get(table.name, ()), *LOCAL.get(table.name, ())}
    towns: list[str] = []
    for column in table.columns:
        if column.name in left:
            continue
        referred = _referred(column)
        if _TENANTS in referred:
            towns.append(column.name)
        elif any(scope_of(each.table) is not Scope.TENANT for each in _references(column)):
            # An account stays the region's: what lies in it is a guest's from then on.
            left.add(column.name)
    return Packed(table, tuple(towns), tuple(sorted(left)))


def _references(column: Column[object]) -> list[Column[object]]:
    return [key.column for key in column.foreign_keys]


def _referred(column: Column[object]) -> set[str]:
    return {each.table.name for each in _references(column)}
