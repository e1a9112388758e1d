"""What staff do with a case: each act is one event and one audit entry, at the own town, while it is open."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from kreisportal.access.roles import Role
from kreisportal.cases import by_applicant, queries, work
from kreisportal.cases.chain import holds
from kreisportal.cases.errors import CaseChangedError, CaseClosedError
from kreisportal.cases.status import CaseState
from kreisportal.kernel import clock
from kreisportal.kernel.database import Context
from kreisportal.kernel.errors import NotFoundError
from tests.cases.house import CaseFacts, House

Act = Callable[[Session, Context, uuid.UUID], object]

DUE = datetime.date(2031, 5, 2)
ACTS: dict[str, Act] = {
    "taken": work.take,
    "handed-over": lambda session, context, case: work.hand_over(session, context, case, context.staff_id),
    "note": lambda session, context, case: work.note(session, context, case, "Nur für uns."),
    "question": lambda session, context, case: work.ask(session, context, case, "Welche Rasse?"),
    "state": lambda session, context, case: work.set_state(session, context, case, CaseState.IN_PROGRESS),
    "due": lambda session, context, case: work.set_due(session, context, case, DUE),
    "decided": lambda session, context, case: work.decide(session, context, case, "granted", "Ja.", [], 90),
}
INTERNAL = {"handed-over", "note", "due"}
STATES = {
    "taken": "in_progress",
    "handed-over": "in_progress",
    "question": "waiting",
    "state": "in_progress",
    "decided": "decided",
}


def do(house: House, context: Context, case: CaseFacts, act: Act) -> None:
    """Do something to a case in a transaction of its own."""
    with house.acting(context) as session:
        act(session, context, case.id)


def column(house: House, case: CaseFacts, name: str, slug: str = "vechta") -> object:
    """A column of a case's row at a town."""
    return house.value(
        f"SELECT {name} FROM cases WHERE id = %s AND tenant_id = %s", case.id, house.tenant(slug).id
    )


def whole(house: House, context: Context, case: CaseFacts) -> bool:
    """Whether the case's chain holds up to the event that the case knows as its newest."""
    with house.acting(context) as session:
        row = work.load(session, case.id)
        return holds(queries.chain_of(session, case.id), row.last_hash) and row.events == len(
            house.events(case.id, case.tenant.id)
        )


@pytest.mark.parametrize("kind", ACTS)
def test_every_act_is_an_event_of_its_person_and_in_the_audit(house: House, kind: str) -> None:
    case, worker = house.case(), house.staff()
    do(house, worker, case, ACTS[kind])
    assert house.events(case.id)[1:] == [(kind, "staff", kind not in INTERNAL)]
    assert house.audit(case.id)[1:] == [(f"case.{kind}", "staff")]
    for table, which in (
        ("case_events", "case_id = %s AND sequence = 2"),
        ("audit_entries", "subject_id = %s::text AND staff_id IS NOT NULL"),
    ):
        assert house.value(f"SELECT staff_id FROM {table} WHERE {which}", case.id) == worker.staff_id
    assert column(house, case, "state") == STATES.get(kind, "new")
    assert whole(house, worker, case)


@pytest.mark.parametrize("kind", [*ACTS, "read"])
def test_the_staff_of_another_town_find_no_such_case(house: House, kind: str) -> None:
    case, stranger = house.case(), house.staff("cloppenburg")
    before = house.rows("SELECT * FROM cases WHERE id = %s", case.id)
    with pytest.raises(NotFoundError):
        do(house, stranger, case, ACTS.get(kind, work.mark_read))
    assert house.rows("SELECT * FROM cases WHERE id = %s", case.id) == before
    assert house.events(case.id) == [("submitted", "applicant", True)]


