"""A tenant admin plans how a service is offered from a day on, or takes that back before the day has come."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from kreisportal.catalogue.models import Offer
from kreisportal.catalogue.offer_changes import Choices, columns_typed, stamp_of, typed_of
from kreisportal.catalogue.planned import settled, with_change, without_change
from kreisportal.i18n import gettext
from kreisportal.kernel import clock
from kreisportal.kernel.errors import ConflictError, InvalidInputError, NotFoundError
from kreisportal.tenancy.definition import MOST_PLANNED

FIELD = "gilt_ab"
"""The field for the day from which on what was typed counts; empty for at once."""

_DATES = ("from", "until")


def planned_for(row: Offer | None) -> list[Mapping[str, Any]]:
    """The changes of an offer that are still to come."""
    return list(settled(row, clock.today())[1].get("planned", ())) if row else []


def plan_offer(
    session: Session, tenant_id: int, service_key: str, typed: Mapping[str, str], choices: Choices, seen: str
) -> datetime.date:
    """Keep what was typed for the day that ``FIELD`` names; it takes the place of what was planned for that day.

    Raises InvalidInputError with a sentence at each field, and ConflictError if the offer is not what was ``seen``.
    """
    faults: dict[str, list[str]] = {}
    day = _day(typed.get(FIELD, "").strip(), faults)
    try:
        columns = columns_typed(typed, choices)
    except InvalidInputError as error:
        raise InvalidInputError({**error.messages, **faults}) from None
    row = _locked(session, tenant_id, service_key, seen)
    now = typed_of(row)
    for name in _DATES:
        if row is not None and typed.get(name, "").strip() != now[name]:
            faults[name] = [
                gettext(
                    "Die Tage, an denen es die Leistung gibt, gelten sofort. Ändern Sie sie ohne „Gilt ab“."
                )
            ]
    if row is None:
        faults[FIELD] = [
            gettext("Speichern Sie zuerst, wie es heute ist. Dann lässt sich eine Änderung planen.")
        ]
    entry = {"from": day.isoformat(), "channel": columns["channel"], **columns["details"]} if day else {}
    if not faults and row is not None and len(_change(row, entry)) > MOST_PLANNED:
        faults[FIELD] = [gettext("Mehr als %(most)s Änderungen lassen sich nicht planen.", most=MOST_PLANNED)]
    if faults or row is None or day is None:
        raise InvalidInputError(faults)
    _settle(row, _change(row, entry))
    session.flush()
    return day


def withdraw(session: Session, tenant_id: int, service_key: str, day: str, seen: str) -> None:
    """Take back what is planned for a day. Raises NotFoundError if nothing is, and ConflictError as ``plan_offer``."""
    row = _locked(session, tenant_id, service_key, seen)
    planned = planned_for(row)
    if row is None or all(entry["from"] != day for entry in planned):
        raise NotFoundError
    _settle(row, without_change(planned, day))
    session.flush()


def _locked(session: Session, tenant_id: int, service_key: str, seen: str) -> Offer | None:
    row = session.get(Offer, (tenant_id, service_key), with_for_update=True)
    if stamp_of(row) != seen:
        raise ConflictError("somebody else has changed the offer meanwhile")
    return row


def _change(row: Offer, entry: Mapping[str, Any]) -> list[dict[str, Any]]:
    return with_change(planned_for(row), entry)


def _settle(row: Offer, planned: list[dict[str, Any]]) -> None:
    """Put what is planned into the row. A change that has been reached becomes what simply is."""
    row.channel, details = settled(row, clock.today())
    left = {name: value for name, value in details.items() if name != "planned"}
    row.details = {**left, **({"planned": planned} if planned else {})}


def _day(text: str, faults: dict[str, list[str]]) -> datetime.date | None:
    try:
        day = datetime.date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None or day <= clock.today():
        faults[FIELD] = [
            gettext(
                "Geben Sie einen Tag nach heute ein, oder lassen Sie das Feld leer, damit es sofort gilt."
            )
        ]
        return None
    return day
