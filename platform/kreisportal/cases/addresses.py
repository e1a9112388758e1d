"""Where a draft or case is seen: the portal that was used, from the database and never from a request."""

from __future__ import annotations

from sqlalchemy.orm import Session

from kreisportal.cases.models import Case, Draft
from kreisportal.notifications.addresses import site_address
from kreisportal.settings import Settings
from kreisportal.tenancy.queries import load_records


def portal_of(settings: Settings, session: Session, row: Case | Draft, language: str) -> str:
    """The address of the portal that was used, in a language; that of the authority if the other one is gone."""
    records = {record.id: record for record in load_records(session, [row.via_tenant_id, row.tenant_id])}
    used = records.get(row.via_tenant_id)
    record = used if used is not None and used.host("portal") else records[row.tenant_id]
    return f"{site_address(settings, record, 'portal')}/{language}"
