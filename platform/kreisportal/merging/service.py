"""A town becomes part of another one: begun, taken back as long as it is not confirmed, confirmed.

Cases and drafts go over by a job, one after the other (``moving``). Meanwhile the town's portal is paused and says where
to; its desk works on. Once it is confirmed the town is a closed shell, whose host names lead to the other town's.
"""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from kreisportal.audit.service import record
from kreisportal.catalogue.models import Offer
from kreisportal.catalogue.offers import add_offer, columns_of
from kreisportal.catalogue.queries import offers_of
from kreisportal.jobs import defer
from kreisportal.kernel.database import Context
from kreisportal.kernel.errors import ConflictError
from kreisportal.merging.departments import NOTHING, carry_over, take_away
from kreisportal.merging.people import Invited, employ, let_out, who_joins
from kreisportal.merging.plan import only_there, refusal_of
from kreisportal.staff.invitation_mails import Mailing
from kreisportal.tenancy.lifecycle import TenantState
from kreisportal.tenancy.models import Tenant
from kreisportal.tenancy.overview import town_holdings
from kreisportal.tenancy.renaming import named_town

MERGE = "merging.move"
_AT_WORK = text(
    "SELECT EXISTS (SELECT FROM procrastinate_jobs WHERE task_name = :name AND status IN ('todo', 'doing')"
    " AND (args ->> 'town_id')::int = :town)"
)