@pytest.mark.parametrize("kind", [kind for kind in ACTS if kind != "note"])
@pytest.mark.parametrize("end", ["decided", "withdrawn"])
def test_a_closed_case_takes_nothing_but_notes(house: House, kind: str, end: str) -> None:
    case, worker = house.case(), house.staff()
    if end == "decided":
        do(house, worker, case, ACTS["decided"])
    else:
        with house.acting(case.context) as session:
            by_applicant.withdraw(session, case.context, case.id, 30)
    with pytest.raises(CaseClosedError):
        do(house, worker, case, ACTS[kind])
    do(house, worker, case, ACTS["note"])
    assert [event[0] for event in house.events(case.id)] == ["submitted", end, "note"]
    assert column(house, case, "state") == end


def test_taking_a_case_makes_it_ones_own(house: House) -> None:
    case, first, second = house.case(), house.staff(), house.staff()
    do(house, first, case, work.take)
    assert column(house, case, "assignee_id") == first.staff_id
    do(house, second, case, work.take)
    assert column(house, case, "assignee_id") == second.staff_id


def test_a_case_is_handed_to_a_colleague_and_back_into_the_inbox(house: House) -> None:
    case, worker, colleague = house.case(), house.staff(), house.person()
    with house.acting(worker) as session:
        work.hand_over(session, worker, case.id, colleague.id)
    assert (column(house, case, "assignee_id"), column(house, case, "state")) == (
        colleague.id,
        "in_progress",
    )
    # Where it is already, it stays without a word in its history.
    for _ in range(2):
        do(house, worker, case, lambda *who: work.hand_over(*who, None))
    assert (column(house, case, "assignee_id"), column(house, case, "state")) == (None, "new")
    told = house.rows("SELECT data->>'to' FROM case_events WHERE case_id = %s AND sequence > 1", case.id)
    assert told == [(str(colleague.id),), (None,)]


def test_a_case_that_waits_goes_on_waiting_whoever_has_it(house: House) -> None:
    case, worker = house.case(), house.staff()
    do(house, worker, case, ACTS["question"])
    do(house, worker, case, ACTS["handed-over"])
    assert column(house, case, "state") == "waiting"


def test_a_case_is_handed_to_nobody_else_than_this_towns_active_caseworkers(house: House) -> None:
    case, worker = house.case(), house.staff()
    admin, stranger, gone = house.person(), house.person("cloppenburg"), house.person()
    house.rows("UPDATE staff SET roles = %s WHERE id = %s RETURNING 1", [Role.TENANT_ADMIN.value], admin.id)
    house.rows("UPDATE staff SET active = false WHERE id = %s RETURNING 1", gone.id)
    for person in (admin, stranger, gone):
        with pytest.raises(NotFoundError), house.acting(worker) as session:
            work.hand_over(session, worker, case.id, person.id)
    with pytest.raises(NotFoundError), house.acting(worker) as session:
        work.hand_over(session, worker, case.id, uuid.uuid4())
    assert column(house, case, "assignee_id") is None


@pytest.mark.parametrize("state", [state for state in CaseState if state not in work.SETTABLE])
def test_only_two_states_are_set_by_hand(house: House, state: CaseState) -> None:
    case, worker = house.case(), house.staff()
    with pytest.raises(CaseClosedError), house.acting(worker) as session:
        work.set_state(session, worker, case.id, state)
    assert column(house, case, "state") == "new"


def test_the_words_are_kept_with_the_event_and_nowhere_else(house: House) -> None:
    case, worker = house.case(), house.staff()
    do(house, worker, case, ACTS["note"])
    do(house, worker, case, ACTS["question"])
    rows = house.rows(
        "SELECT kind, content FROM case_events WHERE case_id = %s AND sequence > 1 ORDER BY sequence", case.id
    )
    assert rows == [("note", {"text": "Nur für uns."}), ("question", {"text": "Welche Rasse?"})]
    kept = house.value(
        "SELECT string_agg(data::text, '') FROM audit_entries WHERE subject_id = %s::text", case.id
    )
    assert "Rasse" not in kept
    assert "uns" not in kept


def test_who_asks_has_the_case_unless_another_has(house: House) -> None:
    case, first, second = house.case(), house.staff(), house.staff()
    do(house, first, case, ACTS["question"])
    do(house, second, case, ACTS["question"])
    assert column(house, case, "assignee_id") == first.staff_id


