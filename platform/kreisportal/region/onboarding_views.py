"""Bringing a town on line: it is found in the official directory, its facts are filled in, and then it is looked at."""

from __future__ import annotations

from contextlib import closing
from typing import Any

from babel.dates import get_day_names
from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from kreisportal.access.roles import Role
from kreisportal.documents.errors import RefusedFileError
from kreisportal.documents.marks import mark_of, refusal_of
from kreisportal.i18n import current_language, gettext
from kreisportal.kernel import clock
from kreisportal.kernel.errors import ConflictError, InvalidInputError, NotFoundError
from kreisportal.onboarding.bringing import OF_ADMIN, OFFERS, OnLine, bring_on_line
from kreisportal.onboarding.proposals import proposed
from kreisportal.region.frame import SITE
from kreisportal.staff.invitation_mails import Mailing
from kreisportal.tenancy.directory import Entry, directory_size, entry_of, find_entries
from kreisportal.tenancy.onboarding import known_district, known_tenant, needs_district
from kreisportal.tenancy.onboarding_fields import OF_DISTRICT, OF_HOURS, OF_TOWN, OWN_MARK
from kreisportal.tenancy.queries import load_records
from kreisportal.web.not_open import preview_token
from kreisportal.web.other_sites import address_at
from kreisportal.web.program import program
from kreisportal.web.sessions import current_session, staff_context
from kreisportal.web.site import here

blueprint = Blueprint(
    "region_onboarding", __name__, subdomain=SITE, url_prefix="/<language:lang>/neue-kommune"
)


@blueprint.get("/")
def find() -> str:
    """Find a municipality by its name or key."""
    words = request.args.get("q", "").strip()[:100]
    with program().database.transaction(staff_context()) as session:
        rows = [_row(session, entry) for entry in find_entries(session, words)]
        size = directory_size(session)
    return render_template("region/find.html", words=words, rows=rows, size=size)


@blueprint.get("/<ars>")
def page(ars: str) -> str:
    """All that is asked of a town, filled in as far as it is known."""
    with program().database.transaction(staff_context()) as session:
        entry = _entry(session, ars)
        return _page(session, entry, proposed(session, entry, here().host.partition(".")[2]), {})


@blueprint.post("/<ars>")
def send(ars: str) -> Response | str | tuple[str, int]:
    """Bring the town in; it is being prepared then, and its first admin is invited by mail."""
    context, services = staff_context(), here().snapshot.catalogue.services.values()
    names = (*OF_TOWN, *OF_DISTRICT, *OF_ADMIN, "offers", OWN_MARK)
    typed = {name: request.form.get(name, "") for name in names}
    refused = _take_mark(typed)
    try:
        with program().database.transaction(context) as session:
            entry = _entry(session, ars)
            done = bring_on_line(
                session,
                context,
                entry,
                typed,
                services,
                clock.now(),
                runs_all=runs_all(),
                mailing=Mailing(program().settings.secret_key),
            )
            if refused:
                raise InvalidInputError(refused)
    except InvalidInputError as error:
        with program().database.transaction(context) as session:
            return _page(session, _entry(session, ars), typed, {**error.messages, **refused}), error.status
    except ConflictError:
        return _led_to_town(ars)
    program().keeper.renew()
    return _done(done)


def _take_mark(typed: dict[str, str]) -> dict[str, list[str]]:
    """Put the mark that was sent as a file among what was typed; a sentence at its field if it is refused."""
    file = request.files.get("zeichen")
    if file is None or not file.filename:
        return {}
    try:
        with closing(file):
            typed[OWN_MARK] = mark_of(file.stream)
    except RefusedFileError as error:
        return {"mark": [refusal_of(error)]}
    return {}


def _led_to_town(ars: str) -> Response:
    """Who sends a second time, or too late, is led to the town that is there already."""
    with program().database.transaction(staff_context()) as session:
        tenant = known_tenant(session, _entry(session, ars))
        if tenant is None:
            raise NotFoundError
        slug = tenant.slug
    flash(gettext("Diese Kommune hat schon ein Portal."), "warning")
    return redirect(url_for("region_towns.show", slug=slug), 303)


def _done(done: OnLine) -> str:
    """What comes next: the preview, the admin's invitation, and opening. The invitation is shown this once."""
    with program().database.transaction(staff_context()) as session:
        (tenant,) = load_records(session, [done.town.tenant_id])
    portal, desk = done.town.portal_host, done.town.desk_host
    token = preview_token(program().settings.secret_key, tenant)
    return render_template(
        "region/onboarded.html",
        done=done,
        name=tenant.profile["name"]["de"],
        preview=address_at("portal", portal, "portal_files.preview", token=token),
        invitation=address_at("desk", desk, "staff.invitation_page", token=done.invitation),
        hosts=(portal, desk),
    )


def runs_all() -> bool:
    """Whether who is signed in brings in towns of any district."""
    member = current_session().staff
    return member is not None and Role.OPERATOR in member.roles


def _entry(session: Session, ars: str) -> Entry:
    """A municipality that may be brought on line here. Raises NotFoundError."""
    entry = entry_of(session, ars)
    if entry is None or _refusal(session, entry):
        raise NotFoundError
    return entry


def _refusal(session: Session, entry: Entry) -> str:
    """Why a municipality cannot be chosen, or an empty text."""
    if known_district(session, entry) is None and not runs_all():
        return gettext("gehört nicht zu Ihrem Landkreis")
    return ""


def _row(session: Session, entry: Entry) -> dict[str, Any]:
    tenant = known_tenant(session, entry)
    return {
        "entry": entry,
        "refusal": _refusal(session, entry),
        "slug": tenant.slug if tenant is not None and tenant.has_portal else None,
    }


def _labels() -> dict[str, str]:
    """What the fields are called, in their order on the page."""
    days = get_day_names("wide", locale=current_language().locale)
    hours = {name: gettext("Offen am %(day)s", day=days[number]) for number, name in enumerate(OF_HOURS)}
    return {
        "name": gettext("Name der Behörde"),
        "short": gettext("Name des Ortes"),
        "street": gettext("Straße und Hausnummer"),
        "postcode": gettext("Postleitzahl"),
        "city": gettext("Ort"),
        "email": gettext("E-Mail-Adresse des Rathauses"),
        "phone": gettext("Telefonnummer"),
        **hours,
        "district_name": gettext("Name des Landkreises"),
        "district_street": gettext("Straße und Hausnummer des Kreishauses"),
        "district_postcode": gettext("Postleitzahl des Kreishauses"),
        "district_city": gettext("Ort des Kreishauses"),
        "district_email": gettext("E-Mail-Adresse des Landkreises"),
        "portal_host": gettext("Hostname des Portals"),
        "desk_host": gettext("Hostname der Verwaltung"),
        "colour": gettext("Farbe der Kommune"),
        "mark": gettext("Wappen oder Logo"),
        "offers": gettext("Welche Leistungen sind von Anfang an da?"),
        "admin_name": gettext("Name der Person"),
        "admin_email": gettext("E-Mail-Adresse der Person"),
    }


def _page(session: Session, entry: Entry, typed: dict[str, str], errors: dict[str, list[str]]) -> str:
    if "mark" in errors:
        # Of a drawing that is not taken nothing is sent again.
        typed = {**typed, OWN_MARK: ""}
    return render_template(
        "region/onboard.html",
        entry=entry,
        typed={OWN_MARK: "", **typed},
        errors=errors,
        labels=_labels(),
        days=OF_HOURS,
        with_district=needs_district(session, entry),
        offers=OFFERS,
    )
