"""Queueing a mail: its row and the job that sends it, in the transaction of the act it tells of."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from kreisportal.i18n import language_by_path
from kreisportal.jobs import defer
from kreisportal.kernel.database.together import Row, add_together
from kreisportal.kernel.ids import new_id
from kreisportal.notifications.addresses import check_address
from kreisportal.notifications.models import Mail
from kreisportal.notifications.rendering import template_names

SEND_MAIL = "notifications.send_mail"
QUEUE = "mail"
FORGOTTEN_ONCE_SENT = frozenset({"account_deleted"})
"""Mails whose row goes as soon as it is known what became of them: nothing is left of the address."""

TO_STRANGERS = frozenset({"mandate_invitation"})
"""Mails to people of whom no language is known: they are written in German, and in English below."""


def queue_mail(
    session: Session,
    tenant_id: int,
    recipient: str,
    language_path: str,
    template: str,
    data: Mapping[str, Any],
    case_id: uuid.UUID | None = None,
    *,
    after_others: bool = False,
) -> uuid.UUID:
    """Put a mail to ``recipient`` into the session's transaction and return its id; it is sent after the commit.

    The values that the template names at its top come from ``data`` (plain JSON) and from its links function, which
    is asked when the mail is sent: no secret belongs in ``data``, and little else that the database knows already.
    ``case_id`` is what the mail is about, for showing a bounce there. ``after_others`` is for one of very many, which must
    not hold up the mails of others. Raises ``InvalidInputError`` for an address that
    cannot be written to, ``ValueError`` for a language or template that there is not.
    """
    mail_id, added = mail_to_add(
        session, tenant_id, recipient, language_path, template, data, case_id, after_others=after_others
    )
    add_together(session, added)
    return mail_id


def mail_to_add(
    session: Session,
    tenant_id: int,
    recipient: str,
    language_path: str,
    template: str,
    data: Mapping[str, Any],
    case_id: uuid.UUID | None = None,
    *,
    after_others: bool = False,
) -> tuple[uuid.UUID, tuple[type[Mail], Row]]:
    """The same for an act that adds other rows with the mail's: the id, and the row that must be added."""
    if language_by_path(language_path) is None:
        raise ValueError(f"there is no language {language_path!r}")
    if template not in template_names():
        raise ValueError(f"there is no mail template {template!r}")
    mail_id = new_id()
    row = {
        "tenant_id": tenant_id,
        "id": mail_id,
        "case_id": case_id,
        "recipient": check_address(recipient),
        "language": language_path,
        "template": template,
        "data": dict(data),
        "state": "queued",
        "attempts": 0,
    }
    defer(session, SEND_MAIL, tenant_id, queue=QUEUE, after_others=after_others, mail_id=mail_id)
    return mail_id, (Mail, row)
