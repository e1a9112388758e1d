"""What an operator does by a command, and the audit that tells of it: that of the authority that answers for accounts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from kreisportal.audit import service as audit
from kreisportal.commands import open_database
from kreisportal.kernel.database.context import REGION
from kreisportal.kernel.errors import ConflictError
from kreisportal.settings import Settings, read_settings
from kreisportal.tenancy.queries import load_records


@dataclass(frozen=True, slots=True)
class OperatorAct:
    """A transaction of the region for one act, and the authority whose audit tells of it."""

    session: Session
    settings: Settings
    operator_id: int

    def note(self, action: str, kind: str, subject: str, **data: Any) -> None:
        """Write down that something was done to a subject of this kind."""
        audit.record(self.session, REGION, action, kind, subject, tenant_id=self.operator_id, **data)


@contextmanager
def operator_act() -> Iterator[OperatorAct]:
    """A transaction for one act. Raises ConflictError where nobody answers for accounts."""
    settings = read_settings()
    with open_database() as database, database.transaction(REGION) as session:
        yield OperatorAct(session, settings, _operator(session, settings))


def _operator(session: Session, settings: Settings) -> int:
    named = settings.account_operator
    for tenant in list(load_records(session)):
        if tenant.slug == named or (not named and tenant.kind == "district" and tenant.on_line):
            return tenant.id
    raise ConflictError(
        f"there is no tenant {named}, which ACCOUNT_OPERATOR names"
        if named
        else "no authority answers for accounts: put a district on line, or set ACCOUNT_OPERATOR"
    )
