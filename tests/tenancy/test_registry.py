"""The registry: who is who, from records in memory."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kreisportal.tenancy.registry import HostEntry, Registry, TenantRecord, pack, unpack

HOSTS = {
    1: (("kreis.example", "portal", True), ("desk.kreis.example", "desk", True)),
    2: (
        ("town.example", "portal", True),
        ("www.town.example", "portal", False),
        ("desk.town.example", "desk", True),
    ),
    3: (),
}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
)


def record(number: int, **changes: Any) -> TenantRecord:
    """A tenant: 1 is the district, all others are its towns."""
    facts = {
        "id": number,
        "slug": f"tenant-{number}",
        "code": f"T{number}",
        "kind": "district" if number == 1 else "city",
        "ars": f"{number:012d}",
        "parent_id": None if number == 1 else 1,
        "has_portal": True,
        "state": "open",
        "profile": {"name": {"de": f"Stadt {number}"}},
        "hosts": [list(host) for host in HOSTS.get(number, ())],
        "offers": {"hund-anmelden": {"channel": "online"}},
    }
    return TenantRecord.from_facts({**facts, **changes})


@pytest.fixture
def registry() -> Registry:
    return Registry([record(1), record(2), record(3)], [("region.example", "region", True)])


def test_a_tenant_is_found_by_slug_and_key(registry: Registry) -> None:
    assert registry.by_slug_or_none("tenant-2") is registry.tenants[2]
    assert registry.by_slug_or_none("nobody") is None
    assert registry.by_ars["000000000003"] == 3


def test_each_host_has_its_site_and_leads_to_the_canonical_one(registry: Registry) -> None:
    assert registry.hosts == {
        "kreis.example": HostEntry("portal", 1, None),
        "desk.kreis.example": HostEntry("desk", 1, None),
        "town.example": HostEntry("portal", 2, None),
        "www.town.example": HostEntry("portal", 2, "town.example"),
        "desk.town.example": HostEntry("desk", 2, None),
        "region.example": HostEntry("region", None, None),
    }


def test_a_tenant_knows_the_canonical_host_of_each_of_its_sites(registry: Registry) -> None:
    assert registry.tenants[2].host("portal") == "town.example"
    assert registry.tenants[2].host("desk") == "desk.town.example"
    assert registry.tenants[2].host("account") is None
    assert registry.tenants[3].host("portal") is None


def test_a_site_without_a_canonical_host_is_answered_at_each(registry: Registry) -> None:
    odd = Registry([record(2, hosts=[["a.example", "portal", False], ["b.example", "portal", False]])])
    assert odd.hosts["a.example"] == HostEntry("portal", 2, None)


def test_facts_come_back_as_they_were_packed() -> None:
    town = record(2)
    assert town.profile == {"name": {"de": "Stadt 2"}}
    assert town.offers == {"hund-anmelden": {"channel": "online"}}
    assert record(2, offers=None, hosts=None).offers == {}
    assert record(2, hosts=None).hosts == ()


@given(st.dictionaries(st.text(), JSON, max_size=4))
def test_packing_loses_nothing(facts: dict[str, Any]) -> None:
    assert unpack(pack(facts)) == facts


@pytest.mark.parametrize(
    ("has_portal", "state", "on_line"),
    [
        (True, "open", True),
        (True, "paused", False),
        (True, "preparing", False),
        (True, "closed", False),
        (False, "open", False),
    ],
)
def test_only_an_open_portal_takes_applications(has_portal: bool, state: str, on_line: bool) -> None:
    assert record(2, has_portal=has_portal, state=state).on_line is on_line


def test_a_district_belongs_to_itself(registry: Registry) -> None:
    assert [registry.district_of(registry.tenants[number]) for number in (1, 2, 3)] == [1, 1, 1]


def test_replacing_makes_another_registry_and_leaves_this_one(registry: Registry) -> None:
    before = dict(registry.hosts)
    changed = record(2, slug="renamed", hosts=[["new.example", "portal", True]])
    after = registry.replacing([changed, record(4)], [3], [("region2.example", "region", True)])
    assert set(after.tenants) == {1, 2, 4}
    assert after.by_slug_or_none("tenant-2") is None
    assert after.by_slug_or_none("renamed") is changed
    assert {"town.example", "www.town.example", "region.example"} & set(after.hosts) == set()
    assert {"new.example", "region2.example", "kreis.example"} <= set(after.hosts)
    assert "000000000003" not in after.by_ars
    assert registry.hosts == before
    assert set(registry.tenants) == {1, 2, 3}


def test_taking_away_what_is_not_there_is_no_fault(registry: Registry) -> None:
    assert registry.replacing([], [77], registry.region_hosts).hosts == registry.hosts


def test_a_tenant_takes_little_memory() -> None:
    import tracemalloc

    profile = {"name": {"de": "Stadt", "en": "Town"}, "contact": {"street": "Weg 1", "city": "Ort"}}
    offers = {f"service-{number}": {"channel": "online"} for number in range(120)}
    tracemalloc.start()
    registry = Registry(
        record(n, profile=profile, offers=offers, hosts=[[f"t{n}.example", "portal", True]])
        for n in range(1, 301)
    )
    size, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(registry.tenants) == 300
    # Per tenant; the texts of all are packed, those of the few that are asked for are kept unpacked.
    assert size / 300 < 3500
