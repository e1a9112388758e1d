"""Departments, the services they work, and who stands in for whom."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Callable
from typing import Any, cast

import pytest

from kreisportal.access.roles import Role
from kreisportal.kernel import clock
from kreisportal.kernel.database import ActorKind, Context, Database
from kreisportal.kernel.errors import InvalidInputError, NotAllowedError, NotFoundError
from kreisportal.staff import departments, duty, team
from kreisportal.staff.duty import Leave
from kreisportal.staff.errors import DepartmentInUseError
from kreisportal.staff.sign_in import Locksmith
from tests.support.browser import Browser
from tests.support.staff import Person, add_person, sign_in

TODAY = datetime.date(2026, 12, 1)
KNOWN = ["hund-anmelden", "hund-abmelden", "sperrmuell"]
Do = Callable[..., Any]


@pytest.fixture
def add(database: Database, locksmith: Locksmith, towns: dict[str, int]) -> Callable[..., Person]:
    """Somebody of Cloppenburg with roles."""
    return lambda *roles, name="Erika Muster": add_person(
        database, locksmith, towns["cloppenburg"], *roles, name=name
    )


@pytest.fixture
def do(database: Database, add: Callable[..., Person]) -> Do:
    """Let Cloppenburg's tenant admin, or ``by`` another, do one of the acts."""
    admin = add(Role.TENANT_ADMIN)

    def acted(act: Callable[..., Any], *rest: Any, by: Person = admin) -> Any:
        context = Context(ActorKind.STAFF, by.tenant_id, staff_id=by.id)
        with database.transaction(context) as session:
            return act(session, context, *rest)

    return acted


def read(database: Database, person: Person, ask: Callable[..., Any], *rest: Any) -> Any:
    """Look something up as somebody."""
    with database.transaction(Context(ActorKind.STAFF, person.tenant_id, staff_id=person.id)) as session:
        return ask(session, *rest)


def new_department(do: Do, person: Person) -> uuid.UUID:
    """A department with a name that there is not yet."""
    return cast(uuid.UUID, do(departments.add, person.tenant_id, f"Amt {uuid.uuid4()}"))


def test_a_service_is_worked_by_one_department(
    database: Database, do: Do, add: Callable[..., Person]
) -> None:
    person = add()
    first, second = new_department(do, person), new_department(do, person)
    assert do(departments.change, first, "Ordnungsamt", KNOWN[:2], KNOWN) == ["name", "services"]
    assert do(departments.change, second, "Steueramt", KNOWN[:1], KNOWN) == ["name", "services"]
    assert read(database, person, departments.unit, first).services == {KNOWN[1]}
    assert read(database, person, departments.unit, second).services == {KNOWN[0]}
    assert do(departments.change, second, "Steueramt", KNOWN[:1], KNOWN) == []
    # What the page did not show is not taken away by it.
    do(departments.change, second, "Steueramt", [], KNOWN[1:])
    assert read(database, person, departments.unit, second).services == {KNOWN[0]}
    do(departments.change, second, "Steueramt", ["no-service"], KNOWN)
    assert read(database, person, departments.unit, second).services == frozenset()


@pytest.mark.parametrize("name", ["", "   ", "x" * 101, "a\u0000b", "ordnungsamt NORD"])
def test_a_name_that_does_not_fit_is_refused(do: Do, add: Callable[..., Person], name: str) -> None:
    person = add()
    taken = new_department(do, person)
    do(departments.change, taken, "Ordnungsamt Nord", [], KNOWN)
    try:
        with pytest.raises(InvalidInputError):
            do(departments.add, person.tenant_id, name)
    finally:
        do(departments.remove, taken)


def test_only_an_empty_department_is_removed(database: Database, do: Do, add: Callable[..., Person]) -> None:
    person = add()
    made = new_department(do, person)
    do(departments.place, person.tenant_id, person.id, [made])
    with pytest.raises(DepartmentInUseError):
        do(departments.remove, made)
    do(departments.place, person.tenant_id, person.id, [])
    do(departments.remove, made)
    with pytest.raises(NotFoundError):
        read(database, person, departments.unit, made)
    with pytest.raises(NotFoundError):
        do(departments.place, person.tenant_id, person.id, [made])


def test_a_caseworker_changes_no_department(do: Do, add: Callable[..., Person]) -> None:
    person = add()
    made = new_department(do, person)
    for act, rest in (
        (departments.add, (person.tenant_id, "Neu")),
        (departments.change, (made, "Neu", [], KNOWN)),
        (departments.remove, (made,)),
        (team.set_leave, (person.id, None)),
    ):
        with pytest.raises(NotAllowedError):
            do(act, *rest, by=person)


