"""Bringing a town on line: what was typed, checked, becomes a tenant that is being prepared.

A town that is known already as an authority without a portal keeps what is known of it. What is brought in like this counts
as set by hand: reading the town's folder in later never undoes it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import chain, combinations, count
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from kreisportal.i18n import gettext
from kreisportal.kernel.errors import ConflictError, InvalidInputError, NotAllowedError
from kreisportal.tenancy.definition import TenantKind
from kreisportal.tenancy.directory import Entry
from kreisportal.tenancy.host_names import add_host
from kreisportal.tenancy.lifecycle import TenantState
from kreisportal.tenancy.models import Tenant
from kreisportal.tenancy.onboarding_fields import OWN_MARK, checked_fields, hours_of
from kreisportal.tenancy.places import sort_key
from kreisportal.tenancy.regional_key import RegionalKey
from kreisportal.tenancy.taken_names import any_codes, first_free, taken
from kreisportal.tenancy.whole_town import Facts, check_town

_APART = frozenset({"slug", "code", "kind", "ars", "district", "portal", "hosts"})
_SPELLED = {ord("ä"): "ae", ord("ö"): "oe", ord("ü"): "ue", ord("ß"): "ss"}
_ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(4202613)")
_MARK = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 40" aria-hidden="true">'
    '<rect width="40" height="40" rx="9" fill="{colour}"/>'
    '<path d="M6 34 L6 18 L20 8 L34 18 L34 34 Z M12 20 L12 29 M20 20 L20 29 M28 20 L28 29" fill="none"'
    ' stroke="#ffffff" stroke-width="3" stroke-linecap="round" stroke-linejoin="round"/></svg>'
)
"""A town hall in the town's colour, until the town brings a mark of its own."""


@dataclass(frozen=True, slots=True)
class Begun:
    """A town that is being prepared.

    ``before`` is what was known of it, ``new_district`` the slug of a district that came with it.
    """

    tenant_id: int
    slug: str
    portal_host: str
    desk_host: str
    before: Mapping[str, Any] | None = None
    new_district: str | None = None


def slug_of(name: str) -> str:
    """A name as it stands in addresses: "Neuenkirchen-Vörden" is neuenkirchen-voerden."""
    return "-".join(sort_key(name.lower().translate(_SPELLED))[0].split())


def known_tenant(session: Session, entry: Entry) -> Tenant | None:
    """The tenant of a municipality, with or without a portal, as far as the actor reaches it."""
    return session.scalar(select(Tenant).where(Tenant.ars == entry.ars))


def known_district(session: Session, entry: Entry) -> Tenant | None:
    """The district of a municipality, as far as the actor reaches it; a district-free city has none."""
    if entry.key.has_no_district:
        return None
    key = str(entry.key.district)
    return session.scalar(select(Tenant).where(Tenant.ars == key, Tenant.kind == TenantKind.DISTRICT.value))


def needs_district(session: Session, entry: Entry) -> bool:
    """Whether the municipality lies in a district that nobody knows yet, as far as the actor reaches it."""
    return not entry.key.has_no_district and known_district(session, entry) is None


def free_label(session: Session, entry: Entry, base: str) -> str:
    """What the host names of a town begin with below a domain: its name, with its district's where another has that."""
    tenant = known_tenant(session, entry)
    first = tenant.slug if tenant else slug_of(entry.name)
    district = slug_of(entry.district.removeprefix("Landkreis ").removeprefix("Kreis "))
    labels = [first, f"{first}-{district}" if district else first, *(f"{first}-{n}" for n in range(2, 10))]
    names = {label: {f"{label}.{base}", f"verwaltung.{label}.{base}"} for label in labels}
    gone = taken(session, "host", set().union(*names.values()))
    return next((label for label in labels if not names[label] & gone), first)


