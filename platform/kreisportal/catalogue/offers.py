"""Offers: what a tenant's switch, dates, channel, fee and contact mean on a given day."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from kreisportal.catalogue.definitions import Service, Texts
from kreisportal.catalogue.models import Offer
from kreisportal.catalogue.overlays import overlay_of
from kreisportal.catalogue.planned import in_force, offices_of
from kreisportal.catalogue.queries import service_versions
from kreisportal.catalogue.snapshot import Snapshot
from kreisportal.tenancy.definition import OfferDefinition
from kreisportal.tenancy.fees.rules import FeeRule
from kreisportal.tenancy.further_papers import FurtherPaper
from kreisportal.tenancy.merge import merge
from kreisportal.tenancy.registry import TenantRecord


class OfferState(StrEnum):
    """Whether a service can be used at a tenant: open, not yet, no longer, or not offered there."""

    OPEN = "open"
    NOT_YET = "not-yet"
    ENDED = "ended"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class DecisionTimes:
    """In how many days half of the decisions of a year were there, nine of ten, and how many there were."""

    median: int
    most: int
    decided: int


@dataclass(frozen=True, slots=True)
class OfferView:
    """An offer as a page shows it: the tenant's own words, and what it inherits from its district.

    ``fee`` is the tenant's, else the district's, and ``fee_rule`` what it costs with certain answers; ``district_text``
    stands beside the tenant's own ``text``. ``papers`` are wanted besides those of the region's text.
    """

    state: OfferState
    channel: str
    opens: datetime.date | None = None
    closes: datetime.date | None = None
    fee: Texts = field(default_factory=dict)
    text: Texts = field(default_factory=dict)
    district_text: Texts = field(default_factory=dict)
    processing_days: int | None = None
    office: str | None = None
    url: str | None = None
    took: DecisionTimes | None = None
    fee_rule: FeeRule | None = None
    papers: tuple[FurtherPaper, ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether one can begin now."""
        return self.state is OfferState.OPEN


OFF = OfferView(OfferState.OFF, "paper")


def offer_of(snapshot: Snapshot, tenant: TenantRecord, service_key: str, day: datetime.date) -> OfferView:
    """The tenant's offer of a service on a day, with what its district says to the service."""
    overlay = overlay_of(snapshot, tenant, service_key)
    if not snapshot.offers(tenant, service_key):
        return replace(OFF, fee=overlay.get("fee", {}), district_text=overlay.get("text", {}))
    return offer_view(tenant.offers[service_key], overlay, day)


def offer_view(facts: Mapping[str, Any], overlay: Mapping[str, Texts], day: datetime.date) -> OfferView:
    """An offer that is on, from its facts as the snapshot has them, and what the district says to the service."""
    details = in_force(facts, day)
    opens, closes = _date(details.get("from")), _date(details.get("until"))
    rule = details.get("fee_rule")
    state = OfferState.OPEN
    if opens is not None and day < opens:
        state = OfferState.NOT_YET
    elif closes is not None and day > closes:
        state = OfferState.ENDED
    return OfferView(
        state,
        details["channel"],
        opens,
        closes,
        details.get("fee") or ({} if rule else overlay.get("fee", {})),
        details.get("text", {}),
        overlay.get("text", {}),
        details.get("processing_days"),
        details.get("office"),
        details.get("url"),
        DecisionTimes(*details["took"]) if "took" in details else None,
        FeeRule.from_data(rule) if rule else None,
        tuple(FurtherPaper.from_data(paper) for paper in details.get("papers", ())),
    )


def _date(text: str | None) -> datetime.date | None:
    return datetime.date.fromisoformat(text) if text else None


def import_offers(session: Session, tenant_id: int, wanted: Mapping[str, OfferDefinition]) -> list[str]:
    """Merge a file's offers into the tenant's, three ways. Returns the fields that the admin's kept."""
    present = {
        row.service_key: row for row in session.scalars(select(Offer).where(Offer.tenant_id == tenant_id))
    }
    conflicts: list[str] = []
    versions = service_versions(session)
    for key, definition in wanted.items():
        row = present.get(key)
        file = _columns(definition)
        if row is None:
            row = Offer(tenant_id=tenant_id, service_key=key, imported=file, **_parsed(file))
            note_text(row, {}, versions.get(key))
            session.add(row)
            continue
        # The halves of two rules would make none.
        outcome = merge(row.imported or {}, file, columns_of(row), whole=("fee_rule",))
        conflicts += [f"offers.{key}.{name}" for name in outcome.conflicts]
        before = row.details
        for name, value in _parsed(outcome.value).items():
            setattr(row, name, value)
        note_text(row, before, versions.get(key))
        row.imported = file
    for key, row in present.items():
        # Taken out of the file: switched off, unless an admin has touched it since the file was last read.
        if key not in wanted and row.imported is not None and row.imported == columns_of(row):
            row.is_on = False
            # So that it comes back when the file names it again: nobody but the file has switched it off.
            row.imported = columns_of(row)
    session.flush()
    return conflicts


