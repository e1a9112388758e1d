"""What the status page shows of a case: how far it is, what was written, what is asked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from kreisportal.cases import queries
from kreisportal.cases.fees import fee_of_events
from kreisportal.cases.journal import representative_of
from kreisportal.cases.models import Case, CaseEvent
from kreisportal.cases.pages.acting import represented_in
from kreisportal.cases.pages.identity import identity_text
from kreisportal.cases.pages.parts import lies_in
from kreisportal.cases.status import OPEN_STATES, CaseState, public_status
from kreisportal.cases.wording import outcome_text, status_text
from kreisportal.documents.models import Document
from kreisportal.documents.service import documents_of_case
from kreisportal.forms import words_for
from kreisportal.forms.wording import PREPARATION
from kreisportal.i18n import gettext, pick
from kreisportal.kernel import clock
from kreisportal.tenancy.profile import definition_of
from kreisportal.web.formats import date_text
from kreisportal.web.forms_in_force import form_version
from kreisportal.web.site import here


def left_empty(number: str, secret: str) -> list[tuple[str, str]]:
    """What is missing of a case's number and secret, by field; nothing if both were typed."""
    asked = (
        ("nummer", number, gettext("Geben Sie die Nummer ein.")),
        ("kennwort", secret, gettext("Geben Sie das Kennwort ein.")),
    )
    return [(field, sentence) for field, typed, sentence in asked if not typed.strip()]


def status_view(session: Session, row: Case) -> dict[str, Any]:
    """What the templates of a case's pages are given. ``row`` is read as its applicant."""
    events = queries.events(session, row.id)
    documents = {str(document.id): document for document in documents_of_case(session, row.id)}
    tenant = here().snapshot.registry.tenants[row.tenant_id]
    service = here().snapshot.catalogue.services.get(row.service_key)
    decided = next((event for event in reversed(events) if event.kind == "decided"), None)
    is_open = CaseState(row.state) in OPEN_STATES
    named = {key for event in events for key in event.data.get("documents", ())}
    form = form_version(row.form_key, row.form_version)
    by = represented_in(session, row.id)
    return {
        "case": row,
        "by": by,
        "sent_by": representative_of(events[0]) if events else "",
        "status": public_status(row.state).value,
        "status_text": status_text(row.state, form.kind),
        "service_name": pick(service.name) if service else row.service_key,
        "form": form,
        "words": words_for(form.kind),
        "identity": identity_text(events),
        "fee": fee_of_events(events),
        "authority": definition_of(tenant),
        "authority_name": pick(definition_of(tenant).name.full),
        "timeline": _timeline(row, events, words_for(form.kind).over),
        "messages": _messages(events, documents, by.giver_name if by else gettext("Sie")),
        "question": _open_question(row, events),
        "decision": _decision(decided, documents, form.kind),
        "own_files": [document for key, document in documents.items() if key not in named],
        "unconfirmed": by is None and bool(row.email) and row.email_confirmed_at is None and is_open,
        "open": is_open,
        "to_come": form.kind == PREPARATION and is_open,
        "expected": "" if form.kind == PREPARATION else _expected(row),
        "kept_until": row.delete_on,
        **lies_in(row),
    }


def _expected(row: Case) -> str:
    """When the office means to answer; nothing while it waits itself, or once it is over."""
    if row.state not in (CaseState.NEW, CaseState.IN_PROGRESS):
        return ""
    if row.due_on < clock.today():
        return gettext("Die Antwort dauert länger als geplant. Rufen Sie an, wenn es eilt.")
    return gettext("Die Behörde möchte bis zum %(date)s antworten.", date=date_text(row.due_on))


def _timeline(row: Case, events: Sequence[CaseEvent], end: str) -> list[dict[str, Any]]:
    """The steps of a case; ``end`` is what the last one is called."""
    state = CaseState(row.state)
    begun = next((event for event in events if event.kind in ("taken", "question", "state")), None)
    items = [_item(gettext("Eingegangen"), "done", row.received_at)]
    for event in events:
        if event.kind == "passed-on":
            items.append(_item(gettext("An die zuständige Behörde weitergegeben"), "done", event.at))
    if state is CaseState.WITHDRAWN:
        return [*items, _item(gettext("Von Ihnen zurückgezogen"), "done", row.closed_at)]
    over = state is CaseState.DECIDED
    if state is CaseState.NEW:
        items.append(_item(gettext("In Bearbeitung"), "next", None))
    else:
        progress = "now" if state is CaseState.IN_PROGRESS else "done"
        items.append(_item(gettext("In Bearbeitung"), progress, begun.at if begun else None))
    if state is CaseState.WAITING:
        items.append(_item(gettext("Wir warten auf Ihre Antwort"), "now", None))
    items.append(_item(end, "done" if over else "next", row.decided_at))
    return items


def _item(name: str, state: str, at: Any) -> dict[str, Any]:
    return {
        "name": name,
        "state": state,
        "time": date_text(at) if at else "",
        "datetime": at.isoformat() if at else "",
    }


def _messages(
    events: Sequence[CaseEvent], documents: dict[str, Document], applicant: str
) -> list[dict[str, Any]]:
    """What applicant and office wrote to each other, oldest first. ``applicant`` is how the page calls that person."""
    names = {
        "message": applicant,
        "question": gettext("Frage der Behörde"),
        "passed-on": gettext("Weitergegeben"),
    }
    return [
        {
            "who": acting_text(event) or names[event.kind],
            "mine": event.kind == "message",
            "at": event.at,
            "text": (event.content or {}).get("text", ""),
            "documents": [documents[key] for key in event.data.get("documents", ()) if key in documents],
        }
        for event in events
        if event.kind in names
    ]


def acting_text(event: CaseEvent) -> str:
    """Who has done it for the applicant; empty where it was the applicant."""
    name = representative_of(event)
    return gettext("%(name)s in Vertretung", name=name) if name else ""


def _open_question(row: Case, events: Sequence[CaseEvent]) -> str | None:
    if row.state != CaseState.WAITING:
        return None
    asked = next((event for event in reversed(events) if event.kind == "question"), None)
    return (asked.content or {}).get("text") if asked else None


def _decision(event: CaseEvent | None, documents: dict[str, Document], kind: str) -> dict[str, Any] | None:
    if event is None:
        return None
    return {
        "outcome": outcome_text(event.data["outcome"], kind),
        "good": event.data["outcome"] != "refused",
        "text": (event.content or {}).get("text", ""),
        "at": event.at,
        "documents": [documents[key] for key in event.data.get("documents", ()) if key in documents],
    }
