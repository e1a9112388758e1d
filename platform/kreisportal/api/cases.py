"""Where a case stands, for who knows its number and secret. Both come in the body, never in an address."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, validate

from kreisportal.api.blueprint import ApiBlueprint
from kreisportal.api.checks import Length
from kreisportal.api.fields import LanguageQuery, PlainText, Taken, out
from kreisportal.api.service_rows import Row
from kreisportal.cases import by_applicant, queries
from kreisportal.cases.models import Case
from kreisportal.cases.numbers import normalise
from kreisportal.cases.status import PublicStatus, public_status
from kreisportal.cases.wording import status_text
from kreisportal.i18n import pick
from kreisportal.kernel.database import ActorKind, Context
from kreisportal.kernel.database.context import ANONYMOUS
from kreisportal.kernel.errors import NotFoundError
from kreisportal.kernel.ids import normalise_secret
from kreisportal.tenancy.profile import definition_of
from kreisportal.web.forms_in_force import form_version
from kreisportal.web.program import program
from kreisportal.web.rate_limits import check_rate
from kreisportal.web.site import here

blueprint = ApiBlueprint("api_cases", "portal", "Where a case stands.", "/cases")


class CaseKeyIn(Taken):
    """What the confirmation of an application says."""

    number = PlainText(
        required=True, validate=Length(60, needed=True), metadata={"description": "The case's number."}
    )
    secret = PlainText(
        required=True,
        validate=Length(60, needed=True),
        metadata={"description": "Its secret; spaces, hyphens and case do not matter."},
    )


class CaseStatusOut(Schema):
    """Where a case stands, in the words of the federal mailbox."""

    number = out(fields.String, "The case's number.")
    service = out(fields.String, "The key of the service.")
    service_name = out(fields.String, "The service's name.")
    authority = out(fields.String, "Who works on it now.")
    status = out(
        fields.String,
        "The public status.",
        validate=validate.OneOf([status.value for status in PublicStatus]),
    )
    text = out(fields.String, "The same in words.")
    received_at = out(fields.AwareDateTime, "When it came in.")


@blueprint.on("POST", "/status")
@blueprint.takes(LanguageQuery, "query")
@blueprint.takes(CaseKeyIn)
@blueprint.answers(CaseStatusOut)
def status(_: dict[str, Any], asked: dict[str, str]) -> Row:
    """Where a case stands. A wrong secret is answered as an unknown number."""
    # The same count as on the page, so that nobody guesses twice as often.
    check_rate("case", limit=20, seconds=900)
    number = normalise(asked["number"])
    if number is None:
        raise NotFoundError
    with program().database.transaction(ANONYMOUS) as session:
        found = queries.find_case_by_secret(session, number, normalise_secret(asked["secret"]))
    if found is None or here().tenant.id not in found.seen_at:
        raise NotFoundError
    return _row(_load(found))


def _load(found: queries.Pointer) -> Case:
    """The case where it is now: one that was passed on is followed."""
    tenant_id = found.tenant_id
    for _ in range(len(here().snapshot.registry.tenants) + 1):
        context = Context(ActorKind.APPLICANT, tenant_id, subject_id=found.id)
        with program().database.transaction(context) as session:
            row = by_applicant.load(session, found.id)
        if row.went_to_id is None:
            return row
        tenant_id = row.went_to_id
    raise NotFoundError


def _row(row: Case) -> Row:
    snapshot = here().snapshot
    service = snapshot.catalogue.services.get(row.service_key)
    form = form_version(row.form_key, row.form_version)
    return {
        "number": row.number,
        "service": row.service_key,
        "service_name": pick(service.name) if service else row.service_key,
        "authority": pick(definition_of(snapshot.registry.tenants[row.tenant_id]).name.full),
        "status": public_status(row.state).value,
        "text": status_text(row.state, form.kind),
        "received_at": row.received_at,
    }
