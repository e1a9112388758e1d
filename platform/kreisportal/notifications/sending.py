"""The job that sends a mail.

A mail cannot be sent exactly once: the state ``sent`` is written after the server's 250, so a crash between
both sends the mail again, with the same Message-ID, by which mail programs tell the second from a new one. None is lost.
"""

from __future__ import annotations

import datetime
import logging
import uuid
from collections.abc import Mapping
from functools import reduce

from jinja2 import TemplateError
from sqlalchemy import select
from sqlalchemy.orm import Session

from kreisportal.i18n import DEFAULT_LANGUAGE, Language, language_by_path, speaking
from kreisportal.i18n.languages import ENGLISH, GERMAN
from kreisportal.jobs import JobRegistry, Runtime
from kreisportal.jobs.failures import describe
from kreisportal.jobs.retry import GrowingDelay
from kreisportal.kernel import clock
from kreisportal.kernel.errors import InvalidInputError, KreisportalError
from kreisportal.notifications.addresses import check_address
from kreisportal.notifications.letter import values_of_tenant
from kreisportal.notifications.links import LINKS, ObsoleteMailError, QueuedMail
from kreisportal.notifications.mailer import MAILER, DelayedError, RefusedError
from kreisportal.notifications.message import MailIdentity, build_message
from kreisportal.notifications.models import OBSOLETE, Mail
from kreisportal.notifications.rendering import Rendered, render, together
from kreisportal.notifications.service import FORGOTTEN_ONCE_SENT, SEND_MAIL, TO_STRANGERS
from kreisportal.tenancy.profile import definition_of
from kreisportal.tenancy.queries import load_records
from kreisportal.tenancy.registry import TenantRecord

GIVE_UP_AFTER = datetime.timedelta(days=5)
"""How long a server may be away before a mail counts as failed (RFC 5321 4.5.4.1 asks for four to five days)."""

_RETRY = GrowingDelay(first=15, longest=1800, attempts=300)
_LONGEST_PROBLEM = 500
_log = logging.getLogger(__name__)


class MailWaitsError(KreisportalError):
    """The mail could not be handed over; the job is tried again."""

    code = "mail-waits"


class UnwritableError(KreisportalError):
    """Template and data do not fit together: a fault of the program, which trying again does not mend."""

    code = "mail-unwritable"


def register(registry: JobRegistry) -> None:
    """Let the worker send mails."""
    registry.register(SEND_MAIL, send_mail, retry=_RETRY)


def send_mail(runtime: Runtime, tenant_id: int, mail_id: uuid.UUID) -> None:
    """Send a queued mail and write down what became of it. Raises ``MailWaitsError`` to be called again.

    A mail that is not queued any more was sent by an earlier try: nothing happens.
    """
    with runtime.transaction(tenant_id) as session:
        # Whoever sends holds the row, so that a job taken for dead and its successor do not both send.
        mail = session.scalar(
            select(Mail)
            .where(Mail.tenant_id == tenant_id, Mail.id == mail_id, Mail.state == "queued")
            .with_for_update(nowait=True)
        )
        if mail is None:
            return
        mail.attempts += 1
        try:
            _deliver(runtime, session, mail)
        except DelayedError as error:
            too_old = clock.now() - mail.created_at > GIVE_UP_AFTER
            _settle(mail, "failed" if too_old else "queued", error.words)
        except RefusedError as error:
            _settle(mail, "bounced", error.words)
        except ObsoleteMailError:
            _settle(mail, "failed", OBSOLETE)
        except InvalidInputError:
            _settle(mail, "bounced", "The address cannot be written to.")
        except UnwritableError:
            _settle(mail, "failed", f"cannot be written: {mail.template}")
        else:
            mail.sent_at = clock.now()
            _settle(mail, "sent", None)
        state = mail.state
        if state != "queued" and mail.template in FORGOTTEN_ONCE_SENT:
            session.delete(mail)
    _log.info("mail %s of tenant %s: %s", mail_id, tenant_id, state)
    if state == "queued":
        raise MailWaitsError(f"mail {mail_id} waits")


def _deliver(runtime: Runtime, session: Session, mail: Mail) -> None:
    """Write the mail and hand it to the mailer. Raises what either of them raises."""
    recipient = check_address(mail.recipient)
    (record,) = load_records(session, [mail.tenant_id])
    languages = _languages(mail)
    links = [_links(runtime, mail, recipient, language) for language in languages]
    try:
        written = [
            _written(runtime, record, mail, language, found)
            for language, found in zip(languages, links, strict=True)
        ]
        identity, tenant = MailIdentity(mail.tenant_id, mail.id), definition_of(record)
        with speaking(languages[0]):
            envelope, message = build_message(
                identity, recipient, mail.created_at, tenant, reduce(together, written)
            )
    except (TemplateError, ValueError, InvalidInputError) as error:
        _log.error("mail %s of %s cannot be written: %s", mail.id, mail.template, describe(error))
        raise UnwritableError from None
    runtime.get(MAILER).send(envelope, message)


def _languages(mail: Mail) -> list[Language]:
    if mail.template in TO_STRANGERS:
        return [GERMAN, ENGLISH]
    return [language_by_path(mail.language) or DEFAULT_LANGUAGE]


def _links(runtime: Runtime, mail: Mail, recipient: str, language: Language) -> Mapping[str, str]:
    facts = QueuedMail(mail.id, mail.case_id, recipient, language.path, mail.template, mail.data)
    return runtime.get(LINKS).links(runtime, mail.tenant_id, facts)


def _written(
    runtime: Runtime, record: TenantRecord, mail: Mail, language: Language, links: Mapping[str, str]
) -> Rendered:
    with speaking(language):
        values = {**mail.data, **links, **values_of_tenant(runtime.settings, record, definition_of(record))}
        return render(mail.template, values)


def _settle(mail: Mail, state: str, problem: str | None) -> None:
    mail.state = state
    mail.problem = None if problem is None else " ".join(problem.split())[:_LONGEST_PROBLEM]
