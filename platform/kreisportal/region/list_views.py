"""Bringing many towns on line from a list in the browser: give it, see how far it is, read what became of each line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from marshmallow import ValidationError
from werkzeug.wrappers import Response

from kreisportal.credentials.errors import SealBrokenError
from kreisportal.credentials.keys import derive_keys, open_sealed
from kreisportal.documents.spreadsheets import Sheet, as_csv
from kreisportal.i18n import current_language, gettext, lazy_gettext
from kreisportal.kernel.errors import ConflictError, DefinitionError, InvalidInputError, NotFoundError
from kreisportal.onboarding.district_lists import list_of_district
from kreisportal.onboarding.lists import (
    Progress,
    give_list,
    lines_of,
    owner_of_invitation,
    progress_of,
    remove_list,
    work_on,
)
from kreisportal.onboarding.models import OnboardingLine
from kreisportal.onboarding.town_lists import COLUMNS, MOST, REPORT, TOWN, Line, Outcome, read_list
from kreisportal.region.frame import SITE
from kreisportal.region.onboarding_views import runs_all
from kreisportal.tenancy.definition_fields import check_host
from kreisportal.tenancy.lifecycle import TenantState
from kreisportal.web.other_sites import address_at, operator
from kreisportal.web.program import program
from kreisportal.web.sessions import staff_context
from kreisportal.web.site import here

_LARGEST = 1024 * 1024
_OUTCOMES = {
    Outcome.BEGUN: lazy_gettext("in Vorbereitung"),
    Outcome.OPENED: lazy_gettext("geöffnet"),
    Outcome.THERE: lazy_gettext("hatte schon ein Portal"),
    Outcome.FAULT: lazy_gettext("nicht angelegt"),
}

blueprint = Blueprint("region_lists", __name__, subdomain=SITE, url_prefix="/<language:lang>/neue-kommunen")


@blueprint.get("/")
def overview() -> str:
    """Ask for a list, or tell how far the one is that was given."""
    return _page(_nothing(), {})


@blueprint.get("/ausfuellen.csv")
def fill_in() -> Response | tuple[str, int]:
    """A list of a district's municipalities, to be filled in and given here."""
    district = request.args.get("kreis", "").strip()[:100]
    try:
        with program().database.transaction(staff_context()) as session:
            rows = list_of_district(session, district, runs_all=runs_all())
    except InvalidInputError as error:
        return _page({**_nothing(), "district": district}, error.messages), error.status
    table = Sheet("list", list(rows[0]), [list(row.values()) for row in rows])
    return _as_file(table, f"kommunen-{rows[0][TOWN][:5]}.csv")


@blueprint.post("/")
def give() -> Response | tuple[str, int]:
    """Take a list in; a job brings its towns on line."""
    context, responsible = staff_context(), operator()
    if responsible is None:
        raise NotFoundError
    typed = {
        **_nothing(),
        "base": request.form.get("base", "").strip().lower(),
        "open": request.form.get("open", ""),
    }
    try:
        lines = _checked(typed)
        with program().database.transaction(context) as session:
            give_list(
                session,
                context,
                responsible.id,
                lines,
                base=typed["base"],
                open_at_once=typed["open"] == "yes",
                language=current_language().path,
            )
    except InvalidInputError as error:
        return _page(typed, error.messages), error.status
    except ConflictError:
        flash(gettext("Ihre Liste wird schon bearbeitet. Warten Sie, bis sie fertig ist."), "warning")
    return redirect(url_for("region_lists.overview"), 303)


@blueprint.post("/weiter")
def go_on() -> Response:
    """Let a list that was given up be worked again."""
    responsible = operator()
    if responsible is None:
        raise NotFoundError
    with program().database.transaction(staff_context()) as session:
        work_on(session, responsible.id)
    return redirect(url_for("region_lists.overview"), 303)


@blueprint.post("/entfernen")
def remove() -> Response:
    """Remove the list and its report, or stop it; towns that are there stay."""
    with program().database.transaction(staff_context()) as session:
        removed = remove_list(session)
    if removed:
        flash(gettext("Die Liste ist entfernt. Was schon angelegt ist, bleibt."))
    return redirect(url_for("region_lists.overview"), 303)


