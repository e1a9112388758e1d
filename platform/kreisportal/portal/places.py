"""Places: by name or postcode, as the page for choosing another one lists them."""

from __future__ import annotations

from kreisportal.tenancy.places import Place
from kreisportal.tenancy.regional_key import RegionalKey
from kreisportal.web.program import program


def find(typed: str) -> list[Place]:
    """The places that a name or postcode can mean; a postcode may mean several."""
    return program().places.find(typed)


def by_ars(ars: str) -> Place | None:
    """The place with this regional key, or None if the key is none or unknown."""
    try:
        return program().places.get(RegionalKey(ars))
    except ValueError:
        return None
