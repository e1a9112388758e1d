"""The tenant admin's figures: how often services are used, where people give up, how long it takes, what they say."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from babel.dates import format_date
from flask import Blueprint, Flask, flash, redirect, render_template, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from kreisportal.access.who import Who
from kreisportal.cases.decision_times import LEAST, Took, times_taken
from kreisportal.cases.drafts import LAST_LOOK
from kreisportal.catalogue.definitions import Service
from kreisportal.catalogue.feedback import Satisfaction, erase_words, said_about, satisfaction
from kreisportal.catalogue.missed_words import months_ago
from kreisportal.catalogue.service_counts import What, abandoned_at, counts_by_month, counts_since
from kreisportal.documents.spreadsheets import Sheet, as_csv, as_xlsx
from kreisportal.i18n import current_language, gettext, lazy_gettext, pick
from kreisportal.kernel import clock
from kreisportal.kernel.errors import NotFoundError
from kreisportal.tenancy.places import sort_key
from kreisportal.web.forms_in_force import current_form
from kreisportal.web.menu import MenuEntry, register_entry
from kreisportal.web.program import program
from kreisportal.web.sessions import staff_context
from kreisportal.web.site import here

blueprint = Blueprint("figures_admin", __name__, subdomain="desk", url_prefix="/<language:lang>/zahlen")

_MONTHS = 12
_SHOWN_AS_BARS = 8
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def install(app: Flask) -> None:
    """Register the pages."""
    app.register_blueprint(blueprint)
    purpose = lazy_gettext("was genutzt wird, wo Menschen aufhören, wie lange es dauert, was sie sagen")
    entry = MenuEntry(
        lazy_gettext("Zahlen"), "figures_admin.overview", Who.TENANT_ADMIN, 55, lambda: str(purpose)
    )
    register_entry(app, "desk", entry)


@blueprint.get("/")
def overview() -> str:
    """All services that anybody has looked at in a year, the most used first."""
    with program().database.transaction(staff_context()) as session:
        rows = _rows(session)
    bars = [(row["name"], row["viewed"], row["finished"]) for row in rows[:_SHOWN_AS_BARS]]
    most = max((row["viewed"] for row in rows), default=0)
    return render_template(
        "cases/admin_figures.html", rows=rows, bars=bars, most=max(most, 1), since=_since(), least=LEAST
    )


@blueprint.get("/zahlen.csv")
def as_csv_file() -> Response:
    """The table as CSV."""
    with program().database.transaction(staff_context()) as session:
        return _file(as_csv(_sheet(session)), "text/csv; charset=utf-8", "csv")


@blueprint.get("/zahlen.xlsx")
def as_xlsx_file() -> Response:
    """The table as a workbook, with what people wrote on a second sheet."""
    with program().database.transaction(staff_context()) as session:
        sheets = _sheet(session), _sheet_of_words(session)
    return _file(as_xlsx(*sheets), _XLSX, "xlsx")


@blueprint.get("/<key>")
def service(key: str) -> str:
    """One service: by month, by step of its form, and what people wrote."""
    found = _service(key)
    with program().database.transaction(staff_context()) as session:
        months = counts_by_month(session, key, _since())
        return render_template(
            "cases/admin_service_figures.html",
            service=found,
            months=[(_month_name(month), counts) for month, counts in months.items()],
            most=max((counts[What.VIEWED] for counts in months.values()), default=1) or 1,
            what={each.name: each for each in What},
            steps=_steps(found, abandoned_at(session, key, _since())),
            took=times_taken(session, clock.now()).get(key),
            liked=satisfaction(session).get(key),
            said=said_about(session, key),
            since=_since(),
            least=LEAST,
        )


@blueprint.post("/<key>/worte/<uuid:feedback_id>")
def erase(key: str, feedback_id: uuid.UUID) -> Response:
    """Erase what somebody wrote; the stars stay."""
    _service(key)
    context = staff_context()
    with program().database.transaction(context) as session:
        erase_words(session, context, feedback_id)
    flash(gettext("Der Text ist gelöscht, die Sterne bleiben."))
    return redirect(url_for("figures_admin.service", key=key), 303)


def _since() -> Any:
    return months_ago(clock.today(), _MONTHS - 1)


def _service(key: str) -> Service:
    found = here().snapshot.catalogue.services.get(key)
    if found is None:
        raise NotFoundError
    return found


def _rows(session: Session) -> list[dict[str, Any]]:
    counts, took, liked = (
        counts_since(session, _since()),
        times_taken(session, clock.now()),
        satisfaction(session),
    )
    rows = [
        _row(found, counts.get(key, Counter()), took.get(key), liked.get(key))
        for key, found in here().snapshot.catalogue.services.items()
        if key in counts or key in took or key in liked
    ]
    return sorted(rows, key=lambda row: (-row["viewed"], -row["started"], sort_key(row["name"])))


def _row(
    found: Service, counts: Mapping[What, int], took: Took | None, liked: Satisfaction | None
) -> dict[str, Any]:
    return {
        "key": found.key,
        "name": pick(found.name),
        **{each.value: counts.get(each, 0) for each in What},
        "median": took.median if took else None,
        "most": took.most if took else None,
        "stars": round(liked.average, 1) if liked else None,
        "rated": liked.count if liked else 0,
    }


def _steps(found: Service, given_up: Mapping[str, int]) -> list[tuple[str, int]]:
    """The steps of the service's form in their order, with how often it was given up there; old steps come last."""
    names: dict[str, str] = {}
    if found.form:
        _, form = current_form(found.form)
        names = {step.key: pick(step.title) for step in form.steps}
        names[LAST_LOOK] = gettext("Prüfen und absenden")
    old = {
        key: gettext("Schritt einer früheren Fassung: %(key)s", key=key)
        for key in given_up
        if key not in names
    }
    return [(name, given_up.get(key, 0)) for key, name in {**names, **old}.items()]


def _month_name(month: Any) -> str:
    return format_date(month, "LLLL y", locale=current_language().locale)


def _head() -> Sequence[str]:
    return (
        gettext("Leistung"),
        gettext("angesehen"),
        gettext("begonnen"),
        gettext("abgesendet"),
        gettext("aufgegeben"),
        gettext("Tage bis zur Hälfte der Entscheidungen"),
        gettext("Tage bis zu neun von zehn"),
        gettext("Sterne"),
        gettext("Bewertungen"),
    )


def _sheet(session: Session) -> Sheet:
    names = ("name", "viewed", "started", "finished", "abandoned", "median", "most", "stars", "rated")
    return Sheet(gettext("Zahlen"), _head(), [[row[name] for name in names] for row in _rows(session)])


def _sheet_of_words(session: Session) -> Sheet:
    rows = [
        (pick(found.name), said.given_on.isoformat(), said.stars, said.words)
        for key, found in here().snapshot.catalogue.services.items()
        for said in said_about(session, key)
        if said.words
    ]
    return Sheet(
        gettext("Rückmeldungen"),
        (gettext("Leistung"), gettext("Tag"), gettext("Sterne"), gettext("Text")),
        rows,
    )


def _file(content: bytes, media_type: str, ending: str) -> Response:
    response = Response(content, content_type=media_type)
    name = f"{here().tenant.slug}-zahlen-{clock.today().isoformat()}.{ending}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
