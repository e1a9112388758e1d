"""The tenant admin's page on the source of the council's meetings and papers: trying it out, saving, switching."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask import Blueprint, render_template, request
from sqlalchemy.orm import Session
from werkzeug.exceptions import TooManyRequests

from kreisportal.council.asking import Budget
from kreisportal.council.errors import Fault, SourceError
from kreisportal.council.service import FETCH, State, state_of
from kreisportal.council.source import Body, bodies_at, parts_at
from kreisportal.council.wording import error_text, fault_text
from kreisportal.i18n import gettext
from kreisportal.jobs import defer
from kreisportal.kernel import clock
from kreisportal.kernel.errors import NotFoundError
from kreisportal.tenancy.admin_changes import Answer, area_shown, differences, save_piece
from kreisportal.tenancy.council_source import CouncilSource, is_source_address
from kreisportal.tenancy.town_changes import Parts, expecting
from kreisportal.web.program import program
from kreisportal.web.rate_limits import check_rate
from kreisportal.web.sessions import staff_context
from kreisportal.web.site import here

blueprint = Blueprint("council_admin", __name__, subdomain="desk", url_prefix="/<language:lang>/portal/rat")

OF_SOURCE = ("url", "body")
_SECONDS, _REQUESTS, _LARGEST = 12.0, 12, 3 * 1024 * 1024
_TRIES = 30


@blueprint.get("/")
def show() -> str:
    """The source as it is, and how it was read last."""
    return _page(None, {})


@blueprint.post("/")
def change() -> Answer:
    """Try a source out, and save it if that was asked for."""
    typed = {name: request.form.get(name, "").strip() for name in OF_SOURCE}
    bodies: list[Body] = []
    budget = _budget()
    try:
        bodies = _tried(typed["url"], budget)
        body = _chosen(bodies, typed["body"])
        if body is None:
            missing = gettext("Wählen Sie, wessen Sitzungen gezeigt werden.")
            return _page(typed, {"body": [missing]}, bodies=bodies), 422
        found = parts_at(body.address, budget, clock.now())
    except SourceError as error:
        known = {"body": [error_text(error)]} if len(bodies) > 1 else {"url": [error_text(error)]}
        return _page(typed, known, bodies=bodies), 422
    except _TypedError as error:
        return _page(typed, {"url": [str(error)]}), error.status
    if request.form.get("tat") != "speichern":
        return _page({**typed, "body": body.address}, {}, bodies=bodies, found=(body, found))
    source = asdict(CouncilSource(typed["url"], body.address, body.name))
    return save_piece(
        "council",
        expecting(request.form.get("gesehen", ""), {"council": source}),
        lambda faults, meanwhile: _page(typed, faults, bodies=bodies, meanwhile=meanwhile),
        also=_fetch_soon,
    )


@blueprint.post("/schalten")
def switch() -> Answer:
    """Show it on the portal, hide it, or forget the source; that can be taken back."""
    deed = request.form.get("tat", "")
    if deed not in ("an", "aus", "weg"):
        raise NotFoundError
    seen = request.form.get("gesehen", "")

    def make(now: Parts) -> Parts:
        if now["council"] is None:
            raise NotFoundError
        wanted = None if deed == "weg" else {**now["council"], "on": deed == "an"}
        return dict(expecting(seen, {"council": wanted})(now))

    return save_piece(
        "council", make, lambda faults, meanwhile: _page(None, faults, meanwhile=meanwhile), also=_fetch_soon
    )


class _TypedError(Exception):
    """What was typed cannot be tried."""

    def __init__(self, text: str, status: int = 422) -> None:
        super().__init__(text)
        self.status = status


def _tried(url: str, budget: Budget) -> list[Body]:
    """The bodies at an address that somebody has typed. Raises SourceError and _TypedError."""
    if not is_source_address(url) or (url.startswith("http:") and not budget.local):
        raise _TypedError(gettext("Geben Sie eine Adresse ein, die mit https:// beginnt."))
    if program().settings.council_requests == "off":
        raise SourceError(Fault.OFF)
    try:
        check_rate("council", limit=_TRIES, seconds=600)
    except TooManyRequests:
        often = gettext("Das waren viele Versuche. Warten Sie zehn Minuten.")
        raise _TypedError(often, 429) from None
    return bodies_at(url, budget)


def _budget() -> Budget:
    """What a try may cost in all: somebody is waiting for the page."""
    local = program().settings.council_requests == "local"
    return Budget(seconds=_SECONDS, requests=_REQUESTS, most_of_answer=_LARGEST, local=local)


def _chosen(bodies: list[Body], address: str) -> Body | None:
    """The body that was chosen, or the only one there is."""
    if len(bodies) == 1:
        return bodies[0]
    return next((body for body in bodies if body.address == address), None)


def _fetch_soon(session: Session) -> None:
    defer(session, FETCH, here().tenant.id, queueing_lock=FETCH)


def _page(
    typed: dict[str, str] | None,
    errors: dict[str, list[str]],
    *,
    bodies: list[Body] | None = None,
    found: tuple[Body, frozenset[str]] | None = None,
    meanwhile: bool = False,
) -> str:
    """The page with what was ``typed``, or with what is saved."""
    area = area_shown("council")
    said = area.parts["council"]
    source = CouncilSource(**said) if said else None
    labels = {"url": gettext("Adresse der Schnittstelle"), "body": gettext("Wessen Sitzungen")}
    state = _state(source)
    saved = {"url": source.url, "body": source.body} if source else dict.fromkeys(OF_SOURCE, "")
    choices = [(body.address, body.name) for body in bodies or ()]
    return render_template(
        "tenancy/admin_council.html",
        area=area,
        source=source,
        state=state,
        fault=fault_text(state.fault) if state and state.fault else "",
        typed=saved if typed is None else typed,
        errors=errors,
        labels=labels,
        choices=choices if len(choices) > 1 else [],
        found=_found(*found) if found else "",
        is_off=program().settings.council_requests == "off",
        meanwhile=differences(labels, typed or {}, saved) if meanwhile else None,
    )


def _state(source: CouncilSource | None) -> State | None:
    if source is None:
        return None
    with program().database.transaction(staff_context()) as session:
        return state_of(session, here().tenant.id, source.body)


def _found(body: Body, parts: frozenset[str]) -> str:
    """What a try has found."""
    texts: dict[frozenset[str], Any] = {
        frozenset({"meeting", "paper"}): gettext("%(name)s: Sitzungen und Vorlagen", name=body.name),
        frozenset({"meeting"}): gettext("%(name)s: Sitzungen, aber keine Vorlagen", name=body.name),
        frozenset({"paper"}): gettext("%(name)s: Vorlagen, aber keine Sitzungen", name=body.name),
    }
    return str(texts[parts])
