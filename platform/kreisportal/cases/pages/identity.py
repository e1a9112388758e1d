"""How surely it is known who applies: as it is at this moment, and as pages and papers say it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from kreisportal.accounts.identities import name_told
from kreisportal.accounts.service import acting_for
from kreisportal.cases.applicant import fold
from kreisportal.cases.identity import GUEST, NONE, Shown, identity_of
from kreisportal.cases.journal import representative_of
from kreisportal.cases.models import Case, CaseEvent
from kreisportal.i18n import gettext
from kreisportal.kernel.levels import LEVELS
from kreisportal.web.formats import date_text
from kreisportal.web.outside_ways import level_words, means_words, provider_of
from kreisportal.web.program import program
from kreisportal.web.sessions import current_session


def who_is_here() -> Shown:
    """How surely it is known who asks for this page. Nothing is known of a guest."""
    session = current_session()
    own, provider = session.account_id, provider_of(session.trust_by)
    if own is None:
        return GUEST
    name = ""
    if provider is not None:
        with program().database.transaction(acting_for(own)) as reading:
            name = name_told(reading, own, provider)
    return Shown(session.trust or LEVELS[0], session.trust_by, session.trust_at, name)


def identity_text(events: Iterable[CaseEvent]) -> str:
    """A case's identity in words, such as "substanziell, über BundID, am 24.12.2026"; empty if it was not kept."""
    shown = identity_of(events)
    if shown is None:
        return ""
    if shown.level == NONE:
        return gettext("nicht nachgewiesen (Gast)")
    parts = [level_words(shown.level), means_words(shown.by)]
    if shown.at is not None:
        parts.append(gettext("am %(date)s", date=date_text(shown.at)))
    return ", ".join(part for part in parts if part)


def other_name(row: Case, events: Sequence[CaseEvent]) -> str:
    """The name that a provider has told, if who has sent the case, for themselves or for another, is named otherwise."""
    shown = identity_of(events)
    sender = (representative_of(events[0]) if events else "") or row.applicant_name or ""
    if shown is None or not shown.name or fold(shown.name) == fold(sender):
        return ""
    return shown.name
