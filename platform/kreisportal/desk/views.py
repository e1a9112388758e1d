"""The desk's start page."""

from __future__ import annotations

from flask import Blueprint, Flask, render_template

from kreisportal.access.who import Who
from kreisportal.desk import files
from kreisportal.desk.frame import SITE, desk_frame
from kreisportal.i18n import lazy_gettext
from kreisportal.web.menu import MenuEntry, register_entry, ways_from_home
from kreisportal.web.page import register_frame
from kreisportal.web.sessions import current_session

blueprint = Blueprint("desk", __name__, subdomain=SITE, url_prefix="/<language:lang>")


def install(app: Flask) -> None:
    """Register the desk's pages and what stands around them."""
    app.register_blueprint(blueprint)
    app.register_blueprint(files.blueprint)
    register_frame(app, SITE, desk_frame())
    register_entry(app, SITE, MenuEntry(lazy_gettext("Übersicht"), "desk.home", Who.STAFF, 0))


@blueprint.get("/")
def home() -> str:
    """Who is signed in, and what waits for them."""
    return render_template("desk/home.html", member=current_session().staff, ways=ways_from_home(SITE))
