"""The tenant admin's pages on imprint, privacy and accessibility: texts are proposed, and may be one's own."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

from flask import Blueprint, render_template, request, url_for
from markupsafe import Markup

from kreisportal.i18n import gettext
from kreisportal.i18n.dates import date_text
from kreisportal.kernel import clock
from kreisportal.kernel.errors import ConflictError, InvalidInputError, NotFoundError
from kreisportal.tenancy.admin_changes import Answer, area_shown, differences, save, save_piece
from kreisportal.tenancy.admin_labels import legal_titles
from kreisportal.tenancy.definition_texts import PLACEHOLDERS, fill
from kreisportal.tenancy.legal import facts_of
from kreisportal.tenancy.legal_fields import (
    OF_FACTS,
    OF_PAGE,
    PAGES,
    facts_typed,
    facts_typed_of,
    page_typed,
    page_typed_of,
)
from kreisportal.tenancy.look_fields import LANGUAGES
from kreisportal.tenancy.town_changes import Parts, stamp_of
from kreisportal.web.markdown import markdown
from kreisportal.web.other_sites import portal_address
from kreisportal.web.site import here

_GOOD_FOR = timedelta(days=366)
"""How long a declaration of accessibility is good; then it is to be checked again."""
_HEADING = re.compile(r"^(##? )", re.MULTILINE)

blueprint = Blueprint(
    "legal_admin", __name__, subdomain="desk", url_prefix="/<language:lang>/portal/rechtstexte"
)


@blueprint.get("/")
def overview() -> str:
    """The pages, and whether the town has words of its own for them."""
    area, facts = area_shown("texts"), area_shown("legal")
    own = area.parts["texts"] or {}
    rows = [
        {
            "text": title,
            "url": url_for("legal_admin.show", page=page),
            "note": gettext("eigener Text") if page in own else gettext("Vorschlag der Region"),
        }
        for page, title in legal_titles().items()
    ]
    rows.append(
        {
            "text": gettext("Angaben in den Texten"),
            "url": url_for("legal_admin.facts"),
            "note": _declared(facts.parts["declaration"]),
        }
    )
    return render_template("tenancy/admin_legal.html", area=area, rows=rows)


def _declared(declaration: Any) -> str:
    if not declaration:
        return gettext("Die Erklärung zur Barrierefreiheit hat noch kein Datum.")
    day = date.fromisoformat(str(declaration["date"]))
    if clock.today() - day > _GOOD_FOR:
        return gettext(
            "Die Erklärung zur Barrierefreiheit vom %(day)s ist älter als ein Jahr. Prüfen Sie sie.",
            day=date_text(day),
        )
    return gettext("Erklärung zur Barrierefreiheit vom %(day)s", day=date_text(day))


@blueprint.get("/angaben/")
def facts() -> str:
    """The facts that the texts name, and the state of the declaration of accessibility."""
    parts = area_shown("legal").parts
    return _facts(facts_typed_of(parts["legal"], parts["declaration"]), {})


@blueprint.post("/angaben/")
def change_facts() -> Answer:
    """Put what was typed in its place."""
    typed = {name: request.form.get(name, "") for name in OF_FACTS}
    try:
        wanted = facts_typed(typed)
    except InvalidInputError as error:
        return _facts(typed, error.messages), error.status
    return save("legal", wanted, lambda faults, meanwhile: _facts(typed, faults, meanwhile=meanwhile))


@blueprint.get("/<page>/")
def show(page: str) -> str:
    """A page's text as it is, and how it looks."""
    return _page(page, page_typed_of(area_shown("texts").parts["texts"], _known(page)), {})


@blueprint.post("/<page>/")
def change(page: str) -> Answer:
    """Show what was written before it counts, or save it."""
    typed = {name: request.form.get(name, "") for name in OF_PAGE}
    seen = request.form.get("gesehen", "")

    def make(now: Parts) -> dict[str, Any]:
        if _stamp(now, _known(page)) != seen:
            raise ConflictError("somebody else has changed the page meanwhile")
        return {"texts": page_typed(typed, now["texts"], page)}

    if request.form.get("tat") == "speichern":
        return save_piece(
            "texts",
            make,
            lambda faults, meanwhile: _page(page, typed, faults, meanwhile=meanwhile),
            done=url_for("legal_admin.show", page=page),
        )
    try:
        page_typed(typed, None, _known(page))
    except InvalidInputError as error:
        return _page(page, typed, error.messages), error.status
    return _page(page, typed, {}, is_preview=True)


def _known(page: str) -> str:
    if page not in PAGES:
        raise NotFoundError
    return page


def _stamp(parts: Parts, page: str) -> str:
    """That of one page: another may be changed meanwhile."""
    return stamp_of((parts["texts"] or {}).get(page, {}))


def _page(
    page: str,
    typed: dict[str, str],
    errors: dict[str, list[str]],
    *,
    is_preview: bool = False,
    meanwhile: bool = False,
) -> str:
    area = area_shown("texts")
    labels = {"text_de": gettext("Text auf Deutsch"), "text_en": gettext("Text auf Englisch")}
    return render_template(
        "tenancy/admin_legal_page.html",
        page_key=page,
        title=legal_titles()[page],
        seen=_stamp(area.parts, page),
        is_own=page in (area.parts["texts"] or {}),
        typed=typed,
        errors=errors,
        labels=labels,
        languages=LANGUAGES,
        values=[(f"{{{name}}}", value) for name, value in sorted(_values("de").items())],
        shown=[] if errors else [(language, _shown(typed, language)) for language in LANGUAGES],
        is_preview=is_preview,
        portal=portal_address(here().tenant, "portal.legal", page=page),
        meanwhile=[] if meanwhile else None,
    )


def _values(language: str) -> dict[str, str]:
    values = facts_of(here().tenant, language)
    return {name: values[name] for name in PLACEHOLDERS}


def _shown(typed: dict[str, str], language: str) -> Markup:
    """The text as the portal shows it; its headings two levels lower, as it stands within a page here."""
    return markdown(_HEADING.sub(r"##\1", fill(typed[f"text_{language}"], _values(language))))


def _facts(typed: dict[str, str], errors: dict[str, list[str]], *, meanwhile: bool = False) -> str:
    area = area_shown("legal")
    labels = {
        "privacy_email": gettext("E-Mail-Adresse für den Datenschutz"),
        "supervision_de": gettext("Wer die Rechtsaufsicht führt, auf Deutsch"),
        "supervision_en": gettext("Wer die Rechtsaufsicht führt, auf Englisch"),
        "date": gettext("Tag der Erklärung"),
        "checked_by": gettext("Wer hat geprüft?"),
    }
    saved = facts_typed_of(area.parts["legal"], area.parts["declaration"])
    return render_template(
        "tenancy/admin_legal_facts.html",
        area=area,
        typed=typed,
        errors=errors,
        labels=labels,
        meanwhile=differences(labels, typed, saved) if meanwhile else None,
    )
