"""A town is called otherwise: at once, or from a day on. What was linked before goes on leading to it.

Its slug and the letters that begin its cases' numbers stay: receipts and letters that are out name them.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from kreisportal.audit.models import AuditEntry
from kreisportal.audit.service import record
from kreisportal.kernel.database import Context
from kreisportal.kernel.errors import ConflictError, InvalidInputError, NotFoundError
from kreisportal.tenancy.definition import TenantKind
from kreisportal.tenancy.host_changes import give_host, prefer_host
from kreisportal.tenancy.models import Host, Tenant
from kreisportal.tenancy.renaming_fields import OF_HOSTS, OF_NAME, checked_name
from kreisportal.tenancy.whole_town import Facts, check_town

RENAMED = "tenant-renamed"
_EARLIER_NAMES = 50
_ENGLISH_KINDS = ("Town of ", "City of ", "Municipality of ", "Joint Municipality of ")
_ENGLISH = {
    TenantKind.CITY: "Town of ",
    TenantKind.MUNICIPALITY: "Municipality of ",
    TenantKind.JOINT_MUNICIPALITY: "Joint Municipality of ",
}


@dataclass(frozen=True, slots=True)
class Planned:
    """A name that a town will have from a day on, by the fields of ``OF_NAME``."""

    on: datetime.date
    name: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class EarlierName:
    """What a town was called until a moment; ``entry_id`` is the entry of the audit that says so."""

    entry_id: int
    until: datetime.datetime
    name: Mapping[str, str]


def present_name(session: Session, tenant: Tenant) -> dict[str, str]:
    """What a town is called now, by the fields of ``OF_NAME``."""
    hosts = session.execute(
        select(Host.site, Host.host).where(Host.tenant_id == tenant.id, Host.canonical)
    ).all()
    names = {f"{site}_host": host for site, host in hosts}
    return {
        "name": str(tenant.profile["name"]["de"]),
        "short": tenant.profile["name"]["short"],
        "kind": tenant.kind,
        "ars": tenant.ars,
        **{field: names.get(field, "") for field in OF_HOSTS},
    }


def planned_name(tenant: Tenant) -> Planned | None:
    """The name that a town will have, if that is settled."""
    told = tenant.renaming
    return Planned(datetime.date.fromisoformat(told["on"]), told["name"]) if told else None


def earlier_names(session: Session, tenant_id: int) -> list[EarlierName]:
    """What a town was called before, the last first, as the audit tells."""
    query = (
        select(AuditEntry.id, AuditEntry.at, AuditEntry.data)
        .where(AuditEntry.tenant_id == tenant_id, AuditEntry.action == RENAMED)
        .order_by(AuditEntry.id.desc())
        .limit(_EARLIER_NAMES)
    )
    return [EarlierName(row.id, row.at, row.data["before"]) for row in session.execute(query)]


def named_town(session: Session, slug: str, *, to_change: bool = False) -> Tenant:
    """A town that the actor reaches, held until the end of the transaction if asked for. Raises NotFoundError."""
    query = select(Tenant).where(Tenant.slug == slug)
    tenant = session.scalar(query.with_for_update() if to_change else query)
    if tenant is None:
        raise NotFoundError(f"there is no tenant {slug}")
    return tenant


def rename(
    session: Session,
    context: Context,
    slug: str,
    typed: Mapping[str, str],
    on: datetime.date | None,
    today: datetime.date,
) -> bool:
    """Call a town otherwise, or settle that it will be called so from the day ``on``. Whether it is called so now.

    Raises NotFoundError, InvalidInputError with a sentence at each field, and ConflictError for a name that it has.
    """
    tenant = named_town(session, slug, to_change=True)
    name = checked_name(session, tenant, typed)
    if name == present_name(session, tenant):
        raise ConflictError(f"{slug} is called so already")
    if on is None or on <= today:
        _carry_out(session, context, tenant, name)
        return True
    _profile_called(session, tenant, name)
    tenant.renaming = {"on": on.isoformat(), "name": name}
    session.flush()
    record(session, context, "tenant-rename-planned", "tenant", slug, tenant_id=tenant.id, on=on.isoformat())
    return False


def call_off(session: Session, context: Context, slug: str) -> None:
    """A town keeps the name that it has. Raises NotFoundError, and ConflictError if no other one was settled."""
    tenant = named_town(session, slug, to_change=True)
    if tenant.renaming is None:
        raise ConflictError(f"{slug} keeps its name anyway")
    tenant.renaming = None
    session.flush()
    record(session, context, "tenant-rename-called-off", "tenant", slug, tenant_id=tenant.id)


def rename_due(session: Session, context: Context, today: datetime.date) -> Iterator[str]:
    """Give every town the name whose day has come; the slugs of those. What does not fit any more stays as it is."""
    due = select(Tenant.slug).where(Tenant.renaming["on"].astext <= today.isoformat()).order_by(Tenant.slug)
    for slug in session.scalars(due).all():
        tenant = named_town(session, slug, to_change=True)
        planned = planned_name(tenant)
        if planned is None or planned.on > today:
            continue
        try:
            with session.begin_nested():
                _carry_out(session, context, tenant, checked_name(session, tenant, planned.name))
        except InvalidInputError:
            # Another town has the host name or the key by now: its page says that the day is over.
            continue
        yield slug


def left_over(tenant: Tenant, before: Mapping[str, str]) -> list[str]:
    """Where the former name of a place still stands in what the town has written itself, as fields of its folder."""
    if before["short"] == tenant.profile["name"]["short"]:
        return []
    word = _word(before["short"])
    return sorted(
        {
            path
            for path, text in _texts(tenant.profile, "")
            if word.search(text) and not path.startswith("brand")
        }
    )


def _carry_out(session: Session, context: Context, tenant: Tenant, name: Mapping[str, str]) -> None:
    before = present_name(session, tenant)
    profile = _profile_called(session, tenant, name)
    tenant.profile, tenant.kind, tenant.ars = profile, name["kind"], name["ars"]
    tenant.renaming = None
    session.flush()
    for field in OF_HOSTS:
        if name[field] != before[field]:
            _move(session, context, tenant, field, name[field])
    record(
        session, context, RENAMED, "tenant", tenant.slug, tenant_id=tenant.id, before=before, after=dict(name)
    )


def _profile_called(session: Session, tenant: Tenant, name: Mapping[str, str]) -> dict[str, Any]:
    """The profile with the new name, held against the rules. Raises InvalidInputError."""
    profile = _called(tenant.profile, present_name(session, tenant), name)
    facts = Facts(tenant.slug, tenant.code, name["kind"], name["ars"], has_portal=tenant.has_portal)
    check_town(profile, facts)
    return profile


def _move(session: Session, context: Context, tenant: Tenant, field: str, host: str) -> None:
    """Make a host name the main one, whether the town has it already or not. The one before leads to it."""
    site = field.removesuffix("_host")
    known = session.get(Host, host)
    if known is None or (known.tenant_id, known.site) != (tenant.id, site):
        try:
            give_host(session, context, tenant.slug, site, host)
        except InvalidInputError as error:
            raise InvalidInputError({field: error.messages["host"]}) from None
    prefer_host(session, context, tenant.slug, host)


def _called(profile: Mapping[str, Any], before: Mapping[str, str], name: Mapping[str, str]) -> dict[str, Any]:
    """A profile with the new name in the place of the old one, and under the town's mails."""
    now = {before["name"]: name["name"], before["short"]: name["short"]}
    old = re.compile("|".join(_word(each).pattern for each in sorted(now, key=len, reverse=True)))

    def called(text: str) -> str:
        return old.sub(lambda found: now[found[0]], text)

    names = {
        **profile["name"],
        "de": name["name"],
        "short": name["short"],
        "locative": called(profile["name"]["locative"]),
    }
    if "en" in names:
        names["en"] = _english(called(names["en"]), before["kind"], name["kind"])
    found = {**profile, "name": names}
    if "mail" in profile:
        found["mail"] = {**profile["mail"], "sender_name": called(profile["mail"]["sender_name"])}
    return found


def _english(text: str, kind_before: str, kind: str) -> str:
    begins = next((each for each in _ENGLISH_KINDS if text.startswith(each)), None)
    new = _ENGLISH.get(TenantKind(kind))
    return new + text.removeprefix(begins) if begins and new and kind != kind_before else text


def _word(name: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){re.escape(name)}(?!\w)")


def _texts(value: Any, path: str) -> Iterator[tuple[str, str]]:
    """All texts below a value, each with its path."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, Mapping):
        for key, below in value.items():
            yield from _texts(below, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list):
        for below in value:
            yield from _texts(below, path)


__all__ = [
    "OF_NAME",
    "EarlierName",
    "Planned",
    "call_off",
    "earlier_names",
    "left_over",
    "rename",
    "rename_due",
]
