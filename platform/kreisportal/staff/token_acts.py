"""What was changed with an access token, out of the audit."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from kreisportal.audit.models import AuditEntry
from kreisportal.kernel.database import ActorKind, Context


@dataclass(frozen=True, slots=True)
class TokenAct:
    """One change. ``fields`` are names of what was changed, where that is more than one thing."""

    at: datetime.datetime
    tenant_id: int
    action: str
    subject_id: str
    fields: tuple[str, ...]


def acts_with(session: Session, context: Context, token_id: uuid.UUID, most: int) -> Sequence[TokenAct]:
    """The last changes with a token that whoever acts may see, the newest first: those of the town; of the region all."""
    query = select(AuditEntry).where(AuditEntry.data["token_id"].astext == str(token_id))
    if context.actor is ActorKind.REGION:
        query = query.where(AuditEntry.actor == ActorKind.REGION)
    else:
        query = query.where(AuditEntry.tenant_id == context.tenant_id, AuditEntry.actor == ActorKind.TOKEN)
    rows = session.scalars(query.order_by(AuditEntry.at.desc(), AuditEntry.id.desc()).limit(most))
    return [
        TokenAct(row.at, row.tenant_id, row.action, row.subject_id, tuple(row.data.get("fields", ())))
        for row in rows
    ]
