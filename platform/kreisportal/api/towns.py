"""Bringing towns on line by programs, at the region's host, with a token of somebody who runs the region.

Asking twice does no harm: a town that has a portal is told as it is.
"""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields
from sqlalchemy.orm import Session

from kreisportal.api.blueprint import JSON, ApiBlueprint
from kreisportal.api.checks import Length, OneOf
from kreisportal.api.fields import LanguageQuery, PlainText, Taken, out
from kreisportal.api.service_rows import Row
from kreisportal.kernel import clock
from kreisportal.kernel.errors import ConflictError, NotFoundError
from kreisportal.onboarding.bringing import OF_ADMIN, OFFERS, bring_on_line
from kreisportal.onboarding.proposals import proposed
from kreisportal.staff.invitation_mails import Mailing
from kreisportal.staff.queries import region_member
from kreisportal.tenancy.directory import Entry, entry_of
from kreisportal.tenancy.onboarding import known_district, known_tenant
from kreisportal.tenancy.onboarding_fields import OF_DISTRICT, OF_TOWN
from kreisportal.tenancy.queries import load_records
from kreisportal.web.other_sites import address_at
from kreisportal.web.program import program
from kreisportal.web.site import here
from kreisportal.web.tokens import token_context

blueprint = ApiBlueprint("api_towns", "region", "Bringing towns on line.", "/towns")

_FIELDS = (*OF_TOWN, *OF_DISTRICT, *OF_ADMIN)
_LONGEST = 500

ProposalOut = Schema.from_dict(
    {
        name: out(fields.String, "As it is proposed; empty where nothing is known.")
        for name in (*_FIELDS, "offers")
    },
    name="ProposalOut",
)


class TownIn(
    Taken.from_dict(  # type: ignore[misc]  # A class made from data, as marshmallow does it.
        {
            name: PlainText(
                validate=Length(_LONGEST),
                metadata={"description": "Without it, what is proposed."},
            )
            for name in _FIELDS
        }
    )
):
    """What a town is brought in with. ``admin_name`` and ``admin_email`` are never proposed."""

    class Meta:
        unknown = Taken.Meta.unknown

    offers = PlainText(
        validate=OneOf(OFFERS),
        metadata={"description": "Which services are on from the start: required by law, all, or none."},
    )


class TownOut(Schema):
    """A town that has a portal."""

    ars = out(fields.String, "Its regional key.")
    slug = out(fields.String, "What it is called in addresses of the region's pages.")
    state = out(fields.String, "preparing, open, paused, or closed.")
    portal = out(fields.String, "The host name of its portal.", null=True)
    desk = out(fields.String, "The host name of its desk.", null=True)
    offers = out(fields.Integer, "How many services are on.")
    invitation = out(
        fields.String,
        "Where its first admin comes in, as the mail to them says; said this once, when it has just been brought in.",
        null=True,
    )


@blueprint.on("GET", "/<ars>/proposal", ars="034600009009")
@blueprint.takes(LanguageQuery, "query")
@blueprint.answers(ProposalOut)
def proposal(_: dict[str, Any], ars: str) -> Row:
    """What is known of a municipality, and what is proposed for its portal."""
    with program().database.transaction(token_context()) as session:
        entry, _runs_all = _entry(session, ars)
        return proposed(session, entry, _base())


@blueprint.on("PUT", "/<ars>", ars="034600009009")
@blueprint.takes(LanguageQuery, "query")
@blueprint.takes(TownIn)
@blueprint.answers(TownOut)
@blueprint.describes(
    responses={
        "201": {
            "description": "It has been brought in just now.",
            "content": {JSON: {"schema": {"$ref": "#/components/schemas/TownOut"}}},
        }
    }
)
def bring_in(_: dict[str, Any], wanted: dict[str, str], ars: str) -> tuple[Row, int]:
    """Bring a town on line; it is being prepared then, and its first admin is invited by mail.

    A town that has a portal stays as it is.
    """
    context, services = token_context(), here().snapshot.catalogue.services.values()
    try:
        with program().database.transaction(context) as session:
            entry, runs_all = _entry(session, ars)
            typed = {**proposed(session, entry, _base()), **wanted}
            done = bring_on_line(
                session,
                context,
                entry,
                typed,
                services,
                clock.now(),
                runs_all=runs_all,
                mailing=Mailing(program().settings.secret_key),
            )
    except ConflictError:
        return _known(ars), 200
    program().keeper.renew()
    invitation = address_at("desk", done.town.desk_host, "staff.invitation_page", token=done.invitation)
    return {**_known(ars), "invitation": invitation}, 201


def _known(ars: str) -> Row:
    """The town as it is."""
    with program().database.transaction(token_context()) as session:
        tenant = known_tenant(session, _entry(session, ars)[0])
        if tenant is None:
            raise NotFoundError
        (town,) = load_records(session, [tenant.id])
    return {
        "ars": town.ars,
        "slug": town.slug,
        "state": town.state,
        "portal": town.host("portal"),
        "desk": town.host("desk"),
        "offers": len(town.offers),
        "invitation": None,
    }


def _entry(session: Session, ars: str) -> tuple[Entry, bool]:
    """A municipality that may be brought on line by who acts, and whether they run all. Raises NotFoundError."""
    runs_all = region_member(session, token_context()).district_id is None
    entry = entry_of(session, ars)
    if entry is None or (known_district(session, entry) is None and not runs_all):
        raise NotFoundError
    return entry, runs_all


def _base() -> str:
    """The domain that host names are proposed in."""
    return here().host.partition(".")[2]