def test_somebody_has_in_their_list_what_no_other_department_works(
    database: Database, do: Do, add: Callable[..., Person]
) -> None:
    one, other, free = add(), add(), add()
    dogs, waste = new_department(do, one), new_department(do, one)
    do(departments.change, dogs, f"Amt {dogs}", KNOWN[:2], KNOWN)
    do(departments.change, waste, f"Amt {waste}", KNOWN[2:], KNOWN)
    do(departments.place, one.tenant_id, one.id, [dogs])
    do(departments.place, one.tenant_id, other.id, [waste])
    others = {
        person.id: read(database, person, duty.duty_of, person.id, TODAY).others
        for person in (one, other, free)
    }
    assert others == {one.id: {KNOWN[2]}, other.id: set(KNOWN[:2]), free.id: set()}
    do(team.set_leave, other.id, Leave(TODAY, TODAY, one.id))
    standing_in = read(database, one, duty.duty_of, one.id, TODAY)
    assert (standing_in.persons, standing_in.others) == ((one.id, other.id), frozenset())
    day_after = read(database, one, duty.duty_of, one.id, TODAY + datetime.timedelta(days=1))
    assert (day_after.persons, day_after.others) == ((one.id,), {KNOWN[2]})


def test_who_stands_in_must_work_cases_here(
    database: Database, do: Do, add: Callable[..., Person], person: Person
) -> None:
    one, admin = add(), add(Role.TENANT_ADMIN)
    for deputy in (one, admin, person):
        with pytest.raises(NotFoundError):
            do(team.set_leave, one.id, Leave(TODAY, TODAY, deputy.id))


@pytest.mark.parametrize(
    ("first", "last", "deputy", "faults"),
    [
        ("", "2026-12-24", "", {"leave_from"}),
        ("2026-12-24", "bald", "", {"leave_until"}),
        ("2026-12-24", "2026-12-23", "", {"leave_until"}),
        ("2026-11-01", "2026-11-30", "", {"leave_until"}),
        ("2026-12-01", "2029-12-01", "", {"leave_until"}),
        ("2026-12-24", "2026-12-24", "x", {"deputy"}),
    ],
)
def test_what_is_wrong_with_a_leave_is_said_at_its_field(
    first: str, last: str, deputy: str, faults: set[str]
) -> None:
    with pytest.raises(InvalidInputError) as refused:
        duty.leave_typed({"leave_from": first, "leave_until": last, "deputy": deputy}, TODAY)
    assert set(refused.value.messages) == faults


def test_the_pages_lead_from_a_new_department_to_what_the_deputy_reads(
    database: Database, locksmith: Locksmith, towns: dict[str, int], client: Callable[..., Browser]
) -> None:
    people = [
        add_person(database, locksmith, towns["cloppenburg"], *roles, name=name)
        for name, roles in (("Max Leitung", (Role.TENANT_ADMIN,)), ("Ada Ab", ()), ("Vera Da", ()))
    ]
    admin, away, deputy = (
        client("verwaltung.cloppenburg.localhost", f"10.9.0.{number}") for number in (1, 2, 3)
    )
    for browser, person in zip((admin, away, deputy), people, strict=True):
        sign_in(browser, person)
    page = admin.follow(admin.submit(admin.get("/de/team/abteilungen/"), {"name": "Bauamt"}))
    assert "Die Abteilung ist angelegt." in page.text
    path = page.request.path
    done = admin.submit(page, {"name": "Bauamt", "services": "sperrmuell"}, path)
    assert "Gespeichert." in admin.follow(done).text
    again = admin.submit(admin.get("/de/team/abteilungen/"), {"name": "BAUAMT"})
    assert again.status_code == 422 and 'value="BAUAMT"' in again.text
    refused = admin.submit(admin.get(path), {}, "/entfernen")
    assert refused.status_code == 409 and "sind noch Personen oder Leistungen" in refused.text
    mine = f"/de/team/{people[1].id}"
    admin.submit(admin.get(mine), {"departments": path.rpartition("/")[2]}, mine)
    assert "Bauamt" in admin.get("/de/team/").text
    today = clock.today().isoformat()
    typed = {"leave_from": today, "leave_until": today, "deputy": str(people[2].id)}
    assert "Gespeichert." in away.follow(away.submit(away.get("/de/abwesenheit/"), typed)).text
    assert "Vera Da vertritt Sie bis" in away.get("/de/vorgaenge/").text
    assert "Sie vertreten Ada Ab bis" in deputy.get("/de/vorgaenge/").text
    assert "Sie vertreten Ada Ab bis" in deputy.get("/de/").text
    assert "abwesend bis" in admin.get("/de/team/").text
    nothing = dict.fromkeys(typed, "")
    assert "Gespeichert." in admin.follow(admin.submit(admin.get(mine), nothing, f"{mine}/abwesenheit")).text
    assert "Sie vertreten" not in deputy.get("/de/vorgaenge/").text
    wrong = deputy.submit(deputy.get("/de/abwesenheit/"), {**typed, "leave_until": "morgen"})
    assert wrong.status_code == 422 and 'id="leave_until-error"' in wrong.text
