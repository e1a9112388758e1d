"""A town's team as its admins lead it: who is let in, changed, sent away and let begin anew."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, cast

import pytest

from kreisportal.access.roles import Role
from kreisportal.jobs import Runtime
from kreisportal.kernel import clock
from kreisportal.kernel.database import ActorKind, Context, Database
from kreisportal.kernel.errors import InvalidInputError, NotAllowedError, NotFoundError
from kreisportal.notifications.links import LinksRegistry, ObsoleteMailError, QueuedMail
from kreisportal.staff import team
from kreisportal.staff.errors import LastAdminError, OwnAccessError
from kreisportal.staff.mail_links import register_links
from kreisportal.staff.models import Staff
from kreisportal.staff.sign_in import Locksmith
from kreisportal.web.program import Program
from tests.staff.conftest import Audit
from tests.support.region import SECRET_KEY
from tests.support.server import DatabaseCopy
from tests.support.staff import Person, add_person

BOTH = [Role.CASEWORKER, Role.TENANT_ADMIN]


@pytest.fixture
def alone(region: DatabaseCopy, towns: dict[str, int]) -> None:
    """Nobody leads Bakum's portal."""
    with region.superuser() as connection:
        connection.execute("UPDATE staff SET active = false WHERE tenant_id = %s", [towns["bakum"]])


@pytest.fixture
def admin(alone: None, database: Database, locksmith: Locksmith, towns: dict[str, int]) -> Person:
    """The one who leads Bakum's portal."""
    return add_person(database, locksmith, towns["bakum"], Role.TENANT_ADMIN)


@pytest.fixture
def colleague(database: Database, locksmith: Locksmith, towns: dict[str, int]) -> Person:
    """Somebody who works on cases there."""
    return add_person(database, locksmith, towns["bakum"])


def acting(person: Person) -> Context:
    """As whom somebody acts."""
    return Context(ActorKind.STAFF, person.tenant_id, staff_id=person.id)


def do(database: Database, person: Person, act: Callable[..., Any], *rest: Any) -> Any:
    """Let somebody do one of the acts."""
    with database.transaction(acting(person)) as session:
        return act(session, acting(person), *rest)


def invited(database: Database, admin: Person, email: str = "neu@dinklage.example") -> Staff:
    """Somebody whom the admin has just invited."""
    new = {"name": "Nele Neu", "email": email, "roles": ["caseworker"], "language": "en"}
    return cast(Staff, do(database, admin, team.invite, admin.tenant_id, new, SECRET_KEY, clock.now()))


def link(program: Program, region: DatabaseCopy, staff_id: uuid.UUID) -> tuple[str, str]:
    """The newest mail to somebody about their access: its template, and where it leads."""
    with region.superuser() as connection:
        row = connection.execute(
            "SELECT id, tenant_id, recipient, language, template, data FROM mails"
            " WHERE data->>'staff_id' = %s ORDER BY created_at DESC LIMIT 1",
            [str(staff_id)],
        ).fetchone()
    assert row is not None
    registry = LinksRegistry()
    register_links(registry)
    parts = SimpleNamespace(
        settings=program.settings,
        transaction=lambda tenant_id: program.database.transaction(Context(ActorKind.JOB, tenant_id)),
    )
    mail = QueuedMail(row[0], None, *row[2:])
    return row[4], registry.links(cast(Runtime, parts), row[1], mail)["url"]


def test_who_is_invited_gets_a_link_that_no_row_holds(
    database: Database, region: DatabaseCopy, program: Program, admin: Person, audit_of: Audit, client: Any
) -> None:
    new = invited(database, admin, "link@dinklage.example")
    template, url = link(program, region, new.id)
    assert template == "staff_invitation"
    assert url.startswith("https://verwaltung.bakum.localhost/en/einladung/")
    assert client("verwaltung.bakum.localhost").get(url.partition("localhost")[2]).status_code == 200
    with region.superuser() as connection:
        rows = connection.execute(
            "SELECT m::text FROM mails m UNION ALL SELECT s::text FROM staff s UNION ALL"
            " SELECT args::text FROM procrastinate_jobs"
        ).fetchall()
    assert not [row for (row,) in rows if url.rpartition("/")[2] in row]
    assert audit_of(cast(Person, new)) == [("staff-added", {"roles": ["caseworker"]})]


def test_a_newer_link_takes_the_place_of_the_older(
    database: Database, region: DatabaseCopy, program: Program, admin: Person
) -> None:
    new = invited(database, admin, "zweimal@dinklage.example")
    first = link(program, region, new.id)
    do(database, admin, team.invite_again, new.id, SECRET_KEY, clock.now())
    assert link(program, region, new.id) != first
    with region.superuser() as connection:
        connection.execute("UPDATE staff SET invitation_digest = 'x' WHERE id = %s", [new.id])
    with pytest.raises(ObsoleteMailError):
        link(program, region, new.id)


def test_an_address_that_is_known_is_said_at_its_field(
    database: Database, admin: Person, colleague: Person
) -> None:
    with pytest.raises(InvalidInputError) as refused:
        invited(database, admin, colleague.email.upper())
    assert list(refused.value.messages) == ["email"]
    with pytest.raises(InvalidInputError):
        invited(database, admin, "zwei@at@example")


