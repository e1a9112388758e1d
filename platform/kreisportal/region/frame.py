"""What stands around the region's pages: menu, foot, and who is signed in."""

from __future__ import annotations

from dataclasses import replace

from kreisportal.i18n import gettext
from kreisportal.web.legal_links import legal_links
from kreisportal.web.menu import menu_of
from kreisportal.web.other_sites import operator
from kreisportal.web.page import Frame, Link, TownContext, town_of
from kreisportal.web.sessions import known_session

SITE = "region"


def region_frame() -> Frame:
    """The frame of the site of those who run the region."""
    return Frame(home="region.home", nav=lambda: menu_of(SITE), footer=_footer, user=_user, town=_named)


def _named(unnamed: TownContext) -> TownContext:
    """The region's name, with the help of the authority that runs it."""
    responsible, name = operator(), gettext("Region")
    if responsible is None:
        return replace(unnamed, name=name, short_name=name)
    return replace(town_of(responsible), name=name, short_name=name, mark_url=None, theme_url=None)


def _user() -> str | None:
    session = known_session()
    return session.staff.name if session is not None and session.staff is not None else None


def _footer() -> list[Link]:
    responsible = operator()
    return legal_links(responsible) if responsible else []
