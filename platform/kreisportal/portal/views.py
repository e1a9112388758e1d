"""Pages of a town's portal that anybody may read. None of them asks the database."""

from __future__ import annotations

from flask import Blueprint, Flask, current_app, jsonify, redirect, render_template, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response

from kreisportal.catalogue.service_counts import Counted, What
from kreisportal.i18n import gettext
from kreisportal.kernel.errors import NotFoundError
from kreisportal.kernel.http.kept_pages import COUNTED
from kreisportal.portal import files, lists, searching, service_page
from kreisportal.portal.frame import portal_frame
from kreisportal.portal.guide_page import guide_view
from kreisportal.tenancy.profile import definition_of
from kreisportal.web import places
from kreisportal.web.languages import preferred_language
from kreisportal.web.offer_preview import unseal
from kreisportal.web.other_sites import account_address
from kreisportal.web.page import register_frame, town_of
from kreisportal.web.program import program
from kreisportal.web.site import here, keep, keep_answer
from kreisportal.web.slots import render_around, render_for_all
from kreisportal.web.town_picture import picture_shown

blueprint = Blueprint("portal", __name__, subdomain="portal", url_prefix="/<language:lang>")
_LONGEST_QUERY = 200
_RESULTS = 20


def install(app: Flask) -> None:
    """Register the portal's pages."""
    app.register_blueprint(blueprint)
    app.register_blueprint(files.blueprint)
    register_frame(app, "portal", portal_frame())
    searching.install(app)
    # It comes from another site and changes nothing; the seal says that it is the desk's.
    app.extensions["csrf"].exempt(preview_offer)
    app.add_template_global(lambda: account_address("account_matters.home"), "account_home")


@files.blueprint.get("/")
def start() -> Response:
    """Lead to the start page in the language the browser asks for."""
    response = redirect(url_for("portal.home", lang=preferred_language().path))
    response.vary.add("Accept-Language")
    return response


@blueprint.get("/")
def home() -> str:
    """The start page: the search first, then help for those who don't know what to type."""
    keep()
    return render_for_all(
        "portal/home.html",
        lambda: {
            "often": lists.often_needed(),
            "topics": lists.topics(),
            "life": lists.chips(lists.often_met("life")),
            "business": lists.chips(lists.often_met("business")),
            "town": definition_of(here().tenant),
            "links": lists.more_in_town(),
            "picture": picture_shown(here().tenant),
        },
    )


@blueprint.get("/suche")
def search() -> str:
    """The result page of the search, complete without JavaScript."""
    query = request.args.get("q", "")[:_LONGEST_QUERY].strip()
    found = searching.search(query, _RESULTS) if query else None
    if found and not found.is_good:
        program().missed_words.note(here().tenant.id, query)
    elif found and found.place is None:
        # Of another place it says more than what this town's pages are thrown away for.
        keep_answer()
    nothing = found is not None and not found.rows and not found.pages
    often = lists.often_needed() if nothing else []
    template = current_app.jinja_env.get_template("portal/_results.html")
    results = template.render(query=query, found=found, often=often, town=town_of(here().tenant))
    return render_around("portal/search.html", query=query, results=Markup(results))  # noqa: S704 - escaped by Jinja.


@blueprint.get("/suche/vorschlaege")
def suggest() -> Response:
    """Suggestions while typing, an addition to the result page."""
    query = request.args.get("q", "")[:_LONGEST_QUERY].strip()
    return jsonify(suggestions=searching.suggestions(query) if query else [])


@blueprint.get("/themen")
def topics() -> str:
    """All topics."""
    keep()
    return render_for_all("portal/topics.html", lambda: {"topics": lists.topics()})


@blueprint.get("/themen/<key>")
def topic(key: str) -> str:
    """A topic with its services and situations."""
    found = here().snapshot.catalogue.topics.get(key)
    if found is None:
        raise NotFoundError
    keep()
    return render_for_all(
        "portal/topic.html",
        lambda: {
            "topic": found,
            "services": lists.services_where(lambda service: key in service.topics),
            "situations": lists.chips([item for item in lists.situations() if item["topic"] == key]),
        },
    )


@blueprint.get("/lebenslagen")
def situations() -> str:
    """All situations, of people and of businesses."""
    keep()
    return render_for_all(
        "portal/situations.html",
        lambda: {"life": lists.situations("life"), "business": lists.situations("business")},
    )


