"""The tenant admin's pages on the town hall: where it is, when it is open, on which days it is closed against that."""

from __future__ import annotations

import datetime
from typing import Any

from flask import Blueprint, render_template, request, url_for

from kreisportal.i18n import gettext, pick
from kreisportal.i18n.dates import date_text
from kreisportal.kernel import clock
from kreisportal.kernel.errors import ConflictError, InvalidInputError, NotFoundError
from kreisportal.tenancy.admin_changes import Answer, area_shown, differences, save, save_piece
from kreisportal.tenancy.admin_labels import contact_labels, hours_labels
from kreisportal.tenancy.office_fields import (
    OF_CLOSING,
    OF_HALL,
    closing_typed,
    hall_typed,
    hall_typed_of,
)
from kreisportal.tenancy.profile import definition_of
from kreisportal.tenancy.public_holidays import public_holidays
from kreisportal.tenancy.town_changes import Parts, stamp_of
from kreisportal.web.site import here

_MOST_CLOSINGS = 60

blueprint = Blueprint("hall_admin", __name__, subdomain="desk", url_prefix="/<language:lang>/portal")


@blueprint.get("/rathaus/")
def show() -> str:
    """The town hall as it is."""
    parts = area_shown("hall").parts
    return _page(hall_typed_of(parts["contact"], parts["hours"]), {})


@blueprint.post("/rathaus/")
def change() -> Answer:
    """Put what was typed in its place."""
    typed = {name: request.form.get(name, "") for name in OF_HALL}
    try:
        wanted = hall_typed(typed, area_shown("hall").parts["hours"])
    except InvalidInputError as error:
        return _page(typed, error.messages), error.status
    return save("hall", wanted, lambda faults, meanwhile: _page(typed, faults, meanwhile=meanwhile))


def _page(typed: dict[str, str], errors: dict[str, list[str]], *, meanwhile: bool = False) -> str:
    area = area_shown("hall")
    labels = {**contact_labels(), "website": gettext("Website"), **hours_labels()}
    saved = hall_typed_of(area.parts["contact"], area.parts["hours"])
    return render_template(
        "tenancy/admin_hall.html",
        area=area,
        typed=typed,
        errors=errors,
        labels=labels,
        days=list(hours_labels()),
        meanwhile=differences(labels, typed, saved) if meanwhile else None,
    )


@blueprint.get("/schliesstage/")
def closings() -> str:
    """The days on which all is closed, those of the Land among them."""
    return _closings(dict.fromkeys(OF_CLOSING, ""), {})


@blueprint.post("/schliesstage/")
def add_closing() -> Answer:
    """Add a day, or several."""
    typed = {name: request.form.get(name, "") for name in OF_CLOSING}
    try:
        closing = closing_typed(typed)
    except InvalidInputError as error:
        return _closings(typed, error.messages), error.status

    def make(now: Parts) -> dict[str, Any]:
        known = _known(now)
        if len(known) >= _MOST_CLOSINGS:
            raise InvalidInputError({"date": [gettext("Entfernen Sie zuerst Tage, die vorbei sind.")]})
        return _with(now, [*known, closing] if closing not in known else known)

    return save_piece(
        "hall",
        make,
        lambda faults, meanwhile: _closings(typed, faults, meanwhile=meanwhile),
        done=url_for("hall_admin.closings"),
    )


@blueprint.post("/schliesstage/entfernen")
def remove_closing() -> Answer:
    """Remove a day; it is named by what it says, so that no other one goes."""
    named = request.form.get("tag", "")

    def make(now: Parts) -> dict[str, Any]:
        left = [closing for closing in _known(now) if stamp_of(closing) != named]
        if len(left) == len(_known(now)):
            raise ConflictError("it is gone already")
        return _with(now, left)

    empty = dict.fromkeys(OF_CLOSING, "")
    return save_piece(
        "hall",
        make,
        lambda faults, meanwhile: _closings(empty, faults, meanwhile=meanwhile),
        done=url_for("hall_admin.closings"),
    )


def _known(parts: Parts) -> list[dict[str, Any]]:
    if parts["hours"] is None:
        raise NotFoundError
    return list(parts["hours"].get("closed", ()))


def _with(parts: Parts, closings: list[dict[str, Any]]) -> dict[str, Any]:
    hours = {name: value for name, value in parts["hours"].items() if name != "closed"}
    ordered = sorted(closings, key=lambda closing: str(closing["date"]))
    return {"hours": {**hours, "closed": ordered} if ordered else hours}


def _closings(typed: dict[str, str], errors: dict[str, list[str]], *, meanwhile: bool = False) -> str:
    area = area_shown("hall")
    return render_template(
        "tenancy/admin_closings.html",
        area=area,
        typed=typed,
        errors=errors,
        labels=_labels(),
        closings=[_row(closing) for closing in _known(area.parts)],
        holidays=_holidays(),
        meanwhile=[] if meanwhile else None,
    )


def _labels() -> dict[str, str]:
    return {
        "date": gettext("Tag, oder erster Tag"),
        "until": gettext("Letzter Tag"),
        "reason_de": gettext("Warum, auf Deutsch"),
        "reason_en": gettext("Warum, auf Englisch"),
    }


def _row(closing: dict[str, Any]) -> dict[str, str]:
    first, last = (
        datetime.date.fromisoformat(closing.get(name, closing["date"])) for name in ("date", "until")
    )
    text = date_text(first) if first == last else f"{date_text(first)} – {date_text(last)}"
    return {"text": text, "reason": pick(closing.get("reason")), "stamp": stamp_of(closing)}


def _holidays() -> list[tuple[str, str]]:
    """The holidays of the Land in the next twelve months."""
    today, state = clock.today(), definition_of(here().tenant).state
    days = {**public_holidays(today.year, state), **public_holidays(today.year + 1, state)}
    end = today + datetime.timedelta(days=365)
    return [(pick(days[day]), date_text(day)) for day in sorted(days) if today <= day < end]