@blueprint.get("/bericht.csv")
def report() -> Response:
    """What became of each line, with the invitations of the first admins, for who gave the list and nobody else."""
    with program().database.transaction(staff_context()) as session:
        progress = progress_of(session)
        if progress is None:
            raise NotFoundError
        rows = [_reported(line) for line in lines_of(session, progress.given.id)]
    return _as_file(Sheet("report", REPORT, rows), "report.csv")


def _as_file(table: Sheet, name: str) -> Response:
    response = make_response(as_csv(table))
    response.headers["Content-Type"] = "text/csv; charset=utf-8"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _checked(typed: dict[str, str]) -> list[Line]:
    """The lines of the list. Raises InvalidInputError with what is wrong, for each field."""
    faults: dict[str, list[str]] = {}
    try:
        check_host(f"town.{typed['base']}")
    except ValidationError:
        faults["base"] = [gettext("Geben Sie einen Namen wie kreis-beispiel.de ein.")]
    lines: list[Line] = []
    content = b""
    file = request.files.get("list")
    if file is not None:
        with file.stream as stream:
            content = stream.read(_LARGEST + 1)
    if not content:
        faults["list"] = [gettext("Wählen Sie die Datei mit der Liste.")]
    elif len(content) > _LARGEST:
        faults["list"] = [gettext("Teilen Sie die Liste: sie ist größer als 1 MB.")]
    else:
        try:
            lines = read_list(content)
        except DefinitionError as error:
            faults["list"] = list(error.faults)
        else:
            if not lines:
                faults["list"] = [gettext("In der Liste steht keine Kommune.")]
    if faults:
        raise InvalidInputError(faults)
    return lines


def _nothing() -> dict[str, str]:
    """What the page's fields hold before anybody has typed."""
    return {"base": here().host.partition(".")[2], "open": "", "district": ""}


def _page(typed: dict[str, str], errors: dict[str, list[str]]) -> str:
    with program().database.transaction(staff_context()) as session:
        progress = progress_of(session)
        lines = lines_of(session, progress.given.id) if progress else []
    return render_template(
        "region/list.html",
        typed=typed,
        errors=errors,
        progress=_shown(progress, lines),
        columns=COLUMNS[1:],
        key_column=TOWN,
        most=MOST,
    )


def _shown(progress: Progress | None, lines: Any) -> dict[str, Any] | None:
    if progress is None:
        return None
    counts = Counter(line.outcome for line in lines if line.outcome)
    return {
        "done": progress.done,
        "all": progress.all,
        "state": "ready" if progress.is_finished else "stuck" if progress.is_stuck else "busy",
        "asked_at": progress.given.asked_at,
        "counts": [(str(words), counts[outcome]) for outcome, words in _OUTCOMES.items() if counts[outcome]],
        "faults": list(_faults(lines)),
        "begun": _begun(lines),
    }


def _begun(lines: Any) -> list[tuple[str, str]]:
    """Towns of the list that are still being prepared: slug and name."""
    registry = here().snapshot.registry
    found = []
    for line in lines:
        tenant = registry.by_slug_or_none(line.told["slug"]) if line.outcome == Outcome.BEGUN else None
        if tenant is not None and tenant.state == TenantState.PREPARING:
            found.append((tenant.slug, line.told["name"]))
    return found


def _faults(lines: Any) -> Iterator[list[str]]:
    """For each fault the line's number, its town, the column and what to do."""
    for line in lines:
        if line.outcome == Outcome.FAULT:
            for column, sentence in line.told["faults"]:
                yield [str(line.number), line.told["name"], column, sentence]


def _reported(line: OnboardingLine) -> list[str]:
    """A line of the report."""
    told = line.told or {}
    faults = " ".join(f"{column}: {sentence}" for column, sentence in told.get("faults", ()))
    portal = address_at("portal", told["portal"], "portal.home") if "portal" in told else ""
    return [
        *(str(line.number), told.get("name", line.said[TOWN]), line.outcome or "", told.get("slug", "")),
        *(portal, str(told.get("offers", "")), told.get("email", ""), _invitation(line, told), faults),
    ]


def _invitation(line: OnboardingLine, told: dict[str, Any]) -> str:
    """The address by which the first admin comes in; empty if it can no longer be read."""
    if "invitation" not in told:
        return ""
    keys = derive_keys(program().settings.secret_key)
    try:
        token = open_sealed(
            keys, bytes.fromhex(told["invitation"]), *owner_of_invitation(line.list_id, line.number)
        )
    except SealBrokenError:
        return ""
    return address_at("desk", told["desk"], "staff.invitation_page", token=token)
