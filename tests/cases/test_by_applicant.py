"""What an applicant does with a case: confirm the address, write, withdraw; and what the office is told of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from kreisportal.cases import by_applicant, work
from kreisportal.cases.errors import CaseClosedError
from kreisportal.kernel import clock
from kreisportal.kernel.errors import NotFoundError
from tests.cases.house import CaseFacts, House
from tests.cases.test_work import ACTS, column, do, whole

MORNING = datetime(2026, 12, 1, 8, tzinfo=UTC)


def write(
    house: House, case: CaseFacts, words: str = "Hier ist es.", documents: list[str] | None = None
) -> None:
    """Write to the office."""
    with house.acting(case.context) as session:
        by_applicant.answer(session, case.context, case.id, words, documents or [])


def confirm(house: House, case: CaseFacts) -> None:
    """Confirm the address."""
    with house.acting(case.context) as session:
        by_applicant.confirm_address(session, case.context, case.id)


def test_a_confirmed_address_gets_the_receipt_once(house: House, frozen: datetime) -> None:
    case = house.case()
    confirm(house, case)
    confirm(house, case)
    assert column(house, case, "email_confirmed_at") == frozen
    assert [event for event in house.events(case.id) if event[0] != "submitted"] == [
        ("address-confirmed", "applicant", True)
    ]
    assert house.mails(case.id) == [("confirm_address", case.email), ("application_received", case.email)]
    assert house.audit(case.id)[-1] == ("case.address-confirmed", "applicant")


def test_the_mail_that_asks_comes_again_but_not_without_end(house: House) -> None:
    case = house.case()
    answers = []
    for _ in range(4):
        with house.acting(case.context) as session:
            answers.append(by_applicant.ask_to_confirm(session, by_applicant.load(session, case.id)))
    # Three in an hour, and the first was sent with the application.
    assert answers == [True, True, False, False]
    assert house.mails(case.id) == [("confirm_address", case.email)] * 3


@pytest.mark.parametrize("confirmed", [True, False])
def test_nobody_is_asked_who_has_confirmed_or_has_no_address(house: House, confirmed: bool) -> None:
    case = house.case(confirmed=True) if confirmed else house.case(email=None)
    before = house.mails(case.id)
    with house.acting(case.context) as session:
        assert by_applicant.ask_to_confirm(session, by_applicant.load(session, case.id)) is False
    assert house.mails(case.id) == before


def test_a_message_is_an_event_and_the_office_is_told_once_until_it_has_looked(house: House) -> None:
    case = house.case()
    write(house, case, "Erstens.", ["d1"])
    write(house, case, "Zweitens.")
    query = (
        "SELECT content, data->'documents' FROM case_events WHERE case_id = %s AND kind = 'message'"
        " ORDER BY sequence"
    )
    assert house.rows(query, case.id) == [({"text": "Erstens."}, ["d1"]), ({"text": "Zweitens."}, [])]
    assert house.jobs(case.id).count((case.tenant.id, "cases.answered")) == 1
    assert column(house, case, "unread") is True
    do(house, house.staff(), case, work.mark_read)
    write(house, case, "Drittens.")
    assert house.jobs(case.id).count((case.tenant.id, "cases.answered")) == 2
    assert house.audit(case.id)[-1] == ("case.message", "applicant")
    assert whole(house, house.staff(), case)


@pytest.mark.parametrize(("taken", "state"), [(True, "in_progress"), (False, "new")])
def test_an_answer_ends_the_waiting_and_the_days_of_it_do_not_count(
    house: House, taken: bool, state: str
) -> None:
    worker = house.staff()
    with clock.frozen(MORNING):
        case = house.case()
        do(house, worker, case, ACTS["question"])
        if not taken:
            do(house, worker, case, lambda *who: work.hand_over(*who, None))
        due = column(house, case, "due_on")
    # Half past midnight on the region's clocks: the sixth day since.
    with clock.frozen(datetime(2026, 12, 6, 23, 30, tzinfo=UTC)):
        write(house, case)
    assert column(house, case, "state") == state
    assert column(house, case, "due_on") == due + timedelta(days=6)  # type: ignore[operator] # a day.


def test_a_message_that_nobody_asked_for_moves_no_date(house: House) -> None:
    with clock.frozen(MORNING):
        case = house.case()
        due = column(house, case, "due_on")
    with clock.frozen(MORNING + timedelta(days=3)):
        write(house, case)
    assert (column(house, case, "due_on"), column(house, case, "state")) == (due, "new")


def test_only_the_last_question_counts(house: House) -> None:
    worker = house.staff()
    with clock.frozen(MORNING):
        case = house.case()
        due = column(house, case, "due_on")
        do(house, worker, case, ACTS["question"])
    with clock.frozen(MORNING + timedelta(days=4)):
        do(house, worker, case, ACTS["question"])
    with clock.frozen(MORNING + timedelta(days=5)):
        write(house, case)
    assert column(house, case, "due_on") == due + timedelta(days=1)  # type: ignore[operator] # a day.


def test_what_is_withdrawn_is_over_and_kept_for_its_time(house: House, frozen: datetime) -> None:
    case = house.case()
    with house.acting(case.context) as session:
        by_applicant.withdraw(session, case.context, case.id, 30)
    row = house.rows("SELECT state, closed_at, delete_on, unread FROM cases WHERE id = %s", case.id)
    assert row == [("withdrawn", frozen, frozen.date() + timedelta(days=30), True)]
    assert house.events(case.id)[-1] == ("withdrawn", "applicant", True)
    assert house.audit(case.id)[-1] == ("case.withdrawn", "applicant")
    assert (case.tenant.id, "cases.withdrawn") in house.jobs(case.id)


@pytest.mark.parametrize("end", ["decided", "withdrawn"])
def test_a_closed_case_takes_neither_words_nor_withdrawal(house: House, end: str) -> None:
    case = house.case()
    if end == "decided":
        do(house, house.staff(), case, ACTS["decided"])
    else:
        with house.acting(case.context) as session:
            by_applicant.withdraw(session, case.context, case.id, 30)
    before = house.events(case.id)
    with pytest.raises(CaseClosedError):
        write(house, case)
    with pytest.raises(CaseClosedError), house.acting(case.context) as session:
        by_applicant.withdraw(session, case.context, case.id, 30)
    assert house.events(case.id) == before


def test_another_applicants_case_is_not_there(house: House) -> None:
    case, other = house.case(), house.case()
    for act in (
        lambda session: by_applicant.answer(session, other.context, case.id, "Hallo.", []),
        lambda session: by_applicant.withdraw(session, other.context, case.id, 30),
        lambda session: by_applicant.confirm_address(session, other.context, case.id),
    ):
        with pytest.raises(NotFoundError), house.acting(other.context) as session:
            act(session)
    assert house.events(case.id) == [("submitted", "applicant", True)]


def test_the_applicant_sees_the_public_events_only(house: House) -> None:
    from kreisportal.cases import queries

    case = house.case()
    for kind in ("note", "due", "question"):
        do(house, house.staff(), case, ACTS[kind])
    with house.acting(case.context) as session:
        assert [event.kind for event in queries.events(session, case.id)] == ["submitted", "question"]
