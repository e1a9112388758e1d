"""The job: what becomes of a queued mail."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Callable, Mapping

import pytest
from sqlalchemy import select, update

from kreisportal.i18n import language_by_path
from kreisportal.jobs import Runtime
from kreisportal.jobs.running import Crew
from kreisportal.kernel import clock
from kreisportal.kernel.database import ActorKind, Context, Database
from kreisportal.kernel.errors import InvalidInputError, UnavailableError
from kreisportal.notifications.links import LINKS, LinksRegistry, ObsoleteMailError, QueuedMail
from kreisportal.notifications.models import Mail
from kreisportal.notifications.queries import troubled_mails
from kreisportal.notifications.sending import GIVE_UP_AFTER, MailWaitsError, send_mail
from kreisportal.notifications.service import SEND_MAIL, queue_mail
from tests.jobs.crews import forget_jobs, make_due, run, stored, tenant_id_of
from tests.notifications.letters import DATA
from tests.notifications.sink import PATIENCE, Sink

URL = "https://vechta.localhost/de/x"


@pytest.fixture(autouse=True)
def _links(crew: Crew, database: Database) -> None:
    """Links of tests instead of those of cases; no job is left from another test."""
    forget_jobs(database)
    links = LinksRegistry()
    for template in DATA:
        links.register_links(template, lambda runtime, tenant_id, mail: {"url": f"{URL}/{tenant_id}"})
    use(crew, links)


def use(crew: Crew, links: LinksRegistry) -> None:
    crew.runtime.parts[LINKS] = links  # type: ignore[index]


def queue(
    database: Database,
    tenant_id: int,
    template: str = "case_news",
    language: str = "de",
    case_id: uuid.UUID | None = None,
) -> uuid.UUID:
    visitor = Context(ActorKind.APPLICANT, tenant_id, subject_id=case_id or uuid.uuid4())
    with database.transaction(visitor) as session:
        return queue_mail(
            session, tenant_id, "erika@example.org", language, template, DATA[template], case_id
        )


def row(database: Database, tenant_id: int, mail_id: uuid.UUID) -> Mail:
    with database.transaction(Context(ActorKind.JOB, tenant_id)) as session:
        return session.scalars(select(Mail).where(Mail.id == mail_id)).one()


def test_a_mail_goes_out_after_the_commit_and_once(crew: Crew, database: Database, sink: Sink) -> None:
    vechta = tenant_id_of(database, "vechta")
    mail_id = queue(database, vechta)
    assert row(database, vechta, mail_id).state == "queued"
    run(crew)
    run(crew)
    send_mail(crew.runtime, vechta, mail_id)
    (mail,) = sink.taken
    text = mail.message.get_content()
    assert f"{URL}/{vechta}" in text
    assert "Stadt Vechta" in text
    assert mail.message["Subject"] == "Neues zu VEC-2026-000123: Hund anmelden"
    after = row(database, vechta, mail_id)
    assert (after.state, after.attempts, after.problem) == ("sent", 1, None)
    assert after.sent_at is not None
    (job,) = stored(database, SEND_MAIL)
    assert job["args"] == {"tenant_id": vechta, "mail_id": str(mail_id)}, "a job carries ids only"


def test_a_mail_is_gone_with_its_transaction(crew: Crew, database: Database, sink: Sink) -> None:
    with pytest.raises(RuntimeError), database.transaction(Context(ActorKind.STAFF, 1)) as session:
        queue_mail(session, 1, "erika@example.org", "de", "case_news", DATA["case_news"])
        raise RuntimeError
    run(crew)
    assert sink.taken == []


def test_each_town_writes_in_its_name_and_the_mails_language(
    crew: Crew, database: Database, sink: Sink
) -> None:
    towns = [tenant_id_of(database, slug) for slug in ("vechta", "cloppenburg", "vechta")]
    for town, language in zip(towns, ("de", "en", "de-simple"), strict=True):
        queue(database, town, language=language)
    run(crew)
    senders = [str(mail.message["From"].addresses[0].display_name) for mail in sink.taken]
    assert senders == ["Stadt Vechta", "Stadt Cloppenburg", "Stadt Vechta"]
    assert [mail.message["Content-Language"] for mail in sink.taken] == ["de", "en", "de-simple"]
    for town, mail in zip(towns, sink.taken, strict=True):
        text = mail.message.get_content()
        assert f"{URL}/{town}" in text
        assert ("Vechta" in text) is (town == towns[0])


def test_who_speaks_which_language_nobody_knows_is_written_to_in_both(
    crew: Crew, database: Database, sink: Sink
) -> None:
    links = LinksRegistry()
    links.register_links("mandate_invitation", lambda runtime, tenant_id, mail: {"url": f"/{mail.language}/"})
    use(crew, links)
    queue(database, tenant_id_of(database, "vechta"), "mandate_invitation", "en")
    run(crew)
    (mail,) = sink.taken
    german, english = str(mail.message["Subject"]).split(" / ")
    assert german.startswith("Jemand möchte") and english.startswith("Somebody")
    assert mail.message["Content-Language"] == "de, en"
    text, _, ways = mail.message.get_content().replace("\r", "").partition("\n-- \n")
    order = ("Guten Tag,", "\n/de/\n", "Freundliche Grüße", "* * *", "Hello,", "\n/en/\n", "Kind regards")
    places = [text.index(part) for part in order]
    assert places == sorted(places)
    assert ways.count("Stadt Vechta") == 1, "the sender stands there once"


@pytest.mark.parametrize(
    ("answer", "sink"),
    [("451 later", PATIENCE), ("recipient: 450 later", PATIENCE), ("stall", 2)],
    indirect=["sink"],
)
def test_what_is_put_off_goes_with_the_next_try(
    crew: Crew, database: Database, sink: Sink, answer: str
) -> None:
    sink.answers.append(answer)
    mail_id = queue(database, 1)
    run(crew)
    waiting = row(database, 1, mail_id)
    assert (waiting.state, waiting.attempts) == ("queued", 1)
    assert waiting.problem
    make_due(database)
    run(crew)
    assert len(sink.taken) == 1
    after = row(database, 1, mail_id)
    assert (after.state, after.attempts, after.problem) == ("sent", 2, None)


def test_a_connection_dropped_after_the_data_gives_the_same_mail_twice(
    crew: Crew, database: Database, sink: Sink
) -> None:
    sink.answers.append("drop")
    queue(database, 1)
    run(crew)
    make_due(database)
    run(crew)
    first, second = sink.taken
    assert first.message["Message-ID"] == second.message["Message-ID"]
    assert first.raw == second.raw


def test_a_refusal_is_a_bounce_with_the_servers_words(crew: Crew, database: Database, sink: Sink) -> None:
    sink.answers.append("recipient: 550 5.1.1 no such user")
    mail_id = queue(database, 1)
    run(crew)
    make_due(database)
    run(crew)
    after = row(database, 1, mail_id)
    assert (after.state, after.problem, after.attempts) == ("bounced", "550 5.1.1 no such user", 1)
    assert sink.taken == []


def test_after_days_a_mail_is_given_up(crew: Crew, database: Database, sink: Sink) -> None:
    mail_id = queue(database, 1)
    sink.answers += ["451 later", "451 later"]
    made = row(database, 1, mail_id).created_at
    with clock.frozen(made + GIVE_UP_AFTER - datetime.timedelta(minutes=1)), pytest.raises(MailWaitsError):
        send_mail(crew.runtime, 1, mail_id)
    with clock.frozen(made + GIVE_UP_AFTER + datetime.timedelta(minutes=1)):
        send_mail(crew.runtime, 1, mail_id)
    assert row(database, 1, mail_id).state == "failed"


def raising(error: Exception) -> Callable[[Runtime, int, QueuedMail], Mapping[str, str]]:
    def links(runtime: Runtime, tenant_id: int, mail: QueuedMail) -> Mapping[str, str]:
        raise error

    return links


def test_what_has_become_pointless_is_not_sent(crew: Crew, database: Database, sink: Sink) -> None:
    links = LinksRegistry()
    links.register_links("case_news", raising(ObsoleteMailError()))
    use(crew, links)
    case_id = uuid.uuid4()
    mail_id = queue(database, 1, case_id=case_id)
    send_mail(crew.runtime, 1, mail_id)
    after = row(database, 1, mail_id)
    assert (after.state, after.problem) == ("failed", "obsolete")
    assert sink.taken == []
    with database.transaction(Context(ActorKind.JOB, 1)) as session:
        assert troubled_mails(session, case_id) == [], "that is no trouble for anybody"


def test_a_missing_link_fails_the_mail(crew: Crew, database: Database, sink: Sink) -> None:
    use(crew, LinksRegistry())
    mail_id = queue(database, 1)
    send_mail(crew.runtime, 1, mail_id)
    after = row(database, 1, mail_id)
    assert (after.state, after.problem) == ("failed", "cannot be written: case_news")
    assert sink.taken == []


@pytest.mark.parametrize("error", [UnavailableError(), ValueError("a fault in the function")])
def test_when_the_links_cannot_be_had_now_the_mail_waits(
    crew: Crew, database: Database, error: Exception
) -> None:
    links = LinksRegistry()
    links.register_links("case_news", raising(error))
    use(crew, links)
    mail_id = queue(database, 1)
    with pytest.raises(type(error)):
        send_mail(crew.runtime, 1, mail_id)
    assert row(database, 1, mail_id).state == "queued"


def test_two_workers_do_not_send_the_same_mail(crew: Crew, database: Database, sink: Sink) -> None:
    mail_id = queue(database, 1)
    with database.transaction(Context(ActorKind.JOB, 1)) as session:
        session.scalars(select(Mail).where(Mail.id == mail_id).with_for_update()).one()
        run(crew)
    assert sink.taken == []
    make_due(database)
    run(crew)
    assert len(sink.taken) == 1


def test_another_tenants_mail_is_not_found(crew: Crew, database: Database, sink: Sink) -> None:
    mail_id = queue(database, 1)
    send_mail(crew.runtime, 2, mail_id)
    assert sink.taken == []


def test_an_address_that_became_unusable_bounces(crew: Crew, database: Database, sink: Sink) -> None:
    mail_id = queue(database, 1)
    with database.transaction(Context(ActorKind.JOB, 1)) as session:
        session.execute(
            update(Mail).where(Mail.id == mail_id).values(recipient="erika@example.org\nBcc: a@b.org")
        )
    send_mail(crew.runtime, 1, mail_id)
    assert row(database, 1, mail_id).state == "bounced"
    assert sink.taken == []


def test_what_cannot_be_queued(database: Database) -> None:
    with database.transaction(Context(ActorKind.STAFF, 1)) as session:
        with pytest.raises(InvalidInputError):
            queue_mail(session, 1, "erika@example.org\nBcc: x@example.org", "de", "case_news", {})
        with pytest.raises(ValueError, match="no mail template"):
            queue_mail(session, 1, "erika@example.org", "de", "../case_news", {})
        with pytest.raises(ValueError, match="no language"):
            queue_mail(session, 1, "erika@example.org", "fr", "case_news", {})
    assert language_by_path("fr") is None


def test_links_are_registered_once() -> None:
    links = LinksRegistry()
    links.register_links("case_news", raising(ValueError()))
    with pytest.raises(ValueError, match="already"):
        links.register_links("case_news", raising(ValueError()))
