"""The history of a service: who published what and when, an earlier version as it was, and taking a change back."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from kreisportal.access.who import Who
from kreisportal.catalogue.description import PARTS, fields_of, typed_of
from kreisportal.catalogue.editing.differences import Difference, entry_differences
from kreisportal.catalogue.history import SERVICE, Version, take_back, versions_of
from kreisportal.catalogue.region_wording import ORIGINS, label_of, who
from kreisportal.catalogue.region_wording import PARTS as PART_NAMES
from kreisportal.i18n import gettext, pick
from kreisportal.kernel.errors import ConflictError, DefinitionError, NotFoundError
from kreisportal.staff.queries import region_names
from kreisportal.web.program import program
from kreisportal.web.sessions import current_session, staff_context

blueprint = Blueprint(
    "region_history", __name__, subdomain="region", url_prefix="/<language:lang>/katalog/<key>/verlauf"
)


@blueprint.get("/")
def overview(key: str) -> str:
    """All versions of a service, the newest first, each with what it changed."""
    with program().database.transaction(staff_context()) as session:
        versions, names = versions_of(session, key), region_names(session)
    older: list[Version | None] = [*versions[1:], None]
    return render_template(
        "catalogue/region_history.html",
        key=key,
        name=pick(versions[0].data["name"]),
        versions=[
            {
                "version": version,
                "origin": str(ORIGINS[version.origin]),
                "by": who(version.staff_id, names),
                "fields": [label_of(each.field) for each in _since(before, version)],
            }
            for version, before in zip(versions, older, strict=True)
        ],
    )


@blueprint.get("/<int:number>")
def version(key: str, number: int) -> str:
    """An earlier version as it was, and what differs from the one before it and from the one in force."""
    return _page(key, number)


@blueprint.post("/<int:number>/zurueck")
def bring_back(key: str, number: int) -> Response | tuple[str, int]:
    """Publish an earlier version again, as a new one."""
    context = staff_context()
    try:
        with program().database.transaction(context) as session:
            change = take_back(session, context, key, number, request.form.get("gesehen", 0, type=int))
    except ConflictError as error:
        sentence = gettext("Inzwischen gilt eine andere Fassung. Sehen Sie noch einmal nach.")
        return _page(key, number, sentence), error.status
    except DefinitionError:
        sentence = gettext(
            "Diese Fassung nennt etwas, das es nicht mehr gibt. Übernehmen Sie ihre Texte von Hand."
        )
        return _page(key, number, sentence), 409
    program().keeper.renew()
    flash(
        gettext("Fassung %(number)s gilt wieder. So steht es jetzt in allen Portalen.", number=number)
        if change
        else gettext("Es gab nichts zu ändern.")
    )
    return redirect(url_for("region_history.overview", key=key), 303)


def _page(key: str, number: int, error: str = "") -> str:
    with program().database.transaction(staff_context()) as session:
        versions, names = versions_of(session, key), region_names(session)
    chosen = next((each for each in versions if each.number == number), None)
    if chosen is None:
        raise NotFoundError
    before = next((each for each in versions if each.number < number), None)
    newest = next((each for each in versions if each.in_force), None)
    texts = typed_of(chosen.data)
    return render_template(
        "catalogue/region_version.html",
        key=key,
        name=pick(chosen.data["name"]),
        version=chosen,
        by=who(chosen.staff_id, names),
        origin=str(ORIGINS[chosen.origin]),
        before=before,
        newest=newest,
        may_change=current_session().allows(Who.OPERATOR),
        since_before=_shown(_since(before, chosen)) if before else [],
        to_now=_shown(_since(newest, chosen)) if newest and newest is not chosen else [],
        parts=[
            (
                str(PART_NAMES[part]),
                [(label_of(field), texts[field]) for field in fields_of(part) if texts[field]],
            )
            for part in PARTS
        ],
        error=error,
    )


def _since(before: Version | None, chosen: Version) -> list[Difference]:
    return entry_differences(SERVICE, before.data, chosen.data) if before else []


def _shown(differences: list[Difference]) -> list[tuple[str, Any]]:
    return [(label_of(each.field), each.pieces) for each in differences]
