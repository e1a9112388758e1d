"""What a town has goes over to another one: whole, once, wherever the worker is stopped, and back again."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest

from kreisportal.cases import work
from kreisportal.cases.chain import holds
from kreisportal.cases.jobs import clear_away
from kreisportal.cases.queries import chain_of
from kreisportal.documents.errors import StorageError
from kreisportal.jobs import Runtime
from kreisportal.kernel import clock
from kreisportal.kernel.database import ActorKind, Context
from kreisportal.kernel.database.context import REGION
from kreisportal.kernel.errors import ConflictError
from kreisportal.merging import jobs as merging_jobs
from kreisportal.merging.plan import plan_of
from kreisportal.merging.service import begin, confirm, progress_of, take_back
from kreisportal.staff.sign_in import Locksmith
from kreisportal.tenancy.renaming import named_town
from kreisportal.web.program import Program
from tests.cases.house import CaseFacts, House
from tests.support.server import DatabaseCopy
from tests.support.staff import Person

TOWN, INTO, BESIDE = "bakum", "lohne", "vechta"
# What stays with a case that was passed on is not the case.
_HERE = "case_id IN (SELECT id FROM cases WHERE tenant_id = %(town)s AND went_to_id IS NULL)"
_ROWS = (
    "SELECT 'case', id::text, number, state, answers::text, secret_digest::text, receipt, received_at::text,"
    " due_on::text, delete_on::text, came_from_id::text, events::text FROM cases"
    " WHERE tenant_id = %(town)s AND went_to_id IS NULL AND id = ANY (%(cases)s)"
    " UNION ALL SELECT 'event', case_id::text, sequence::text, kind, content::text, hash::text, '', '', '', '', '', ''"
    " FROM case_events WHERE tenant_id = %(town)s AND case_id = ANY (%(cases)s) AND {HERE}"
    " UNION ALL SELECT 'file', id::text, coalesce(case_id, draft_id)::text, sha256, kind, '', '', '', '', '', '', ''"
    " FROM documents WHERE tenant_id = %(town)s AND coalesce(case_id, draft_id) = ANY (%(cases)s)"
    " UNION ALL SELECT 'look', id::text, case_id::text, staff_id::text, '', '', '', '', '', '', '', ''"
    " FROM case_readings WHERE tenant_id = %(town)s AND case_id = ANY (%(cases)s) AND {HERE}"
    " UNION ALL SELECT 'check', id::text, case_id::text, asked_by::text, '', '', '', '', '', '', '', ''"
    " FROM identity_checks WHERE tenant_id = %(town)s AND case_id = ANY (%(cases)s) AND {HERE}"
    " UNION ALL SELECT 'mail', id::text, case_id::text, recipient, '', '', '', '', '', '', '', ''"
    " FROM mails WHERE tenant_id = %(town)s AND case_id = ANY (%(cases)s)"
    " UNION ALL SELECT 'draft', id::text, resume_digest::text, answers::text, expires_at::text, '', '', '', '', '', '', ''"
    " FROM drafts WHERE tenant_id = %(town)s AND id = ANY (%(cases)s) ORDER BY 1, 2, 3"
).replace("{HERE}", _HERE)


class _KilledError(BaseException):
    """The worker is killed."""


@pytest.fixture(scope="module")
def house(program: Program, region: DatabaseCopy, locksmith: Locksmith) -> Iterator[House]:
    """Towns in which people apply and work."""
    with region.superuser() as superuser:
        yield House(program, superuser, locksmith)


@pytest.fixture(scope="module")
def person(house: House) -> Person:
    """Somebody who works at the town that goes."""
    return house.person(TOWN, name="Erika Bakum")


@pytest.fixture(scope="module")
def subjects(house: House, person: Person) -> list[uuid.UUID]:
    """Something of everything: an open case with a look and a check, a decided one, one passed on to and fro, a draft."""
    town = house.tenant(TOWN).id
    context = Context(ActorKind.STAFF, town, staff_id=person.id)
    first, decided = house.case(TOWN, files=2), house.case(TOWN, files=1, confirmed=True)
    with house.acting(context) as session:
        for each in (first, decided):
            work.take(session, context, each.id)
        work.note(session, context, first.id, "Nur für das Amt")
        work.decide(session, context, decided.id, "granted", "Erlaubt.", [], 30)
    values = {"town": town, "case": first.id, "staff": person.id}
    house.superuser.execute(
        "INSERT INTO case_readings (tenant_id, case_id, staff_id, role, what)"
        " VALUES (%(town)s, %(case)s, %(staff)s, 'caseworker', 'case')",
        values,
    )
    house.superuser.execute(
        "INSERT INTO identity_checks (tenant_id, id, case_id, document, state, asked_by)"
        " VALUES (%(town)s, gen_random_uuid(), %(case)s, 'passport', 'open', %(staff)s)",
        values,
    )
    known = house.case(INTO, files=1)
    house.pass_on(known, INTO, TOWN)
    # What was still to be sent from there has been sent.
    sent = "DELETE FROM mails WHERE tenant_id = %s AND case_id = %s"
    house.superuser.execute(sent, [house.tenant(INTO).id, known.id])
    return [first.id, decided.id, known.id, house.draft(TOWN, files=1).id]


@pytest.fixture(autouse=True)
def _apart(house: House, subjects: list[uuid.UUID]) -> Iterator[None]:
    """Afterwards everything is back where it was, as after taking back."""
    yield
    town = house.tenant(TOWN).id
    house.superuser.execute(
        'UPDATE tenants SET merging = \'{"state": "moving", "before": "open", "offers_added": [],'
        ' "offers_switched": [], "staff": []}\' WHERE id = %s AND merged_into_id IS NOT NULL AND merging IS NULL',
        [town],
    )
    with house.acting(REGION) as session:
        row = named_town(session, TOWN)
        if row.merging is not None and row.merging["state"] != "returning":
            take_back(session, REGION, TOWN)
    merging_jobs.move(house.runtime, house.tenant(INTO).id, town)
    house.superuser.execute("DELETE FROM procrastinate_jobs")
    house.superuser.execute("UPDATE tenants SET state = 'open' WHERE id = %s", [town])
    house.program.keeper.renew()


def rows(house: House, slug: str, subjects: list[uuid.UUID]) -> list[Any]:
    """All of these that lies at a town."""
    query = {"town": house.tenant(slug).id, "cases": subjects}
    return house.superuser.execute(_ROWS, query).fetchall()


def start(house: House, **chosen: Any) -> None:
    """Begin to merge."""
    with house.acting(REGION) as session:
        taken = chosen.get("offers", ()), chosen.get("staff", ())
        begin(session, REGION, TOWN, INTO, *taken, clock.now(), None)
    house.program.keeper.renew()


def work_on(house: House) -> None:
    """Let the worker move what there is, and clear away the files that are left."""
    merging_jobs.move(house.runtime, house.tenant(INTO).id, house.tenant(TOWN).id)
    for args in house.rows("SELECT args FROM procrastinate_jobs WHERE task_name = 'cases.clear_away'"):
        facts = args[0]
        ids = {name: uuid.UUID(facts[name]) for name in ("case_id", "document_id")}
        clear_away(house.runtime, facts["tenant_id"], **ids)
    house.program.keeper.renew()


def undo(house: House) -> None:
    """Take back."""
    with house.acting(REGION) as session:
        take_back(session, REGION, TOWN)


def files_of(house: House, slug: str) -> dict[str, bytes]:
    """The files that lie under a town, by name."""
    folder = house.program.settings.files_folder / str(house.tenant(slug).id)
    return {path.name: path.read_bytes() for path in folder.glob("??/*")}


def test_everything_goes_over_and_comes_back_as_it_was(house: House, subjects: list[uuid.UUID]) -> None:
    before, files = rows(house, TOWN, subjects), files_of(house, TOWN)
    husk = house.rows(
        "SELECT state, went_to_id FROM cases WHERE tenant_id = %s AND id = %s",
        house.tenant(INTO).id,
        subjects[2],
    )
    with house.acting(REGION) as session:
        plan = plan_of(session, named_town(session, TOWN), named_town(session, INTO))
    assert (plan.refusal, plan.counts["cases"], plan.counts["drafts"]) == (None, 3, 1)
    start(house)
    assert house.value("SELECT state FROM tenants WHERE slug = %s", TOWN) == "paused"

    work_on(house)

    assert rows(house, TOWN, subjects) == []
    there = rows(house, INTO, subjects)
    came_first = house.rows(
        "SELECT came_from_id FROM cases WHERE tenant_id = %s AND id = %s", house.tenant(INTO).id, subjects[2]
    )
    assert came_first == [(None,)], "where it was received first it came from nobody"
    assert [row[:8] for row in there] == [row[:8] for row in before]
    assert files_of(house, TOWN) == {}
    assert files.items() <= files_of(house, INTO).items()
    with house.acting(
        Context(ActorKind.STAFF, house.tenant(INTO).id, staff_id=house.person(INTO).id)
    ) as session:
        assert all(holds(chain_of(session, each)) for each in subjects[:3])
    with house.acting(REGION) as session:
        progress = progress_of(session, named_town(session, TOWN))
    assert progress is not None
    assert (progress.step, progress.done, progress.all) == ("moved", 4, 4)

    undo(house)
    work_on(house)

    assert rows(house, INTO, subjects) == []
    assert rows(house, TOWN, subjects) == before
    assert files_of(house, TOWN) == files
    assert husk == house.rows(
        "SELECT state, went_to_id FROM cases WHERE tenant_id = %s AND id = %s",
        house.tenant(INTO).id,
        subjects[2],
    )
    assert house.value("SELECT state FROM tenants WHERE slug = %s", TOWN) == "open"
    for slug, acts in ((TOWN, 3), (INTO, 2)):
        count = "SELECT count(*) FROM audit_entries WHERE tenant_id = %s AND action ~ 'merg|absorb'"
        assert house.value(count, house.tenant(slug).id) >= acts


@pytest.mark.parametrize("point", ["copied", "moved", "settling"])
@pytest.mark.parametrize("at", [1, 3])
def test_killed_anywhere_nothing_is_lost_and_nothing_twice(
    house: House, subjects: list[uuid.UUID], monkeypatch: pytest.MonkeyPatch, point: str, at: int
) -> None:
    before, files = rows(house, TOWN, subjects), files_of(house, TOWN)
    start(house)
    name = {"copied": "copy_to", "moved": "_move_one", "settling": "settle"}[point]
    original: Callable[..., Any] = getattr(merging_jobs, name)
    calls = iter(range(1, 100))

    def killed(*arguments: Any) -> Any:
        done = original(*arguments)
        if next(calls) == (1 if point == "settling" else at):
            raise _KilledError
        return done

    with monkeypatch.context() as patch:
        patch.setattr(merging_jobs, name, killed)
        with pytest.raises(_KilledError):
            work_on(house)
    seen = [
        row[1] for slug in (TOWN, INTO) for row in rows(house, slug, subjects) if row[0] in ("case", "draft")
    ]
    assert sorted(seen) == sorted(str(each) for each in subjects)

    work_on(house)

    assert rows(house, TOWN, subjects) == []
    assert [row[:8] for row in rows(house, INTO, subjects)] == [row[:8] for row in before]
    assert files.items() <= files_of(house, INTO).items()


def test_taken_back_in_the_middle_everything_returns(
    house: House, subjects: list[uuid.UUID], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = rows(house, TOWN, subjects)
    start(house)
    original, calls = merging_jobs._move_one, iter(range(1, 100))

    def interrupted(runtime: Runtime, *arguments: Any) -> None:
        if next(calls) == 3:
            undo(house)
        original(runtime, *arguments)

    monkeypatch.setattr(merging_jobs, "_move_one", interrupted)
    work_on(house)
    assert rows(house, TOWN, subjects) == before
    assert house.value("SELECT merged_into_id FROM tenants WHERE slug = %s", TOWN) is None


def test_a_file_that_is_not_what_its_row_says_does_not_go(house: House, subjects: list[uuid.UUID]) -> None:
    document, kept = house.rows("SELECT id, sha256 FROM documents WHERE case_id = %s LIMIT 1", subjects[0])[0]
    change = "UPDATE documents SET sha256 = %s WHERE id = %s"
    house.superuser.execute(change, ["0" * 64, document])
    start(house)
    with pytest.raises(StorageError):
        work_on(house)
    assert house.value("SELECT tenant_id FROM documents WHERE id = %s", document) == house.tenant(TOWN).id
    house.superuser.execute(change, [kept, document])
    work_on(house)
    assert rows(house, TOWN, subjects) == []


def test_a_mail_that_waits_is_sent_by_the_other_town_and_jobs_follow(house: House) -> None:
    case: CaseFacts = house.case(TOWN)
    into = house.tenant(INTO).id
    (mail,) = house.rows("SELECT id FROM mails WHERE case_id = %s AND state = 'queued'", case.id)[0]
    start(house)
    work_on(house)
    jobs = house.rows(
        "SELECT (args ->> 'tenant_id')::int FROM procrastinate_jobs WHERE args ->> 'mail_id' = %s", str(mail)
    )
    assert (into,) in jobs
    waiting = [tenant for tenant, name in house.jobs(case.id) if name != "cases.clear_away"]
    assert waiting
    assert set(waiting) == {into}


def test_nobody_moves_anything_but_the_job_of_a_merge(house: House, subjects: list[uuid.UUID]) -> None:
    town, into, beside = (house.tenant(slug).id for slug in (TOWN, INTO, BESIDE))
    contexts = [
        Context(ActorKind.JOB, into),
        Context(ActorKind.STAFF, into, staff_id=house.person(INTO).id),
        REGION,
    ]
    move = "SELECT definer.move_case(%s, %s, %s)"
    for context in contexts:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            _call(house, context, move, town, into, subjects[0])
    start(house)
    for context in (contexts[1], REGION, Context(ActorKind.JOB, town), Context(ActorKind.JOB, beside)):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            _call(house, context, move, town, into, subjects[0])
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        _call(house, Context(ActorKind.JOB, beside), move, town, beside, subjects[0])
    # Nor does what is the other town's own go anywhere on the way back.
    own = house.case(INTO)
    work_on(house)
    undo(house)
    _call(house, Context(ActorKind.JOB, town), move, into, town, own.id)
    assert house.value("SELECT tenant_id FROM cases WHERE id = %s", own.id) == into


def _call(house: House, context: Context, statement: str, *values: object) -> None:
    with house.acting(context) as session:
        driver = session.connection().connection.driver_connection
        assert driver is not None
        driver.execute(statement, values)


@pytest.mark.parametrize(
    ("town", "into", "words"),
    [
        (TOWN, TOWN, "zwei verschiedene"),
        ("landkreis-vechta", TOWN, "Landkreise"),
        (TOWN, "cloppenburg", "im selben Landkreis"),
        (TOWN, "dinklage", "braucht ein Portal"),
    ],
)
def test_what_cannot_be(house: House, town: str, into: str, words: str) -> None:
    with house.acting(REGION) as session:
        plan = plan_of(session, named_town(session, town), named_town(session, into))
    assert words in (plan.refusal or "")
    with pytest.raises(ConflictError), house.acting(REGION) as session:
        begin(session, REGION, town, into, (), (), clock.now(), None)


def test_two_steps_at_once_are_refused(house: House) -> None:
    start(house)
    with house.acting(REGION) as session:
        plan = plan_of(session, named_town(session, BESIDE), named_town(session, TOWN))
        assert "schon in einer anderen Kommune" in (plan.refusal or "")
        plan = plan_of(session, named_town(session, INTO), named_town(session, BESIDE))
        assert "Bestätigen Sie zuerst" in (plan.refusal or "")
    with pytest.raises(ConflictError), house.acting(REGION) as session:
        confirm(session, REGION, TOWN)
