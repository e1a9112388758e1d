"""What was last seen of the towns' host names: kept, told in a word, and which name it is time to look at again."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from kreisportal.kernel.errors import ConflictError, NotFoundError
from kreisportal.tenancy.host_checks import HostState, Leads, Shown
from kreisportal.tenancy.lifecycle import TenantState
from kreisportal.tenancy.models import Host, HostLook, Tenant

_ENDS_SOON = datetime.timedelta(days=14)
_AGAIN = datetime.timedelta(hours=6)
_AGAIN_UNLESS_FINE = datetime.timedelta(hours=1)


class Verdict(StrEnum):
    """What a look at a name comes to. A certificate is ``ENDING`` two weeks before it ends: no proxy waits as long.

    ``UNSEEN`` is one that is not there, or not to be seen from the machine that looked; ``UNKNOWN`` is a name of which
    nobody can tell whether its addresses are ours, ``NEVER`` one that nobody has looked at yet.
    """

    NOWHERE = "nowhere"
    ELSEWHERE = "elsewhere"
    PARTLY = "partly"
    UNTRUSTED = "untrusted"
    UNSEEN = "unseen"
    ENDING = "ending"
    UNKNOWN = "unknown"
    NEVER = "never"
    FINE = "fine"

    @property
    def is_trouble(self) -> bool:
        """Whether somebody should do something."""
        return self not in (Verdict.UNKNOWN, Verdict.NEVER, Verdict.FINE)


@dataclass(frozen=True, slots=True)
class SeenHost:
    """A name of a site, what was seen of it and when; ``valid_until`` is its certificate's."""

    host: str
    site: str
    town: str
    verdict: Verdict
    looked_at: datetime.datetime | None
    valid_until: datetime.datetime | None


def keep_looks(session: Session, states: Mapping[str, HostState], at: datetime.datetime) -> None:
    """Keep what was seen of some names; what the actor does not reach, or is gone meanwhile, is left out."""
    # Nobody removes a name before it is written down what was seen of it.
    theirs = (
        select(Host.tenant_id, Host.host)
        .where(Host.host.in_(states), Host.tenant_id.is_not(None))
        .order_by(Host.host)
        .with_for_update(read=True, key_share=True)
    )
    rows = [
        {"tenant_id": tenant_id, "host": host, "looked_at": at, **_columns(states[host])}
        for tenant_id, host in session.execute(theirs)
    ]
    if not rows:
        return
    new = insert(HostLook).values(rows)
    columns = ("looked_at", "leads", "certificate", "valid_until")
    changed = {name: new.excluded[name] for name in columns}
    session.execute(new.on_conflict_do_update(index_elements=["tenant_id", "host"], set_=changed))


def _columns(state: HostState) -> dict[str, object]:
    seen = state.certificate
    return {
        "leads": state.leads.value,
        "certificate": seen.shown.value if seen else None,
        "valid_until": seen.until if seen else None,
    }


def names_of(session: Session, slug: str) -> list[str]:
    """All names of a town. Raises NotFoundError for one that the actor does not reach, ConflictError without a portal."""
    tenant = session.scalar(select(Tenant).where(Tenant.slug == slug))
    if tenant is None:
        raise NotFoundError
    if not tenant.has_portal:
        raise ConflictError(f"{slug} has no portal yet: it is brought on line first")
    return list(session.scalars(select(Host.host).where(Host.tenant_id == tenant.id).order_by(Host.host)))


def names_due(session: Session, now: datetime.datetime, most: int) -> Sequence[str]:
    """Names that it is time to look at, the longest unseen first: those that are fine four times a day, others hourly."""
    is_not_fine = _verdict(now) != Verdict.FINE
    is_due = or_(
        HostLook.looked_at.is_(None),
        HostLook.looked_at <= now - _AGAIN,
        and_(is_not_fine, HostLook.looked_at <= now - _AGAIN_UNLESS_FINE),
    )
    due = _names(Host.host).where(_LOOKED_AFTER, is_due)
    due = due.order_by(HostLook.looked_at.asc().nulls_first(), Host.host).limit(most)
    return session.scalars(due).all()


def verdicts(session: Session, now: datetime.datetime) -> Mapping[int, Mapping[Verdict, int]]:
    """How many names of each town that the actor reaches come to what, the worst first, but for those that are fine."""
    each = _names(Host.tenant_id, _verdict(now).label("verdict")).where(_LOOKED_AFTER).subquery()
    counted = (
        select(each.c.tenant_id, each.c.verdict, func.count())
        .where(each.c.verdict != Verdict.FINE)
        .group_by(each.c.tenant_id, each.c.verdict)
    )
    found: dict[int, dict[Verdict, int]] = defaultdict(dict)
    for tenant_id, which, count in session.execute(counted):
        found[tenant_id][Verdict(which)] = count
    worst = list(Verdict)
    return {
        tenant_id: dict(sorted(counts.items(), key=lambda each: worst.index(each[0])))
        for tenant_id, counts in found.items()
    }


def seen_hosts(session: Session, now: datetime.datetime, tenant_id: int | None = None) -> list[SeenHost]:
    """The names of a tenant that the actor reaches, or of all that are looked after, with what was seen."""
    rows = _names(Host.host, Host.site, Tenant.slug, _verdict(now), HostLook.looked_at, HostLook.valid_until)
    rows = rows.where(_LOOKED_AFTER if tenant_id is None else Tenant.id == tenant_id)
    rows = rows.order_by(Tenant.slug, Host.site.desc(), Host.canonical.desc(), Host.host)
    return [
        SeenHost(host, site, slug, Verdict(verdict), looked_at, until)
        for host, site, slug, verdict, looked_at, until in session.execute(rows)
    ]


_LOOKED_AFTER = and_(Tenant.has_portal, Tenant.state != TenantState.CLOSED)


def _names(*columns: Any) -> Select[Any]:
    """Something of all names of tenants, each with its look, if there was one."""
    seen = and_(HostLook.tenant_id == Host.tenant_id, HostLook.host == Host.host)
    return (
        select(*columns).select_from(Host).join(Tenant, Tenant.id == Host.tenant_id).outerjoin(HostLook, seen)
    )


def _verdict(now: datetime.datetime) -> ColumnElement[str]:
    """A look in a word: where the name leads comes before its certificate. One that was valid may have ended since."""
    return case(
        (HostLook.leads.is_(None), Verdict.NEVER),
        (HostLook.leads.in_([Leads.NOWHERE, Leads.ELSEWHERE, Leads.PARTLY]), HostLook.leads),
        (HostLook.leads == Leads.LOCAL, Verdict.FINE),
        (HostLook.leads != Leads.HERE, Verdict.UNKNOWN),
        (HostLook.certificate == Shown.UNTRUSTED, Verdict.UNTRUSTED),
        (HostLook.valid_until <= now, Verdict.UNTRUSTED),
        (HostLook.valid_until <= now + _ENDS_SOON, Verdict.ENDING),
        (HostLook.certificate == Shown.VALID, Verdict.FINE),
        else_=Verdict.UNSEEN,
    )
