"""Departments of a town that becomes part of another one: what goes over with whom, and what is taken back."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from kreisportal.kernel import clock
from kreisportal.kernel.database import ActorKind, Context
from kreisportal.kernel.database.context import REGION
from kreisportal.kernel.ids import new_id
from kreisportal.merging import jobs as merging_jobs
from kreisportal.merging.plan import plan_of
from kreisportal.merging.service import begin, take_back
from kreisportal.staff.duty import duty_of
from kreisportal.staff.sign_in import Locksmith
from kreisportal.tenancy.renaming import named_town
from kreisportal.web.program import Program
from tests.cases.house import House
from tests.support.server import DatabaseCopy
from tests.support.staff import Person

TOWN, INTO = "bakum", "lohne"
TABLES = ("department_members", "department_services", "departments")


@pytest.fixture(scope="module")
def house(program: Program, region: DatabaseCopy, locksmith: Locksmith) -> Iterator[House]:
    """Towns in which people apply and work."""
    with region.superuser() as superuser:
        yield House(program, superuser, locksmith)


@pytest.fixture(autouse=True)
def _apart(house: House) -> Iterator[None]:
    """Afterwards the two are apart again, without departments."""
    yield
    if house.value("SELECT merging IS NOT NULL FROM tenants WHERE slug = %s", TOWN):
        if house.value("SELECT merging ->> 'state' FROM tenants WHERE slug = %s", TOWN) != "returning":
            undo(house)
        work_on(house)
    for table in TABLES:
        house.superuser.execute(f"DELETE FROM {table}")


def department(house: House, slug: str, name: str, services: list[str], *people: Person) -> uuid.UUID:
    """A department of a town with what it works and who is in it."""
    town, own = house.tenant(slug).id, new_id()
    house.superuser.execute("INSERT INTO departments VALUES (%s, %s, %s)", [town, own, name])
    for key in services:
        house.superuser.execute("INSERT INTO department_services VALUES (%s, %s, %s)", [town, key, own])
    for person in people:
        house.superuser.execute("INSERT INTO department_members VALUES (%s, %s, %s)", [town, own, person.id])
    return own


def start(house: House, *people: Person) -> None:
    """Let the town become part of the other one, with these people."""
    with house.acting(REGION) as session:
        begin(session, REGION, TOWN, INTO, (), {each.id for each in people}, clock.now(), None)
    house.program.keeper.renew()


def undo(house: House) -> None:
    """Take it back."""
    with house.acting(REGION) as session:
        take_back(session, REGION, TOWN)


def work_on(house: House) -> None:
    """Let the worker do its part."""
    merging_jobs.move(house.runtime, house.tenant(INTO).id, house.tenant(TOWN).id)
    house.program.keeper.renew()


def found(house: House, slug: str) -> dict[str, tuple[set[str], set[str]]]:
    """The departments of a town by name: what each works, and whose addresses are in it."""
    town = house.tenant(slug).id
    return {
        name: (
            {
                key
                for (key,) in house.rows(
                    "SELECT service_key FROM department_services WHERE department_id = %s", own
                )
            },
            {
                email
                for (email,) in house.rows(
                    "SELECT email FROM department_members m JOIN staff s ON (s.tenant_id, s.id) = (m.tenant_id, staff_id)"
                    " WHERE department_id = %s AND m.tenant_id = %s",
                    own,
                    town,
                )
            },
        )
        for own, name in house.rows("SELECT id, name FROM departments WHERE tenant_id = %s", town)
    }


def at(house: House, slug: str, person: Person, column: str) -> Any:
    """What is known of somebody by the address at a town."""
    query = f"SELECT {column} FROM staff WHERE tenant_id = %s AND email = %s"
    return house.value(query, house.tenant(slug).id, person.email)


def test_departments_go_over_with_services_and_people_and_come_back(house: House) -> None:
    comes, stays, theirs = house.person(TOWN), house.person(TOWN), house.person(INTO)
    department(house, TOWN, "Bauamt", ["baum", "zaun"], comes, stays)
    department(house, TOWN, "Bürgerbüro", ["hund", "umzug"], comes)
    department(house, INTO, "bürgerbüro", ["ausweis"], theirs)
    department(house, INTO, "Ordnungsamt", ["hund"], theirs)
    before = found(house, INTO), found(house, TOWN)
    with house.acting(REGION) as session:
        plan = plan_of(session, named_town(session, TOWN), named_town(session, INTO)).departments
    assert (plan.added, plan.joined, plan.services, plan.services_there, plan.members) == (1, 1, 3, 1, 2)

    start(house, comes)

    assert found(house, INTO) == {
        "Bauamt": ({"baum", "zaun"}, {comes.email}),
        "bürgerbüro": ({"ausweis", "umzug"}, {comes.email, theirs.email}),
        "Ordnungsamt": ({"hund"}, {theirs.email}),
    }
    assert found(house, TOWN) == before[1], "its desk works on"
    undo(house)
    assert (found(house, INTO), found(house, TOWN)) == before


def test_what_the_town_has_done_meanwhile_stays(house: House) -> None:
    comes, theirs = house.person(TOWN), house.person(INTO)
    department(house, TOWN, "Bauamt", ["baum", "zaun"], comes)
    department(house, TOWN, "Kasse", ["steuer"], comes)
    garden = department(house, INTO, "Garten", [], theirs)
    start(house, comes)
    into = house.tenant(INTO).id
    house.superuser.execute(
        "UPDATE department_services SET department_id = %s WHERE tenant_id = %s AND service_key = 'baum'",
        [garden, into],
    )
    house.superuser.execute(
        "INSERT INTO department_members SELECT tenant_id, id, %s FROM departments"
        " WHERE tenant_id = %s AND name = 'Bauamt'",
        [theirs.id, into],
    )
    undo(house)
    assert found(house, INTO) == {"Garten": ({"baum"}, {theirs.email}), "Bauamt": (set(), {theirs.email})}


def test_who_works_at_both_sees_what_they_saw(house: House) -> None:
    placed, free = house.person(TOWN), house.person(TOWN)
    for each in (placed, free):
        other = house.person(INTO)
        house.superuser.execute("UPDATE staff SET email = %s WHERE id = %s", [each.email, other.id])
        if each is placed:
            department(house, INTO, "Ordnungsamt", ["hund"], other)
    department(house, TOWN, "Bauamt", ["baum"], placed, free)
    start(house)
    # Who is in no department sees all, and would see less in one.
    assert found(house, INTO)["Bauamt"] == ({"baum"}, {placed.email})


def test_a_department_into_which_nobody_comes_hides_no_case(house: House) -> None:
    theirs = house.person(INTO)
    department(house, TOWN, "Bauamt", ["baum"], house.person(TOWN))
    department(house, INTO, "Ordnungsamt", ["hund"], theirs)
    start(house)
    context = Context(ActorKind.STAFF, house.tenant(INTO).id, staff_id=theirs.id)
    with house.acting(context) as session:
        assert duty_of(session, theirs.id, clock.today()).others == frozenset()


@pytest.fixture
def midnight() -> Iterator[None]:
    """It is past midnight on the region's clocks, and still the day before by UTC."""
    with clock.frozen(clock.now().replace(hour=23, minute=30)):
        yield


