"""How surely it is known who applies: as it is at this moment, and as pages and papers say it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from kreisportal.accounts.confirmations import confirmations_of
from kreisportal.accounts.identities import name_told
from kreisportal.accounts.queries import own_account
from kreisportal.accounts.service import acting_for
from kreisportal.cases.applicant import fold
from kreisportal.cases.identity import GUEST, NONE, OFFICE, Shown, identity_of
from kreisportal.cases.journal import representative_of
from kreisportal.cases.models import Case, CaseEvent
from kreisportal.i18n import gettext, pick
from kreisportal.kernel.levels import LEVELS
from kreisportal.tenancy.profile import definition_of
from kreisportal.web.formats import date_text
from kreisportal.web.outside_ways import document_words, level_words, means_words, provider_of
from kreisportal.web.program import program
from kreisportal.web.sessions import current_session
from kreisportal.web.site import here


def who_is_here() -> Shown:
    """How surely it is known who asks for this page. Nothing is known of a guest."""
    session = current_session()
    own, provider = session.account_id, provider_of(session.trust_by)
    if own is None:
        return GUEST
    with program().database.transaction(acting_for(own)) as reading:
        name = name_told(reading, own, provider) if provider is not None else ""
        seen = next(iter(confirmations_of(reading, own)), None)
        account = own_account(reading, own)
    return Shown(
        session.trust or LEVELS[0],
        session.trust_by,
        session.trust_at,
        name,
        seen.tenant_id if seen is not None else None,
        seen.confirmed_at if seen is not None else None,
        account.email if account is not None else "",
    )


def identity_text(events: Iterable[CaseEvent]) -> str:
    """A case's identity in words, such as "substanziell, über BundID, am 24.12.2026"; empty if it was not kept."""
    shown = identity_of(events)
    if shown is None:
        return ""
    if shown.level == NONE:
        return gettext("nicht nachgewiesen (Gast)")
    parts = [level_words(shown.level), _by_words(shown.by)]
    if shown.at is not None:
        parts.append(gettext("am %(date)s", date=date_text(shown.at)))
    words = ", ".join(part for part in parts if part)
    seen_by = tenant_name(shown.confirmed_in)
    if seen_by and shown.confirmed_at is not None:
        date = date_text(shown.confirmed_at)
        words += "; " + gettext("das Konto hat bestätigt: %(name)s, am %(date)s", name=seen_by, date=date)
    return words


def _by_words(by: str | None) -> str:
    office, _, document = (by or "").partition(":")
    if office != OFFICE:
        return means_words(by)
    return gettext("im Amt gezeigt: %(document)s", document=document_words(document))


def tenant_name(tenant_id: int | None) -> str | None:
    """A town's full name; None for none."""
    tenant = here().snapshot.registry.tenants.get(tenant_id) if tenant_id is not None else None
    return pick(definition_of(tenant).name.full) if tenant else None


def other_name(row: Case, events: Sequence[CaseEvent]) -> str:
    """The name that a provider has told, if who has sent the case, for themselves or for another, is named otherwise."""
    shown = identity_of(events)
    sender = (representative_of(events[0]) if events else "") or row.applicant_name or ""
    if shown is None or not shown.name or fold(shown.name) == fold(sender):
        return ""
    return shown.name
