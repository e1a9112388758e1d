"""What stands around the desk's pages: menu, foot, and who is signed in."""

from __future__ import annotations

from kreisportal.web.legal_links import legal_links
from kreisportal.web.menu import menu_of
from kreisportal.web.page import Frame, Link
from kreisportal.web.sessions import known_session
from kreisportal.web.site import here

SITE = "desk"


def desk_frame() -> Frame:
    """The frame of the caseworkers' site."""
    return Frame(home="desk.home", nav=lambda: menu_of(SITE), footer=_footer, user=_user)


def _user() -> str | None:
    session = known_session()
    return session.staff.name if session is not None and session.staff is not None else None


def _footer() -> list[Link]:
    """The legal pages lie on the town's portal."""
    return legal_links(here().tenant)