def test_a_role_of_the_region_is_given_to_nobody(database: Database, admin: Person) -> None:
    new = {"name": "N", "email": "r@dinklage.example", "roles": ["operator"], "language": "de"}
    with pytest.raises(InvalidInputError) as refused:
        do(database, admin, team.invite, admin.tenant_id, new, SECRET_KEY, clock.now())
    assert list(refused.value.messages) == ["roles"]


def test_who_has_lost_the_phone_begins_anew_and_is_mailed(
    database: Database,
    region: DatabaseCopy,
    program: Program,
    admin: Person,
    colleague: Person,
    audit_of: Audit,
) -> None:
    do(database, admin, team.reset, colleague.id, SECRET_KEY, clock.now())
    template, url = link(program, region, colleague.id)
    assert (template, "/einladung/" in url) == ("staff_reset", True)
    with region.superuser() as connection:
        row = connection.execute(
            "SELECT password_hash, totp_secret, recovery_codes FROM staff WHERE id = %s", [colleague.id]
        ).fetchone()
    assert row == (None, None, [])
    assert [action for action, _ in audit_of(colleague)][-2:] == ["staff-invited", "second-factor-reset"]


def test_one_resets_nobody_who_is_not_set_up_and_invites_nobody_who_is(
    database: Database, admin: Person, colleague: Person
) -> None:
    new = invited(database, admin, "offen@dinklage.example")
    with pytest.raises(NotFoundError):
        do(database, admin, team.reset, new.id, SECRET_KEY, clock.now())
    with pytest.raises(NotFoundError):
        do(database, admin, team.invite_again, colleague.id, SECRET_KEY, clock.now())


def test_the_last_admin_stays_one(database: Database, admin: Person, colleague: Person) -> None:
    with pytest.raises(LastAdminError):
        do(database, admin, team.end, admin.id)
    with pytest.raises(LastAdminError):
        do(database, admin, team.change, admin.id, "Erika Muster", [])
    # Whom nobody could sign in as is no other.
    new = {"name": "Max", "email": "max@dinklage.example", "roles": ["tenant_admin"], "language": "de"}
    do(database, admin, team.invite, admin.tenant_id, new, SECRET_KEY, clock.now())
    with pytest.raises(LastAdminError):
        do(database, admin, team.end, admin.id)
    do(database, admin, team.change, colleague.id, "Erika Muster", BOTH)
    do(database, admin, team.end, admin.id)


def test_nobody_gives_themselves_a_role(database: Database, admin: Person, audit_of: Audit) -> None:
    before = audit_of(admin)
    with pytest.raises(OwnAccessError):
        do(database, admin, team.change, admin.id, "Erika Muster", BOTH)
    with pytest.raises(OwnAccessError):
        do(database, admin, team.reset, admin.id, SECRET_KEY, clock.now())
    assert audit_of(admin) == before


@pytest.mark.parametrize("role", [Role.CASEWORKER, None])
def test_only_who_leads_the_portal_may(
    database: Database, admin: Person, colleague: Person, locksmith: Locksmith, role: Role | None
) -> None:
    with pytest.raises(NotAllowedError):
        do(database, colleague, team.end, admin.id)
    other = add_person(database, locksmith, cast(int, admin.tenant_id), Role.TENANT_ADMIN)
    do(database, admin, team.end, other.id)
    with pytest.raises(NotAllowedError):
        do(database, other, team.restore, other.id)


def test_two_admins_who_send_each_other_away_at_once_leave_one(
    database: Database, admin: Person, locksmith: Locksmith, region: DatabaseCopy
) -> None:
    other = add_person(database, locksmith, cast(int, admin.tenant_id), Role.TENANT_ADMIN)
    outcomes: list[str] = []
    first_has_acted, second_asks = threading.Event(), threading.Event()

    def second() -> None:
        first_has_acted.wait(10)
        second_asks.set()
        try:
            do(database, other, team.end, admin.id)
        except NotAllowedError:
            outcomes.append("refused")

    thread = threading.Thread(target=second)
    thread.start()
    with database.transaction(acting(admin)) as session:
        team.end(session, acting(admin), other.id)
        first_has_acted.set()
        second_asks.wait(10)
        _wait_for_a_lock(region)
    thread.join(10)
    assert outcomes == ["refused"]
    with region.superuser() as connection:
        left = connection.execute(
            "SELECT id FROM staff WHERE active AND id = ANY (%s)", [[admin.id, other.id]]
        ).fetchall()
    assert left == [(admin.id,)]


def _wait_for_a_lock(region: DatabaseCopy) -> None:
    """Until somebody waits for what another holds."""
    with region.superuser() as connection:
        for _ in range(2000):
            (waiting,) = connection.execute("SELECT count(*) FROM pg_locks WHERE NOT granted").fetchone() or (
                0,
            )
            if waiting:
                return
    raise AssertionError("nobody waits")


def test_another_towns_people_are_not_there(database: Database, admin: Person, person: Person) -> None:
    for act in (team.end, team.restore):
        with pytest.raises(NotFoundError):
            do(database, admin, act, person.id)
    with database.transaction(acting(admin)) as session:
        assert person.id not in {each.id for each in team.members(session)}
