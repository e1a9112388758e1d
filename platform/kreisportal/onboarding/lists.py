"""Lists of towns given in the browser: kept line by line, worked by a job, and reported to whoever gave them."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from kreisportal.audit.service import record
from kreisportal.credentials.keys import CredentialKeys, seal
from kreisportal.jobs import defer
from kreisportal.kernel import clock
from kreisportal.kernel.database import Context
from kreisportal.kernel.errors import ConflictError, NotAllowedError
from kreisportal.kernel.ids import new_id
from kreisportal.onboarding.models import OnboardingLine, OnboardingList
from kreisportal.onboarding.town_lists import Line, Note, Told

ONBOARD = "region.onboard_list"
# A line takes a second at most: what has not got further for so long was given up by every worker.
_STUCK = datetime.timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far somebody's list is, in lines."""

    given: OnboardingList
    done: int
    all: int

    @property
    def is_finished(self) -> bool:
        """Whether every line was done."""
        return self.done == self.all

    @property
    def is_stuck(self) -> bool:
        """Whether it was given up without a word."""
        return not self.is_finished and clock.now() - self.given.touched_at > _STUCK


def give_list(
    session: Session,
    context: Context,
    tenant_id: int,
    lines: Sequence[Line],
    *,
    base: str,
    open_at_once: bool,
    language: str,
) -> None:
    """Keep a list and let it be worked; the report of an earlier one goes.

    ``tenant_id`` is the authority that runs the region: the job is done in its name, as whoever gives the list. Raises
    ConflictError while one is worked, NotAllowedError if nobody is named who gives it.
    """
    if context.staff_id is None:
        raise NotAllowedError
    before = progress_of(session)
    if before is not None and not (before.is_finished or before.is_stuck):
        raise ConflictError("a list is being worked")
    remove_list(session)
    now = clock.now()
    given = OnboardingList(
        id=new_id(),
        staff_id=context.staff_id,
        base=base,
        open_at_once=open_at_once,
        language=language,
        asked_at=now,
        touched_at=now,
    )
    session.add(given)
    session.flush()
    session.add_all(
        OnboardingLine(list_id=given.id, number=line.number, staff_id=given.staff_id, said=dict(line.values))
        for line in lines
    )
    record(session, context, "list-given", "list", str(given.id), lines=len(lines))
    defer(session, ONBOARD, tenant_id, list_id=given.id)


def progress_of(session: Session) -> Progress | None:
    """How far the list is that the acting person has given, if there is one."""
    given = session.scalar(select(OnboardingList))
    if given is None:
        return None
    done, whole = session.execute(
        select(func.count(OnboardingLine.outcome), func.count()).where(OnboardingLine.list_id == given.id)
    ).one()
    return Progress(given, done, whole)


def lines_of(session: Session, list_id: uuid.UUID) -> Sequence[OnboardingLine]:
    """All lines of a list, in their order."""
    query = select(OnboardingLine).where(OnboardingLine.list_id == list_id).order_by(OnboardingLine.number)
    return session.scalars(query).all()


def remove_list(session: Session) -> bool:
    """Remove the acting person's list with its report, or stop it being worked. Returns whether there was one."""
    gone = session.scalars(delete(OnboardingList).returning(OnboardingList.id)).all()
    return bool(gone)


def work_on(session: Session, tenant_id: int) -> None:
    """Let a list that was given up be worked again, from the first line that was not done."""
    found = progress_of(session)
    if found is not None and found.is_stuck:
        found.given.touched_at = clock.now()
        defer(session, ONBOARD, tenant_id, list_id=found.given.id)


def owner_of_invitation(list_id: uuid.UUID, number: int) -> tuple[object, ...]:
    """Whom the invitation of a line is sealed for."""
    return "onboarding", list_id, number


def noting(list_id: uuid.UUID, keys: CredentialKeys) -> Note:
    """Writes what became of a line to its row, or undoes what was done for it if the list was removed meanwhile."""

    def note(session: Session, told: Told) -> None:
        number = told.line.number
        written = session.scalar(
            update(OnboardingLine)
            .where(
                OnboardingLine.list_id == list_id,
                OnboardingLine.number == number,
                OnboardingLine.outcome.is_(None),
            )
            .values(outcome=told.outcome.value, told=_told(told, list_id, keys))
            .returning(OnboardingLine.number)
        )
        if written is None:
            raise ConflictError("nobody wants the list any more")
        session.execute(
            update(OnboardingList).where(OnboardingList.id == list_id).values(touched_at=clock.now())
        )

    return note


def _told(told: Told, list_id: uuid.UUID, keys: CredentialKeys) -> dict[str, object]:
    """What became of a line as JSON: name, slug, faults, and of a new town its hosts, offers and sealed invitation."""
    found: dict[str, object] = {
        "name": told.name,
        "slug": told.slug,
        "faults": [list(each) for each in told.faults],
    }
    if told.done is not None:
        sealed = seal(keys, told.done.invitation, *owner_of_invitation(list_id, told.line.number))
        found |= {
            "portal": told.done.town.portal_host,
            "desk": told.done.town.desk_host,
            "offers": told.done.offers,
            "email": told.done.email,
            "invitation": sealed.hex(),
        }
    return found
