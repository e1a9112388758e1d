"""What the worker does for cases: telling staff, reminding once, tidying drafts, and forgetting what is due."""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from kreisportal.access.roles import Role
from kreisportal.cases import by_applicant, drafts, jobs, work
from kreisportal.jobs import JobRegistry, Runtime
from kreisportal.kernel import clock
from kreisportal.notifications.links import LinksRegistry
from tests.cases.house import CaseFacts, House
from tests.cases.test_work import ACTS, do
from tests.support.staff import Person

Files = Callable[[int], set[str]]


@pytest.fixture
def town(house: House) -> tuple[Person, Person]:
    """Two caseworkers of Dinklage, where else only a tenant admin and somebody who has left are."""
    house.rows(
        "UPDATE staff SET active = false WHERE tenant_id = %s RETURNING 1", house.tenant("dinklage").id
    )
    gone, admin = house.person("dinklage"), house.person("dinklage")
    house.rows("UPDATE staff SET active = false WHERE id = %s RETURNING 1", gone.id)
    house.rows("UPDATE staff SET roles = %s WHERE id = %s RETURNING 1", [Role.TENANT_ADMIN.value], admin.id)
    return house.person("dinklage"), house.person("dinklage")


def told(house: House, case: CaseFacts, template: str) -> list[str]:
    """Who was mailed a template about a case."""
    return sorted(recipient for name, recipient in house.mails(case.id) if name == template)


def assign(house: House, case: CaseFacts, person: Person) -> None:
    """Let somebody have a case."""
    house.rows("UPDATE cases SET assignee_id = %s WHERE id = %s RETURNING 1", person.id, case.id)


def test_each_job_is_registered_by_the_name_that_acts_put_in() -> None:
    registry = JobRegistry()
    jobs.register(registry, LinksRegistry())
    deferred = {jobs.TELL_STAFF, jobs.ARRIVED, jobs.ANSWERED, jobs.WITHDRAWN, jobs.CLEAR_AWAY}
    assert {name for name, job in registry.jobs.items() if job.every is None} == deferred
    periodic = {name for name, job in registry.jobs.items() if job.every is not None}
    assert periodic == {
        *("cases.tidy_drafts", "cases.forget", "cases.remind", "cases.tell_times", "cases.forget_figures")
    }


def test_all_caseworkers_are_told_of_a_new_case(
    house: House, worker: Runtime, town: tuple[Person, Person]
) -> None:
    case = house.case("dinklage")
    jobs.tell_staff(worker, case.tenant.id, case.id)
    assert told(house, case, "staff_new_case") == sorted(person.email for person in town)


def test_nobody_is_told_of_a_case_that_is_over_or_of_another_town(
    house: House, worker: Runtime, town: tuple[Person, Person]
) -> None:
    over, elsewhere = house.case("dinklage"), house.case("lohne")
    with house.acting(over.context) as session:
        by_applicant.withdraw(session, over.context, over.id, 30)
    for job in (jobs.tell_staff, jobs.arrived, jobs.answered):
        job(worker, over.tenant.id, over.id)
        job(worker, over.tenant.id, elsewhere.id)
    assert [name for name, _ in house.mails(over.id) + house.mails(elsewhere.id)] == ["confirm_address"] * 2
    assert "case.arrived" not in dict(house.audit(over.id))


@pytest.mark.parametrize("who", ["assignee", "nobody", "gone"])
def test_an_answer_is_told_to_who_has_the_case_else_to_all(
    house: House, worker: Runtime, town: tuple[Person, Person], who: str
) -> None:
    case = house.case("dinklage")
    with house.acting(case.context) as session:
        by_applicant.answer(session, case.context, case.id, "Hier.", [])
    if who != "nobody":
        assign(house, case, town[0])
    if who == "gone":
        house.rows("UPDATE staff SET active = false WHERE id = %s RETURNING 1", town[0].id)
    jobs.answered(worker, case.tenant.id, case.id)
    expected = {"assignee": [town[0]], "nobody": [*town], "gone": [town[1]]}[who]
    assert told(house, case, "staff_answer") == sorted(person.email for person in expected)


def test_an_answer_that_somebody_has_read_needs_no_mail(house: House, worker: Runtime) -> None:
    case, reader = house.case("dinklage"), house.staff("dinklage")
    with house.acting(case.context) as session:
        by_applicant.answer(session, case.context, case.id, "Hier.", [])
    do(house, reader, case, work.mark_read)
    jobs.answered(worker, case.tenant.id, case.id)
    assert told(house, case, "staff_answer") == []


