"""Writing the audit."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from kreisportal.audit.models import AuditEntry, RegionAuditEntry
from kreisportal.kernel.database import ActorKind, Base, Context
from kreisportal.kernel.database.context import NOBODY
from kreisportal.kernel.database.together import Row, add_together


def record(
    session: Session, context: Context, action: str, subject_kind: str, subject_id: object, **data: Any
) -> None:
    """Write that ``context`` did ``action`` to a subject, in the session's transaction.

    What those who run the region do to no single tenant stands in the region's own audit. Raises ValueError for any
    other context without a tenant: an act belongs to somebody's audit.
    """
    add_together(session, entry(context, action, subject_kind, subject_id, **data))


def entry(
    context: Context, action: str, subject_kind: str, subject_id: object, **data: Any
) -> tuple[type[Base], Row]:
    """The row that ``record`` adds, for an act that adds others with it. Raises ValueError as there."""
    tenant_id = data.pop("tenant_id", context.tenant_id)
    if context.token is not None:
        data |= {"token": context.token, "token_id": str(context.token_id)}
    act = {
        "actor": context.actor.value,
        "staff_id": None if context.staff_id == NOBODY else context.staff_id,
        "action": action,
        "subject_kind": subject_kind,
        "subject_id": str(subject_id),
        "data": data,
    }
    if tenant_id is not None:
        return AuditEntry, {"tenant_id": tenant_id, **act}
    if context.actor is not ActorKind.REGION:
        raise ValueError("an audited act belongs to a tenant")
    return RegionAuditEntry, act
