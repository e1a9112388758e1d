"""The tenant admin's page on the links of the start page: other offers of the place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, render_template, request

from kreisportal.i18n import gettext
from kreisportal.kernel.errors import InvalidInputError
from kreisportal.tenancy.admin_changes import Answer, area_shown, differences, save
from kreisportal.tenancy.link_fields import OF_LINK, links_typed, links_typed_of, origin_of_link
from kreisportal.tenancy.local_links import LONGEST_TEXT, LONGEST_TITLE, MOST_LINKS
from kreisportal.tenancy.queries import client_at
from kreisportal.web.program import program
from kreisportal.web.sessions import staff_context

blueprint = Blueprint("links_admin", __name__, subdomain="desk", url_prefix="/<language:lang>/portal/links")


@blueprint.get("/")
def show() -> str:
    """The links as they are."""
    return _page(links_typed_of(area_shown("links").parts["links"]), {})


@blueprint.post("/")
def change() -> Answer:
    """Put what was typed in their place."""
    numbers = [number for number in range(1, MOST_LINKS + 1) if f"url_{number}" in request.form]
    typed = {
        f"{name}_{number}": request.form.get(f"{name}_{number}", "") for number in numbers for name in OF_LINK
    }
    try:
        with program().database.transaction(staff_context()) as session:
            links = links_typed(typed, lambda origin: client_at(session, origin))
    except InvalidInputError as error:
        return _page(typed, error.messages), error.status
    return save(
        "links", {"links": links}, lambda faults, meanwhile: _page(typed, faults, meanwhile=meanwhile)
    )


def _page(typed: dict[str, str], errors: dict[str, list[str]], *, meanwhile: bool = False) -> str:
    area = area_shown("links")
    numbers = [number for number in range(1, MOST_LINKS + 1) if f"url_{number}" in typed]
    words = _labels()
    labels = {
        f"{name}_{number}": f"{label} ({number})" for number in numbers for name, label in words.items()
    }
    saved = links_typed_of(area.parts["links"])
    return render_template(
        "tenancy/admin_links.html",
        area=area,
        typed=typed,
        errors=errors,
        labels=labels,
        words=words,
        numbers=numbers,
        places=[(str(number), str(number)) for number in numbers],
        clients=_lead_to_clients(area.parts["links"] or ()),
        longest={"title": LONGEST_TITLE, "text": LONGEST_TEXT},
        meanwhile=differences(labels, typed, saved) if meanwhile else None,
    )


def _lead_to_clients(links: Sequence[Mapping[str, Any]]) -> set[str]:
    """The addresses at which one signs in with the citizen account, as long as the client is on."""
    asked = [link["url"] for link in links if "client" in link]
    if not asked:
        return set()
    with program().database.transaction(staff_context()) as session:
        return {url for url in asked if client_at(session, origin_of_link(url))}


def _labels() -> dict[str, str]:
    return {
        "title_de": gettext("Titel auf Deutsch"),
        "title_en": gettext("Titel auf Englisch"),
        "text_de": gettext("Kurzer Text auf Deutsch"),
        "text_en": gettext("Kurzer Text auf Englisch"),
        "url": gettext("Adresse"),
        "place": gettext("Stelle"),
        "on": gettext("Auf der Startseite zeigen"),
    }
