"""The states of a tenant: being prepared, open, paused, closed. Every step can be taken back."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from kreisportal.audit.service import record
from kreisportal.i18n import gettext
from kreisportal.kernel.database import Context
from kreisportal.kernel.errors import ConflictError, InvalidInputError, NotFoundError
from kreisportal.tenancy.models import Host, Tenant


class TenantState(StrEnum):
    """Whether a town's portal is open to everybody, and if not, why."""

    PREPARING = "preparing"
    OPEN = "open"
    PAUSED = "paused"
    CLOSED = "closed"


STEPS: dict[TenantState, tuple[TenantState, ...]] = {
    TenantState.PREPARING: (TenantState.OPEN,),
    TenantState.OPEN: (TenantState.PAUSED, TenantState.CLOSED),
    TenantState.PAUSED: (TenantState.OPEN, TenantState.CLOSED),
    TenantState.CLOSED: (TenantState.PAUSED,),
}
"""What may follow a state."""


def change_state(session: Session, context: Context, slug: str, wanted: TenantState) -> bool:
    """Take a tenant from its state to another one; the portal shows it within a second. Returns whether it changed.

    Raises NotFoundError for a tenant that the actor does not reach, ConflictError for a step that is none or a town
    without a portal, and InvalidInputError under ``state`` for one that has no host name to be open at.
    """
    tenant = session.scalar(select(Tenant).where(Tenant.slug == slug).with_for_update())
    if tenant is None:
        raise NotFoundError
    if not tenant.has_portal:
        raise ConflictError(f"{slug} has no portal yet: it is brought on line first")
    if tenant.merged_into_id is not None:
        raise ConflictError(f"{slug} has become part of another town, or is becoming it")
    before = TenantState(tenant.state)
    if wanted is before:
        return False
    if wanted not in STEPS[before]:
        raise ConflictError(f"from {before} there is no way to {wanted}")
    if wanted is TenantState.OPEN and not _has_portal_host(session, tenant.id):
        raise InvalidInputError({"state": [gettext("Geben Sie dem Portal zuerst einen Hostnamen.")]})
    tenant.state = wanted.value
    session.flush()
    record(session, context, f"tenant-{wanted}", "tenant", slug, tenant_id=tenant.id, before=before.value)
    return True


def _has_portal_host(session: Session, tenant_id: int) -> bool:
    query = select(Host.host).where(Host.tenant_id == tenant_id, Host.site == "portal", Host.canonical)
    return session.scalar(query) is not None
