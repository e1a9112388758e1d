"""Sending: all or nothing, once however often, and nothing but the one mail that asks for a confirmation."""

from __future__ import annotations

import hashlib
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from kreisportal.cases import drafts, queries, submission
from kreisportal.cases.chain import canonical, holds
from kreisportal.cases.errors import DraftChangedError, DraftGoneError, DraftIncompleteError
from kreisportal.documents.receipts import Verified
from kreisportal.kernel import clock
from kreisportal.kernel.database import ActorKind, Context
from kreisportal.kernel.ids import derived_token, digest
from kreisportal.notifications.limits import may_mail
from kreisportal.tenancy.public_holidays import working_day
from tests.cases.house import CONTENT, DraftFacts, House
from tests.documents.samples import image

STEPS = ("next_number", "_receipt", "_add", "_bind_documents", "confirmation", "add_together", "defer")


def everything(house: House, draft: DraftFacts) -> list[Any]:
    """All that there is of a draft or case, and of its town's counts."""
    case = draft.id
    limits = "SELECT key, hits FROM rate_limits WHERE key LIKE %s ORDER BY key"
    mailbox = hashlib.sha256(draft.email.encode()).hexdigest()
    return [
        house.rows("SELECT revision, answers FROM drafts WHERE id = %s", case),
        house.rows("SELECT number FROM cases WHERE id = %s", case),
        house.events(case),
        house.audit(case),
        house.mails(case),
        house.jobs(case),
        house.rows(
            "SELECT draft_id, case_id FROM documents WHERE id = ANY(%s) ORDER BY id", list(draft.files)
        ),
        house.rows("SELECT last FROM case_numbers WHERE tenant_id = %s", draft.tenant.id),
        house.rows(limits, f"%{mailbox}%"),
    ]


def test_a_draft_becomes_a_case(house: House, frozen: datetime) -> None:
    draft = house.draft(files=2)
    sent = house.send(draft)
    assert (sent.id, sent.again) == (draft.id, False)
    row = house.rows(
        "SELECT number, state, email, email_confirmed_at, received_at, due_on, applicant_name, language, via_tenant_id"
        " FROM cases WHERE id = %s",
        draft.id,
    )
    # Vechta takes seven days.
    due = frozen.date() + timedelta(days=7)
    name = "Änne Łucja Beispiel-Øster"
    assert row == [(sent.number, "new", draft.email, None, frozen, due, name, "de", draft.tenant.id)]
    assert house.rows("SELECT 1 FROM drafts WHERE id = %s", draft.id) == []
    assert house.events(draft.id) == [("submitted", "applicant", True)]
    assert house.audit(draft.id) == [("case.submitted", "applicant")]
    bound = house.rows("SELECT draft_id, case_id FROM documents WHERE id = ANY(%s)", list(draft.files))
    assert bound == [(None, draft.id)] * 2
    assert house.jobs(draft.id) == [(draft.tenant.id, "cases.tell_staff")]


def test_numbers_are_those_of_the_year_on_the_regions_clocks(house: House) -> None:
    # In Berlin it is the new year already.
    with clock.frozen(datetime(2027, 12, 31, 23, 30, tzinfo=UTC)):
        assert house.send(house.draft("bakum")).number.startswith("BAK-2028-00001-")


def test_the_chain_begins_with_what_was_sent(house: House) -> None:
    case = house.case()
    with house.acting(Context(ActorKind.JOB, case.tenant.id)) as session:
        row = queries.case(session, case.id)
        chain = queries.chain_of(session, case.id)
    assert row is not None
    assert holds(chain, row.last_hash)
    assert [(event.kind, dict(event.data), event.content) for event in chain] == [
        ("submitted", {"via": case.tenant.id, "identity": {"level": "none"}}, {"answers": row.answers})
    ]


