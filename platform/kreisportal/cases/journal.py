"""Writing a case's events: every change of a case goes through here and becomes a link of its chain."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from kreisportal.audit.service import record
from kreisportal.cases.chain import link
from kreisportal.cases.models import Case, CaseEvent
from kreisportal.kernel import clock
from kreisportal.kernel.database import Context, adding

_ADD = adding(CaseEvent)


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
    """Append an event to a case that is locked or new, and write the audit entry of the act.

    ``data`` is kept for ever and holds nothing personal; ``content`` is personal and can be erased.
    """
    event = link(
        case.last_hash,
        case.events + 1,
        clock.now(),
        kind,
        context.actor.value,
        staff_id=context.staff_id,
        is_public=is_public,
        data=data,
        content=content,
    )
    case.events, case.last_hash = event.sequence, event.hash
    # The case first, with its new head and whatever else has changed: its events name it.
    session.flush()
    row = {name: getattr(event, name) for name in type(event).__dataclass_fields__}
    row |= {"tenant_id": case.tenant_id, "case_id": case.id, "data": dict(event.data)}
    row["content"] = dict(content) if content is not None else None
    session.execute(_ADD, row)
    record(session, context, f"case.{kind}", "case", case.id, sequence=event.sequence)
