"""What handlers of jobs get handed: settings, database, and the parts that rooms above put in."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar, cast

from sqlalchemy.orm import Session

from kreisportal.kernel.database import ActorKind, Context, Database
from kreisportal.kernel.database.context import REGION
from kreisportal.settings import Settings

T = TypeVar("T")


@dataclass(frozen=True, slots=True, eq=False)
class Part(Generic[T]):
    """The typed name of something that lives as long as the process, e.g. ``MAILER: Part[Mailer] = Part("mailer")``.

    It lets this room hand on what it does not know: mailer, snapshot, storage.
    """

    name: str


@dataclass(frozen=True, slots=True)
class Runtime:
    """Everything that lives as long as the worker. ``parts`` is filled in by ``worker.py``."""

    settings: Settings
    database: Database
    parts: Mapping[Part[Any], object] = field(default_factory=dict)

    def get(self, part: Part[T]) -> T:
        """The part with this name. Raises ``LookupError`` if the process was started without it."""
        if part not in self.parts:
            raise LookupError(f"the worker runs without the part {part.name!r}")
        return cast(T, self.parts[part])

    def transaction(self, tenant_id: int) -> AbstractContextManager[Session]:
        """A transaction that acts as a job for this one tenant."""
        return self.database.transaction(Context(ActorKind.JOB, tenant_id))

    def region(self) -> AbstractContextManager[Session]:
        """A transaction that acts for the region, for jobs that are no tenant's."""
        return self.database.transaction(REGION)