@pytest.mark.parametrize("step", STEPS)
def test_an_error_after_any_step_leaves_nothing(
    house: House, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    draft = house.draft(files=1)
    before = everything(house, draft)
    real = getattr(submission, step)

    def failing(*arguments: Any, **named: Any) -> Any:
        real(*arguments, **named)
        raise RuntimeError(step)

    monkeypatch.setattr(submission, step, failing)
    with pytest.raises(RuntimeError, match=step):
        house.send(draft)
    assert everything(house, draft) == before
    monkeypatch.undo()
    assert not house.send(draft).again


def test_an_error_at_the_commit_leaves_nothing(house: House) -> None:
    draft = house.draft(files=1)
    before = everything(house, draft)
    with pytest.raises(RuntimeError), house.acting(draft.context) as session:
        house.submit(session, draft)
        raise RuntimeError
    assert everything(house, draft) == before


def test_sent_again_it_is_the_same_case(house: House) -> None:
    draft = house.draft(files=1)
    first = house.send(draft)
    after = everything(house, draft)
    second = house.send(draft)
    assert (second.id, second.number, second.again) == (first.id, first.number, True)
    assert everything(house, draft) == after


def test_sent_again_with_other_answers_it_is_refused(house: House) -> None:
    draft = house.draft()
    house.send(draft)
    with pytest.raises(DraftChangedError):
        house.send(draft, draft.revision + 1)


def test_two_at_once_are_one_case(house: House) -> None:
    draft = house.draft()
    begun, may_end = threading.Event(), threading.Event()

    def slow() -> submission.Sent:
        with house.acting(draft.context) as session:
            sent = house.submit(session, draft)
            begun.set()
            assert may_end.wait(20)
            return sent

    def impatient() -> submission.Sent:
        with house.acting(draft.context) as session:
            # As the view does: it has looked at the draft before it sends it.
            assert queries.draft(session, draft.id) is not None
            may_end.set()
            return house.submit(session, draft)

    with ThreadPoolExecutor(2) as people:
        first = people.submit(slow)
        assert begun.wait(20)
        second = people.submit(impatient)
        numbers = {first.result(20).number, second.result(20).number}
    assert len(numbers) == 1
    assert len(house.mails(draft.id)) == 1


def test_answers_that_were_changed_since_the_review_are_looked_at_again(house: House) -> None:
    draft = house.draft()
    with house.acting(draft.context) as session:
        row = drafts.load(session, draft.id)
        drafts.save(session, row, {**row.answers, "dogs": 3}, "de")
    with pytest.raises(DraftChangedError):
        house.send(draft)
    assert house.rows("SELECT 1 FROM cases WHERE id = %s", draft.id) == []


def test_answers_that_change_while_it_waits_are_noticed(house: House) -> None:
    draft = house.draft()
    with house.acting(draft.context) as early:
        assert queries.draft(early, draft.id) is not None
        with house.acting(draft.context) as other:
            row = drafts.load(other, draft.id)
            drafts.save(other, row, {**row.answers, "dogs": 3}, "de")
        # The row that was read before the change must not be believed.
        with pytest.raises(DraftChangedError):
            house.submit(early, draft)


def test_what_is_missing_is_named_by_its_step(house: House) -> None:
    draft = house.draft()
    with house.acting(draft.context) as session:
        row = drafts.load(session, draft.id)
        drafts.save(session, row, {key: row.answers[key] for key in row.answers if key != "breed"}, "de")
        revision = row.revision
    with pytest.raises(DraftIncompleteError) as error:
        house.send(draft, revision)
    assert error.value.step == "dog"


def test_a_draft_that_has_expired_is_gone(house: House) -> None:
    draft = house.draft()
    with clock.frozen(clock.now() + drafts.LIFETIME), pytest.raises(DraftGoneError):
        house.send(draft)


def test_nobody_elses_draft_can_be_sent(house: House) -> None:
    draft, other = house.draft(), house.draft()
    with house.acting(other.context) as session, pytest.raises(DraftGoneError):
        house.submit(session, draft)


def test_answers_that_do_not_apply_any_more_are_not_sent(house: House) -> None:
    draft = house.draft()
    with house.acting(draft.context) as session:
        row = drafts.load(session, draft.id)
        drafts.save(session, row, {**row.answers, "former_place": "Bakum", "unknown": 1}, "de")
        revision = row.revision
    house.send(draft, revision)
    answers = house.value("SELECT answers FROM cases WHERE id = %s", draft.id)
    assert {"former_place", "unknown"} & set(answers) == set()


def test_files_that_were_taken_out_again_are_neither_kept_nor_signed(house: House) -> None:
    draft = house.draft(files=1)
    with house.acting(draft.context) as session:
        left = house.upload(session, drafts.load(session, draft.id), "verworfen.png", image("PNG"))
    house.send(draft)
    rows = house.rows("SELECT id FROM documents WHERE draft_id = %s OR case_id = %s", draft.id, draft.id)
    assert rows == [(draft.files[0],)]
    assert house.rows("SELECT 1 FROM documents WHERE id = %s", left) == []
    assert receipt_of(house, draft).content.documents == (hashlib.sha256(CONTENT).hexdigest(),)


def test_files_of_a_question_that_is_not_asked_any_more_stay_behind(house: House) -> None:
    draft = house.draft(files=1)
    with house.acting(draft.context) as session:
        row = drafts.load(session, draft.id)
        drafts.save(session, row, {key: row.answers[key] for key in row.answers if key != "relief"}, "de")
        revision = row.revision
    house.send(draft, revision)
    assert house.rows("SELECT 1 FROM documents WHERE id = ANY(%s)", list(draft.files)) == []
    assert receipt_of(house, draft).content.documents == ()


def receipt_of(house: House, draft: DraftFacts) -> Verified:
    """The case's receipt, as anyone may check it."""
    found = house.program.receipt_keys.verify(
        house.value("SELECT receipt FROM cases WHERE id = %s", draft.id)
    )
    assert isinstance(found, Verified)
    return found


def test_the_receipt_is_about_just_this(house: House, frozen: datetime) -> None:
    draft = house.draft(files=2)
    sent = house.send(draft)
    content = receipt_of(house, draft).content
    version, form = house.form()
    assert (content.tenant, content.tenant_name, content.number) == ("vechta", "Stadt Vechta", sent.number)
    assert (content.received_at, content.service, content.form_version) == (frozen, "hund-anmelden", version)
    assert content.form_sha256 == form.digest()
    answers = house.value("SELECT answers FROM cases WHERE id = %s", draft.id)
    salt = derived_token(house.program.settings.secret_key, "receipt", draft.id).encode()
    assert content.answers_digest == hashlib.sha256(salt + canonical(answers)).hexdigest()
    assert content.documents == (hashlib.sha256(CONTENT).hexdigest(),) * 2


def test_a_guest_gets_one_mail_and_it_only_asks_for_a_confirmation(house: House) -> None:
    draft = house.draft()
    house.send(draft)
    assert house.mails(draft.id) == [("confirm_address", draft.email)]


def test_who_gives_no_address_gets_no_mail(house: House) -> None:
    draft = house.draft(email=None)
    house.send(draft)
    assert house.mails(draft.id) == []
    assert house.rows("SELECT email, confirm_digest FROM cases WHERE id = %s", draft.id) == [(None, None)]


@pytest.mark.parametrize("typed", ["anne@müller-post.example", "Anne@POST.Example"])
def test_the_link_in_the_mail_confirms_the_address_however_it_was_written(house: House, typed: str) -> None:
    draft = house.draft(email=typed)
    house.send(draft)
    ((_, recipient),) = house.mails(draft.id)
    token = submission.confirm_token_of(house.program.settings.secret_key, draft.id, recipient)
    assert house.value("SELECT confirm_digest FROM cases WHERE id = %s", draft.id) == digest(token)
    assert house.value("SELECT email FROM cases WHERE id = %s", draft.id) == recipient


def test_an_address_that_no_mail_can_be_written_to_does_not_stop_it(house: House) -> None:
    draft = house.draft(email=None)
    with house.acting(draft.context) as session:
        row = drafts.load(session, draft.id)
        # As an older program may have let through.
        drafts.save(session, row, {**row.answers, "email": '"anne"@post.example'}, "de")
        revision = row.revision
    assert house.send(draft, revision).number
    assert house.mails(draft.id) == []


def test_too_many_mails_to_an_address_do_not_stop_it(house: House) -> None:
    draft = house.draft()
    with house.acting(draft.context) as session:
        while may_mail(session, draft.tenant.id, draft.email, "confirm"):
            pass
    assert house.send(draft).number
    assert house.mails(draft.id) == []
    assert house.jobs(draft.id) == [(draft.tenant.id, "cases.tell_staff")]


def test_filed_through_another_portal_it_belongs_to_who_is_responsible(house: House) -> None:
    draft = house.draft("bakum", via="vechta")
    assert house.send(draft).number.startswith("BAK-")
    rows = house.rows("SELECT tenant_id, via_tenant_id FROM cases WHERE id = %s", draft.id)
    assert rows == [(house.tenant("bakum").id, house.tenant("vechta").id)]


def test_the_language_of_the_review_is_that_of_the_mails(house: House) -> None:
    draft = house.draft()
    with house.acting(draft.context) as session:
        submission.submit(
            session,
            draft.context,
            draft.id,
            draft.revision,
            lambda _: submission.Brought(
                house.form()[1],
                submission.Office(draft.tenant.id, "VEC", "vechta", "Stadt Vechta", "Berlin", None),
            ),
            submission.Keys(house.program.settings.secret_key, house.program.receipt_keys),
            "en",
        )
    assert house.value("SELECT language FROM cases WHERE id = %s", draft.id) == "en"
    assert house.value("SELECT language FROM mails WHERE case_id = %s", draft.id) == "en"
    # An office that says nothing is given two weeks.
    due = house.value("SELECT due_on FROM cases WHERE id = %s", draft.id)
    assert due == working_day(clock.today() + timedelta(days=14), "Berlin")


def test_a_term_ends_by_the_holidays_of_the_offices_land(house: House) -> None:
    """The eighth of March is a holiday in Berlin, and not in Lower Saxony."""
    keys = submission.Keys(house.program.settings.secret_key, house.program.receipt_keys)
    ends = {}
    for state in ("Berlin", "Niedersachsen"):
        office = submission.Office(house.tenant("vechta").id, "VEC", "vechta", "Stadt Vechta", state, 14)
        brought = submission.Brought(house.form()[1], office)
        with clock.frozen(datetime(2027, 2, 22, 10, tzinfo=UTC)):
            draft = house.draft()
            with house.acting(draft.context) as session:
                submission.submit(
                    session, draft.context, draft.id, draft.revision, lambda _, it=brought: it, keys, "de"
                )
        ends[state] = house.value("SELECT due_on FROM cases WHERE id = %s", draft.id)
    assert ends == {"Berlin": date(2027, 3, 9), "Niedersachsen": date(2027, 3, 8)}
