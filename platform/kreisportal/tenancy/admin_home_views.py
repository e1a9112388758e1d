"""The tenant admin's pages on the portal's start page and on what stands on top of every page for some days."""

from __future__ import annotations

from flask import Blueprint, render_template, request

from kreisportal.i18n import gettext
from kreisportal.kernel.errors import InvalidInputError
from kreisportal.tenancy.admin_changes import Answer, area_shown, differences, save
from kreisportal.tenancy.definition import HOME_PARTS, Notice
from kreisportal.tenancy.definition_schemas import LONGEST_NOTICE, NoticeSchema
from kreisportal.tenancy.look_fields import (
    LANGUAGES,
    OF_NOTICE,
    home_typed,
    home_typed_of,
    notice_typed,
    notice_typed_of,
)
from kreisportal.web.page import notice_context

blueprint = Blueprint(
    "home_admin", __name__, subdomain="desk", url_prefix="/<language:lang>/portal/startseite"
)
notice_blueprint = Blueprint(
    "notice_admin", __name__, subdomain="desk", url_prefix="/<language:lang>/portal/mitteilung"
)


@blueprint.get("/")
def show() -> str:
    """The parts of the start page and their places."""
    return _home(home_typed_of(area_shown("home").parts["home"]), {})


@blueprint.post("/")
def change() -> Answer:
    """Put the parts into another order."""
    typed = {name: request.form.get(name, "") for name in HOME_PARTS}
    try:
        home = home_typed(typed)
    except InvalidInputError as error:
        return _home(typed, error.messages), error.status
    return save("home", {"home": home}, lambda faults, meanwhile: _home(typed, faults, meanwhile=meanwhile))


def _home(typed: dict[str, str], errors: dict[str, list[str]], *, meanwhile: bool = False) -> str:
    area = area_shown("home")
    labels = _home_labels()
    saved = home_typed_of(area.parts["home"])
    return render_template(
        "tenancy/admin_home.html",
        area=area,
        typed=typed,
        errors=errors,
        labels=labels,
        places=[(str(place), str(place)) for place in range(1, len(HOME_PARTS) + 1)],
        order=sorted(HOME_PARTS, key=lambda name: (typed[name], HOME_PARTS.index(name))),
        meanwhile=differences(labels, typed, saved) if meanwhile else None,
    )


def _home_labels() -> dict[str, str]:
    return {
        "often": gettext("Oft gebraucht"),
        "topics": gettext("Themen"),
        "life": gettext("In meiner Lage"),
        "business": gettext("Für Unternehmen"),
    }


@notice_blueprint.get("/", endpoint="show")
def show_notice() -> str:
    """The notice, and how it looks."""
    return _notice(notice_typed_of(area_shown("notice").parts["notice"]), {})


@notice_blueprint.post("/", endpoint="change")
def change_notice() -> Answer:
    """Show what was written before it counts, or save it; without text there is none."""
    typed = {name: request.form.get(name, "") for name in OF_NOTICE}
    try:
        notice = notice_typed(typed)
    except InvalidInputError as error:
        return _notice(typed, error.messages), error.status
    if request.form.get("tat") != "speichern":
        return _notice(typed, {}, is_preview=True)
    return save(
        "notice", {"notice": notice}, lambda faults, meanwhile: _notice(typed, faults, meanwhile=meanwhile)
    )


def _notice(
    typed: dict[str, str],
    errors: dict[str, list[str]],
    *,
    is_preview: bool = False,
    meanwhile: bool = False,
) -> str:
    area = area_shown("notice")
    labels = _notice_labels()
    saved = notice_typed_of(area.parts["notice"])
    shown = None if errors else _read(typed)
    return render_template(
        "tenancy/admin_notice.html",
        area=area,
        typed=typed,
        errors=errors,
        labels=labels,
        kinds=[
            ("info", gettext("ein Hinweis")),
            ("warning", gettext("wichtig: eine Warnung, eine Störung")),
        ],
        languages=LANGUAGES,
        longest=LONGEST_NOTICE,
        meanwhile=differences(labels, typed, saved) if meanwhile else None,
        is_preview=is_preview,
        shown=notice_context(shown) if shown else None,
    )


def _read(typed: dict[str, str]) -> Notice | None:
    part = notice_typed(typed)
    return NoticeSchema().load(part) if part else None


def _notice_labels() -> dict[str, str]:
    return {
        "text_de": gettext("Text auf Deutsch"),
        "text_en": gettext("Text auf Englisch"),
        "kind": gettext("Wie wichtig ist die Mitteilung?"),
        "from": gettext("Erster Tag"),
        "until": gettext("Letzter Tag"),
    }
