"""The search in a large region: 6,000 services and 10,000 towns."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.large import LIMIT_MS, OFFERED, SERVICES, TOWNS, LargeRegion, build, large_region
from bench.search import percentile, read_entries, read_queries, timed
from kreisportal.catalogue.search import SearchIndex
from kreisportal.catalogue.snapshot import Catalogue

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def region(tmp_path_factory: pytest.TempPathFactory) -> LargeRegion:
    """Made without any list beside the project."""
    own = Catalogue(read_entries(ROOT / "catalogue", [])).documents()
    return large_region(own, tmp_path_factory.mktemp("nothing"))


@pytest.fixture(scope="module")
def index(region: LargeRegion) -> SearchIndex:
    """The index over its services."""
    return build(region)


def test_it_is_as_large_as_it_says(region: LargeRegion, index: SearchIndex) -> None:
    assert len(index) == SERVICES
    assert len(set(index.keys)) == SERVICES
    assert len(set(region.names)) == len(region.names)
    assert len(region.offered) == TOWNS
    assert {mask.bit_count() for mask in region.offered} == {OFFERED}


def test_a_list_of_names_beside_the_project_is_used(tmp_path: Path) -> None:
    file = tmp_path / "shared" / "data" / "leika_services_2019.csv"
    file.parent.mkdir(parents=True)
    (tmp_path / "project").mkdir()
    file.write_text(
        "key,name\n1,Drachensteigen Genehmigung\n2,Drachensteigen Genehmigung\n", encoding="utf-8"
    )
    made = large_region([], tmp_path / "project")
    assert made.names[0] == "Drachensteigen Genehmigung"
    assert len(made.names) == SERVICES


def test_everyday_words_still_find_the_own_services(index: SearchIndex) -> None:
    for query, key in (("perso abgelaufen", "personalausweis"), ("hund gestorben", "hund-abmelden")):
        assert index.search(query, "de", limit=1)[0].key == key


def test_a_search_is_quick(region: LargeRegion, index: SearchIndex) -> None:
    queries = [row.query for row in read_queries(ROOT / "bench" / "queries.tsv")]
    speed = timed(index, [*queries, *region.names[::20]], region.offered)
    assert percentile(speed.times["search"], 0.99) <= LIMIT_MS, str(speed)
    assert percentile(speed.times["suggest"], 0.99) <= LIMIT_MS, str(speed)
