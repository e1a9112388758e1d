"""Both steps of signing in, on the database."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import argon2
import pytest
from sqlalchemy import event

from kreisportal.access.roles import Role
from kreisportal.credentials.errors import LockedError, WrongCredentialsError
from kreisportal.credentials.passwords import Passwords
from kreisportal.kernel import clock
from kreisportal.kernel.database import ActorKind, Context, Database
from kreisportal.staff import sign_in
from kreisportal.staff.models import Staff
from kreisportal.staff.sign_in import Locksmith
from tests.staff.conftest import Audit
from tests.support.server import DatabaseCopy
from tests.support.staff import CHEAP, Person, add_person

Enter = Callable[..., sign_in.PasswordAccepted]
SOURCE = "192.0.2.1"

pytestmark = pytest.mark.usefixtures("end_delays")


@pytest.fixture
def enter(database: Database, locksmith: Locksmith, person: Person) -> Enter:
    """The first step as this person."""

    def step(
        password: str = person.password, email: str = person.email, tenant_id: int = person.tenant_id
    ) -> Any:
        return sign_in.check_password(
            database, locksmith, Context(ActorKind.STAFF, tenant_id), email, password, SOURCE
        )

    return step


def test_password_then_code(
    enter: Enter, database: Database, locksmith: Locksmith, person: Person, context: Context, audit_of: Audit
) -> None:
    assert enter() == sign_in.PasswordAccepted(person.id, enrolled=True)
    accepted = sign_in.check_code(database, locksmith, context, person.code(), clock.now())
    assert accepted == sign_in.SecondFactorAccepted(person.id)
    assert audit_of(person) == [("signed-in", {"method": "app"})]


def test_the_address_is_compared_without_case_and_spaces(enter: Enter, person: Person) -> None:
    assert enter(email=f" {person.email.upper()} ").staff_id == person.id


@pytest.mark.parametrize("email", ["nobody@rathaus.example", "", "\0", "a\0b@rathaus.example"])
def test_an_unknown_address_is_a_wrong_one(enter: Enter, email: str) -> None:
    with pytest.raises(WrongCredentialsError):
        enter(email=email)


def test_a_wrong_password_is_noted_without_the_address(enter: Enter, person: Person, audit_of: Audit) -> None:
    with pytest.raises(WrongCredentialsError):
        enter("falsch")
    assert audit_of(person) == [("sign-in-failed", {"step": "password"})]


def test_an_unknown_address_leaves_no_address_anywhere(enter: Enter, region: DatabaseCopy) -> None:
    with pytest.raises(WrongCredentialsError):
        enter(email="nobody-ever@rathaus.example")
    with region.superuser() as connection:
        rows = connection.execute("SELECT a::text FROM audit_entries a").fetchall()
        rows += connection.execute("SELECT r::text FROM rate_limits r").fetchall()
    assert rows
    assert not any("nobody-ever" in row or SOURCE in row for (row,) in rows)


def test_the_same_account_of_another_town_is_another_one(enter: Enter, towns: dict[str, int]) -> None:
    with pytest.raises(WrongCredentialsError):
        enter(tenant_id=towns["cloppenburg"])


def test_known_and_unknown_addresses_are_the_same_work(enter: Enter, database: Database) -> None:
    """The same statements in the same order, the same hashing, the same answers until and in the delay."""
    work: dict[str, list[str]] = {"known": [], "unknown": []}
    answers: dict[str, list[str]] = {"known": [], "unknown": []}

    def attempts(name: str, **arguments: str) -> None:
        def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
            work[name].append(statement)

        event.listen(database.engine, "before_cursor_execute", note)
        try:
            for _ in range(7):
                with pytest.raises((WrongCredentialsError, LockedError)) as caught:
                    enter("falsch", **arguments)
                answers[name].append(type(caught.value).__name__)
        finally:
            event.remove(database.engine, "before_cursor_execute", note)

    attempts("known")
    attempts("unknown", email="nobody@elsewhere.example")
    assert answers["known"] == answers["unknown"] == ["WrongCredentialsError"] * 5 + ["LockedError"] * 2
    assert work["known"] == work["unknown"]


def test_a_password_is_tried_for_nobody_too(database: Database, person: Person, locksmith: Locksmith) -> None:
    tried: list[bool] = []

    class Spy(Passwords):
        def verify(self, known: str | None, password: str) -> bool:
            tried.append(known is not None)
            return super().verify(known, password)

    spying = Locksmith(Spy(CHEAP), locksmith.keys)
    for email in (person.email, "nobody@rathaus.example"):
        with pytest.raises(WrongCredentialsError):
            sign_in.check_password(
                database, spying, Context(ActorKind.STAFF, person.tenant_id), email, "falsch", SOURCE
            )
    assert tried == [True, False]


def test_after_five_wrong_ones_even_the_right_one_waits(
    enter: Enter, person: Person, audit_of: Audit, end_delays: Callable[[], None]
) -> None:
    for _ in range(5):
        with pytest.raises(WrongCredentialsError):
            enter("falsch")
    with pytest.raises(LockedError) as caught:
        enter()
    assert timedelta(seconds=50) < caught.value.until - clock.now() < timedelta(seconds=61)
    assert [action for action, _ in audit_of(person)] == ["sign-in-failed"] * 5 + ["locked"]
    end_delays()
    assert enter().staff_id == person.id
    assert enter().staff_id == person.id


def test_who_was_switched_off_is_unknown(
    enter: Enter, database: Database, context: Context, person: Person, locksmith: Locksmith
) -> None:
    with database.transaction(context) as session:
        session.get_one(Staff, (person.tenant_id, person.id)).active = False
    with pytest.raises(WrongCredentialsError):
        enter()
    with pytest.raises(WrongCredentialsError):
        sign_in.check_code(database, locksmith, context, person.code(), clock.now())


def test_a_hash_of_old_parameters_is_renewed(
    database: Database, locksmith: Locksmith, person: Person, row_of: Callable[[Person], Staff]
) -> None:
    stronger = argon2.Parameters(CHEAP.type, CHEAP.version, CHEAP.salt_len, CHEAP.hash_len, 2, 16, 1)
    other = Locksmith(Passwords(stronger), locksmith.keys)
    sign_in.check_password(
        database, other, Context(ActorKind.STAFF, person.tenant_id), person.email, person.password, SOURCE
    )
    known = row_of(person).password_hash or ""
    assert argon2.extract_parameters(known) == stronger
    assert other.passwords.verify(known, person.password)


def test_a_code_counts_once(
    database: Database, locksmith: Locksmith, person: Person, context: Context, frozen: datetime
) -> None:
    code = person.code()
    sign_in.check_code(database, locksmith, context, code, frozen)
    with pytest.raises(WrongCredentialsError):
        sign_in.check_code(database, locksmith, context, code, frozen + timedelta(seconds=1))


def test_a_code_sent_many_times_at_once_counts_once(
    database: Database, locksmith: Locksmith, person: Person, context: Context
) -> None:
    now, code = clock.now(), person.code()

    def send(_: int) -> bool:
        try:
            sign_in.check_code(database, locksmith, context, code, now)
        except (WrongCredentialsError, LockedError):
            return False
        return True

    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(send, range(16))) == 1


def test_wrong_codes_lock_by_the_programs_clock_and_a_right_password_does_not_unlock(
    enter: Enter,
    database: Database,
    locksmith: Locksmith,
    person: Person,
    context: Context,
    frozen: datetime,
    audit_of: Audit,
) -> None:
    for _ in range(5):
        with pytest.raises(WrongCredentialsError):
            sign_in.check_code(database, locksmith, context, "000000", frozen)
        enter()
    with pytest.raises(LockedError) as caught:
        sign_in.check_code(database, locksmith, context, person.code(), frozen)
    assert caught.value.until == frozen + timedelta(seconds=60)
    with pytest.raises(LockedError):
        sign_in.check_recovery_code(database, context, person.recovery_codes[0], frozen)
    assert audit_of(person)[-1] == ("locked", {"step": "second-factor", "seconds": 60})
    later = frozen + timedelta(seconds=60)
    assert sign_in.check_code(database, locksmith, context, person.code(later), later).staff_id == person.id
    with pytest.raises(WrongCredentialsError):
        sign_in.check_code(database, locksmith, context, "000000", later)


def test_a_recovery_code_counts_once(
    database: Database, person: Person, context: Context, audit_of: Audit
) -> None:
    code = person.recovery_codes[4].lower().replace("-", "")
    assert sign_in.check_recovery_code(database, context, code, clock.now()).codes_left == 9
    with pytest.raises(WrongCredentialsError):
        sign_in.check_recovery_code(database, context, code, clock.now())
    assert audit_of(person)[:2] == [
        ("recovery-code-used", {"left": 9}),
        ("signed-in", {"method": "recovery-code"}),
    ]


def test_the_own_password_is_counted_like_at_the_door(
    database: Database, locksmith: Locksmith, person: Person, context: Context, enter: Enter
) -> None:
    sign_in.prove_password(database, locksmith, context, person.password, SOURCE)
    for _ in range(5):
        with pytest.raises(WrongCredentialsError):
            sign_in.prove_password(database, locksmith, context, "falsch", SOURCE)
    with pytest.raises(LockedError):
        enter()


def test_nobody_has_no_second_step(database: Database, person: Person) -> None:
    with pytest.raises(WrongCredentialsError):
        sign_in.check_recovery_code(
            database, Context(ActorKind.STAFF, person.tenant_id), person.recovery_codes[0], clock.now()
        )


def test_a_code_of_one_is_no_code_of_another(
    database: Database, locksmith: Locksmith, person: Person, context: Context
) -> None:
    other = add_person(database, locksmith, person.tenant_id, Role.CASEWORKER)
    with pytest.raises(WrongCredentialsError):
        sign_in.check_code(database, locksmith, context, other.code(), clock.now())
    with pytest.raises(WrongCredentialsError):
        sign_in.check_recovery_code(database, context, other.recovery_codes[0], clock.now())
