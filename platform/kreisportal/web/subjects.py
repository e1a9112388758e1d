"""Where a draft or case is that an account may see: its own, or somebody's that it acts for."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from sqlalchemy import text

from kreisportal.kernel.database import ActorKind, Context
from kreisportal.web.program import program

_OWN = text("SELECT tenant_id, seen_at, NULL::uuid FROM definer.own_subject(:subject)")
_REPRESENTED = text("SELECT tenant_id, seen_at, mandate_id FROM definer.represented_subject(:subject)")


@dataclass(frozen=True, slots=True)
class AccountSubject:
    """A draft or case: its tenant, the tenants on whose portals it may be seen, and the mandate, if by one."""

    tenant_id: int
    seen_at: list[int]
    mandate_id: uuid.UUID | None


def subject_of_account(account_id: uuid.UUID, subject: uuid.UUID) -> AccountSubject | None:
    """Where it is, asked anew at every request: what is revoked is over with the next one. None if it is not theirs."""
    with program().database.transaction(Context(ActorKind.ACCOUNT, account_id=account_id)) as session:
        for statement in (_OWN, _REPRESENTED):
            row = session.execute(statement, {"subject": subject}).one_or_none()
            if row is not None:
                return AccountSubject(*row)
    return None
