"""What stands around the portal's pages: menu and foot."""

from __future__ import annotations

from flask import request

from kreisportal.i18n import gettext, language_by_path
from kreisportal.web.addresses import address
from kreisportal.web.languages import languages_of_site
from kreisportal.web.page import Frame, Link, NavLink


def portal_frame() -> Frame:
    """The frame of the citizens' site."""
    return Frame(
        home="portal.home",
        nav=_nav,
        footer=_footer,
        search="portal.search",
        suggest="portal.suggest",
        robots=True,
    )


def _nav() -> list[NavLink]:
    entries = (
        (gettext("Themen"), "portal.topics"),
        (gettext("Lebenslagen"), "portal.situations"),
        (gettext("Leistungen von A bis Z"), "portal.services"),
        (gettext("Ämter und Öffnungszeiten"), "portal.offices"),
        (gettext("Stand meines Antrags"), "status.enter"),
    )
    return [(text, address(endpoint), request.endpoint == endpoint) for text, endpoint in entries]


def _footer() -> list[Link]:
    links = [
        (gettext("Kontakt"), address("portal.contact")),
        (gettext("Impressum"), address("portal.legal", page="imprint")),
        (gettext("Datenschutz"), address("portal.legal", page="privacy")),
        (gettext("Barrierefreiheit"), address("portal.legal", page="accessibility")),
    ]
    plain = language_by_path("de-simple")
    if plain in languages_of_site():
        links.append(
            (gettext("Leichte Sprache"), address("portal.legal", page="plain-language", lang="de-simple"))
        )
    return links