@pytest.mark.usefixtures("midnight")
def test_whoever_is_away_is_away_there_and_the_deputy_stands_in_if_there(house: House) -> None:
    today = clock.today()
    away, alone, back, deputy, left = (house.person(TOWN) for _ in range(5))
    for person, until, stands_in in (
        (away, today + datetime.timedelta(days=9), deputy),
        (alone, today + datetime.timedelta(days=9), left),
        (back, today - datetime.timedelta(days=1), deputy),
    ):
        house.superuser.execute(
            "UPDATE staff SET leave_from = %s, leave_until = %s, deputy_id = %s WHERE id = %s",
            [today - datetime.timedelta(days=9), until, stands_in.id, person.id],
        )
    start(house, away, alone, back, deputy)
    assert at(house, INTO, away, "leave_until") == today + datetime.timedelta(days=9)
    assert at(house, INTO, away, "deputy_id") == at(house, INTO, deputy, "id")
    assert at(house, INTO, alone, "leave_until") == today + datetime.timedelta(days=9)
    assert at(house, INTO, alone, "deputy_id") is None
    assert at(house, INTO, back, "leave_until") is None
    undo(house)
    assert at(house, INTO, away, "leave_until") is None
    assert at(house, INTO, away, "active") is False
    assert at(house, TOWN, away, "deputy_id") == deputy.id
