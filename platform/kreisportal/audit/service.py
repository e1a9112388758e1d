"""Writing the audit."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from kreisportal.audit.models import AuditEntry
from kreisportal.kernel.database import Context
from kreisportal.kernel.database.together import Row, add_together


def record(
    session: Session, context: Context, action: str, subject_kind: str, subject_id: object, **data: Any
) -> None:
    """Write that ``context`` did ``action`` to a subject, in the session's transaction.

    Raises ValueError for a context without a tenant: an act belongs to somebody's audit.
    """
    add_together(session, entry(context, action, subject_kind, subject_id, **data))


def entry(
    context: Context, action: str, subject_kind: str, subject_id: object, **data: Any
) -> tuple[type[AuditEntry], Row]:
    """The row that ``record`` adds, for an act that adds others with it. Raises ValueError as there."""
    tenant_id = data.pop("tenant_id", context.tenant_id)
    if tenant_id is None:
        raise ValueError("an audited act belongs to a tenant")
    return AuditEntry, {
        "tenant_id": tenant_id,
        "actor": context.actor.value,
        "staff_id": context.staff_id,
        "action": action,
        "subject_kind": subject_kind,
        "subject_id": str(subject_id),
        "data": data,
    }
