"""Bringing towns in at the same time: each is there once, and no two are called alike."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor

from kreisportal.kernel.database import Database
from kreisportal.kernel.database.context import REGION
from kreisportal.kernel.errors import ConflictError
from kreisportal.tenancy.directory import entry_of
from kreisportal.tenancy.onboarding import Begun, onboard

WIESMOOR = "034520025025"
_AT_ONCE = 4
_TYPED = {
    **{"name": "Stadt Wiesmoor", "short": "Wiesmoor", "street": "Hauptstraße 193", "postcode": "26639"},
    **{"city": "Wiesmoor", "email": "rathaus@wiesmoor.example", "colour": "#7a1f5c"},
    **{"portal_host": "wiesmoor.localhost", "desk_host": "verwaltung.wiesmoor.localhost"},
    **{
        "district_name": "Landkreis Aurich",
        "district_street": "Fischteichweg 7",
        "district_postcode": "26603",
    },
    **{"district_city": "Aurich", "district_email": "info@landkreis-aurich.example"},
}


def bring(database: Database, typed: Mapping[str, str]) -> Begun | None:
    """Bring Wiesmoor in; None if it is there already."""
    try:
        with database.transaction(REGION) as session:
            entry = entry_of(session, WIESMOOR)
            assert entry is not None
            return onboard(session, entry, typed, runs_all=True)
    except ConflictError:
        return None


def test_the_same_town_at_once_is_brought_in_once(database: Database) -> None:
    with ThreadPoolExecutor(_AT_ONCE) as crowd:
        done = list(crowd.map(lambda _: bring(database, _TYPED), range(_AT_ONCE)))
    assert [begun.slug for begun in done if begun] == ["wiesmoor"]
