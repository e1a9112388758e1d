"""The authority and its offices with their hours, for anybody. Asks no database."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields

from kreisportal.api.blueprint import ApiBlueprint
from kreisportal.api.fields import LanguageQuery, out, out_list, out_one
from kreisportal.api.service_rows import Row, contact_row
from kreisportal.api.service_schemas import ContactOut
from kreisportal.i18n import pick
from kreisportal.kernel import clock
from kreisportal.tenancy.opening_hours import WEEKDAYS, OpeningHours, closed_soon, describe, open_state
from kreisportal.tenancy.profile import definition_of
from kreisportal.web.site import here

_SOON_DAYS = 28

blueprint = ApiBlueprint("api_offices", "portal", "The authority's offices and when they are open.")


class ClosedOut(Schema):
    """A day on which an office is closed against its week."""

    day = out(fields.Date, "The day.")
    reason = out(fields.String, "Why.")


class HoursOut(Schema):
    """When an office is open, on the clocks of the region (Europe/Berlin)."""

    week = out(
        fields.Dict,
        "From monday to sunday, the times of each day, such as 08:00-12:30; none if it is closed.",
        keys=fields.String(),
        values=fields.List(fields.String()),
    )
    closed = out_list(fields.Nested(ClosedOut), "Holidays and other closed days of the next four weeks.")
    is_open = out(fields.Boolean, "Whether it is open at this moment.")
    text = out(fields.String, "The same as a sentence, with when it changes.")
    valid_until = out(fields.AwareDateTime, "Until when that is so.")


class OfficeOut(Schema):
    """An office; the first one is the authority itself, whose key is empty."""

    key = out(fields.String, "Its key.")
    name = out(fields.String, "Its name.")
    contact = out_one(ContactOut, "Where it is found.")
    hours = out_one(HoursOut, "When it is open; null where nothing is known.", null=True)


class OfficesOut(Schema):
    """All offices."""

    items = out_list(fields.Nested(OfficeOut), "The authority and its offices.")


@blueprint.on("GET", "/offices")
@blueprint.takes(LanguageQuery, "query")
@blueprint.answers(OfficesOut)
def offices(_: dict[str, Any]) -> Row:
    """All offices of the authority with their hours, and whether they are open now."""
    town = definition_of(here().tenant)
    whole = {
        "key": "",
        "name": pick(town.name.full),
        "contact": contact_row(town.contact),
        "hours": _hours(town.hours),
    }
    parts = [
        {
            "key": office.key,
            "name": pick(office.name),
            "contact": contact_row(office.contact),
            "hours": _hours(office.hours),
        }
        for office in town.offices
    ]
    return {"items": [whole, *parts]}


def _hours(hours: OpeningHours | None) -> Row | None:
    if hours is None:
        return None
    state = open_state(hours, clock.now())
    days = closed_soon(hours, clock.today(), _SOON_DAYS)
    return {
        "week": {
            name: [str(span) for span in spans] for name, spans in zip(WEEKDAYS, hours.week, strict=True)
        },
        "closed": [{"day": day, "reason": pick(reason)} for day, reason in days],
        "is_open": state.is_open,
        "text": describe(state),
        "valid_until": state.valid_until,
    }
