"""The invented people of a demonstration."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from kreisportal.access.roles import Role
from kreisportal.credentials.keys import derive_keys, open_sealed
from kreisportal.credentials.password_rules import faults_of
from kreisportal.credentials.second_factor import code_at
from kreisportal.kernel import clock
from kreisportal.kernel.database import ActorKind, Context, Database
from kreisportal.kernel.database.context import REGION, REGION_VISITOR
from kreisportal.kernel.errors import NotAllowedError
from kreisportal.settings import Settings
from kreisportal.staff import sign_in
from kreisportal.staff.demo_staff import DemoSignIn, fill_demo_region_staff, fill_demo_staff
from kreisportal.staff.models import Staff
from kreisportal.staff.queries import by_email
from kreisportal.staff.sign_in import Locksmith
from tests.support.region import settings_for
from tests.support.server import DatabaseCopy


@pytest.fixture
def settings(region: DatabaseCopy, tmp_path: Path) -> Settings:
    return dataclasses.replace(settings_for(region, tmp_path), mode="demo")


def test_every_desk_has_a_caseworker_and_an_admin_who_can_sign_in(
    database: Database, settings: Settings, locksmith: Locksmith, towns: dict[str, int]
) -> None:
    people = fill_demo_staff(database, settings, locksmith.passwords)
    desks = {person.slug for person in people}
    assert {"vechta", "cloppenburg", "bakum", "lohne"} <= desks
    assert len(people) == 2 * len(desks)
    assert {person.role for person in people if person.slug == "vechta"} == {
        Role.CASEWORKER,
        Role.TENANT_ADMIN,
    }
    assert len({person.password for person in people}) == len(people)
    for person in people[:2]:
        _can_sign_in(database, locksmith, towns, person)


def test_started_again_everybody_stays_as_they_are(
    database: Database, settings: Settings, locksmith: Locksmith, towns: dict[str, int]
) -> None:
    first = fill_demo_staff(database, settings, locksmith.passwords)
    before = _row(database, towns, first[0])
    assert fill_demo_staff(database, settings, locksmith.passwords) == first
    assert _row(database, towns, first[0]).password_hash == before.password_hash


def test_with_another_key_they_get_other_secrets(
    database: Database, settings: Settings, locksmith: Locksmith, towns: dict[str, int]
) -> None:
    first = fill_demo_staff(database, settings, locksmith.passwords)
    other = dataclasses.replace(settings, secret_key="another installation's key, 0123456789")
    second = fill_demo_staff(database, other, locksmith.passwords)
    assert {person.password for person in first}.isdisjoint(person.password for person in second)
    _can_sign_in(database, Locksmith(locksmith.passwords, derive_keys(other.secret_key)), towns, second[0])


def test_their_passwords_would_be_accepted(
    database: Database, settings: Settings, locksmith: Locksmith
) -> None:
    for person in fill_demo_staff(database, settings, locksmith.passwords):
        assert faults_of(person.password, [person.slug, person.name, person.email]) == []
        assert person.email.endswith(".example")


def test_there_are_none_in_production(database: Database, settings: Settings, locksmith: Locksmith) -> None:
    with pytest.raises(NotAllowedError):
        fill_demo_staff(database, dataclasses.replace(settings, mode="production"), locksmith.passwords)


def _row(database: Database, towns: dict[str, int], person: DemoSignIn) -> Staff:
    with database.transaction(Context(ActorKind.STAFF, towns[person.slug])) as session:
        found = by_email(session, Context(ActorKind.STAFF, towns[person.slug]), person.email)
    assert found is not None
    return found


def _can_sign_in(database: Database, locksmith: Locksmith, towns: dict[str, int], person: DemoSignIn) -> None:
    tenant_id = towns[person.slug]
    desk = Context(ActorKind.STAFF, tenant_id)
    accepted = sign_in.check_password(database, locksmith, desk, person.email, person.password, "192.0.2.1")
    assert accepted.enrolled
    row = _row(database, towns, person)
    assert row.totp_secret is not None
    code, _ = code_at(open_sealed(locksmith.keys, row.totp_secret, tenant_id, row.id), clock.now())
    context = Context(ActorKind.STAFF, tenant_id, staff_id=row.id)
    assert sign_in.check_code(database, locksmith, context, code, clock.now()).staff_id == row.id
    with database.transaction(REGION) as session:
        assert session.get(Staff, (tenant_id, row.id)) is not None


def test_the_region_has_an_operator_and_an_admin_for_each_district(
    database: Database, settings: Settings, locksmith: Locksmith
) -> None:
    people = fill_demo_region_staff(database, settings, locksmith.passwords)
    assert {person.slug: person.role for person in people} == {
        "region": Role.OPERATOR,
        "landkreis-vechta": Role.DISTRICT_ADMIN,
        "landkreis-cloppenburg": Role.DISTRICT_ADMIN,
    }
    assert fill_demo_region_staff(database, settings, locksmith.passwords) == people
    for person in people:
        assert person.host == "region.localhost"
        assert person.email.endswith(".example")
        accepted = sign_in.check_password(
            database, locksmith, REGION_VISITOR, person.email, person.password, "192.0.2.1"
        )
        assert accepted.enrolled
    with pytest.raises(NotAllowedError):
        fill_demo_region_staff(
            database, dataclasses.replace(settings, mode="production"), locksmith.passwords
        )
