"""What stands around the desk's pages: menu, foot, and who is signed in."""

from __future__ import annotations

from flask import current_app, request

from kreisportal.i18n import current_language, gettext
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
    """The legal pages lie on the town's portal, whose addresses its own rules write."""
    host = here().tenant.host("portal")
    if host is None:
        return []
    port = request.host.partition(":")[2]
    portal = current_app.url_map.bind(
        f"{host}:{port}" if port else host, subdomain="portal", url_scheme=request.scheme
    )

    def address(page: str) -> str:
        path = portal.build("portal.legal", {"lang": current_language().path, "page": page})
        return f"{request.scheme}://{portal.server_name}{path}"

    return [
        (gettext("Impressum"), address("imprint")),
        (gettext("Datenschutz"), address("privacy")),
        (gettext("Barrierefreiheit"), address("accessibility")),
    ]
