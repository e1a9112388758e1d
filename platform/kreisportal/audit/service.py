"""Writing the audit."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from kreisportal.audit.models import AuditEntry
from kreisportal.kernel.database import Context, adding

_ADD = adding(AuditEntry)


def record(
    session: Session, context: Context, action: str, subject_kind: str, subject_id: object, **data: Any
) -> None:
    """Write that ``context`` did ``action`` to a subject, in the session's transaction.

    Raises ValueError for a context without a tenant: an act belongs to somebody's audit.
    """
    tenant_id = data.pop("tenant_id", context.tenant_id)
    if tenant_id is None:
        raise ValueError("an audited act belongs to a tenant")
    entry = {
        "tenant_id": tenant_id,
        "actor": context.actor.value,
        "staff_id": context.staff_id,
        "action": action,
        "subject_kind": subject_kind,
        "subject_id": str(subject_id),
        "data": data,
    }
    session.execute(_ADD, entry)
