"""What the citizens' pages of this room share."""

from __future__ import annotations

import uuid
from typing import Any

from kreisportal.cases.filing import Filing
from kreisportal.cases.models import Case, Draft
from kreisportal.cases.submission import Keys, Office
from kreisportal.catalogue.offers import offer_of
from kreisportal.catalogue.snapshot import Snapshot
from kreisportal.forms import FormDefinition, words_for
from kreisportal.i18n import gettext, ngettext, pick
from kreisportal.kernel import clock
from kreisportal.kernel.database import ActorKind, Context
from kreisportal.tenancy.profile import definition_of
from kreisportal.web.fees import offered_fee
from kreisportal.web.formats import unbroken
from kreisportal.web.other_sites import account_address
from kreisportal.web.program import program
from kreisportal.web.sessions import current_session

# For a service that the catalogue has no more.
_LONG = 3650


def applicant(tenant_id: int, subject: uuid.UUID) -> Context:
    """The context of who has shown the secret of a draft or case, or whose own it is: that one and nothing else.

    Who acts for somebody does so within the mandate by which the session has found it.
    """
    session = current_session()
    return Context(
        ActorKind.APPLICANT,
        tenant_id,
        account_id=session.account_id,
        subject_id=subject,
        mandate_id=session.mandates.get(subject),
    )


def keys() -> Keys:
    """The program's keys."""
    return Keys(program().settings.secret_key, program().receipt_keys)


def office_of(snapshot: Snapshot, tenant_id: int, service_key: str) -> Office:
    """What a tenant brings to a submission."""
    tenant = snapshot.registry.tenants[tenant_id]
    offer = offer_of(snapshot, tenant, service_key, clock.today())
    definition = definition_of(tenant)
    name, state = definition.name.full["de"], definition.state
    return Office(tenant.id, tenant.code, tenant.slug, name, state, offer.processing_days)


def filing_of(filing: Filing, form: FormDefinition) -> dict[str, Any]:
    """What templates say about the filing of a form."""
    return {
        "form": form,
        "words": words_for(form.kind),
        "service": filing.service,
        "offer": filing.offer,
        "authority": definition_of(filing.tenant),
        "authority_name": pick(definition_of(filing.tenant).name.full),
        "elsewhere": filing.tenant.id != filing.via.id,
        "place": filing.place,
    }


def lies_in(row: Case | Draft) -> dict[str, Any]:
    """What templates say about whose account a draft or case lies in.

    ``in_account`` is whether that is the account that is signed in here; None where none is, or it is another's.
    ``may_sign_in`` is whether who is here as a guest could take it into an account.
    """
    own, account_url = current_session().account_id, account_address("account_matters.home")
    return {
        "in_account": None if own is None or row.account_id not in (None, own) else row.account_id == own,
        "may_sign_in": own is None and row.account_id is None and account_url is not None,
        "account_url": account_url,
    }


def retention_days(snapshot: Snapshot, service_key: str) -> int:
    """How long an office keeps a finished case of a service."""
    service = snapshot.catalogue.services.get(service_key)
    return service.retention_days if service else _LONG


def before_you_begin(filing: Filing) -> list[tuple[str, str | list[str]]]:
    """What to know before the first field: who is responsible, what it costs, how long it takes."""
    rows: list[tuple[str, str | list[str]]] = [
        (gettext("Zuständig"), pick(definition_of(filing.tenant).name.full))
    ]
    rows.append((gettext("Kosten"), _costs(filing)))
    if filing.service.minutes:
        minutes = ngettext("etwa %(num)s Minute", "etwa %(num)s Minuten", filing.service.minutes)
        rows.append((gettext("Zeit zum Ausfüllen"), minutes))
    days = filing.offer.processing_days
    if days:
        rows.append((gettext("Antwort"), ngettext("meist in %(num)s Tag", "meist in %(num)s Tagen", days)))
    return rows


def _costs(filing: Filing) -> list[str]:
    """What it costs, as far as that is known before anything was answered."""
    by_rule = offered_fee(filing.offer, filing.service)
    remark = pick(filing.offer.fee)
    if by_rule is None:
        return [unbroken(remark or pick(filing.service.fees))]
    steps = [f"{step}: {amount}" for step, amount in by_rule.rows] or [by_rule.short]
    return [unbroken(part) for part in (*steps, by_rule.how, remark) if part]
