"""Reading mandates, always within what the transaction's context lets through."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Select, func, or_, select, text
from sqlalchemy.orm import Session

from kreisportal.kernel.database import Context
from kreisportal.kernel.ids import digest
from kreisportal.mandates.models import Mandate, MandateAct

READINGS = ("opened", "copy", "letter", "document")
"""Acts by which somebody looks at something."""

_INVITATION = text("SELECT * FROM definer.read_mandate_invitation(:digest)")
_MATTERS = text("SELECT * FROM definer.represented_matters()")
_PERSON = text("SELECT * FROM definer.represented_person(:mandate)")


class State(StrEnum):
    """How it stands with a mandate."""

    INVITED = "invited"
    LAPSED = "lapsed"
    DECLINED = "declined"
    IN_FORCE = "in-force"
    OVER = "over"
    REVOKED = "revoked"
    GIVEN_UP = "given-up"
    ACCOUNT_GONE = "account-gone"


def state_of(mandate: Mandate, now: datetime.datetime) -> State:
    """How it stands with a mandate at an instant, as pages tell it."""
    if mandate.ended_at is not None:
        return State.REVOKED if mandate.ended_by == "giver" else State.GIVEN_UP
    if mandate.declined_at is not None:
        return State.DECLINED
    if mandate.accepted_at is None:
        open_until = min(mandate.invitation_until, mandate.ends_at)
        return State.INVITED if mandate.giver_id is not None and now < open_until else State.LAPSED
    if mandate.ends_at <= now:
        return State.OVER
    both = mandate.giver_id is not None and mandate.representative_id is not None
    return State.IN_FORCE if both else State.ACCOUNT_GONE


@dataclass(frozen=True, slots=True)
class Invitation:
    """What who is invited gets to know before answering."""

    id: uuid.UUID
    giver_name: str
    scope: str
    tenant_id: int
    service_key: str | None
    case_number: str | None
    ends_at: datetime.datetime
    is_ones_own: bool


@dataclass(frozen=True, slots=True)
class RepresentedMatter:
    """A draft or case of somebody that the account acts for."""

    giver_name: str
    tenant_id: int
    id: uuid.UUID
    via_tenant_id: int
    service_key: str
    is_draft: bool
    at: datetime.datetime
    number: str
    state: str
    until: datetime.datetime | None


@dataclass(frozen=True, slots=True)
class Representation:
    """For whom somebody acts, and as who. ``email`` is that of the giver's account, ``details`` what forms may propose."""

    mandate_id: uuid.UUID
    giver_id: uuid.UUID
    giver_name: str
    representative_name: str
    email: str
    details: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Look:
    """Somebody who acts for the account has looked at a case of it."""

    at: datetime.datetime
    what: str
    name: str
    service_key: str
    case_number: str


@dataclass(frozen=True, slots=True)
class Usable:
    """A mandate by which one can apply for somebody."""

    id: uuid.UUID
    giver_name: str


def given(session: Session, account_id: uuid.UUID) -> Sequence[Mandate]:
    """The mandates that the account has given, newest first."""
    return session.scalars(_newest().where(Mandate.giver_id == account_id)).all()


def received(session: Session, account_id: uuid.UUID) -> Sequence[Mandate]:
    """The mandates by which the account acts or acted for others, newest first."""
    return session.scalars(_newest().where(Mandate.representative_id == account_id)).all()


def usable_for(session: Session, account_id: uuid.UUID, tenant_id: int, service_key: str) -> Sequence[Usable]:
    """The mandates by which the account can apply for a service at a town now."""
    query = _newest().where(
        Mandate.representative_id == account_id,
        Mandate.giver_id.is_not(None),
        Mandate.accepted_at.is_not(None),
        Mandate.ended_at.is_(None),
        Mandate.ends_at > func.now(),
        # What was given for a town is good for its successor.
        or_(Mandate.tenant_id == tenant_id, func.definer.successor(Mandate.tenant_id) == tenant_id),
        or_(Mandate.scope == "town", (Mandate.scope == "service") & (Mandate.service_key == service_key)),
    )
    return [Usable(mandate.id, mandate.giver_name) for mandate in session.scalars(query)]


def one(session: Session, mandate_id: uuid.UUID) -> Mandate | None:
    """A mandate that the account has a part in."""
    return session.get(Mandate, mandate_id)


def acts_of(session: Session, mandate_id: uuid.UUID, most: int) -> Sequence[MandateAct]:
    """What was done by a mandate, newest first."""
    query = select(MandateAct).where(MandateAct.mandate_id == mandate_id)
    return session.scalars(query.order_by(MandateAct.at.desc(), MandateAct.id.desc()).limit(most)).all()


def looks_at(session: Session, giver_id: uuid.UUID, most: int) -> Sequence[Look]:
    """The last looks at the account's own cases by those who act for it."""
    query = (
        select(MandateAct, Mandate.representative_name)
        .join(Mandate, Mandate.id == MandateAct.mandate_id)
        .where(Mandate.giver_id == giver_id, MandateAct.what.in_(READINGS))
        .order_by(MandateAct.at.desc(), MandateAct.id.desc())
    )
    return [
        Look(act.at, act.what, name or "", act.service_key, act.case_number)
        for act, name in session.execute(query.limit(most))
    ]


def count_open(session: Session, account_id: uuid.UUID) -> int:
    """How many invitations and mandates of the account are not over."""
    query = select(func.count()).where(
        Mandate.giver_id == account_id,
        Mandate.ended_at.is_(None),
        Mandate.declined_at.is_(None),
        Mandate.ends_at > func.now(),
        or_(Mandate.accepted_at.is_not(None), Mandate.invitation_until > func.now()),
    )
    return session.scalar(query) or 0


def has_acted(session: Session, account_id: uuid.UUID, subject: uuid.UUID) -> bool:
    """Whether the account acts or acted for somebody in a case, or was to: asked of its own mandates only."""
    own = Mandate.representative_id == account_id
    of_case = select(Mandate.id).where(own, Mandate.case_id == subject)
    by_acts = select(Mandate.id).join(MandateAct).where(own, MandateAct.case_id == subject)
    return session.scalar(select(of_case.exists() | by_acts.exists())) or False


def read_invitation(session: Session, token: str) -> Invitation | None:
    """What an invitation offers, without answering it; only to who is signed in."""
    row = session.execute(_INVITATION, {"digest": digest(token)}).one_or_none()
    return None if row is None else Invitation(*row)


def represented_matters(session: Session) -> list[RepresentedMatter]:
    """Drafts and cases of those that the account acts for, newest first."""
    found = [RepresentedMatter(*row) for row in session.execute(_MATTERS)]
    return sorted(found, key=lambda matter: matter.at, reverse=True)


def represented_person(session: Session, mandate_id: uuid.UUID | None) -> Representation | None:
    """For whom a mandate acts; None once it is not in force, or another's."""
    if mandate_id is None:
        return None
    row = session.execute(_PERSON, {"mandate": mandate_id}).one_or_none()
    return None if row is None else Representation(mandate_id, *row)


def representation_of(session: Session, context: Context) -> Representation | None:
    """For whom the transaction acts; None for who acts for themselves."""
    return represented_person(session, context.mandate_id)


def _newest() -> Select[Any]:
    return select(Mandate).order_by(Mandate.created_at.desc(), Mandate.id)
