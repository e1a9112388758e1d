"""What stands around the portal's pages: menu and foot."""

from __future__ import annotations

from functools import lru_cache

from flask import request

from kreisportal.accounts.queries import own_account
from kreisportal.accounts.service import acting_for
from kreisportal.i18n import DEFAULT_LANGUAGE, PLAIN_GERMAN, Language, current_language, gettext
from kreisportal.kernel.database.engine import AWAY
from kreisportal.kernel.errors import UnavailableError
from kreisportal.web.addresses import address
from kreisportal.web.languages import languages_of_site
from kreisportal.web.other_sites import account_host
from kreisportal.web.page import Frame, Link, NavLink
from kreisportal.web.program import program
from kreisportal.web.sessions import account_is_here, current_session


def portal_frame() -> Frame:
    """The frame of the citizens' site."""
    return Frame(
        home="portal.home",
        nav=_nav,
        footer=_footer,
        search="portal.search",
        suggest="portal.suggest",
        robots=True,
        user=_user,
    )


def _user() -> str | None:
    """Who is signed in; asks the database only where the browser says that somebody is."""
    return _signed_in() if account_is_here() else None


def _signed_in() -> str | None:
    try:
        own = current_session().account_id
        if own is None:
            return None
        with program().database.transaction(acting_for(own)) as session:
            account = own_account(session, own)
    except (*AWAY, UnavailableError):
        return None
    return account.email if account else None


def _nav() -> list[NavLink]:
    links = [
        (text, path, request.endpoint == endpoint) for text, path, endpoint in _entries(current_language())
    ]
    if account_host() and not account_is_here():
        links.append((gettext("Anmelden"), address("sso.start"), False))
    return links


def _footer() -> list[Link]:
    return _links(current_language(), languages_of_site())


@lru_cache(maxsize=16)
def _entries(language: Language) -> list[tuple[str, str, str]]:
    """The menu in the language that is spoken, which the key must name."""
    entries = (
        (gettext("Themen"), "portal.topics"),
        (gettext("Lebenslagen"), "portal.situations"),
        (gettext("Leistungen von A bis Z"), "portal.services"),
        (gettext("Ämter und Öffnungszeiten"), "portal.offices"),
        (gettext("Stand abfragen"), "status.enter"),
    )
    return [(text, address(endpoint), endpoint) for text, endpoint in entries]


@lru_cache(maxsize=16)
def _links(language: Language, offered: tuple[Language, ...]) -> list[Link]:
    """The foot in the language that is spoken, which the key must name."""
    links = [
        (gettext("Kontakt"), address("portal.contact")),
        (gettext("Impressum"), address("portal.legal", page="imprint")),
        (gettext("Datenschutz"), address("portal.legal", page="privacy")),
        (gettext("Barrierefreiheit"), address("portal.legal", page="accessibility")),
    ]
    # The law asks for this page, whether the rest of the portal is offered in plain language or not.
    around = PLAIN_GERMAN if PLAIN_GERMAN in offered else DEFAULT_LANGUAGE
    links.append(
        (gettext("Leichte Sprache"), address("portal.legal", page="plain-language", lang=around.path))
    )
    return links
