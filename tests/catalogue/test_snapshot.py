"""The snapshot: what is offered where, and whose pages a change can show on."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kreisportal.catalogue.snapshot import Catalogue, Snapshot
from kreisportal.tenancy.registry import Registry, TenantRecord
from tests.catalogue.records import record, service, situation, topic

KEYS = ("a", "b", "c")
FORM = {"key": "form"}


def catalogue(*keys: str) -> Catalogue:
    rows = [("topic", "thema", 1, topic()), ("situation", "lage", 1, situation())]
    rows += [("service", key, 1, service(key)) for key in keys]
    return Catalogue([*rows, ("form", "form", 3, FORM)])


def snapshot(*records: TenantRecord, revision: int = 10) -> Snapshot:
    """Two districts, 1 and 2, with towns that have them as parents."""
    return Snapshot.build(revision, Registry([record(1), record(2), *records]), catalogue(*KEYS))


def test_a_catalogue_has_everything_in_its_order() -> None:
    found = catalogue("z", "a")
    assert tuple(found.services) == ("z", "a")
    assert found.positions == {"z": 0, "a": 1}
    assert found.forms == {"form": (3, FORM)}
    assert list(found.topics) == ["thema"]
    assert list(found.situations) == ["lage"]


@given(st.sets(st.sampled_from([*KEYS, "unknown", "thema"])))
def test_what_a_town_offers_is_a_bit_for_each_service(offers: set[str]) -> None:
    town = record(3, tuple(offers), parent=1)
    found = snapshot(town)
    assert {key for key in (*KEYS, "unknown") if found.offers(town, key)} == offers & set(KEYS)
    assert found.offered[3] == sum(1 << KEYS.index(key) for key in offers & set(KEYS))


def test_a_town_that_is_not_known_offers_nothing() -> None:
    assert not snapshot().offers(record(9, ("a",), parent=1), "a")


def test_in_the_beginning_everything_is_as_of_the_same_revision() -> None:
    found = snapshot(record(3, parent=1))
    assert [found.stamp(tenant) for tenant in found.registry.tenants.values()] == [10, 10, 10]


def renewed(before: Snapshot, revision: int, *records: TenantRecord, gone: tuple[int, ...] = ()) -> Snapshot:
    registry = before.registry.replacing(records, gone, before.registry.region_hosts)
    return before.changed(revision, registry, records, gone)


def stamps(found: Snapshot) -> dict[int, int]:
    return {number: found.stamp(tenant) for number, tenant in found.registry.tenants.items()}


def test_a_change_of_a_town_shows_in_its_district_only() -> None:
    before = snapshot(record(3, parent=1), record(4, parent=1), record(5, parent=2))
    after = renewed(before, 11, record(3, ("b",), parent=1))
    assert stamps(after) == {1: 11, 2: 10, 3: 11, 4: 11, 5: 10}
    assert after.revision == 11
    assert after.offers(after.registry.tenants[3], "b")
    assert stamps(before) == {1: 10, 2: 10, 3: 10, 4: 10, 5: 10}
    assert not before.offers(before.registry.tenants[3], "b")


def test_a_change_of_a_district_shows_in_its_towns() -> None:
    before = snapshot(record(3, parent=1), record(5, parent=2))
    assert stamps(renewed(before, 11, record(1))) == {1: 11, 2: 10, 3: 11, 5: 10}


def test_changes_add_up() -> None:
    first = renewed(snapshot(record(3, parent=1), record(5, parent=2)), 11, record(3, parent=1))
    assert stamps(renewed(first, 12, record(5, parent=2))) == {1: 11, 2: 12, 3: 11, 5: 12}


def test_a_town_that_is_gone_shows_no_longer() -> None:
    before = snapshot(record(3, ("a",), parent=1), record(4, parent=1), record(5, parent=2))
    after = renewed(before, 11, gone=(3,))
    assert stamps(after) == {1: 11, 2: 10, 4: 11, 5: 10}
    assert 3 not in after.offered


def test_a_district_that_is_gone_shows_no_longer_in_its_towns() -> None:
    before = snapshot(record(3, parent=1))
    after = renewed(before, 11, gone=(1,))
    assert stamps(after)[3] == 11


def test_a_town_that_changes_its_district_shows_in_both() -> None:
    before = snapshot(record(3, parent=1), record(4, parent=1), record(5, parent=2))
    after = renewed(before, 11, record(3, parent=2))
    assert stamps(after) == {1: 11, 2: 11, 3: 11, 4: 11, 5: 11}


def test_a_new_town_shows_in_its_district() -> None:
    before = snapshot(record(5, parent=2))
    assert stamps(renewed(before, 11, record(6, ("c",), parent=1))) == {1: 11, 2: 10, 5: 10, 6: 11}


def test_a_town_that_nobody_knew_and_is_gone_again_is_no_fault() -> None:
    assert stamps(renewed(snapshot(), 11, gone=(99,))) == {1: 10, 2: 10}


def test_the_index_is_made_of_all_services() -> None:
    found = catalogue("hund-anmelden", "hund-abmelden")
    hits = found.index.search("hund-anmelden", "de", offered=0, limit=5)
    assert {hit.key for hit in hits} >= {"hund-anmelden"}


@pytest.mark.parametrize("keys", [(), ("a",), ("a", "b", "c")])
def test_a_bitmask_holds_what_there_is(keys: tuple[str, ...]) -> None:
    assert catalogue("a", "b").bitmask(keys) == sum({"a": 1, "b": 2}.get(key, 0) for key in keys)
