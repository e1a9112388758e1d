"""A list to be filled in: the municipalities of a district that have no portal yet, with what is known of each."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import Session

from kreisportal.i18n import gettext
from kreisportal.kernel.errors import InvalidInputError
from kreisportal.onboarding.bringing import OF_ADMIN
from kreisportal.onboarding.proposals import known_facts
from kreisportal.onboarding.town_lists import TOWN
from kreisportal.tenancy.directory import Entry, entries_in_district
from kreisportal.tenancy.models import Tenant
from kreisportal.tenancy.onboarding import known_district, known_tenant, needs_district
from kreisportal.tenancy.onboarding_fields import OF_DISTRICT

_OF_TOWN = ("name", "street", "postcode", "city", "email", "phone")
_FIELD = "district"

Row = dict[str, str]


def list_of_district(session: Session, district: str, *, runs_all: bool) -> list[Row]:
    """A row by column for each municipality of a district, named or by its key of five digits.

    Towns go by their short key (AGS), of which a spreadsheet loses nothing but a zero at the front. Raises
    InvalidInputError for a district that the directory does not know, that is another's, or that is all there already.
    """
    found = entries_in_district(session, district)
    if not found:
        sentence = gettext("Das amtliche Verzeichnis kennt keinen solchen Landkreis.")
        raise InvalidInputError({_FIELD: [sentence]})
    if len({entry.key.district for entry in found}) > 1:
        sentence = gettext("So heißen mehrere Landkreise. Geben Sie den Schlüssel mit fünf Ziffern ein.")
        raise InvalidInputError({_FIELD: [sentence]})
    if not runs_all and known_district(session, found[0]) is None:
        raise InvalidInputError({_FIELD: [gettext("Das ist nicht Ihr Landkreis.")]})
    known = [(entry, known_tenant(session, entry)) for entry in found]
    wanted = [(entry, tenant) for entry, tenant in known if tenant is None or not tenant.has_portal]
    if not wanted:
        sentence = gettext("Dort haben schon alle Kommunen ein Portal.")
        raise InvalidInputError({_FIELD: [sentence]})
    of_district = OF_DISTRICT if needs_district(session, found[0]) else ()
    columns = (TOWN, *_OF_TOWN, "colour", *of_district, *OF_ADMIN)
    return [dict.fromkeys(columns, "") | _row(entry, tenant, columns) for entry, tenant in wanted]


def _row(entry: Entry, tenant: Tenant | None, columns: Sequence[str]) -> Row:
    facts = {
        **known_facts(entry, tenant),
        TOWN: entry.key.municipality_key.digits,
        "district_name": entry.district,
    }
    return {name: text for name, text in facts.items() if name in columns}
