"""The base of all models, and the scope that every table is registered in."""

from __future__ import annotations

import datetime
import uuid
from enum import StrEnum
from typing import Any, ClassVar

from sqlalchemy import BigInteger, DateTime, LargeBinary, MetaData, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import DeclarativeBase


class Scope(StrEnum):
    """Whose rows a table holds. Each table has exactly one scope; a test fails for one without."""

    REGION = "region"
    TENANT = "tenant"
    ACCOUNT = "account"
    SYSTEM = "system"


class Base(DeclarativeBase):
    """Base of all models. A model names its scope: ``__table_args__ = {"info": {"scope": Scope.TENANT}}``."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        str: Text(),
        bytes: LargeBinary(),
        uuid.UUID: Uuid(),
        datetime.datetime: DateTime(timezone=True),
        dict[str, Any]: JSONB(),
        list[str]: ARRAY(Text()),
        int: BigInteger(),
    }


def scope_of(table: Table) -> Scope | None:
    """The scope a table is registered in, or None."""
    scope = table.info.get("scope")
    return scope if isinstance(scope, Scope) else None
