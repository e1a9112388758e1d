"""The API's addresses, its description, and a page for people on what there is and how to begin."""

from __future__ import annotations

from flask import Blueprint, Flask, redirect, render_template, request, url_for
from flask_wtf import CSRFProtect
from markupsafe import Markup
from werkzeug.wrappers import Response

from kreisportal.access.scopes import Scope
from kreisportal.api import blueprint as routes
from kreisportal.api import cases, offers, towns
from kreisportal.api.description import BLUEPRINTS, describe
from kreisportal.i18n import gettext
from kreisportal.web.languages import languages_of_site, preferred_language
from kreisportal.web.site import keep

about = Blueprint("api_about", __name__, subdomain="portal")
region_about = Blueprint("api_region_about", __name__, subdomain="region")
_DESCRIPTION = f"/api/{routes.VERSION}/openapi.json"


def install(app: Flask, csrf: CSRFProtect) -> None:
    """Register all of it. No cookie counts at these addresses, so no form's token is asked for."""
    routes.install(app)
    for blueprints in BLUEPRINTS.values():
        for blueprint in blueprints:
            app.register_blueprint(blueprint)
    app.register_blueprint(about)
    app.register_blueprint(region_about)
    for view in (cases.status, offers.change, towns.bring_in):
        csrf.exempt(view)


@about.get(_DESCRIPTION)
def description() -> Response:
    """The description of a portal's API in OpenAPI."""
    return _readable_by_all(describe())


@region_about.get(_DESCRIPTION, endpoint="description")
def region_description() -> Response:
    """The description of the API at the region's host."""
    return _readable_by_all(describe())


@about.get("/api/")
def start() -> Response:
    """Lead to the page in the language the browser asks for."""
    response = redirect(url_for("api_about.page", lang=preferred_language().path))
    response.vary.add("Accept-Language")
    return response


@about.get("/<language:lang>/schnittstelle")
def page() -> str:
    """What there is, how one comes by a token, and examples."""
    keep()
    return render_template(
        "api/about.html",
        base=request.host_url.rstrip("/"),
        description=_DESCRIPTION,
        open_rows=_open_rows(),
        token_rows=_token_rows(),
        most=routes.MOST,
        languages=", ".join(each.path for each in languages_of_site()),
    )


def _open_rows() -> list[tuple[Markup, str]]:
    return [
        (_code("GET /api/v1/services"), gettext("alle Leistungen, seitenweise")),
        (
            _code("GET /api/v1/services/{key}"),
            gettext("eine Leistung mit allem, was dazu gehört, und wie man sie hier bekommt"),
        ),
        (
            _code("GET /api/v1/services/{key}/responsibility?place="),
            gettext("wer für einen Ort oder eine Postleitzahl zuständig ist"),
        ),
        (_code("GET /api/v1/search?q="), gettext("was die Suche findet")),
        (_code("GET /api/v1/offices"), gettext("Ämter mit Öffnungszeiten, und ob gerade offen ist")),
        (_code("POST /api/v1/cases/status"), gettext("wo ein Vorgang steht, mit Nummer und Kennwort")),
    ]


def _token_rows() -> list[tuple[Markup, str, Markup]]:
    return [
        (
            _code("GET /api/v1/offers"),
            gettext("wie Ihre Kommune alle Leistungen anbietet"),
            _code(Scope.OFFERS_READ),
        ),
        (_code("GET /api/v1/offers/{key}"), gettext("dasselbe für eine"), _code(Scope.OFFERS_READ)),
        (
            _code("PATCH /api/v1/offers/{key}"),
            gettext("ein- und ausschalten, Weg, Tage, Gebühr, Hinweis ändern"),
            _code(Scope.OFFERS_WRITE),
        ),
        (
            _code("GET /api/v1/figures"),
            gettext("wie oft Leistungen genutzt werden"),
            _code(Scope.FIGURES_READ),
        ),
    ]


def _code(text: str) -> Markup:
    return Markup('<code class="kp-code">{}</code>').format(text)


def _readable_by_all(response: Response) -> Response:
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response
