"""Writing a case's events: every change of a case goes through here and becomes a link of its chain."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from sqlalchemy.orm import Session

from kreisportal.audit.service import entry
from kreisportal.cases.chain import GENESIS, Link, link
from kreisportal.cases.models import Case, CaseEvent
from kreisportal.kernel import clock
from kreisportal.kernel.database import Base, Context
from kreisportal.kernel.database.together import Row, add_together
from kreisportal.mandates.queries import Representation, representation_of

EventRows = tuple[tuple[type[CaseEvent], Row], tuple[type[Base], Row]]


class Head(Protocol):
    """Where a case's chain ends."""

    @property
    def events(self) -> int:
        """How many events there are."""

    @property
    def last_hash(self) -> bytes:
        """The hash of the last of them."""


class Beginning:
    """The head of a case to which nothing has happened yet."""

    events = 0
    last_hash = GENESIS


def add_event(
    session: Session,
    context: Context,
    case: Case,
    kind: str,
    *,
    is_public: bool = True,
    data: Mapping[str, Any] | None = None,
    content: Mapping[str, Any] | None = None,
) -> None:
    """Append an event to a case that is locked, and write the audit entry of the act.

    ``data`` is kept for ever and holds nothing personal; ``content`` is personal and can be erased. Who acts for
    somebody is named in both.
    """
    data, content = signed(representation_of(session, context), data, content)
    event = _next(case, context, kind, is_public, data, content)
    case.events, case.last_hash = event.sequence, event.hash
    session.flush()
    add_together(session, *_rows(event, context, case.tenant_id, case.id))


def signed(
    by: Representation | None, data: Mapping[str, Any] | None, content: Mapping[str, Any] | None
) -> tuple[Mapping[str, Any] | None, Mapping[str, Any] | None]:
    """An event's data and content with who has done it for somebody else: the mandate for ever, the name for now."""
    if by is None:
        return data, content
    return (
        {**(data or {}), "mandate": str(by.mandate_id)},
        {**(content or {}), "representative": by.representative_name},
    )


def representative_of(event: CaseEvent) -> str:
    """The name of who has done it for the applicant; empty where it was the applicant."""
    return str((event.content or {}).get("representative", ""))


def first_event(
    context: Context,
    tenant_id: int,
    case_id: object,
    kind: str,
    *,
    data: Mapping[str, Any],
    content: Mapping[str, Any],
) -> tuple[Link, EventRows]:
    """The event that a case begins with, and the rows to be added with that of the case."""
    event = _next(Beginning(), context, kind, True, data, content)
    return event, _rows(event, context, tenant_id, case_id)


def _next(
    head: Head,
    context: Context,
    kind: str,
    is_public: bool,
    data: Mapping[str, Any] | None,
    content: Mapping[str, Any] | None,
) -> Link:
    return link(
        head.last_hash,
        head.events + 1,
        clock.now(),
        kind,
        context.actor.value,
        staff_id=context.staff_id,
        is_public=is_public,
        data=data,
        content=content,
    )


def _rows(event: Link, context: Context, tenant_id: int, case_id: object) -> EventRows:
    row = {name: getattr(event, name) for name in Link.__dataclass_fields__}
    row |= {"tenant_id": tenant_id, "case_id": case_id, "data": dict(event.data)}
    row["content"] = dict(event.content) if event.content is not None else None
    return (CaseEvent, row), entry(context, f"case.{event.kind}", "case", case_id, sequence=event.sequence)