@pytest.mark.parametrize(("kind", "template"), [("question", "case_news"), ("decided", "case_decided")])
def test_a_question_and_a_decision_are_mailed_to_a_confirmed_address_only(
    house: House, kind: str, template: str
) -> None:
    worker = house.staff()
    known, unknown = house.case(confirmed=True), house.case()
    before = house.mails(known.id)
    do(house, worker, known, ACTS[kind])
    do(house, worker, unknown, ACTS[kind])
    assert house.mails(known.id) == [*before, (template, known.email)]
    assert house.mails(unknown.id) == [("confirm_address", unknown.email)]
    data = house.value("SELECT data FROM mails WHERE case_id = %s AND template = %s", known.id, template)
    assert data == {}


@pytest.mark.parametrize("kind", sorted(set(ACTS) - {"question", "decided"}))
def test_what_the_office_does_among_itself_is_not_mailed(house: House, kind: str) -> None:
    case = house.case(confirmed=True)
    before = house.mails(case.id)
    do(house, house.staff(), case, ACTS[kind])
    assert house.mails(case.id) == before


def test_a_decision_is_kept_with_all_that_its_letter_needs(house: House, frozen: datetime.datetime) -> None:
    case, worker = house.case(), house.staff()
    remedies = {"de": "Widerspruch …", "en": "Objection …"}
    with house.acting(worker) as session:
        work.decide(
            session, worker, case.id, "refused", "Nein.", ["d1"], 90, signed="Erika Muster", remedies=remedies
        )
    row = house.rows("SELECT decided_at, closed_at, delete_on, assignee_id FROM cases WHERE id = %s", case.id)
    assert row == [(frozen, frozen, frozen.date() + datetime.timedelta(days=90), worker.staff_id)]
    kept = house.rows(
        "SELECT data, content FROM case_events WHERE case_id = %s AND kind = 'decided'", case.id
    )
    assert kept == [
        (
            {"outcome": "refused", "documents": ["d1"], "state": "decided"},
            {"text": "Nein.", "signed": "Erika Muster", "remedies": remedies},
        )
    ]


def test_another_due_date_is_kept(house: House) -> None:
    case = house.case()
    do(house, house.staff(), case, ACTS["due"])
    assert column(house, case, "due_on") == DUE


def test_reading_is_said_once(house: House) -> None:
    case, worker = house.case(), house.staff()
    with house.acting(case.context) as session:
        by_applicant.answer(session, case.context, case.id, "Noch etwas.", [])
    do(house, worker, case, work.mark_read)
    do(house, worker, case, work.mark_read)
    assert column(house, case, "unread") is False
    assert [event[0] for event in house.events(case.id)] == ["submitted", "message", "read"]


@pytest.mark.parametrize("kind", ACTS)
def test_whoever_does_something_has_seen_what_the_applicant_wrote(house: House, kind: str) -> None:
    case, worker = house.case(), house.staff()
    with house.acting(case.context) as session:
        by_applicant.answer(session, case.context, case.id, "Noch etwas.", [])
    assert column(house, case, "unread") is True
    do(house, worker, case, ACTS[kind])
    assert column(house, case, "unread") is False


def test_what_happened_since_the_page_was_shown_is_noticed_if_it_matters(house: House) -> None:
    case, worker = house.case(), house.staff()
    for act in (ACTS["note"], ACTS["due"]):
        do(house, worker, case, act)
    with house.acting(worker) as session:
        work.check_seen(session, case.id, 1)
    do(house, worker, case, ACTS["question"])
    with house.acting(worker) as session:
        work.check_seen(session, case.id, 4)
    with pytest.raises(CaseChangedError), house.acting(worker) as session:
        work.check_seen(session, case.id, 3)


def test_the_clock_says_when(house: House) -> None:
    case, worker = house.case(), house.staff()
    moment = datetime.datetime(2026, 12, 3, 8, 30, 0, 123456, tzinfo=datetime.UTC)
    with clock.frozen(moment):
        do(house, worker, case, ACTS["note"])
    assert house.value("SELECT max(at) FROM case_events WHERE case_id = %s", case.id) == moment
