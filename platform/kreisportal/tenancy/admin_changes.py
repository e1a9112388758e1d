"""What all pages share on which a tenant admin changes the town: saving, what another has saved meanwhile, taking back."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from kreisportal.i18n import gettext
from kreisportal.kernel.errors import ConflictError, InvalidInputError
from kreisportal.tenancy.town_changes import (
    Make,
    Parts,
    change_town,
    expecting,
    last_change,
    parts_now,
    stamp_of,
)
from kreisportal.web.program import program
from kreisportal.web.sessions import staff_context
from kreisportal.web.site import here

Answer = Response | tuple[str, int] | str

Again = Callable[[dict[str, list[str]], bool], str]
Also = Callable[[Session], object]

PAGES = {
    "look": "look_admin.show",
    "home": "home_admin.show",
    "notice": "notice_admin.show",
    "links": "links_admin.show",
    "council": "council_admin.show",
    "languages": "languages_admin.show",
    "hall": "hall_admin.show",
    "offices": "office_admin.overview",
    "texts": "legal_admin.overview",
    "legal": "legal_admin.facts",
}
"""Area → the page that changes it."""

_BESIDE = {"picture": ("look", "picture_admin.show"), "closings": ("hall", "hall_admin.closings")}
"""A page that changes a part of an area, beside the area's own → area and page."""


@dataclass(frozen=True, slots=True)
class Area:
    """An area as a page shows it: its parts, their ``stamp``, and since when they can be taken back."""

    name: str
    parts: Parts
    stamp: str
    since: datetime.datetime | None


def area_shown(name: str) -> Area:
    """The area as it is saved now."""
    with program().database.transaction(staff_context()) as session:
        tenant_id = here().tenant.id
        parts = parts_now(session, tenant_id, name)
        return Area(name, parts, stamp_of(parts), last_change(session, tenant_id, name))


def save(area: str, wanted: Mapping[str, Any], again: Again) -> Answer:
    """Save parts of an area, if they are still as they were ``gesehen``. See ``save_piece``."""
    return save_piece(area, expecting(request.form.get("gesehen", ""), wanted), again)


def save_piece(area: str, make: Make, again: Again, *, also: Also | None = None, done: str = "") -> Answer:
    """Save what ``make`` makes of an area; the portal shows it within a second.

    ``again`` makes the page once more, with sentences at its fields, or because another has saved it meanwhile. ``also``
    does what belongs to it, in the same transaction; ``done`` is where one is led then, if not to the area's page.
    """
    context = staff_context()
    try:
        with program().database.transaction(context) as session:
            changed = change_town(session, context, area, make)
            if also:
                also(session)
    except InvalidInputError as error:
        return again(error.messages, False), error.status
    except ConflictError as error:
        return again({}, True), error.status
    program().keeper.renew()
    flash(
        gettext("Gespeichert. So steht es jetzt im Portal.")
        if changed
        else gettext("Es gab nichts zu ändern.")
    )
    return redirect(done or url_for(PAGES[area]), 303)


def page_of(area: str, beside: str = "") -> str:
    """Where an area is seen: on the page ``beside`` its own, if it has such a one."""
    of, page = _BESIDE.get(beside, ("", ""))
    return url_for(page if of == area else PAGES[area])


def differences(
    labels: Mapping[str, str], typed: Mapping[str, str], saved: Mapping[str, str]
) -> list[tuple[str, str]]:
    """What another has saved meanwhile, as far as it is not what was typed: names of fields and what they say now."""
    return [
        (label, saved[name] or "–")
        for name, label in labels.items()
        if name in saved and saved[name] != typed.get(name)
    ]
