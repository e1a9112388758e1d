"""Bundles at the database: what applying changes, what it leaves, and what taking back restores."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from kreisportal.bundles.fields import Typed
from kreisportal.bundles.offers import State, totals
from kreisportal.bundles.reach import Services, reach_of
from kreisportal.bundles.service import (
    add_bundle,
    apply_bundle,
    bundle_of,
    change_bundle,
    join,
    own_bundle,
    remove_bundle,
    stamp_of,
    take_back,
)
from kreisportal.kernel.database import ActorKind, Context, Database
from kreisportal.kernel.database.context import REGION
from kreisportal.kernel.errors import ConflictError, InvalidInputError, NotFoundError
from kreisportal.staff.sign_in import Locksmith
from kreisportal.web.program import Program
from tests.bundles.conftest import typed
from tests.support.staff import add_region_person

NEW, OFF, ON = "rattenbefall-melden", "lotterie-tombola", "hund-anmelden"
OF_DISTRICT = "wunschkennzeichen-reservieren"
THREE = (NEW, OFF, ON)


@pytest.fixture(autouse=True)
def _as_it_begins(session: Session) -> None:
    """In Vechta one is on, one was switched off on purpose, and one was never there."""
    session.execute(
        text("DELETE FROM offers WHERE service_key = ANY(:keys)"), {"keys": [*THREE, OF_DISTRICT]}
    )
    session.execute(
        text(
            "INSERT INTO offers (tenant_id, service_key, is_on, channel, details)"
            " SELECT id, k.key, k.key = :on, 'paper', '{}' FROM tenants, unnest(ARRAY[:on, :off]) k (key)"
            " WHERE slug = 'vechta'"
        ),
        {"on": ON, "off": OFF},
    )


def added(session: Session, services: Services, wanted: Typed) -> int:
    return add_bundle(session, REGION, wanted, services).id


def offers(session: Session, slug: str = "vechta") -> dict[str, bool]:
    rows = session.execute(
        text(
            "SELECT service_key, is_on FROM offers JOIN tenants ON id = tenant_id"
            " WHERE slug = :slug AND service_key = ANY(:keys)"
        ),
        {"slug": slug, "keys": [*THREE, OF_DISTRICT]},
    )
    return {row.service_key: row.is_on for row in rows}


def town_changes(session: Session, slug: str, key: str, change: str) -> None:
    """Somebody at the town's desk changes an offer."""
    (number,) = session.execute(text("SELECT id FROM tenants WHERE slug = :slug"), {"slug": slug}).one()
    settings = "SELECT set_config('kreisportal.actor', :actor, true), set_config('kreisportal.tenant_id', :town, true)"
    session.execute(text(settings), {"actor": "staff", "town": str(number)})
    update = f"UPDATE offers SET {change} WHERE service_key = :key RETURNING service_key"
    assert session.scalars(text(update), {"key": key}).all() == [key]
    session.execute(text(settings), {"actor": "region", "town": ""})


def test_a_free_bundle_leaves_what_a_town_has_switched_off(session: Session, services: Services) -> None:
    number = added(session, services, typed(THREE))
    found = totals(session, reach_of(session, bundle_of(session, number), services))
    assert (found[State.LEFT], found[State.ON], found[State.AGAIN]) == (1, 1, 0)
    assert apply_bundle(session, REGION, number, services) == found[State.NEW] > 1
    assert offers(session) == {NEW: True, OFF: False, ON: True}
    assert offers(session, "cloppenburg") == dict.fromkeys(THREE, True)
    take_back(session, REGION, number)
    assert offers(session) == {OFF: False, ON: True}
    assert offers(session, "cloppenburg") == {}


def test_a_required_bundle_switches_it_on_too(session: Session, services: Services) -> None:
    number = added(session, services, typed(THREE, law="§ 1 OZG", audience="towns", towns=("vechta",)))
    assert apply_bundle(session, REGION, number, services) == 2
    assert offers(session) == dict.fromkeys(THREE, True)
    assert offers(session, "cloppenburg") == {}, "nobody asked for it there"
    take_back(session, REGION, number)
    assert offers(session) == {OFF: False, ON: True}
    with pytest.raises(ConflictError):
        take_back(session, REGION, number)


@pytest.mark.parametrize(
    "change", ["is_on = false", "details = '{\"processing_days\": 3}'", "channel = 'paper'"]
)
def test_what_a_town_has_changed_since_stays(session: Session, services: Services, change: str) -> None:
    number = added(session, services, typed(THREE))
    apply_bundle(session, REGION, number, services)
    town_changes(session, "cloppenburg", NEW, change)
    take_back(session, REGION, number)
    assert offers(session, "cloppenburg") == {NEW: change != "is_on = false"}


def test_who_switches_off_and_on_again_has_decided(session: Session, services: Services) -> None:
    number = added(session, services, typed(THREE))
    apply_bundle(session, REGION, number, services)
    for state in ("false", "true"):
        town_changes(session, "cloppenburg", NEW, f"is_on = {state}")
    take_back(session, REGION, number)
    assert offers(session, "cloppenburg") == {NEW: True}


def test_applied_again_a_free_bundle_respects_a_town_that_has_switched_off_since(
    session: Session, services: Services
) -> None:
    number = added(session, services, typed(THREE))
    apply_bundle(session, REGION, number, services)
    town_changes(session, "cloppenburg", NEW, "is_on = false")
    assert apply_bundle(session, REGION, number, services) == 0
    assert offers(session, "cloppenburg")[NEW] is False


