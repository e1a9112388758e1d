"""The authorities that a case can be passed on to: those of the district in a list, any other one by its place."""

from __future__ import annotations

from kreisportal.i18n import gettext, pick
from kreisportal.kernel.errors import InvalidInputError
from kreisportal.tenancy.places import sort_key
from kreisportal.tenancy.profile import definition_of
from kreisportal.tenancy.registry import TenantRecord
from kreisportal.web.program import program
from kreisportal.web.site import here

LISTED, TYPED = "behoerde", "anderer_ort"
"""The fields of the page: the list, and the place of an authority that is not in it."""


def listed_targets() -> list[tuple[str, str]]:
    """The authorities on line of the district, by name: as many as it has towns, however large the region is."""
    registry = here().snapshot.registry
    near = (registry.tenants[number] for number in registry.members(here().tenant))
    rows = [(tenant.slug, pick(definition_of(tenant).name.full)) for tenant in near if _can_take(tenant)]
    return sorted(rows, key=lambda row: sort_key(row[1]))


def find_target(slug: str, typed: str) -> TenantRecord:
    """The authority that was chosen from the list or, if a place was typed, the one of that place.

    Raises ``InvalidInputError`` with what to do, for the field that is at fault.
    """
    if typed:
        return _of_place(typed)
    found = here().snapshot.registry.by_slug_or_none(slug)
    if found is None or not _can_take(found):
        raise InvalidInputError({LISTED: [gettext("Wählen Sie die Behörde, die zuständig ist.")]})
    return found


def _of_place(typed: str) -> TenantRecord:
    registry = here().snapshot.registry
    places = program().places.find(typed)
    whole = [place for place in places if sort_key(place.name)[0] == sort_key(typed)[0]]
    found = [
        registry.by_ars[str(place.ars)] for place in whole or places if str(place.ars) in registry.by_ars
    ]
    able = [registry.tenants[number] for number in found if _can_take(registry.tenants[number])]
    # Part of a name says too little: "Oldenburg" is a city elsewhere, and not Lohne (Oldenburg).
    if len(able) == 1 and (whole or len(places) == 1):
        return able[0]
    if able:
        names = ", ".join(place.name for place in places)
        sentence = gettext("Das können mehrere sein: %(names)s. Schreiben Sie den ganzen Namen.", names=names)
    elif found:
        sentence = gettext("Die Behörde dieses Ortes nimmt hier keine Vorgänge an.")
    else:
        sentence = gettext("Diesen Ort kennen wir nicht. Schreiben Sie den Namen oder die Postleitzahl.")
    raise InvalidInputError({TYPED: [sentence]})


def _can_take(tenant: TenantRecord) -> bool:
    return tenant.on_line and tenant.id != here().tenant.id
