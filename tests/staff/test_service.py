"""Accounts of staff, on the database."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError

from kreisportal.access.roles import Role
from kreisportal.credentials.errors import WrongCredentialsError
from kreisportal.credentials.second_factor import code_at
from kreisportal.kernel import clock
from kreisportal.kernel.database import ActorKind, Context, Database
from kreisportal.kernel.database.context import ANONYMOUS, REGION
from kreisportal.kernel.errors import ConflictError, InvalidInputError, NotAllowedError, NotFoundError
from kreisportal.kernel.ids import new_token
from kreisportal.staff import service, sign_in
from kreisportal.staff.errors import InvitationGoneError
from kreisportal.staff.models import Staff
from kreisportal.staff.sign_in import Locksmith
from tests.staff.conftest import Audit
from tests.support.server import DatabaseCopy
from tests.support.staff import Person

PASSWORD = "blaue Gurken tanzen leise"
TOWN = ["Stadt Vechta", "vechta"]


@pytest.fixture
def desk(towns: dict[str, int]) -> Context:
    """Vechta's desk, before anybody is known."""
    return Context(ActorKind.STAFF, towns["vechta"])


@pytest.fixture
def add(database: Database, towns: dict[str, int]) -> Callable[..., tuple[Staff, str]]:
    """Add somebody from the command line."""

    def call(slug: str = "vechta", **fields: Any) -> tuple[Staff, str]:
        new = {
            "email": f"{new_token()[:8]}@Rathaus.example",
            "name": " Erika Muster ",
            "roles": ["caseworker"],
        }
        with database.transaction(REGION) as session:
            return service.add_member(session, REGION, towns[slug], {**new, **fields}, clock.now())

    return call


@pytest.fixture
def invited(add: Callable[..., tuple[Staff, str]]) -> tuple[Staff, str]:
    """Somebody at Vechta with an open invitation."""
    return add()


def _accept(
    database: Database, desk: Context, locksmith: Locksmith, token: str, password: str = PASSWORD
) -> Staff:
    with database.transaction(desk) as session:
        return service.accept_invitation(session, desk, locksmith, token, password, TOWN, clock.now())


def test_somebody_new_is_invited_and_has_no_password(
    invited: tuple[Staff, str], region: DatabaseCopy, audit_of: Audit
) -> None:
    member, token = invited
    assert member.email == member.email.lower()
    assert (member.name, member.roles, member.language) == ("Erika Muster", ["caseworker"], "de")
    assert member.password_hash is None
    assert audit_of(member) == [("staff-added", {"roles": ["caseworker"]})]  # type: ignore[arg-type]
    with region.superuser() as connection:
        (row,) = connection.execute("SELECT s::text FROM staff s WHERE id = %s", [member.id]).fetchone() or (
            "",
        )
    assert token not in row


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"email": "keine Adresse"}, "email"),
        ({"email": "a\0@rathaus.example"}, "email"),
        ({"name": " "}, "name"),
        ({"name": "A\nB"}, "name"),
        ({"roles": []}, "roles"),
        ({"roles": ["operator"]}, "roles"),
        ({"language": "fr"}, "language"),
        ({"tenant_id": 1}, "tenant_id"),
    ],
)
def test_wrong_fields_are_named(
    add: Callable[..., tuple[Staff, str]], fields: dict[str, Any], wrong: str
) -> None:
    with pytest.raises(InvalidInputError) as caught:
        add(**fields)
    assert list(caught.value.messages) == [wrong]
    assert all(isinstance(text, str) for text in caught.value.messages[wrong])


def test_an_address_is_there_once_in_a_town(
    add: Callable[..., tuple[Staff, str]], invited: tuple[Staff, str]
) -> None:
    email = invited[0].email
    with pytest.raises(ConflictError):
        add(email=email.upper())
    assert add("cloppenburg", email=email)[0].email == email


def test_an_invitation_gives_a_password_once(
    database: Database, desk: Context, locksmith: Locksmith, invited: tuple[Staff, str]
) -> None:
    member, token = invited
    accepted = _accept(database, desk, locksmith, token)
    assert accepted.id == member.id
    assert locksmith.passwords.verify(accepted.password_hash, PASSWORD)
    assert not accepted.enrolled
    with pytest.raises(InvitationGoneError):
        _accept(database, desk, locksmith, token)


def test_an_invitation_lasts_seven_days(
    database: Database, desk: Context, locksmith: Locksmith, invited: tuple[Staff, str]
) -> None:
    _, token = invited
    with database.transaction(desk) as session:
        before = clock.now() + timedelta(days=7, minutes=-1)
        assert service.invited_member(session, desk, token, before).id == invited[0].id
        with pytest.raises(InvitationGoneError):
            service.invited_member(session, desk, token, clock.now() + timedelta(days=7, minutes=1))


