"""Drafts: begun, saved at every step, paused with a mailed link, and gone after a month."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session

from kreisportal.cases.errors import DraftGoneError
from kreisportal.cases.models import Draft
from kreisportal.cases.queries import draft as find_draft
from kreisportal.forms import FormDefinition, first_open_step
from kreisportal.kernel import clock
from kreisportal.kernel.ids import derived_token, digest
from kreisportal.notifications.limits import may_mail
from kreisportal.notifications.service import queue_mail

LAST_LOOK = "pruefen"
"""The step after all others, at which everything is shown once more before it is sent."""

LIFETIME = datetime.timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Beginning:
    """What a draft is begun with. ``tenant_id`` is the responsible tenant, found by the server.

    ``chosen`` is what of the account's profile it is about, by part.
    """

    tenant_id: int
    via_tenant_id: int
    service_key: str
    form_key: str
    form_version: int
    language: str
    account_id: uuid.UUID | None = None
    chosen: Mapping[str, str] = field(default_factory=dict)
    mandate_id: uuid.UUID | None = None


def begin(session: Session, beginning: Beginning, draft_id: uuid.UUID, answers: Mapping[str, Any]) -> Draft:
    """Begin a draft with the answers of its first page."""
    row = Draft(
        tenant_id=beginning.tenant_id,
        id=draft_id,
        via_tenant_id=beginning.via_tenant_id,
        service_key=beginning.service_key,
        form_key=beginning.form_key,
        form_version=beginning.form_version,
        language=beginning.language,
        account_id=beginning.account_id,
        mandate_id=beginning.mandate_id,
        answers=dict(answers),
        chosen=dict(beginning.chosen) or None,
        revision=1,
        expires_at=clock.now() + LIFETIME,
    )
    session.add(row)
    session.flush()
    return row


def load(session: Session, draft_id: uuid.UUID, *, lock: bool = False) -> Draft:
    """The draft. Raises DraftGoneError when it has expired, was sent, or is another's."""
    row = find_draft(session, draft_id, lock=lock)
    if row is None or row.expires_at <= clock.now():
        raise DraftGoneError
    return row


def save(
    session: Session,
    row: Draft,
    answers: Mapping[str, Any],
    language: str,
    unfinished: tuple[str, Mapping[str, Any]] | None = None,
    chosen: Mapping[str, str] | None = None,
) -> None:
    """Keep new answers, and the draft for another month.

    ``unfinished`` are a step and what was typed there, where it could not be accepted yet: it is shown again. ``chosen``
    is what the draft is about from now on, None where that stays.
    """
    if row.answers != answers:
        row.answers = dict(answers)
        row.revision += 1
    row.unfinished = {"step": unfinished[0], "raw": dict(unfinished[1])} if unfinished else None
    if chosen is not None:
        row.chosen = dict(chosen) or None
    row.language = language
    row.updated_at = clock.now()
    row.expires_at = clock.now() + LIFETIME
    session.flush()


def typed_before(row: Draft, step_key: str) -> Mapping[str, Any]:
    """What was typed on a step's page that could not be accepted; empty for any other page."""
    known = row.unfinished or {}
    return known.get("raw", {}) if known.get("step") == step_key else {}


def pause(session: Session, row: Draft, email: str, secret_key: str) -> bool:
    """Mail a link that leads back to the draft. False when this address has had too many mails lately.

    The link is the first thing that is mailed to the address, and says nothing of the answers.
    """
    if not may_mail(session, row.tenant_id, email, "resume"):
        return False
    row.email = email
    row.resume_digest = digest(resume_token(secret_key, row))
    row.expires_at = clock.now() + LIFETIME
    session.flush()
    queue_mail(
        session,
        row.tenant_id,
        email,
        row.language,
        "resume_draft",
        {
            "draft_id": str(row.id),
            "expires_on": row.expires_at.astimezone(clock.LOCAL_ZONE).date().isoformat(),
        },
    )
    return True


def resume_token(secret_key: str, row: Draft) -> str:
    """The token of the link back to a draft. It follows from draft and address, so a job can make it again."""
    return derived_token(secret_key, "resume", f"{row.id}/{row.email}")


def reached_step(form: FormDefinition, row: Draft) -> str:
    """At which step of its form a draft stands: the one being typed, else the first open one, else the last look."""
    typed = (row.unfinished or {}).get("step")
    return str(typed or first_open_step(form, row.answers) or LAST_LOOK)


def take_into_account(session: Session, row: Draft, account_id: uuid.UUID) -> bool:
    """Make a guest's draft an account's own, with its files; whose it is already it stays. Whether it was a guest's."""
    if row.account_id is not None:
        return False
    row.account_id = account_id
    session.flush()
    return True


def discard(session: Session, row: Draft) -> None:
    """Delete a draft at its owner's wish."""
    session.delete(row)
    session.flush()