def note_text(row: Offer, before: Mapping[str, Any], version: int | None) -> None:
    """Remember for which version of the service a text of the town's own was written, if it is another than ``before``."""
    text = row.details.get("text")
    if text != before.get("text"):
        row.text_version = version if text else None


def _columns(definition: OfferDefinition) -> dict[str, Any]:
    planned = [
        {"from": change.opens.isoformat(), "channel": change.channel.value, **_details(change)}
        for change in definition.planned
        if change.opens
    ]
    details = {**_details(definition), **({"planned": planned} if planned else {})}
    return {
        "is_on": definition.on,
        "channel": definition.channel.value,
        "open_from": definition.opens.isoformat() if definition.opens else None,
        "open_until": definition.closes.isoformat() if definition.closes else None,
        "details": details,
    }


def _details(definition: OfferDefinition) -> dict[str, Any]:
    details = {
        "fee": dict(definition.fee) or None,
        "fee_rule": definition.fee_rule.to_data() if definition.fee_rule else None,
        "text": dict(definition.text) or None,
        "processing_days": definition.processing_days,
        "office": definition.office,
        "url": definition.url,
        "papers": [paper.to_data() for paper in definition.papers] or None,
    }
    return {name: value for name, value in details.items() if value is not None}


def columns_of(row: Offer) -> dict[str, Any]:
    """An offer as it is compared: its columns, days as texts."""
    return {
        "is_on": row.is_on,
        "channel": row.channel,
        "open_from": row.open_from.isoformat() if row.open_from else None,
        "open_until": row.open_until.isoformat() if row.open_until else None,
        "details": dict(row.details),
    }


def _parsed(columns: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **columns,
        "open_from": _date(columns.get("open_from")),
        "open_until": _date(columns.get("open_until")),
        "details": columns.get("details", {}),
    }


def add_offer(session: Session, tenant_id: int, service_key: str, **columns: Any) -> bool:
    """Add an offer of a service that the tenant never had; False if there is one, perhaps since just now."""
    row = {"tenant_id": tenant_id, "service_key": service_key, **columns}
    statement = insert(Offer).values(row).on_conflict_do_nothing().returning(Offer.service_key)
    return session.scalar(statement) is not None


def first_channel(service: Service) -> str:
    """How a service is had where nobody has said anything else, by who executes it."""
    return "online" if service.form else "appointment"


def switch(session: Session, tenant_id: int, service_key: str, *, on: bool, channel: str) -> bool:
    """Switch a service on or off for a tenant. Returns whether that changed anything."""
    if add_offer(session, tenant_id, service_key, is_on=on, channel=channel, details={}):
        return True
    row = session.get_one(Offer, (tenant_id, service_key))
    if row.is_on == on:
        return False
    row.is_on = on
    session.flush()
    return True


def switch_on(session: Session, tenant_id: int, channels: Mapping[str, str]) -> int:
    """Switch services on for a tenant, all at once; ``channels`` are those of what it never had, by key.

    Returns how many were off before.
    """
    if not channels:
        return 0
    rows = [
        {"tenant_id": tenant_id, "service_key": key, "is_on": True, "channel": channel, "details": {}}
        for key, channel in sorted(channels.items())
    ]
    statement = insert(Offer).values(rows)
    upsert = statement.on_conflict_do_update(
        index_elements=[Offer.tenant_id, Offer.service_key], set_={"is_on": True}, where=~Offer.is_on
    )
    return len(session.execute(upsert.returning(Offer.service_key)).all())


def hand_over(session: Session, tenant_id: int, office: str, heir: str | None) -> list[str]:
    """Give all services of an office, and what is planned for it, to another one, or to the town hall itself.

    Returns their keys.
    """
    named = or_(Offer.details["office"].as_string() == office, Offer.details["planned"].is_not(None))
    query = select(Offer).where(Offer.tenant_id == tenant_id, named).order_by(Offer.service_key)
    rows = [row for row in session.scalars(query.with_for_update()) if office in offices_of(row)]
    for row in rows:
        details = _handed(row.details, office, heir)
        planned = [_handed(entry, office, heir) for entry in details.get("planned", ())]
        row.details = {**details, **({"planned": planned} if planned else {})}
    session.flush()
    return [row.service_key for row in rows]


def _handed(details: Mapping[str, Any], office: str, heir: str | None) -> dict[str, Any]:
    if details.get("office") != office:
        return dict(details)
    left = {name: value for name, value in details.items() if name != "office"}
    return {**left, "office": heir} if heir else left


def file_table(row: Offer) -> dict[str, Any]:
    """An offer as the table ``[offers.<service>]`` of a tenant's file."""
    table = {
        "on": row.is_on,
        "channel": row.channel,
        "from": row.open_from.isoformat() if row.open_from else None,
        "until": row.open_until.isoformat() if row.open_until else None,
        **row.details,
    }
    return {name: value for name, value in table.items() if value is not None}