def test_an_invitation_is_unknown_in_another_town(
    database: Database, invited: tuple[Staff, str], towns: dict[str, int]
) -> None:
    elsewhere = Context(ActorKind.STAFF, towns["cloppenburg"])
    with database.transaction(elsewhere) as session, pytest.raises(InvitationGoneError):
        service.invited_member(session, elsewhere, invited[1], clock.now())


def test_a_weak_password_leaves_the_invitation_open(
    database: Database, desk: Context, locksmith: Locksmith, invited: tuple[Staff, str]
) -> None:
    for weak in ("kurz", "Vechta-2026-!", "ErikaMuster2026"):
        with pytest.raises(InvalidInputError) as caught:
            _accept(database, desk, locksmith, invited[1], weak)
        assert list(caught.value.messages) == ["new_password"]
    assert _accept(database, desk, locksmith, invited[1])


def test_setting_up_the_second_factor(
    frozen: datetime,
    database: Database,
    desk: Context,
    locksmith: Locksmith,
    invited: tuple[Staff, str],
    audit_of: Audit,
) -> None:
    member, token = invited
    with database.transaction(desk) as session:
        service.accept_invitation(session, desk, locksmith, token, PASSWORD, TOWN, frozen)
    own = Context(ActorKind.STAFF, member.tenant_id, staff_id=member.id)
    with database.transaction(own) as session:
        enrolment = service.enrolment_of(session, own, locksmith, verified=False)
    assert enrolment is not None
    assert enrolment.first
    code = code_at(enrolment.secret, frozen)[0]
    with database.transaction(own) as session, pytest.raises(InvalidInputError) as caught:
        service.confirm_enrolment(session, own, locksmith, "000000", frozen, verified=False)
    assert list(caught.value.messages) == ["code"]
    with database.transaction(own) as session:
        codes = service.confirm_enrolment(session, own, locksmith, code, frozen, verified=False)
    assert len(codes) == 10
    with pytest.raises(WrongCredentialsError):
        sign_in.check_code(database, locksmith, own, code, frozen)
    later = frozen + timedelta(seconds=30)
    assert sign_in.check_code(database, locksmith, own, code_at(enrolment.secret, later)[0], later)
    assert [action for action, _ in audit_of(member)] == [  # type: ignore[arg-type]
        "staff-added", "invitation-accepted", "second-factor-enrolled", "signed-in", "sign-in-failed", "signed-in",
    ]  # fmt: skip


def test_a_password_alone_shows_no_new_secret_to_who_has_a_second_factor(
    database: Database, locksmith: Locksmith, context: Context, person: Person
) -> None:
    with database.transaction(context) as session:
        service.begin_enrolment(session, context, locksmith)
    with database.transaction(context) as session:
        with pytest.raises(NotAllowedError):
            service.enrolment_of(session, context, locksmith, verified=False)
        with pytest.raises(NotAllowedError):
            service.confirm_enrolment(session, context, locksmith, "000000", clock.now(), verified=False)
        assert service.enrolment_of(session, context, locksmith, verified=True) is not None


def test_another_app_takes_the_place_of_the_first_one_only_when_it_has_shown_a_code(
    database: Database,
    locksmith: Locksmith,
    context: Context,
    person: Person,
    frozen: datetime,
) -> None:
    with database.transaction(context) as session:
        service.begin_enrolment(session, context, locksmith)
    with database.transaction(context) as session:
        enrolment = service.enrolment_of(session, context, locksmith, verified=True)
        assert enrolment is not None
        assert not enrolment.first
        code = code_at(enrolment.secret, frozen)[0]
        service.confirm_enrolment(session, context, locksmith, code, frozen, verified=True)
    later = frozen + timedelta(minutes=1)
    with pytest.raises(WrongCredentialsError):
        sign_in.check_code(database, locksmith, context, person.code(later), later)
    with pytest.raises(WrongCredentialsError):
        sign_in.check_recovery_code(database, context, person.recovery_codes[0], later)
    new_code = code_at(enrolment.secret, later)[0]
    assert sign_in.check_code(database, locksmith, context, new_code, later).staff_id == person.id


def test_a_setting_up_that_was_left_ends_with_the_next_sign_in(
    database: Database, locksmith: Locksmith, context: Context, person: Person
) -> None:
    with database.transaction(context) as session:
        service.begin_enrolment(session, context, locksmith)
    sign_in.check_code(database, locksmith, context, person.code(), clock.now())
    with database.transaction(context) as session:
        assert service.enrolment_of(session, context, locksmith, verified=True) is None
        with pytest.raises(NotFoundError):
            service.confirm_enrolment(session, context, locksmith, "000000", clock.now(), verified=True)