def test_a_withdrawal_is_told_to_who_has_the_case_and_nobody_else(
    house: House, worker: Runtime, town: tuple[Person, Person]
) -> None:
    taken, untaken = house.case("dinklage"), house.case("dinklage")
    assign(house, taken, town[1])
    for case in (taken, untaken):
        with house.acting(case.context) as session:
            by_applicant.withdraw(session, case.context, case.id, 30)
        jobs.withdrawn(worker, case.tenant.id, case.id)
    assert told(house, taken, "staff_withdrawn") == [town[1].email]
    assert told(house, untaken, "staff_withdrawn") == []


def test_overdue_cases_are_told_of_once_for_each_due_date(
    house: House, worker: Runtime, town: tuple[Person, Person], frozen: datetime
) -> None:
    late, in_time, over = (house.case("dinklage") for _ in range(3))
    assign(house, late, town[0])
    do(house, house.staff("dinklage"), over, ACTS["decided"])
    due = frozen.date() - timedelta(days=1)
    for case in (late, over):
        house.rows("UPDATE cases SET due_on = %s WHERE id = %s RETURNING 1", due, case.id)
    # Due today is not overdue yet.
    house.rows("UPDATE cases SET due_on = %s WHERE id = %s RETURNING 1", frozen.date(), in_time.id)
    for _ in range(2):
        jobs.remind(worker, late.tenant.id)
    assert told(house, late, "staff_overdue") == [town[0].email]
    assert told(house, in_time, "staff_overdue") == told(house, over, "staff_overdue") == []
    with clock.frozen(frozen + timedelta(days=1)):
        jobs.remind(worker, late.tenant.id)
        assert len(told(house, late, "staff_overdue")) == 1
        assert told(house, in_time, "staff_overdue")
    context = house.staff("dinklage")
    with house.acting(context) as session:
        work.set_due(session, context, late.id, frozen.date() + timedelta(days=5))
    with clock.frozen(frozen + timedelta(days=6)):
        jobs.remind(worker, late.tenant.id)
    assert len(told(house, late, "staff_overdue")) == 2


def test_staff_are_written_to_in_their_own_language(
    house: House, worker: Runtime, town: tuple[Person, Person]
) -> None:
    house.rows("UPDATE staff SET language = 'en' WHERE id = %s RETURNING 1", town[0].id)
    case = house.case("dinklage")
    jobs.tell_staff(worker, case.tenant.id, case.id)
    query = "SELECT language FROM mails WHERE case_id = %s AND recipient = %s"
    assert [house.value(query, case.id, person.email) for person in town] == ["en", "de"]


def age(files: Path, moment: datetime) -> None:
    """Let all files be from an instant."""
    for file in files.rglob("*"):
        os.utime(file, (moment.timestamp(),) * 2)


def test_expired_drafts_go_with_their_files_and_others_stay(
    house: House, worker: Runtime, files: Files
) -> None:
    moment = datetime(2026, 12, 1, 10, tzinfo=UTC)
    with clock.frozen(moment):
        old, other_town = house.draft("dinklage", files=1), house.draft("lohne", files=1)
        sent = house.case("dinklage", files=1)
    with clock.frozen(moment + timedelta(seconds=1)):
        young = house.draft("dinklage", files=1)
    age(house.program.settings.files_folder, moment)
    with clock.frozen(moment + drafts.LIFETIME):
        jobs.tidy_drafts(worker, old.tenant.id)
    left = house.rows("SELECT id FROM drafts WHERE id = ANY(%s)", [old.id, young.id, other_town.id])
    assert sorted(left) == sorted([(young.id,), (other_town.id,)])
    assert house.rows("SELECT 1 FROM documents WHERE id = ANY(%s)", list(old.files)) == []
    names = {str(file) for draft in (old, young, sent) for file in draft.files}
    assert files(old.tenant.id) & names == {str(young.files[0]), str(sent.files[0])}
    assert str(other_town.files[0]) in files(other_town.tenant.id)


def test_what_is_due_is_forgotten_with_all_that_belongs_to_it_and_nothing_else(
    house: House, worker: Runtime, files: Files, frozen: datetime
) -> None:
    due, tomorrow, still_open = (house.case("dinklage", files=1, confirmed=True) for _ in range(3))
    elsewhere = house.case("lohne", files=1)
    for case, slug, days in ((due, "dinklage", 90), (tomorrow, "dinklage", 91), (elsewhere, "lohne", 1)):
        context = house.staff(slug)
        with house.acting(context) as session:
            work.decide(session, context, case.id, "done", "Fertig.", [], days)
    with clock.frozen(frozen + timedelta(days=90)):
        jobs.forget(worker, due.tenant.id)
    for table in ("cases", "case_events", "documents", "mails"):
        column_name = "id" if table == "cases" else "case_id"
        found = house.rows(
            f"SELECT DISTINCT {column_name} FROM {table} WHERE {column_name} = ANY(%s)",
            [due.id, tomorrow.id, still_open.id, elsewhere.id],
        )
        assert set(found) == {(tomorrow.id,), (still_open.id,), (elsewhere.id,)}, table
    assert str(due.files[0]) not in files(due.tenant.id)
    assert {str(tomorrow.files[0]), str(still_open.files[0])} <= files(due.tenant.id)
    assert str(elsewhere.files[0]) in files(elsewhere.tenant.id)
    # That something was done stays, and says nothing of what was in it.
    assert [action for action, _ in house.audit(due.id)][-1] == "case.decided"


