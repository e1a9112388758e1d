"""What would happen if a town became part of another one: a dry run with counts, and why it cannot be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from kreisportal.catalogue.queries import offers_of
from kreisportal.i18n import gettext
from kreisportal.merging.departments import Outlook, outlook_of
from kreisportal.merging.people import Colleague, colleagues
from kreisportal.tenancy.definition import TenantKind
from kreisportal.tenancy.lifecycle import TenantState
from kreisportal.tenancy.models import Host, Tenant
from kreisportal.tenancy.overview import town_holdings

_MERGING_FROM = (TenantState.OPEN, TenantState.PAUSED, TenantState.CLOSED)
_MERGING_INTO = (TenantState.OPEN, TenantState.PAUSED)


@dataclass(frozen=True, slots=True)
class Plan:
    """What happens: how much there is of the town that goes, what can be taken over, and why it cannot be (None: it can).

    ``offers`` are keys of services that only the town that goes offers.
    """

    refusal: str | None
    counts: Mapping[str, int]
    offers: Sequence[str]
    staff: Sequence[Colleague]
    departments: Outlook
    hosts: Sequence[str]


def plan_of(session: Session, town: Tenant, into: Tenant) -> Plan:
    """The dry run. Raises NotFoundError for a town that the actor does not reach."""
    counts = town_holdings(session, town.id)
    staff = colleagues(session, town.id, into.id)
    hosts = session.scalars(select(Host.host).where(Host.tenant_id == town.id).order_by(Host.host)).all()
    return Plan(
        refusal_of(session, town, into),
        counts,
        only_there(session, town.id, into.id),
        staff,
        outlook_of(session, town.id, into.id, {each.id for each in staff}),
        hosts,
    )


def only_there(session: Session, town_id: int, into_id: int) -> list[str]:
    """The services that a town offers and the other one does not."""
    ours = {key for key, offer in offers_of(session, into_id).items() if offer.is_on}
    return sorted(
        key for key, offer in offers_of(session, town_id).items() if offer.is_on and key not in ours
    )


def refusal_of(session: Session, town: Tenant, into: Tenant) -> str | None:
    """Why a town cannot become part of another one, in words."""
    if town.id == into.id:
        return gettext("Wählen Sie zwei verschiedene Kommunen.")
    if TenantKind.DISTRICT in (town.kind, into.kind):
        return gettext("Landkreise werden hier nicht zusammengelegt.")
    if town.parent_id != into.parent_id:
        return gettext("Beide Kommunen müssen im selben Landkreis liegen.")
    if town.merged_into_id is not None or into.merged_into_id is not None:
        return gettext("Eine der beiden ist schon in einer anderen Kommune aufgegangen.")
    if not into.has_portal or into.state not in _MERGING_INTO:
        return gettext("Die Kommune, die bleibt, braucht ein Portal, das offen ist oder pausiert.")
    if town.has_portal and town.state not in _MERGING_FROM:
        return gettext("Das Portal der anderen Kommune ist noch in Vorbereitung. Nehmen Sie es zurück.")
    # Whatever is on its way to one of the two must have come before more goes on.
    on_its_way = select(Tenant.id).where(
        Tenant.merging.is_not(None), or_(Tenant.merged_into_id == town.id, Tenant.merged_into_id == into.id)
    )
    if session.scalar(on_its_way.limit(1)) is not None:
        return gettext("Bestätigen Sie zuerst die Zusammenlegung, die schon ausgeführt ist.")
    return None