def test_changing_the_password(
    database: Database, locksmith: Locksmith, context: Context, person: Person, audit_of: Audit
) -> None:
    with database.transaction(context) as session:
        service.change_password(session, context, locksmith, PASSWORD, TOWN)
    sign_in.prove_password(database, locksmith, context, PASSWORD, "192.0.2.1")
    with pytest.raises(WrongCredentialsError):
        sign_in.prove_password(database, locksmith, context, person.password, "192.0.2.1")
    assert audit_of(person)[0] == ("password-changed", {})


def test_new_recovery_codes_take_the_place_of_the_old_ones(
    database: Database, context: Context, person: Person, audit_of: Audit
) -> None:
    with database.transaction(context) as session:
        codes = service.renew_recovery_codes(session, context)
    with pytest.raises(WrongCredentialsError):
        sign_in.check_recovery_code(database, context, person.recovery_codes[0], clock.now())
    assert sign_in.check_recovery_code(database, context, codes[0], clock.now()).codes_left == 9
    assert audit_of(person)[0] == ("recovery-codes-renewed", {})


def test_a_new_invitation_ends_everything_before(
    database: Database, locksmith: Locksmith, desk: Context, person: Person, region: DatabaseCopy
) -> None:
    _open_session(region, person)
    with database.transaction(REGION) as session:
        member = session.get_one(Staff, (person.tenant_id, person.id))
        token = service.invite_again(session, REGION, member, clock.now())
    assert _sessions(region, person) == 0
    with pytest.raises(WrongCredentialsError):
        sign_in.check_password(database, locksmith, desk, person.email, person.password, "192.0.2.1")
    assert not _accept(database, desk, locksmith, token).enrolled


def test_switching_off_ends_the_sessions_and_is_noted(
    database: Database, person: Person, region: DatabaseCopy, audit_of: Audit
) -> None:
    _open_session(region, person)
    with database.transaction(REGION) as session:
        member = session.get_one(Staff, (person.tenant_id, person.id))
        service.change_member(session, REGION, member, roles=[Role.TENANT_ADMIN], active=False)
    assert _sessions(region, person) == 0
    assert audit_of(person) == [
        ("staff-roles-changed", {"roles": ["tenant_admin"]}),
        ("staff-switched-off", {}),
    ]


def test_the_entry_and_the_act_are_one_transaction(
    database: Database, context: Context, person: Person, audit_of: Audit
) -> None:
    def fail_after() -> None:
        with database.transaction(context) as session:
            service.renew_recovery_codes(session, context)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail_after()
    assert audit_of(person) == []
    assert sign_in.check_recovery_code(database, context, person.recovery_codes[0], clock.now())


def test_other_towns_and_nobody_cannot_act_on_a_person(
    database: Database, person: Person, towns: dict[str, int]
) -> None:
    elsewhere = Context(ActorKind.STAFF, towns["cloppenburg"], staff_id=person.id)
    for context in (elsewhere, ANONYMOUS):
        with database.transaction(context) as session, pytest.raises(NotFoundError):
            service.renew_recovery_codes(session, context)


def _open_session(region: DatabaseCopy, person: Person) -> None:
    with region.superuser() as connection:
        connection.execute(
            "SELECT definer.open_session(%s, 'desk', %s, %s, true, 60, 60)",
            [new_token().encode(), person.tenant_id, person.id],
        )


def _sessions(region: DatabaseCopy, person: Person) -> int:
    with region.superuser() as connection:
        row = connection.execute("SELECT count(*) FROM sessions WHERE staff_id = %s", [person.id]).fetchone()
    return int(row[0]) if row else 0


@pytest.mark.parametrize("role", [Role.DISTRICT_ADMIN, Role.OPERATOR])
def test_a_town_gives_nobody_a_role_of_the_region(
    database: Database, desk: Context, person: Person, role: Role
) -> None:
    """Neither by what is handed in, nor past it: the table holds no such row."""
    new = {"email": "neu@rathaus.example", "name": "Nils Neu", "roles": [role.value], "language": "de"}
    with database.transaction(desk) as session, pytest.raises(InvalidInputError):
        service.add_member(session, desk, person.tenant_id or 0, new, clock.now())
    with pytest.raises(IntegrityError), database.transaction(desk) as session:
        session.get_one(Staff, (person.tenant_id, person.id)).roles = [role.value]
