"""The API's addresses, its description, and a page for people on what there is and how to begin."""

from __future__ import annotations

from flask import Blueprint, Flask, redirect, render_template, url_for
from flask_wtf import CSRFProtect
from werkzeug.wrappers import Response

from kreisportal.api import blueprint as routes
from kreisportal.api import cases, offers, towns
from kreisportal.api.description import BLUEPRINTS, describe
from kreisportal.web.languages import preferred_language
from kreisportal.web.site import here, keep

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
    return render_template("api/about.html", tenant=here().tenant, description=_DESCRIPTION)


def _readable_by_all(response: Response) -> Response:
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response