def test_the_data_of_mails_go_after_a_quarter_of_a_year_unless_they_still_wait(
    house: House, worker: Runtime
) -> None:
    case = house.case("dinklage", confirmed=True)
    house.rows(
        "UPDATE mails SET state = 'sent' WHERE case_id = %s AND template = 'confirm_address' RETURNING 1",
        case.id,
    )
    with clock.frozen(clock.now() + timedelta(days=89)):
        jobs.forget(worker, case.tenant.id)
    assert len(house.mails(case.id)) == 2
    with clock.frozen(clock.now() + timedelta(days=91)):
        jobs.forget(worker, case.tenant.id)
    assert house.mails(case.id) == [("application_received", case.email)]


def test_a_case_that_went_on_is_forgotten_here_and_stays_there(house: House, worker: Runtime) -> None:
    case = house.case("dinklage", files=1)
    house.pass_on(case, "dinklage", "landkreis-vechta")
    with clock.frozen(clock.now() + timedelta(days=31)):
        jobs.forget(worker, case.tenant.id)
    there = house.tenant("landkreis-vechta").id
    assert house.rows("SELECT tenant_id FROM cases WHERE id = %s", case.id) == [(there,)]
    assert house.rows("SELECT DISTINCT tenant_id FROM case_events WHERE case_id = %s", case.id) == [(there,)]
    with house.program.intake.storage.open(there, case.files[0]):
        pass


def _department(house: House, *members: Person) -> None:
    """These are the department of Dinklage that works the dogs."""
    tenant_id, department = house.tenant("dinklage").id, uuid.uuid4()
    for statement in ("department_services", "department_members", "departments"):
        house.superuser.execute(f"DELETE FROM {statement} WHERE tenant_id = %s", [tenant_id])
    house.superuser.execute("INSERT INTO departments VALUES (%s, %s, 'Ordnungsamt')", [tenant_id, department])
    house.superuser.execute(
        "INSERT INTO department_services VALUES (%s, 'hund-anmelden', %s)", [tenant_id, department]
    )
    for member in members:
        house.superuser.execute(
            "INSERT INTO department_members VALUES (%s, %s, %s)", [tenant_id, department, member.id]
        )


def _away(house: House, person: Person, deputy: Person | None) -> None:
    today = clock.today()
    house.superuser.execute(
        "UPDATE staff SET leave_from = %s, leave_until = %s, deputy_id = %s WHERE id = %s",
        [today, today, deputy.id if deputy else None, person.id],
    )


def test_a_new_case_is_told_to_the_department_that_works_it(
    house: House, worker: Runtime, town: tuple[Person, Person]
) -> None:
    one, other = town
    _department(house, one)
    case = house.case("dinklage")
    jobs.tell_staff(worker, case.tenant.id, case.id)
    assert told(house, case, "staff_new_case") == [one.email]
    # Of an empty department nobody would be told.
    _department(house)
    case = house.case("dinklage")
    jobs.tell_staff(worker, case.tenant.id, case.id)
    assert told(house, case, "staff_new_case") == sorted((one.email, other.email))


def test_who_is_away_is_told_nothing_and_their_deputy_instead(
    house: House, worker: Runtime, town: tuple[Person, Person]
) -> None:
    one, other = town
    _department(house, one)
    _away(house, one, other)
    case = house.case("dinklage")
    jobs.tell_staff(worker, case.tenant.id, case.id)
    assert told(house, case, "staff_new_case") == [other.email]
    assign(house, case, one)
    house.rows("UPDATE cases SET unread = true WHERE id = %s RETURNING 1", case.id)
    jobs.answered(worker, case.tenant.id, case.id)
    assert told(house, case, "staff_answer") == [other.email]
    # Nobody stands in: those who are there are told; if nobody is, all.
    _away(house, one, None)
    for there in (True, False):
        if not there:
            _away(house, other, None)
        case = house.case("dinklage")
        jobs.tell_staff(worker, case.tenant.id, case.id)
        expected = [other.email] if there else sorted((one.email, other.email))
        assert told(house, case, "staff_new_case") == expected
