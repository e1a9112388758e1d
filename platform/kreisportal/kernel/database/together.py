"""Rows added to several tables by one statement: one journey to the server instead of one for each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import BindParameter, Column, Select, Table, bindparam, insert, literal, select
from sqlalchemy.orm import Session

from kreisportal.kernel.database.base import Base

Row = Mapping[str, Any]
"""The values of a row by the names of its columns. What is left out and has no default in the database is NULL."""


def add_together(session: Session, *rows: tuple[type[Base], Row]) -> None:
    """Add rows, which may name each other: keys are checked when all of them are there. No value comes back."""
    values = {
        _name(place, column.name): row.get(column.name)
        for place, (model, row) in enumerate(rows)
        for column in _given(model)
    }
    session.connection().execute(_adding(tuple(model for model, _ in rows)), values)


@lru_cache(maxsize=64)
def _adding(models: Sequence[type[Base]]) -> Select[Any]:
    """The statement, made once: making one costs several times what sending it does."""
    statement = select(literal(1))
    for place, model in enumerate(models):
        values: dict[str, BindParameter[Any]] = {
            column.name: bindparam(_name(place, column.name), type_=column.type) for column in _given(model)
        }
        # Without RETURNING, because who may add a row may not always read it.
        statement = statement.add_cte(insert(_table(model)).inline().values(values).cte(f"added_{place}"))
    return statement


@lru_cache(maxsize=64)
def _given(model: type[Base]) -> tuple[Column[Any], ...]:
    """The columns whose values are given; the others have defaults in the database."""
    table = _table(model)
    numbered = table.autoincrement_column
    return tuple(
        column for column in table.columns if column.server_default is None and column is not numbered
    )


def _table(model: type[Base]) -> Table:
    table = model.__table__
    assert isinstance(table, Table)  # noqa: S101 - what models are made for; this tells mypy.
    return table


def _name(place: int, column: str) -> str:
    return f"{column}_{place}"
