"""The tenant admin's pages on the town itself: what there is to change, and taking a change back."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Flask, flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from kreisportal.access.who import Who
from kreisportal.catalogue.planned import offices_of
from kreisportal.catalogue.queries import offers_of
from kreisportal.i18n import gettext, lazy_gettext, ngettext
from kreisportal.kernel import clock
from kreisportal.kernel.errors import ConflictError, NotFoundError
from kreisportal.tenancy import (
    admin_council_views,
    admin_hall_views,
    admin_home_views,
    admin_language_views,
    admin_legal_views,
    admin_link_views,
    admin_look_views,
    admin_office_views,
    admin_picture_views,
)
from kreisportal.tenancy.admin_changes import PAGES, page_of
from kreisportal.tenancy.profile import definition_of
from kreisportal.tenancy.town_changes import parts_before, take_back
from kreisportal.web.menu import MenuEntry, register_entry
from kreisportal.web.program import program
from kreisportal.web.sessions import staff_context
from kreisportal.web.site import here

blueprint = Blueprint("town_admin", __name__, subdomain="desk", url_prefix="/<language:lang>/portal")


def install(app: Flask) -> None:
    """Register the pages."""
    for each in (
        blueprint,
        admin_look_views.blueprint,
        admin_picture_views.blueprint,
        admin_home_views.blueprint,
        admin_home_views.notice_blueprint,
        admin_link_views.blueprint,
        admin_council_views.blueprint,
        admin_language_views.blueprint,
        admin_hall_views.blueprint,
        admin_office_views.blueprint,
        admin_legal_views.blueprint,
    ):
        app.register_blueprint(each)
    entry = MenuEntry(lazy_gettext("Ihr Portal"), "town_admin.overview", Who.TENANT_ADMIN, 60, _purpose)
    register_entry(app, "desk", entry)


def _purpose() -> str:
    return gettext("Aussehen, Mitteilungen, Ämter, Öffnungszeiten und Rechtstexte")


@blueprint.get("/")
def overview() -> str:
    """What can be changed of the town, each with how it is now."""
    return render_template("tenancy/admin_overview.html", ways=_ways())


def _ways() -> list[dict[str, Any]]:
    return [
        {
            "text": gettext("Farbe und Zeichen"),
            "url": url_for("look_admin.show"),
            "note": gettext("mit Vorschau, hell und dunkel"),
        },
        {
            "text": gettext("Bild der Startseite"),
            "url": url_for("picture_admin.show"),
            "note": gettext("ein Foto oder eine Zeichnung aus Ihrem Ort"),
        },
        {
            "text": gettext("Startseite"),
            "url": url_for("home_admin.show"),
            "note": gettext("in welcher Reihenfolge ihre Teile stehen"),
        },
        {
            "text": gettext("Weitere Angebote im Ort"),
            "url": url_for("links_admin.show"),
            "note": gettext("Kacheln auf der Startseite, die woanders hin führen"),
        },
        {
            "text": gettext("Rat und Sitzungen"),
            "url": url_for("council_admin.show"),
            "note": gettext("Termine und Vorlagen aus Ihrem Ratsinformationssystem"),
        },
        {"text": gettext("Mitteilung"), "url": url_for("notice_admin.show"), "note": _notice()},
        {
            "text": gettext("Sprachen"),
            "url": url_for("languages_admin.show"),
            "note": ", ".join(language.name for language in definition_of(here().tenant).languages),
        },
        {
            "text": gettext("Rathaus und Öffnungszeiten"),
            "url": url_for("hall_admin.show"),
            "note": gettext("Anschrift, Kontakt, Zeiten, Schließtage und Feiertage"),
        },
        {
            "text": gettext("Ämter"),
            "url": url_for("office_admin.overview"),
            "note": ngettext("%(num)s Amt", "%(num)s Ämter", len(definition_of(here().tenant).offices)),
        },
        {
            "text": gettext("Rechtstexte"),
            "url": url_for("legal_admin.overview"),
            "note": gettext("Impressum, Datenschutz, Barrierefreiheit"),
        },
    ]


def _notice() -> str:
    notice = definition_of(here().tenant).notice
    if notice is None:
        return gettext("zurzeit keine")
    if notice.is_shown(clock.today()):
        return gettext("steht jetzt auf jeder Seite")
    return gettext("steht jetzt nicht da, wegen ihrer Tage")


@blueprint.post("/<area>/zurueck")
def back(area: str) -> Response:
    """Put an area back to what it was before its last change."""
    if area not in PAGES:
        raise NotFoundError
    context, page = staff_context(), page_of(area, request.form.get("seite", ""))
    shown = admin_picture_views.shown_now() if area == "look" else ""
    try:
        with program().database.transaction(context) as session:
            if area == "offices" and _left_alone(session):
                flash(
                    gettext(
                        "Ein Amt, das es vorher nicht gab, ist für Leistungen zuständig. Entfernen Sie es selbst, dann "
                        "wählen Sie, wer sie übernimmt."
                    ),
                    "warning",
                )
                return redirect(page, 303)
            if area == "look" and admin_picture_views.lost_for_good(session):
                flash(
                    gettext(
                        "Das Bild von vorher ist schon gelöscht und lässt sich nicht zurückholen. Laden Sie es noch "
                        "einmal hoch."
                    ),
                    "warning",
                )
                return redirect(url_for("picture_admin.show"), 303)
            take_back(session, context, area, request.form.get("gesehen", ""))
    except ConflictError:
        flash(
            gettext("Inzwischen hat jemand anderes etwas geändert. Sehen Sie es sich zuerst an."), "warning"
        )
        return redirect(page, 303)
    admin_picture_views.spare(shown)
    program().keeper.renew()
    flash(gettext("Zurückgenommen. Es steht wieder da, was vorher da war."))
    return redirect(page, 303)


def _left_alone(session: Session) -> bool:
    """Whether a service would belong to no office if the last change of offices were taken back."""
    tenant_id = here().tenant.id
    offices = parts_before(session, tenant_id, "offices")["offices"] or []
    used = {office for offer in offers_of(session, tenant_id).values() for office in offices_of(offer)}
    return bool(used - {office["key"] for office in offices})
