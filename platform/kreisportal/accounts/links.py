"""Mailed links: they prove that an address is one's own, to begin an account or to set a new password.

Whether there is an account for an address is told in the mail only: the page says the same in either case, after the
same work. A link's token follows from the program's key and the mail's id, so that no secret lies in a mail's data.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from kreisportal.accounts.errors import LinkGoneError
from kreisportal.accounts.queries import id_by_email, normalised
from kreisportal.kernel.ids import derived_token, digest, new_id
from kreisportal.notifications.addresses import check_address
from kreisportal.notifications.limits import may_mail
from kreisportal.notifications.service import queue_mail

LINK_HOURS = 24
_LINK_SECONDS = LINK_HOURS * 3600
_ADD = text("SELECT definer.add_account_link(:digest, :purpose, :email, :account, :next, :seconds)")
_READ = text("SELECT * FROM definer.read_account_link(:digest)")
_USE = text("SELECT * FROM definer.use_account_link(:digest)")


class Purpose(StrEnum):
    """What a link is for."""

    SIGN_UP = "sign-up"
    PASSWORD = "password"  # noqa: S105 - a word, not a password.


@dataclass(frozen=True, slots=True)
class Link:
    """What a mailed link stands for. ``account_id`` is None for an address without an account; ``next`` is a path."""

    purpose: Purpose
    email: str
    account_id: uuid.UUID | None
    next: str | None


@dataclass(frozen=True, slots=True)
class Request:
    """Somebody asks for a link. ``tenant_id`` is the authority in whose name the mail is sent."""

    tenant_id: int
    email: str
    language: str
    next: str | None


# (purpose that was asked for, whether there is an account) → (the mail, what its link is for).
_ANSWERS = {
    (Purpose.SIGN_UP, False): ("account_sign_up", Purpose.SIGN_UP),
    (Purpose.SIGN_UP, True): ("account_exists", Purpose.PASSWORD),
    (Purpose.PASSWORD, True): ("account_password", Purpose.PASSWORD),
    (Purpose.PASSWORD, False): ("account_unknown", Purpose.SIGN_UP),
}


def send_link(session: Session, asked: Request, purpose: Purpose, secret_key: str) -> None:
    """Mail a link, unless the address has had too many mails lately. Raises ``InvalidInputError`` for no address."""
    email = normalised(check_address(asked.email))
    if not may_mail(session, asked.tenant_id, email, "account-link"):
        return
    account_id = id_by_email(session, email)
    template, leads_to = _ANSWERS[purpose, account_id is not None]
    link_id = new_id()
    session.execute(
        _ADD,
        {
            "digest": digest(link_token(secret_key, link_id)),
            "purpose": leads_to.value,
            "email": email,
            "account": account_id,
            "next": asked.next,
            "seconds": _LINK_SECONDS,
        },
    )
    queue_mail(session, asked.tenant_id, email, asked.language, template, {"link_id": str(link_id)})


def link_token(secret_key: str, link_id: uuid.UUID) -> str:
    """The token of a link."""
    return derived_token(secret_key, "account-link", link_id)


def read_link(session: Session, token: str) -> Link:
    """What a link stands for, without using it: a mail scanner that follows it does nothing. Raises LinkGoneError."""
    return _link(session.execute(_READ, {"digest": digest(token)}).one_or_none())


def use_link(session: Session, token: str) -> Link:
    """Use a link up, with all that were mailed to the address before. Raises LinkGoneError."""
    return _link(session.execute(_USE, {"digest": digest(token)}).one_or_none())


def _link(row: Row[Any] | None) -> Link:
    if row is None:
        raise LinkGoneError
    return Link(Purpose(row.purpose), row.email, row.account_id, row.next)
