"""The catalogue's files in the browser: taken out as an archive, read in again after the difference was seen."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from kreisportal.access.who import Who
from kreisportal.audit.service import record
from kreisportal.catalogue.cli import read_all
from kreisportal.catalogue.exporting import as_zip, catalogue_files
from kreisportal.catalogue.files import Entry
from kreisportal.catalogue.publishing import Change
from kreisportal.catalogue.queries import current_entries
from kreisportal.catalogue.reading_files import LARGEST, forget_files, keep_files, kept_files, unpacked
from kreisportal.catalogue.reading_in import Plan, plan, read_in
from kreisportal.catalogue.region_wording import KINDS, WHAT, label_of
from kreisportal.i18n import gettext, ngettext
from kreisportal.kernel.errors import DefinitionError
from kreisportal.web.program import program
from kreisportal.web.sessions import current_session, staff_context

_MOST_SHOWN = 40
_MOST_FAULTS = 100

blueprint = Blueprint(
    "region_catalogue_files", __name__, subdomain="region", url_prefix="/<language:lang>/katalog-dateien"
)


@blueprint.get("/")
def overview() -> str | tuple[str, int]:
    """Take the files out, give others, and see what those would change."""
    return _page([])


@blueprint.get("/katalog.zip")
def export() -> Response:
    """All files, as the database has the catalogue now."""
    with program().database.transaction(staff_context()) as session:
        content = as_zip(catalogue_files(current_entries(session)))
    response = make_response(content)
    response.headers["Content-Type"] = "application/zip"
    response.headers["Content-Disposition"] = 'attachment; filename="katalog.zip"'
    return response


@blueprint.post("/")
def give() -> Response | tuple[str, int]:
    """Take files in and keep them until the person has seen what they would change."""
    context = staff_context()
    try:
        entries = _given()
        with program().database.transaction(context) as session:
            # What does not fit together with what was changed in the browser is told at once.
            plan(session, entries)
            keep_files(session, context, entries)
    except DefinitionError as error:
        return _page(list(error.faults)), 422
    return redirect(url_for("region_catalogue_files.overview"), 303)


@blueprint.post("/uebernehmen")
def accept() -> Response | tuple[str, int]:
    """Read the files in that were given."""
    context, files_win = staff_context(), request.form.get("vorrang") == "dateien"
    try:
        with program().database.transaction(context) as session:
            entries = kept_files(session, context)
            # Whoever presses twice has read them in already.
            done = (
                read_in(session, entries, staff_id=context.staff_id, files_win=files_win) if entries else None
            )
            forget_files(session, context)
            if done and done.changes_anything:
                record(session, context, "catalogue-read-in", "catalogue", "files", changes=len(done.changes))
    except DefinitionError as error:
        return _page(list(error.faults)), 422
    program().keeper.renew()
    if done and done.changes_anything:
        flash(
            ngettext(
                "Eingelesen: %(num)s Eintrag ist anders.",
                "Eingelesen: %(num)s Einträge sind anders.",
                len(done.changes),
            )
        )
    else:
        flash(gettext("Es gab nichts zu ändern."))
    return redirect(url_for("region_catalogue_files.overview"), 303)


@blueprint.post("/verwerfen")
def forget() -> Response:
    """Let the files go that were given."""
    context = staff_context()
    with program().database.transaction(context) as session:
        forget_files(session, context)
    return redirect(url_for("region_catalogue_files.overview"), 303)


def _given() -> list[Entry]:
    content, file = b"", request.files.get("files")
    if file is not None:
        with file.stream as stream:
            content = stream.read(LARGEST + 1)
    if not content:
        raise DefinitionError([gettext("Wählen Sie die Datei mit dem Katalog.")])
    if len(content) > LARGEST:
        raise DefinitionError([gettext("Die Datei ist größer als 8 MB.")])
    return unpacked(content, read_all)


def _page(faults: list[str]) -> str:
    context, planned, broken = staff_context(), None, list(faults)
    with program().database.transaction(context) as session:
        entries = kept_files(session, context) if current_session().allows(Who.OPERATOR) else None
        if entries is not None:
            try:
                planned = plan(session, entries)
            except DefinitionError as error:
                broken = broken or list(error.faults)
    return render_template(
        "catalogue/region_files.html",
        faults=[_fault(line) for line in broken[:_MOST_FAULTS]],
        more_faults=max(0, len(broken) - _MOST_FAULTS),
        given=entries is not None,
        planned=_shown(planned) if planned else None,
        may_change=current_session().allows(Who.OPERATOR),
    )


def _fault(line: str) -> list[str]:
    """File, line, field and reason of a fault, as far as it has them."""
    place, _, rest = line.partition(": ")
    file, _, number = place.rpartition(":")
    if not number.isdigit():
        return ["–", "–", "–", line]
    field, _, reason = rest.partition(": ")
    return [file, number, field if reason else "–", reason or rest]


def _shown(planned: Plan) -> dict[str, Any]:
    return {
        "changes": [_change(planned, change) for change in planned.changes[:_MOST_SHOWN]],
        "more": max(0, len(planned.changes) - _MOST_SHOWN),
        "count": len(planned.changes),
        "is_reordered": planned.is_reordered,
        "conflicts": [
            [
                str(KINDS[conflict.kind]),
                conflict.key,
                ", ".join(map(label_of, conflict.fields)) or gettext("der ganze Eintrag"),
            ]
            for conflict in planned.conflicts
        ],
        "kept": [
            [
                str(KINDS[change.kind]),
                change.key,
                ", ".join(label_of(field) for field in change.fields) or "–",
            ]
            for change in planned.kept[:_MOST_SHOWN]
        ],
    }


def _change(planned: Plan, change: Change) -> dict[str, Any]:
    return {
        "kind": str(KINDS[change.kind]),
        "key": change.key,
        "what": str(WHAT[change.what]),
        "differences": [(label_of(each.field), each.pieces) for each in planned.differences(change)]
        if change.what == "changed"
        else [],
    }
