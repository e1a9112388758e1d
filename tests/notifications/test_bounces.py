"""Mails that come back."""

from __future__ import annotations

import uuid
from email.message import EmailMessage

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update

from kreisportal.cli import commands
from kreisportal.kernel.database import ActorKind, Context, Database
from kreisportal.notifications.bounces import Bounce, read_bounce
from kreisportal.notifications.message import MailIdentity
from kreisportal.notifications.models import Mail
from kreisportal.notifications.service import queue_mail
from tests.jobs.crews import tenant_id_of
from tests.support.server import DatabaseCopy

IDENTITY = MailIdentity(3, uuid.UUID("11111111-2222-4333-8444-555555555555"))
SAID = "smtp; 550 5.1.1 <erika@example.org>:\r\n Recipient address rejected"


def notification(
    identity: MailIdentity = IDENTITY,
    *,
    action: str = "failed",
    envelope_id: bool = True,
    returned: str = "headers",
) -> bytes:
    """A notification as mail servers write it (RFC 3462, RFC 3464)."""
    headers = (
        f"From: portal@stadt-vechta.example\r\nMessage-ID: <{identity.envelope_id}@stadt-vechta.example>\r\n"
    )
    original = f"Original-Envelope-Id: {identity.envelope_id}\r\n" if envelope_id else ""
    parts = [
        ("text/plain", "I could not deliver your mail.\r\n"),
        (
            "message/delivery-status",
            f"Reporting-MTA: dns; mail.example\r\n{original}\r\n"
            f"Final-Recipient: rfc822; erika@example.org\r\nAction: {action}\r\nStatus: 5.1.1\r\n"
            f"Diagnostic-Code: {SAID}\r\n",
        ),
    ]
    if returned == "headers":
        parts.append(("text/rfc822-headers", headers))
    elif returned == "message":
        parts.append(("message/rfc822", f"{headers}Subject: x\r\n\r\nText\r\n"))
    lines = [
        "From: MAILER-DAEMON@mail.example\r\nTo: portal@stadt-vechta.example\r\nMessage-ID: <own@mail.example>\r\n"
        'MIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
    ]
    lines += [f"--b\r\nContent-Type: {kind}\r\n\r\n{content}\r\n" for kind, content in parts]
    return ("".join(lines) + "--b--\r\n").encode()


@pytest.mark.parametrize(
    ("envelope_id", "returned"), [(True, "none"), (False, "headers"), (False, "message"), (True, "message")]
)
def test_the_mail_is_found(envelope_id: bool, returned: str) -> None:
    bounce = read_bounce(notification(envelope_id=envelope_id, returned=returned))
    assert bounce == Bounce(IDENTITY, "5.1.1 550 5.1.1 <erika@example.org>: Recipient address rejected")


@pytest.mark.parametrize("action", ["delayed", "delivered", "relayed", "expanded", ""])
def test_only_a_failure_is_a_bounce(action: str) -> None:
    assert read_bounce(notification(action=action)) is None


def test_an_answer_or_another_programs_bounce_is_none() -> None:
    answer = EmailMessage()
    answer["In-Reply-To"] = f"<{IDENTITY.envelope_id}@stadt-vechta.example>"
    answer["Message-ID"] = f"<{IDENTITY.envelope_id}@stadt-vechta.example>"
    answer.set_content("Action: failed")
    assert read_bounce(answer.as_bytes()) is None
    assert read_bounce(notification(envelope_id=False, returned="none")) is None


@given(st.binary(max_size=2000) | st.binary(max_size=200).map(lambda junk: notification()[:400] + junk))
def test_junk_is_no_bounce_and_no_error(raw: bytes) -> None:
    read_bounce(raw)


@pytest.fixture
def bounce_command(region: DatabaseCopy, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    monkeypatch.setenv("DATABASE_URL", region.url())
    return CliRunner()


def call(runner: CliRunner, raw: bytes) -> Result:
    return runner.invoke(commands, ["mail", "bounce"], input=raw)


def sent_mail(database: Database, tenant_id: int) -> uuid.UUID:
    with database.transaction(Context(ActorKind.JOB, tenant_id)) as session:
        mail_id = queue_mail(
            session, tenant_id, "erika@example.org", "de", "case_news", {"number": "X", "service": "Hund"}
        )
        session.execute(update(Mail).where(Mail.id == mail_id).values(state="sent"))
    return mail_id


def state(database: Database, tenant_id: int, mail_id: uuid.UUID) -> tuple[str, str | None]:
    with database.transaction(Context(ActorKind.JOB, tenant_id)) as session:
        found = session.execute(select(Mail.state, Mail.problem).where(Mail.id == mail_id)).one()
        return found.state, found.problem


def test_the_command_marks_the_mail(database: Database, bounce_command: CliRunner) -> None:
    vechta = tenant_id_of(database, "vechta")
    mail_id, other_id = sent_mail(database, vechta), sent_mail(database, vechta)
    result = call(bounce_command, notification(MailIdentity(vechta, mail_id)))
    assert result.exit_code == 0, result.output
    assert state(database, vechta, mail_id)[0] == "bounced"
    assert "Recipient address rejected" in str(state(database, vechta, mail_id)[1])
    assert state(database, vechta, other_id) == ("sent", None)


def test_a_bounce_that_names_another_tenant_changes_nothing(
    database: Database, bounce_command: CliRunner
) -> None:
    vechta, cloppenburg = tenant_id_of(database, "vechta"), tenant_id_of(database, "cloppenburg")
    mail_id = sent_mail(database, vechta)
    result = call(bounce_command, notification(MailIdentity(cloppenburg, mail_id)))
    assert (result.exit_code, "not known" in result.output) == (0, True)
    assert state(database, vechta, mail_id) == ("sent", None)


def test_what_is_no_bounce_is_passed_over(bounce_command: CliRunner) -> None:
    result = call(bounce_command, b"Subject: Hello\r\n\r\nHow are you?")
    assert result.exit_code == 0


def test_the_mail_server_is_asked_to_call_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://kreisportal_app@/none?host=/nowhere")
    assert call(CliRunner(), notification()).exit_code == 75
