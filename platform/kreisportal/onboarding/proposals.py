"""What is proposed for a town that is brought on line: as the directory and the authority that is known say."""

from __future__ import annotations

from sqlalchemy.orm import Session

from kreisportal.onboarding.bringing import OF_ADMIN
from kreisportal.tenancy.directory import Entry
from kreisportal.tenancy.models import Tenant
from kreisportal.tenancy.onboarding import free_label, known_tenant, needs_district
from kreisportal.tenancy.onboarding_fields import OF_DISTRICT, OF_HOURS, OF_TOWN

_COLOUR = "#1d4f91"
_USUAL_HOURS = "08:30-12:30"


def proposed(session: Session, entry: Entry, base: str) -> dict[str, str]:
    """A text for every field, empty where nothing is known. ``base`` is the domain that host names are made in."""
    tenant = known_tenant(session, entry)
    label = free_label(session, entry, base)
    return {
        **dict.fromkeys((*OF_TOWN, *OF_DISTRICT, *OF_ADMIN), ""),
        **known_facts(entry, tenant),
        "portal_host": f"{label}.{base}",
        "desk_host": f"verwaltung.{label}.{base}",
        "colour": _COLOUR,
        "offers": "required",
        **_hours(tenant),
        "district_name": entry.district if needs_district(session, entry) else "",
    }


def known_facts(entry: Entry, tenant: Tenant | None) -> dict[str, str]:
    """What is known of a town's name and where it is reached; ``tenant`` is the authority, if that is known."""
    return {
        "name": entry.full_name,
        "short": entry.name,
        "postcode": entry.postcodes.partition(" ")[0],
        "city": entry.name,
        **_contact(tenant),
    }


def _contact(tenant: Tenant | None) -> dict[str, str]:
    known = tenant.profile.get("contact", {}) if tenant else {}
    return {
        name: str(known[name]) for name in ("street", "postcode", "city", "email", "phone") if name in known
    }


def _hours(tenant: Tenant | None) -> dict[str, str]:
    """The hours that are known of the town hall, else those that most have."""
    known = tenant.profile.get("hours") if tenant else None
    if known is None:
        return dict.fromkeys(OF_HOURS, _USUAL_HOURS)
    return {name: ", ".join(known.get(name.removeprefix("hours_"), ())) for name in OF_HOURS}
