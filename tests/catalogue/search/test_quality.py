"""The catalogue is found by everyday words, and quickly."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.search import Row, ask, read_entries, read_queries
from kreisportal.catalogue.search import SearchIndex
from kreisportal.catalogue.snapshot import Catalogue

ROOT = Path(__file__).parents[3]
_HERE = "tests/catalogue/search"


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    """The region's own catalogue."""
    return Catalogue(read_entries(ROOT / "catalogue", []))


@pytest.fixture(scope="module")
def index(catalogue: Catalogue) -> SearchIndex:
    """The index over it."""
    return catalogue.index


def rows(name: str, index: SearchIndex) -> list[Row]:
    """The queries of a file for services that exist."""
    existing = frozenset(index.keys)
    return [row for row in read_queries(ROOT / name) if row.accepted & existing]


@pytest.mark.parametrize("name", [f"{_HERE}/queries.tsv", f"{_HERE}/queries_second.tsv", "bench/queries.tsv"])
def test_everyday_queries_find_their_service(index: SearchIndex, name: str) -> None:
    outcomes = ask(index, rows(name, index))
    assert len(outcomes) > 50
    missed = [outcome.row.query for outcome in outcomes if outcome.rank != 1]
    far = [outcome.row.query for outcome in outcomes if not 1 <= outcome.rank <= 3]
    assert len(missed) <= 0.10 * len(outcomes), missed
    assert len(far) <= 0.02 * len(outcomes), far


@pytest.mark.parametrize(
    ("query", "language", "first"),
    [
        ("auto", "de", "kfz-zulassung"),
        ("kfzummeldung", "de", "kfz-zulassung"),
        ("rente", "de", "grundsicherung-im-alter"),
        ("pflege für oma", "de", "hilfe-zur-pflege"),
        ("oma pflegeheim", "de", "hilfe-zur-pflege"),
        ("hausaufgabenhilfe bezahlen", "de", "leistungen-fuer-bildung-und-teilhabe"),
        ("elternbeitrag", "de", "kita-anmeldung"),
        ("fahrradweg", "de", "maengelmelder-strassenschaden"),
        ("spielplatz kaputt", "de", "ideen-und-anregungen"),
        ("car", "en", "kfz-zulassung"),
        ("school", "en", "schulanmeldung"),
        ("residence permit", "en", "aufenthaltserlaubnis-verlaengern"),
        ("register residence", "en", "wohnsitz-anmelden"),
    ],
)
def test_short_words_lead_to_what_most_people_mean(
    catalogue: Catalogue, index: SearchIndex, query: str, language: str, first: str
) -> None:
    """Where only the municipality's services are offered, as on a town's portal, those of the district rank lower."""
    offered = sum(
        1 << index.keys.index(key)
        for key, service in catalogue.services.items()
        if service.level == "municipality"
    )
    assert index.search(query, language, offered=offered, limit=1)[0].key == first


def test_all_services_are_found_by_their_name(catalogue: Catalogue, index: SearchIndex) -> None:
    for service in catalogue.services.values():
        for language in ("de", "en"):
            first = [hit.key for hit in index.search(service.name[language], language, limit=2)]
            assert service.key in first, service.name[language]