def test_what_a_file_has_switched_on_since_stays(session: Session, services: Services) -> None:
    number = added(session, services, typed(THREE))
    apply_bundle(session, REGION, number, services)
    session.execute(
        text(
            "UPDATE offers SET imported = jsonb_build_object('is_on', service_key = :on)"
            " WHERE service_key IN (:on, :off) AND tenant_id = (SELECT id FROM tenants WHERE slug = 'cloppenburg')"
        ),
        {"on": ON, "off": OFF},
    )
    take_back(session, REGION, number)
    assert offers(session, "cloppenburg") == {ON: True, OFF: False}


@pytest.mark.parametrize("first", [0, 1])
def test_two_bundles_that_want_the_same_go_one_by_one(
    session: Session, services: Services, first: int
) -> None:
    pair = [added(session, services, typed((NEW,), name=name)) for name in ("A", "B")]
    for number in pair:
        apply_bundle(session, REGION, number, services)
    take_back(session, REGION, pair[first])
    assert offers(session)[NEW] is True, "the other wants it"
    take_back(session, REGION, pair[1 - first])
    assert NEW not in offers(session), "as it was before both"


def test_everybody_gets_what_they_execute(session: Session, services: Services) -> None:
    session.execute(text("UPDATE tenants SET has_portal = true WHERE slug = 'landkreis-vechta'"))
    number = added(session, services, typed((NEW, OF_DISTRICT), audience="kinds", kinds=("city", "district")))
    apply_bundle(session, REGION, number, services)
    assert offers(session, "cloppenburg") == {NEW: True}
    assert offers(session, "landkreis-vechta") == {OF_DISTRICT: True}
    assert NEW not in offers(session, "neuenkirchen-voerden"), "it is no city"


def test_who_comes_later_gets_what_is_applied_and_meant_for_them(
    session: Session, services: Services
) -> None:
    (town,) = session.execute(text("SELECT id FROM tenants WHERE slug = 'cloppenburg'")).one()
    number = added(session, services, typed((NEW,), audience="kinds", kinds=("city",)))
    other = added(session, services, typed((OFF,), audience="kinds", kinds=("municipality",)))
    assert join(session, town, services) == 0, "nothing is applied"
    for each in (number, other):
        apply_bundle(session, REGION, each, services)
    session.execute(text("DELETE FROM offers WHERE tenant_id = :town"), {"town": town})
    assert join(session, town, services) == 1
    assert offers(session, "cloppenburg") == {NEW: True}


def test_an_applied_bundle_only_grows(session: Session, services: Services) -> None:
    number = added(session, services, typed((NEW,), audience="towns", towns=("vechta",)))
    apply_bundle(session, REGION, number, services)
    before = stamp_of(bundle_of(session, number))
    for wrong, name in (
        (typed((OFF,), audience="towns", towns=("vechta",)), "services"),
        (typed((NEW,), audience="towns", towns=("cloppenburg",)), "towns"),
        (typed((NEW,), audience="kinds", kinds=("city",)), "audience"),
    ):
        with pytest.raises(InvalidInputError) as fault:
            change_bundle(session, REGION, number, wrong, services, before)
        assert set(fault.value.messages) == {name}
    with pytest.raises(ConflictError):
        remove_bundle(session, REGION, number)
    more = typed((NEW, OFF), audience="towns", towns=("vechta", "cloppenburg"))
    with pytest.raises(ConflictError):
        change_bundle(session, REGION, number, more, services, "something else")
    change_bundle(session, REGION, number, more, services, before)
    assert offers(session, "cloppenburg") == {}, "it waits"
    with pytest.raises(ConflictError):
        apply_bundle(session, REGION, number, services, before)
    assert apply_bundle(session, REGION, number, services) == 2
    take_back(session, REGION, number)
    remove_bundle(session, REGION, number)
    with pytest.raises(NotFoundError):
        bundle_of(session, number)


@pytest.fixture
def in_district(database: Database, program: Program, locksmith: Locksmith) -> Iterator[Context]:
    """Who runs the district of Vechta."""
    tenant = program.keeper.current.registry.by_slug_or_none("landkreis-vechta")
    assert tenant is not None
    yield Context(ActorKind.REGION, staff_id=add_region_person(database, locksmith, tenant.id).id)


def test_a_district_admin_reaches_the_own_district_only(
    database: Database, in_district: Context, services: Services
) -> None:
    with database.transaction(REGION) as session:
        of_region = added(session, services, typed((NEW,)))
    with database.transaction(in_district) as session:
        number = add_bundle(session, in_district, typed(THREE), services).id
        with pytest.raises(InvalidInputError, match="towns"):
            add_bundle(
                session, in_district, typed((NEW,), audience="towns", towns=("cloppenburg",)), services
            )
        assert bundle_of(session, of_region).id == of_region
        with pytest.raises(NotFoundError):
            own_bundle(session, of_region)
        session.rollback()
    with database.transaction(REGION) as session:
        own = add_bundle(session, REGION, typed(THREE), services)
        own.district_id = program_district(session)
        session.flush()
        reached = {town.slug for town in reach_of(session, own, services).towns}
        assert "vechta" in reached and "cloppenburg" not in reached, "whoever applies it"
        assert number != own.id
        session.rollback()


def program_district(session: Session) -> int:
    number = session.scalar(text("SELECT id FROM tenants WHERE slug = 'landkreis-vechta'"))
    assert isinstance(number, int)
    return number
