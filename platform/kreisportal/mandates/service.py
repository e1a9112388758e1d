"""Mandates: given by an invitation that is mailed, answered by who opens it, ended by either side.

Nobody is joined by a mail address: the link in the mail and an account that is signed in are the proof. Whether an
account has the address is never asked.
"""

from __future__ import annotations

import datetime
import uuid
from dataclasses import dataclass
from typing import Literal

import psycopg
from sqlalchemy import insert, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from kreisportal.accounts.queries import own_account
from kreisportal.kernel import clock
from kreisportal.kernel.database import Context
from kreisportal.kernel.errors import NotFoundError
from kreisportal.kernel.ids import derived_token, digest, new_id
from kreisportal.mandates.errors import InvitationGoneError, OwnInvitationError, TooManyMandatesError
from kreisportal.mandates.models import Mandate
from kreisportal.mandates.queries import count_open, read_invitation
from kreisportal.notifications.addresses import check_address
from kreisportal.notifications.limits import may_mail
from kreisportal.notifications.service import queue_mail

INVITATION_DAYS = 14
LONGEST_DAYS = 2 * 365
MOST_OPEN = 50
_ANSWER = text("SELECT * FROM definer.answer_mandate(:digest, :accepts, :name)")
_END = text("SELECT * FROM definer.end_mandate(:mandate)")
_NOTE = text("SELECT definer.note_mandate_act(:what)")

What = Literal["opened", "copy", "letter", "document", "applied", "answered"]


@dataclass(frozen=True, slots=True)
class Scope:
    """For what a mandate is: a town, or one service there, or one case (with its service)."""

    kind: Literal["town", "service", "case"]
    tenant_id: int
    service_key: str | None = None
    case_id: uuid.UUID | None = None
    case_number: str | None = None


@dataclass(frozen=True, slots=True)
class Gift:
    """A mandate that is to be given. ``last_day`` is the last on which it is in force."""

    giver_id: uuid.UUID
    giver_name: str
    called: str
    email: str
    scope: Scope
    last_day: datetime.date
    language: str


def invitation_token(secret_key: str, mandate_id: uuid.UUID) -> str:
    """The token of an invitation. It follows from the mandate, so that the job that mails it can make it again."""
    return derived_token(secret_key, "mandate", mandate_id)


def give(session: Session, gift: Gift, operator_id: int, secret_key: str) -> uuid.UUID:
    """Invite somebody by mail. Acts for the giver, in the name of the authority that runs the accounts.

    An address that has had too many such mails lately gets none, without a word. Raises ``InvalidInputError`` for
    what is no address, TooManyMandatesError.
    """
    email = check_address(gift.email)
    if count_open(session, gift.giver_id) >= MOST_OPEN:
        raise TooManyMandatesError
    mandate_id, scope = new_id(), gift.scope
    session.execute(
        insert(Mandate).values(
            id=mandate_id,
            giver_id=gift.giver_id,
            giver_name=gift.giver_name,
            called=gift.called,
            email=email,
            scope=scope.kind,
            tenant_id=scope.tenant_id,
            service_key=scope.service_key,
            case_id=scope.case_id,
            case_number=scope.case_number,
            ends_at=end_of(gift.last_day),
            invitation_digest=digest(invitation_token(secret_key, mandate_id)),
            invitation_until=clock.now() + datetime.timedelta(days=INVITATION_DAYS),
        )
    )
    if may_mail(session, operator_id, email, "mandate-invitation"):
        data = {"mandate_id": str(mandate_id), "days": INVITATION_DAYS}
        queue_mail(session, operator_id, email, gift.language, "mandate_invitation", data)
    return mandate_id


def answer(
    session: Session, account_id: uuid.UUID, operator_id: int, token: str, *, accepts: bool, name: str
) -> uuid.UUID:
    """Accept or decline an invitation as the account that is signed in; an acceptance is told to both.

    ``name`` is what who accepts is called: the office and the giver see it at what they do. Raises
    InvitationGoneError, OwnInvitationError.
    """
    invitation = read_invitation(session, token)
    if invitation is not None and invitation.is_ones_own:
        raise OwnInvitationError
    answered = {"digest": digest(token), "accepts": accepts, "name": name}
    giver = session.execute(_ANSWER, answered).one_or_none()
    if giver is None:
        raise InvitationGoneError
    own = own_account(session, account_id)
    if accepts and own is not None:
        told = {"mandate_id": str(giver.id)}
        queue_mail(
            session, operator_id, giver.email, giver.language, "mandate_accepted", {**told, "mine": False}
        )
        queue_mail(session, operator_id, own.email, own.language, "mandate_accepted", {**told, "mine": True})
    return uuid.UUID(str(giver.id))


def end(session: Session, operator_id: int, mandate_id: uuid.UUID) -> None:
    """End a mandate that the account has a part in, at once; told to both if it was in force.

    Raises NotFoundError for one that is over, or others'.
    """
    try:
        people = session.execute(_END, {"mandate": mandate_id}).all()
    except DBAPIError as error:
        if isinstance(error.orig, psycopg.errors.NoDataFound):
            raise NotFoundError from error
        raise
    for person in people:
        data = {"mandate_id": str(mandate_id)}
        queue_mail(session, operator_id, person.email, person.language, "mandate_ended", data)


def note_act(session: Session, context: Context, what: What) -> None:
    """Write down what the transaction does by its mandate, for both to see; nothing where it acts by none."""
    if context.mandate_id is not None:
        session.execute(_NOTE, {"what": what})


def end_of(last_day: datetime.date) -> datetime.datetime:
    """The instant after the last day, on the region's clocks."""
    following = last_day + datetime.timedelta(days=1)
    return datetime.datetime.combine(following, datetime.time(), clock.LOCAL_ZONE)


def last_day_of(ends_at: datetime.datetime) -> datetime.date:
    """The last day on which a mandate is in force."""
    return (ends_at - datetime.timedelta(microseconds=1)).astimezone(clock.LOCAL_ZONE).date()
