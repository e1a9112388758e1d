"""Responsibility: for each service and place the authority, found by level, key and the town's own powers."""

from __future__ import annotations

from typing import Any

import pytest

from kreisportal.catalogue.definitions import Level, OutsideAuthority, Service
from kreisportal.catalogue.responsibility import Responsible, responsible_for
from kreisportal.catalogue.schemas import ServiceSchema
from kreisportal.catalogue.snapshot import Catalogue, Snapshot
from kreisportal.tenancy.registry import Registry
from kreisportal.web.program import Program
from tests.catalogue.records import record, service, texts

NORTH, SOUTH, TOWN, VILLAGE, SOUTHERN, ALONE = 1, 2, 3, 4, 5, 6
KEYS = {
    NORTH: "039980000000",
    SOUTH: "039990000000",
    TOWN: "039980001001",
    VILLAGE: "039980001002",
    SOUTHERN: "039990001001",
    ALONE: "039970000000",
}
UNKNOWN_HERE, ELSEWHERE = "039980009999", "033540000000"
PARENTS = {TOWN: NORTH, VILLAGE: NORTH, SOUTHERN: SOUTH}


def place(number: int, **profile: Any) -> Any:
    return record(number, parent=PARENTS.get(number), ars=KEYS[number], profile=profile)


SNAPSHOT = Snapshot.build(
    1,
    Registry(
        [
            *(
                place(NORTH),
                place(SOUTH),
                place(TOWN, also_responsible=["bau"]),
                place(VILLAGE),
                place(SOUTHERN),
            ),
            record(ALONE, kind="city", ars=KEYS[ALONE]),
        ]
    ),
    Catalogue([]),
)


def made(key: str, level: str) -> Service:
    above = {"authority": {"name": texts("Oben"), "url": "https://oben.example/"}}
    found = ServiceSchema().load(
        service(key, level=level, **(above if level not in ("municipality", "district") else {}))
    )
    assert isinstance(found, Service)
    return found


MUNICIPAL, DISTRICT, BUILDING = made("hund", "municipality"), made("kfz", "district"), made("bau", "district")


def responsible(of: Service, ars: str) -> int | None:
    found = responsible_for(SNAPSHOT, of, ars)
    assert found.outside is None
    return found.tenant.id if found.tenant else None


@pytest.mark.parametrize("number", [TOWN, VILLAGE, SOUTHERN])
def test_a_municipal_service_is_the_towns(number: int) -> None:
    assert responsible(MUNICIPAL, KEYS[number]) == number


@pytest.mark.parametrize("number", [TOWN, VILLAGE, SOUTHERN])
def test_a_service_of_the_district_is_the_districts(number: int) -> None:
    assert responsible(DISTRICT, KEYS[number]) == PARENTS[number]


def test_a_town_may_execute_what_is_otherwise_the_districts() -> None:
    assert responsible(BUILDING, KEYS[TOWN]) == TOWN
    assert responsible(BUILDING, KEYS[VILLAGE]) == NORTH
    assert responsible(BUILDING, KEYS[SOUTHERN]) == SOUTH


@pytest.mark.parametrize("of", [DISTRICT, BUILDING])
def test_the_key_of_a_district_is_the_districts(of: Service) -> None:
    assert responsible(of, KEYS[NORTH]) == NORTH


@pytest.mark.parametrize("of", [MUNICIPAL, DISTRICT, BUILDING])
def test_a_city_that_is_in_no_district_does_it_all(of: Service) -> None:
    assert responsible(of, KEYS[ALONE]) == ALONE


def test_a_place_of_the_district_without_an_entry_of_its_own_has_the_district() -> None:
    assert responsible(DISTRICT, UNKNOWN_HERE) == NORTH
    assert responsible(MUNICIPAL, UNKNOWN_HERE) is None


@pytest.mark.parametrize("of", [MUNICIPAL, DISTRICT, BUILDING])
@pytest.mark.parametrize("ars", [ELSEWHERE, "", "x", "03998", "000000000000", "039980001001 "])
def test_for_a_place_elsewhere_nobody_here_is_responsible(of: Service, ars: str) -> None:
    found = responsible_for(SNAPSHOT, of, ars)
    # The first five digits alone name the district.
    assert found == Responsible(None) or ars.startswith("03998")


@pytest.mark.parametrize("level", ["land", "federation", "other"])
@pytest.mark.parametrize("ars", [*KEYS.values(), ELSEWHERE])
def test_what_is_done_above_is_done_there_wherever_the_place(level: str, ars: str) -> None:
    assert responsible_for(SNAPSHOT, made("oben", level), ars) == Responsible(
        None, OutsideAuthority(texts("Oben"), "https://oben.example/")
    )


def test_the_regions_own_services_find_an_authority_for_every_place(program: Program) -> None:
    snapshot = program.keeper.current
    tenants = snapshot.registry.tenants
    for of in snapshot.catalogue.services.values():
        for town in tenants.values():
            found = responsible_for(snapshot, of, town.ars)
            if not of.executed_here:
                assert (found.tenant, found.outside) == (None, of.authority)
                continue
            assert found.tenant is not None
            own = of.level is Level.MUNICIPALITY or of.key in town.profile.get("also_responsible", ())
            district = tenants[snapshot.registry.district_of(town)]
            assert found.tenant.id == (town.id if own else district.id), (of.key, town.slug)


@pytest.mark.parametrize(
    ("key", "town", "authority"),
    [
        ("hund-anmelden", "vechta", "vechta"),
        ("hund-anmelden", "bakum", "bakum"),
        ("hund-anmelden", "saterland", "saterland"),
        ("kfz-zulassung", "vechta", "landkreis-vechta"),
        ("kfz-zulassung", "friesoythe", "landkreis-cloppenburg"),
        ("baugenehmigung", "vechta", "vechta"),
        ("baugenehmigung", "bakum", "landkreis-vechta"),
        ("gewerbe-anmelden", "lohne", "lohne"),
    ],
)
def test_single_cases_of_the_region(program: Program, key: str, town: str, authority: str) -> None:
    snapshot = program.keeper.current
    place = snapshot.registry.by_slug_or_none(town)
    assert place is not None
    found = responsible_for(snapshot, snapshot.catalogue.services[key], place.ars)
    assert found.tenant is not None
    assert found.tenant.slug == authority
