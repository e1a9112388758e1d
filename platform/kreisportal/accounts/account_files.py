"""What stands around the account's pages, and its addresses without a language: start, mark, what machines ask for."""

from __future__ import annotations

from dataclasses import replace

from flask import Blueprint, Flask, redirect, request, url_for
from werkzeug.wrappers import Response

from kreisportal.accounts.queries import own_account
from kreisportal.accounts.service import acting_for
from kreisportal.i18n import gettext
from kreisportal.web.languages import preferred_language
from kreisportal.web.legal_links import legal_links
from kreisportal.web.other_sites import operator
from kreisportal.web.page import Frame, Link, NavLink, TownContext, register_frame, town_of
from kreisportal.web.program import program
from kreisportal.web.sessions import known_session
from kreisportal.web.site import keep
from kreisportal.web.town_files import text_file

blueprint = Blueprint("account_files", __name__, subdomain="account")
_MARK = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 40" aria-hidden="true">'
    '<rect width="40" height="40" rx="8" fill="#1d4f91"/><circle cx="20" cy="15" r="6" fill="#fff"/>'
    '<path d="M8 33a12 10 0 0 1 24 0z" fill="#fff"/></svg>'
)


def install(app: Flask) -> None:
    """Register the addresses and the frame."""
    app.register_blueprint(blueprint)
    register_frame(
        app,
        "account",
        Frame(home="account_matters.home", nav=_nav, footer=_footer, user=signed_in_as, town=_named),
    )


def _named(unnamed: TownContext) -> TownContext:
    """The account's name, with the help of the authority that runs it."""
    responsible, name = operator(), gettext("Bürgerkonto")
    if responsible is None:
        return replace(unnamed, name=name, short_name=name)
    return replace(town_of(responsible), name=name, short_name=name, mark_url=None, theme_url=None)


def signed_in_as() -> str | None:
    """The address of who is signed in, if this request has asked for the session already."""
    session = known_session()
    if session is None or session.account_id is None:
        return None
    with program().database.transaction(acting_for(session.account_id)) as connection:
        account = own_account(connection, session.account_id)
    return account.email if account else None


def _nav() -> list[NavLink]:
    session = known_session()
    if session is None or session.account_id is None:
        return []
    entries = (
        (gettext("Meine Vorgänge"), "account_matters.home"),
        (gettext("Postfach"), "account_matters.mailbox"),
        (gettext("Meine Angaben"), "account_details.overview"),
        (gettext("Vollmachten"), "mandates.overview"),
        (gettext("Zugriffe"), "account_matters.readings"),
        (gettext("Einstellungen"), "account_towns.settings"),
    )
    return [(text, url_for(endpoint), request.endpoint == endpoint) for text, endpoint in entries]


def _footer() -> list[Link]:
    responsible = operator()
    return legal_links(responsible) if responsible else []


@blueprint.get("/")
def start() -> Response:
    """Lead to the start page in the language the browser asks for."""
    response = redirect(url_for("account_matters.home", lang=preferred_language().path))
    response.vary.add("Accept-Language")
    return response


@blueprint.get("/favicon.ico")
def mark() -> Response:
    """The account's mark."""
    keep()
    return text_file(_MARK, "image/svg+xml")


@blueprint.get("/robots.txt")
def robots() -> Response:
    """Nothing here is for search engines."""
    keep()
    return text_file("User-agent: *\nDisallow: /\n", "text/plain")
