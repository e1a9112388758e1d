"""Working a list of towns: what the worker does."""

from __future__ import annotations

import uuid

from sqlalchemy import select

from kreisportal.credentials.keys import derive_keys
from kreisportal.i18n import DEFAULT_LANGUAGE, language_by_path, speaking
from kreisportal.jobs import JobRegistry, Runtime
from kreisportal.kernel import clock
from kreisportal.kernel.database import ActorKind, Context
from kreisportal.kernel.errors import ConflictError
from kreisportal.onboarding.lists import ONBOARD, lines_of, noting
from kreisportal.onboarding.models import OnboardingList
from kreisportal.onboarding.town_lists import Line, Order, onboard_all, published_services
from kreisportal.staff.invitation_mails import Mailing
from kreisportal.staff.models import RegionStaff


def register(registry: JobRegistry) -> None:
    """Let the worker bring the towns of lists in."""
    registry.register(ONBOARD, onboard_list)


def onboard_list(runtime: Runtime, tenant_id: int, list_id: uuid.UUID) -> None:
    """Bring in the towns of all lines that were not done yet, acting as whoever gave the list and nobody else.

    Tried again it goes on where it was; a list that nobody wants any more ends.
    """
    with runtime.region() as session:
        given = session.get(OnboardingList, list_id)
        if given is None:
            return
        pending = [Line(row.number, row.said) for row in lines_of(session, list_id) if row.outcome is None]
        runs_all = (
            session.scalars(select(RegionStaff.district_id).where(RegionStaff.id == given.staff_id)).one()
            is None
        )
        order = Order(
            Context(ActorKind.REGION, staff_id=given.staff_id),
            published_services(session),
            given.base,
            clock.now,
            Mailing(runtime.settings.secret_key, after_others=True),
            given.open_at_once,
            runs_all,
        )
        language = language_by_path(given.language) or DEFAULT_LANGUAGE
    note = noting(list_id, derive_keys(runtime.settings.secret_key))
    with speaking(language):
        try:
            for _ in onboard_all(runtime.database, pending, order, note):
                pass
        except ConflictError:
            return
