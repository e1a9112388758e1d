"""A town was brought in by mistake: it is withdrawn with all that was made for it, as long as it was never open."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import psycopg
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session

from kreisportal.audit.models import AuditEntry
from kreisportal.audit.service import record
from kreisportal.documents.storage import Storage
from kreisportal.i18n import gettext
from kreisportal.kernel.database import Context
from kreisportal.kernel.errors import ConflictError
from kreisportal.onboarding.bringing import ONBOARDED
from kreisportal.tenancy.lifecycle import TenantState
from kreisportal.tenancy.models import Tenant
from kreisportal.tenancy.overview import town_holdings
from kreisportal.tenancy.renaming import named_town

_WITHDRAW = text("SELECT definer.withdraw_town(:tenant, :was_known)")


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """What goes if a town is withdrawn, and why that cannot be (None: it can).

    ``stays_known``: it was an authority without a portal before, and will be one again.
    """

    counts: Mapping[str, int]
    refusal: str | None
    stays_known: bool


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """A town that is withdrawn; its files are no row's any more."""

    tenant_id: int

    def remove_files(self, storage: Storage) -> None:
        """Delete all its files, once the transaction is through: those, too, that only waited for the sweep."""
        storage.clear(self.tenant_id)


def withdrawal_of(session: Session, slug: str) -> Withdrawal:
    """What would go with a town. Raises NotFoundError for one that the actor does not reach."""
    tenant = named_town(session, slug)
    counts, made = town_holdings(session, tenant.id), _made(session, tenant.id)
    return Withdrawal(counts, _refusal(session, tenant, counts, made), _stays_known(made))


def withdraw(session: Session, context: Context, slug: str) -> Withdrawn:
    """Take a town back. Raises NotFoundError, and ConflictError if it was open once, or was not brought in like this."""
    tenant = named_town(session, slug, to_change=True)
    counts, made = town_holdings(session, tenant.id), _made(session, tenant.id)
    refusal = _refusal(session, tenant, counts, made)
    if refusal or made is None:
        raise ConflictError(refusal or f"{slug} was not brought in like this")
    tenant_id, stays = tenant.id, _stays_known(made)
    session.expunge(tenant)
    try:
        session.execute(_WITHDRAW, {"tenant": tenant_id, "was_known": stays})
    except DBAPIError as error:
        if isinstance(error.orig, psycopg.errors.NoDataFound):
            raise ConflictError(f"{slug} is in use by now") from error
        raise
    kept = {name: counts[name] for name in ("hosts", "offers", "staff", "drafts")}
    if stays:
        _become_known(session, slug, made["before"])
        record(session, context, "tenant-withdrawn", "tenant", slug, tenant_id=tenant_id, **kept)
    else:
        record(session, context, "tenant-withdrawn", "tenant", slug, tenant_id=None, **kept)
    _drop_district(session, made.get("new_district"))
    return Withdrawn(tenant_id)


def _made(session: Session, tenant_id: int) -> dict[str, Any] | None:
    """What was made when the town was brought in, as the audit tells; None if it was not brought in like this.

    Towns from before this was written down count as known before: they become an authority without a portal.
    """
    query = (
        select(AuditEntry.data)
        .where(AuditEntry.tenant_id == tenant_id, AuditEntry.action == ONBOARDED)
        .order_by(AuditEntry.id.desc())
        .limit(1)
    )
    data = session.scalar(query)
    return None if data is None else data.get("made", {"unknown": True})


def _stays_known(made: Mapping[str, Any] | None) -> bool:
    return bool(made and (made.get("before") is not None or made.get("unknown")))


def _refusal(
    session: Session, tenant: Tenant, counts: Mapping[str, int], made: Mapping[str, Any] | None
) -> str | None:
    """Why a town cannot be withdrawn, in words."""
    if not tenant.has_portal or tenant.state != TenantState.PREPARING:
        return gettext("Zurücknehmen geht nur, solange ein Portal in Vorbereitung ist.")
    was_open = select(AuditEntry.id).where(
        AuditEntry.tenant_id == tenant.id, AuditEntry.action == f"tenant-{TenantState.OPEN}"
    )
    if session.scalar(was_open.limit(1)) is not None:
        return gettext(
            "Das Portal war schon einmal offen. Schließen Sie es; mit den Daten kann es dann gehen."
        )
    if counts["cases"] or counts["via"]:
        return gettext("Es gibt schon Vorgänge. Schließen Sie das Portal; mit den Daten kann es dann gehen.")
    if made is None:
        return gettext("Diese Kommune ist nicht über „Neue Kommune“ angelegt worden.")
    return None


def _become_known(session: Session, slug: str, before: Mapping[str, Any] | None) -> None:
    """The town is an authority without a portal again, with what was known of it."""
    tenant = named_town(session, slug, to_change=True)
    tenant.has_portal, tenant.state, tenant.renaming = False, TenantState.OPEN.value, None
    if before is not None:
        tenant.profile = dict(before)
    session.flush()


def _drop_district(session: Session, slug: str | None) -> None:
    """A district that came with the town goes with it, unless somebody else needs it by now."""
    district = session.scalar(select(Tenant).where(Tenant.slug == slug)) if slug else None
    if district is None or district.has_portal:
        return
    try:
        with session.begin_nested():
            session.delete(district)
            session.flush()
    except IntegrityError:
        session.expire_all()
