"""What stands around the portal's pages: menu and foot."""

from __future__ import annotations

from functools import lru_cache

from flask import request

from kreisportal.i18n import PLAIN_GERMAN, Language, current_language, gettext
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
    return [
        (text, path, request.endpoint == endpoint) for text, path, endpoint in _entries(current_language())
    ]


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
        (gettext("Stand meines Antrags"), "status.enter"),
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
    if PLAIN_GERMAN in offered:
        links.append(
            (gettext("Leichte Sprache"), address("portal.legal", page="plain-language", lang="de-simple"))
        )
    return links
