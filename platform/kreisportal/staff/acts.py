"""What was done, out of the audit: with an access token, or in a town."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from kreisportal.audit.models import AuditEntry
from kreisportal.kernel.database import ActorKind, Context


@dataclass(frozen=True, slots=True)
class Act:
    """One act. ``fields`` are names of what was changed, where that is more than one thing; ``token`` is the name of the
    access token that it was done with, or empty; ``name`` that of what it was done to, where the audit holds it.
    """

    id: int
    at: datetime.datetime
    tenant_id: int
    actor: str
    staff_id: uuid.UUID | None
    action: str
    subject_kind: str
    subject_id: str
    fields: tuple[str, ...]
    token: str
    name: str


def acts_with(session: Session, context: Context, token_id: uuid.UUID, most: int) -> Sequence[Act]:
    """The last changes with a token that whoever acts may see, the newest first: those of the town; of the region all."""
    query = select(AuditEntry).where(AuditEntry.data["token_id"].astext == str(token_id))
    if context.actor is ActorKind.REGION:
        query = query.where(AuditEntry.actor == ActorKind.REGION)
    else:
        query = query.where(AuditEntry.tenant_id == context.tenant_id, AuditEntry.actor == ActorKind.TOKEN)
    return _newest(session, query, most)


def acts_in(
    session: Session, tenant_id: int, actions: Collection[str], most: int, before: int | None = None
) -> Sequence[Act]:
    """The last acts of these sorts in a town, the newest first; ``before`` is the id of the last that was seen."""
    query = select(AuditEntry).where(AuditEntry.tenant_id == tenant_id, AuditEntry.action.in_(actions))
    return _newest(session, query if before is None else query.where(AuditEntry.id < before), most)


def _newest(session: Session, query: Select[AuditEntry], most: int) -> Sequence[Act]:
    rows = session.scalars(query.order_by(AuditEntry.id.desc()).limit(most))
    return [
        Act(
            row.id,
            row.at,
            row.tenant_id,
            row.actor,
            row.staff_id,
            row.action,
            row.subject_kind,
            row.subject_id,
            tuple(row.data.get("fields", ())),
            row.data.get("token", ""),
            row.data.get("name", ""),
        )
        for row in rows
    ]