@blueprint.get("/lebenslagen/<key>")
def situation(key: str) -> str:
    """A situation: as a guided list where there is one, and with all its services."""
    catalogue = here().snapshot.catalogue
    found = catalogue.situations.get(key)
    if found is None:
        raise NotFoundError
    if not request.args:
        keep()
    guide = catalogue.guides.get(key)
    return render_for_all(
        "portal/situation.html",
        lambda: {
            "situation": found,
            "services": lists.services_where(lambda service: key in service.situations, found.first),
            "topic": catalogue.topics[found.topic],
            "guide": guide_view(guide, request.args) if guide else None,
        },
    )


@blueprint.get("/leistungen")
def services() -> str:
    """All services by name."""
    keep()
    return render_for_all("portal/services.html", lambda: {"groups": lists.by_letter()})


@blueprint.get("/leistungen/<key>")
def service(key: str) -> str:
    """A service: what it is for, who is responsible and why, and how to get it."""
    found = here().snapshot.catalogue.services.get(key)
    if found is None:
        raise NotFoundError
    ars = request.args.get("ort", "")
    if not ars:
        keep()
    page = render_for_all("portal/service.html", lambda: service_page.service_view(found, ars))
    request.environ[COUNTED] = Counted(here().tenant.id, key, What.VIEWED)
    return page


@blueprint.post("/vorschau/angebot")
def preview_offer() -> str:
    """The page of a service as it would look with an offer that the desk has sealed; nothing is read or written."""
    found = unseal(program().settings.secret_key, request.form.get("angebot", ""), here().tenant)
    known = here().snapshot.catalogue.services.get(found[0]) if found else None
    if found is None or known is None:
        raise NotFoundError
    return render_template("portal/service.html", **service_page.service_view(known, "", found[1]))


@blueprint.get("/leistungen/<key>/ort")
def place(key: str) -> str:
    """Choose another place, by name or postcode, for a service."""
    found = here().snapshot.catalogue.services.get(key)
    if found is None or not found.executed_here:
        raise NotFoundError
    typed = request.args.get("ort", "")[:100].strip()
    hits = places.find(typed) if typed else []
    similar = places.similar(typed) if typed and not hits else []
    return render_template(
        "portal/place.html",
        service=found,
        typed=typed,
        hits=lists.place_links(key, hits),
        similar=lists.place_links(key, similar),
        error="" if hits else _place_error(typed, bool(similar)),
        question=service_page.place_question(found),
    )


def _place_error(typed: str, is_similar: bool) -> str:
    """What is wrong with what was typed as a place and means none; nothing was sent before the field was."""
    if is_similar:
        return gettext(
            "Diesen Ort kennen wir nicht. Prüfen Sie die Schreibweise oder geben Sie die Postleitzahl ein."
        )
    if typed:
        return gettext(
            "Diesen Ort kennen wir nicht. Hier finden Sie nur Orte in %(states)s. Liegt er dort, prüfen Sie die"
            " Schreibweise oder geben Sie die Postleitzahl ein.",
            states=places.known_states(),
        )
    if "ort" in request.args:
        return gettext("Geben Sie den Namen oder die Postleitzahl des Ortes ein.")
    return ""


@blueprint.get("/aemter")
def offices() -> str:
    """All offices of the authority with their hours."""
    keep()
    town = definition_of(here().tenant)
    return render_for_all("portal/offices.html", lambda: {"town": town, "offices": lists.offices(town)})


@blueprint.get("/kontakt")
def contact() -> str:
    """Where the town hall is and when it is open."""
    keep()
    town = definition_of(here().tenant)
    return render_for_all(
        "portal/contact.html",
        lambda: {
            "town": town,
            "hours": lists.week(town.hours),
            "closed": lists.closed_days(town.hours),
        },
    )


@blueprint.get("/seite/<page>")
def legal(page: str) -> str:
    """Imprint, privacy, accessibility declaration, plain language."""
    found = service_page.legal_page(page)
    if found is None:
        raise NotFoundError
    keep()
    return render_for_all(
        "portal/legal.html", lambda: {"found": found, "title": service_page.legal_title(page)}
    )
