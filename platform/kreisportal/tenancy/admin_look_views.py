"""The tenant admin's page on the town's look: one colour, from which all others are made, and the mark."""

from __future__ import annotations

import base64
from contextlib import closing
from typing import Any

from babel.numbers import format_decimal
from flask import Blueprint, render_template, request, url_for
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response

from kreisportal.documents.errors import RefusedFileError
from kreisportal.documents.marks import mark_of, refusal_of
from kreisportal.i18n import current_language, gettext, pick
from kreisportal.kernel.errors import InvalidInputError, NotFoundError
from kreisportal.tenancy.admin_changes import Answer, area_shown, differences, save
from kreisportal.tenancy.look_fields import brand_typed, colour_typed
from kreisportal.tenancy.profile import definition_of
from kreisportal.theming.outcome import Band, Outcome, Uses, outcome_of
from kreisportal.theming.palette import NEUTRAL_BRAND, palette
from kreisportal.theming.stylesheet import sample_css
from kreisportal.web.site import here

_SAMPLE = "kp-look"

blueprint = Blueprint("look_admin", __name__, subdomain="desk", url_prefix="/<language:lang>/portal/aussehen")


@blueprint.get("/")
def show() -> str:
    """The look as it is, with what became of the colour."""
    brand = area_shown("look").parts["brand"] or {}
    return _page({"colour": brand.get("colour", NEUTRAL_BRAND), "svg": ""}, {})


@blueprint.post("/")
def change() -> Answer:
    """Show what was chosen before it counts, or save it."""
    typed = {"colour": request.form.get("colour", ""), "svg": request.form.get("svg", "")}
    before = area_shown("look").parts["brand"] or {}
    faults: dict[str, list[str]] = {}
    try:
        typed["svg"] = _uploaded(request.files.get("zeichen")) or typed["svg"]
    except RefusedFileError as error:
        faults["mark"] = [refusal_of(error)]
    try:
        brand = brand_typed(before, typed["colour"], typed["svg"])
    except InvalidInputError as error:
        if "mark" in error.messages:
            typed["svg"] = ""
        faults = {**error.messages, **faults}
    if faults:
        return _page(typed, faults), InvalidInputError.status
    typed["colour"] = brand["colour"]
    if request.form.get("tat") != "speichern":
        return _page(typed, {}, is_preview=True)
    return save("look", {"brand": brand}, lambda faults, meanwhile: _page(typed, faults, meanwhile=meanwhile))


@blueprint.get("/farbe/<colour>.css")
def colour_css(colour: str) -> Response:
    """The colours of the samples on the page, for any colour."""
    try:
        made = palette(colour_typed(colour))
    except InvalidInputError:
        raise NotFoundError from None
    return Response(sample_css(made, _SAMPLE), content_type="text/css; charset=utf-8")


def _uploaded(file: FileStorage | None) -> str:
    """The mark that was sent, as a drawing; empty if there is none. Raises RefusedFileError."""
    if file is None or not file.filename:
        return ""
    with closing(file):
        return mark_of(file.stream)


def _page(
    typed: dict[str, str], errors: dict[str, list[str]], *, is_preview: bool = False, meanwhile: bool = False
) -> str:
    area = area_shown("look")
    saved = area.parts["brand"] or {}
    try:
        colour = colour_typed(typed["colour"])
    except InvalidInputError:
        colour = saved.get("colour", NEUTRAL_BRAND)
    outcome = outcome_of(palette(colour))
    svg = typed["svg"] or saved.get("mark_svg", "")
    labels = {"colour": gettext("Farbe")}
    return render_template(
        "tenancy/admin_look.html",
        area=area,
        typed=typed,
        errors=errors,
        meanwhile=differences(labels, typed, saved) if meanwhile else None,
        is_preview=is_preview,
        colour=colour,
        sheet=url_for("look_admin.colour_css", colour=colour.removeprefix("#")),
        # With a name in the place of the colour, for the script that shows colours while they are chosen.
        sheet_of_any=url_for("look_admin.colour_css", colour="COLOUR"),
        mark=f"data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()}" if svg else None,
        name=pick(definition_of(here().tenant).name.full),
        told=_told(outcome),
        figures=_figures(outcome),
    )


def _told(outcome: Outcome) -> str:
    return {
        Band.AS_IT_IS: gettext(
            "Im hellen Kopf der Seiten steht Ihre Farbe, wie sie ist, mit weißer Schrift."
        ),
        Band.DARK_TEXT: gettext(
            "Im hellen Kopf der Seiten steht Ihre Farbe, wie sie ist. Die Schrift darauf ist dunkel, weil weiße nicht "
            "zu lesen wäre."
        ),
        Band.DARKENED: gettext(
            "Im hellen Kopf der Seiten ist Ihre Farbe etwas dunkler, damit weiße Schrift darauf zu lesen ist."
        ),
    }[outcome.band]


def _figures(outcome: Outcome) -> list[list[Any]]:
    rows = []
    for mode, uses in ((gettext("hell"), outcome.light), (gettext("dunkel"), outcome.dark)):
        rows.append([gettext("Kopf der Seiten, %(mode)s", mode=mode), *_use(uses, "band")])
        rows.append([gettext("Knöpfe und Links, %(mode)s", mode=mode), *_use(uses, "action")])
    return rows


def _use(uses: Uses, name: str) -> tuple[str, str]:
    use = getattr(uses, name)
    ratio = format_decimal(round(use.contrast, 1), locale=current_language().locale)
    return use.colour, gettext("%(ratio)s zu 1", ratio=ratio)