class Step(StrEnum):
    """How far a town is on its way to another one, or back."""

    MOVING = "moving"
    MOVED = "moved"
    RETURNING = "returning"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a merge is, in cases and drafts. ``is_stuck``: nobody works on it any more."""

    step: Step
    done: int
    all: int
    is_stuck: bool


def begin(
    session: Session,
    context: Context,
    slug: str,
    into_slug: str,
    offers: Collection[str],
    staff: Collection[uuid.UUID],
    now: datetime.datetime,
    mailing: Mailing | None,
) -> list[Invited]:
    """Let a town become part of another one: its portal pauses, and what it has goes over.

    ``offers`` and ``staff`` are what is taken over; departments are all of them. Without ``mailing`` nobody gets a mail.
    Raises NotFoundError, and ConflictError
    with what is in the way.
    """
    town, into = _held(session, slug, into_slug)
    refusal = refusal_of(session, town, into)
    if refusal:
        raise ConflictError(refusal)
    counts = town_holdings(session, town.id)
    taken = [key for key in only_there(session, town.id, into.id) if key in offers]
    added = [key for key in taken if _take_over(session, town, into, key)]
    invited = employ(session, context, town, into, staff, now, mailing)
    departments = carry_over(session, town.id, into.id, who_joins(session, town.id, into.id, invited))
    town.merging = {
        # The functions of the database ask for it.
        "state": Step.MOVING.value,
        "before": town.state,
        "all": counts["cases"] + counts["drafts"],
        "offers_added": added,
        "offers_switched": [key for key in taken if key not in added],
        "staff": [each.email for each in invited],
        "departments": departments,
    }
    town.merged_into_id = into.id
    if town.has_portal:
        town.state = TenantState.PAUSED.value
    session.flush()
    told = {name: counts[name] for name in ("cases", "drafts", "departments")}
    told |= {"offers": len(taken), "staff": len(invited)}
    _note(session, context, town, into, "tenant-merging", "tenant-absorbing", told)
    defer(session, MERGE, into.id, town_id=town.id)
    return invited


def take_back(session: Session, context: Context, slug: str) -> None:
    """Let everything go back that came from a town.

    Raises NotFoundError, and ConflictError if it is confirmed, or was never begun.
    """
    town, into = _on_its_way(session, slug)
    if town.merging is None or town.merging["state"] == Step.RETURNING:
        raise ConflictError(f"{slug} is on its way to no other town")
    for key in town.merging["offers_added"]:
        offer = session.get(Offer, (into.id, key))
        if offer is not None:
            session.delete(offer)
    for key in town.merging["offers_switched"]:
        session.get_one(Offer, (into.id, key)).is_on = False
    take_away(session, into.id, town.merging.get("departments", NOTHING))
    let_out(session, context, into, town.merging["staff"])
    town.merging = {**town.merging, "state": Step.RETURNING.value}
    session.flush()
    _note(session, context, town, into, "tenant-merge-returning", None, {})
    defer(session, MERGE, into.id, town_id=town.id)


def confirm(session: Session, context: Context, slug: str) -> None:
    """Make it final: the town is a closed shell, whose host names lead to the other one. Raises ConflictError."""
    town, into = _on_its_way(session, slug)
    counts = town_holdings(session, town.id)
    if town.merging is None or town.merging["state"] != Step.MOVED or counts["cases"] or counts["drafts"]:
        raise ConflictError(f"not everything has gone from {slug} to {into.slug} yet")
    town.merging = None
    if town.has_portal:
        town.state = TenantState.CLOSED.value
    session.flush()
    _note(session, context, town, into, "tenant-merged", "tenant-absorbed", {})


def go_on(session: Session, slug: str) -> None:
    """Let a merge that was given up be worked again, from where it is."""
    town, into = _on_its_way(session, slug)
    found = progress_of(session, town)
    if found is not None and found.is_stuck:
        defer(session, MERGE, into.id, town_id=town.id)


def settle(session: Session, context: Context, town_id: int) -> bool:
    """Note that all has gone over, or is back. False if something has come in meanwhile, which goes next."""
    town = session.scalar(select(Tenant).where(Tenant.id == town_id).with_for_update())
    if town is None or town.merging is None:
        return True
    into = session.get_one(Tenant, town.merged_into_id)
    counts, step = town_holdings(session, town.id), town.merging["state"]
    if step == Step.MOVING:
        if counts["cases"] or counts["drafts"]:
            return False
        town.merging = {**town.merging, "state": Step.MOVED.value}
        session.flush()
        _note(session, context, town, into, "tenant-merge-carried-out", None, {})
    elif step == Step.RETURNING:
        if counts["came_along"] or counts["drafts_along"]:
            return False
        town.state = town.merging["before"]
        town.merging = town.merged_into_id = None
        session.flush()
        _note(session, context, town, into, "tenant-merge-returned", "tenant-absorbing-ended", {})
    return True


def progress_of(session: Session, town: Tenant) -> Progress | None:
    """How far a town is on its way; None for one that is on none, or has arrived for good."""
    if town.merging is None:
        return None
    counts, step = town_holdings(session, town.id), Step(town.merging["state"])
    along, left = counts["came_along"] + counts["drafts_along"], counts["cases"] + counts["drafts"]
    at_work = session.scalar(_AT_WORK, {"name": MERGE, "town": town.id})
    done = left if step is Step.RETURNING else along
    return Progress(step, done, along + left, step is not Step.MOVED and not at_work)


def absorbed_by(session: Session, tenant_id: int) -> Sequence[Tenant]:
    """The towns that have become part of one, or are becoming it."""
    return session.scalars(
        select(Tenant).where(Tenant.merged_into_id == tenant_id).order_by(Tenant.slug)
    ).all()


def successor_of(session: Session, town: Tenant) -> Tenant | None:
    """The town that one has become part of, or is becoming it."""
    return session.get(Tenant, town.merged_into_id) if town.merged_into_id is not None else None


def _held(session: Session, slug: str, into_slug: str) -> tuple[Tenant, Tenant]:
    """Both towns, always held in the same order, so that two who merge crosswise do not wait for each other."""
    held = {each: named_town(session, each, to_change=True) for each in sorted({slug, into_slug})}
    return held[slug], held[into_slug]


def _on_its_way(session: Session, slug: str) -> tuple[Tenant, Tenant]:
    town = named_town(session, slug, to_change=True)
    into = successor_of(session, town)
    if into is None:
        raise ConflictError(f"{slug} is on its way to no other town")
    return town, into


def _take_over(session: Session, town: Tenant, into: Tenant, key: str) -> bool:
    """Let the other town offer a service as this one did. Whether it had never offered it before."""
    columns: dict[str, Any] = {**columns_of(offers_of(session, town.id)[key]), "is_on": True}
    offices = {office["key"] for office in into.profile.get("offices", ())}
    if columns["details"].get("office") not in offices:
        columns["details"] = {name: value for name, value in columns["details"].items() if name != "office"}
    if add_offer(session, into.id, key, **columns):
        return True
    row = session.get_one(Offer, (into.id, key))
    for name, value in columns.items():
        setattr(row, name, value)
    session.flush()
    return False


def _note(
    session: Session,
    context: Context,
    town: Tenant,
    into: Tenant,
    action: str,
    action_there: str | None,
    told: dict[str, Any],
) -> None:
    """Write down what was done, in the audit of both towns."""
    record(session, context, action, "tenant", town.slug, tenant_id=town.id, into=into.slug, **told)
    if action_there:
        record(session, context, action_there, "tenant", town.slug, tenant_id=into.id, **told)