def onboard(session: Session, entry: Entry, typed: Mapping[str, str], *, runs_all: bool) -> Begun:
    """Bring a town in, to be prepared; the portal is not open to anybody but by a preview.

    ``typed`` is what the fields of ``onboarding_fields`` hold. Who ``runs_all`` brings in towns of any district, and cities
    that are in none; a district that nobody knows yet is added as an authority without a portal. Raises InvalidInputError
    with a sentence at each field, ConflictError for a town that has a portal already, and NotAllowedError for one of
    another district.
    """
    # One town after the other: two at once would choose the same names, or bring the same town in twice.
    session.execute(_ONE_AT_A_TIME)
    tenant = known_tenant(session, entry)
    if tenant is not None and tenant.has_portal:
        raise ConflictError(f"{tenant.slug} has a portal already")
    district = known_district(session, entry)
    if district is None and not runs_all:
        raise NotAllowedError
    is_new_district = district is None and not entry.key.has_no_district
    fields = checked_fields(typed, with_district=is_new_district)
    _check_hosts(session, fields)
    parent = _add_district(session, entry, fields) if is_new_district else district
    document = _document(entry, fields, parent, tenant)
    before = None if tenant is None else dict(tenant.profile)
    if tenant is None:
        slug, code = _free_slug(session, fields["short"]), _free_code(session, fields["short"])
        tenant = Tenant(slug=slug, ars=entry.ars, code=code, imported={})
        session.add(tenant)
    facts = Facts(tenant.slug, tenant.code, entry.kind, tenant.ars, has_portal=True)
    check_town(document, facts)
    tenant.kind, tenant.parent_id = entry.kind, parent.id if parent else None
    tenant.has_portal, tenant.state = True, TenantState.PREPARING.value
    tenant.profile = {name: value for name, value in document.items() if name not in _APART}
    session.flush()
    for site in ("portal", "desk"):
        add_host(session, fields[f"{site}_host"], site, tenant.id, canonical=True)
    new_district = parent.slug if parent is not None and is_new_district else None
    return Begun(tenant.id, tenant.slug, fields["portal_host"], fields["desk_host"], before, new_district)


def _document(
    entry: Entry, fields: Mapping[str, str], parent: Tenant | None, known: Tenant | None
) -> dict[str, Any]:
    """The town as its folder would say it; what is known of it already stays where nothing else was typed."""
    town = "Town" if entry.kind == TenantKind.CITY else "Municipality"
    contact = {
        name: fields[name] for name in ("street", "postcode", "city", "email", "phone") if fields[name]
    }
    supervision = (
        str(parent.profile["name"]["de"]) if parent else f"Innenministerium des Landes {entry.state}"
    )
    before = dict(known.profile) if known else {}
    return {
        "offices": [],
        "places": {"postcodes": entry.postcodes.split() or [fields["postcode"]]},
        **before,
        "hours": {**before.get("hours", {}), **hours_of(fields)},
        "state": entry.state,
        "name": {
            "de": fields["name"],
            "short": fields["short"],
            "locative": f"in {fields['short']}",
            "en": f"{town} of {fields['short']}",
        },
        "brand": {
            "colour": fields["colour"],
            "mark": "mark.svg",
            "mark_svg": fields[OWN_MARK] or _MARK.replace("{colour}", fields["colour"]),
        },
        "contact": {**before.get("contact", {}), **contact},
        "mail": {"sender_name": fields["name"], "sender_address": fields["email"]},
        "legal": {"privacy_email": fields["email"], "supervision": {"de": supervision, "en": supervision}},
    }


def _add_district(session: Session, entry: Entry, fields: Mapping[str, str]) -> Tenant:
    """The district of a town, known from now on as an authority without a portal."""
    name = fields["district_name"]
    short = name.removeprefix("Landkreis ").removeprefix("Kreis ")
    contact = {part: fields[f"district_{part}"] for part in ("street", "postcode", "city", "email")}
    profile = {
        "state": entry.state,
        "name": {"de": name, "short": name, "locative": f"im {name}", "en": f"District of {short}"},
        "contact": contact,
    }
    district = Tenant(
        slug=_free_slug(session, name),
        code=_free_code(session, short),
        kind=TenantKind.DISTRICT.value,
        ars=str(RegionalKey(entry.ars).district),
        has_portal=False,
        state=TenantState.OPEN.value,
        profile=profile,
        imported={},
    )
    session.add(district)
    session.flush()
    return district


def _free_slug(session: Session, name: str) -> str:
    """What stands for a name in addresses, with a number if another has that already."""
    first = slug_of(name)
    return first_free(session, "slug", chain([first], (f"{first}-{number}" for number in count(2))))


def _free_code(session: Session, name: str) -> str:
    """Three capitals that begin the numbers of the town's cases, from its name if they are free."""
    letters = [letter for letter in sort_key(name)[0].upper() if letter.isalpha()]
    own = (
        (f"{letters[0]}{second}{third}" for second, third in combinations(letters[1:], 2)) if letters else ()
    )
    return first_free(session, "code", chain(own, any_codes(name)))


def _check_hosts(session: Session, fields: Mapping[str, str]) -> None:
    """Raises InvalidInputError for a host name that is another's already."""
    names = ("portal_host", "desk_host")
    gone = taken(session, "host", [fields[name] for name in names])
    faults = {
        name: [gettext("Diesen Hostnamen gibt es schon. Wählen Sie einen anderen.")]
        for name in names
        if fields[name] in gone
    }
    if faults:
        raise InvalidInputError(faults)
