"""What the desk's pages show: the inbox's rows, and everything about one case."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Mapping
from typing import Any

from babel.dates import format_date
from flask import url_for
from sqlalchemy.orm import Session

from kreisportal.access.roles import Role
from kreisportal.cases import queries
from kreisportal.cases.chain import holds
from kreisportal.cases.desk_wording import DeskWording, desk_words
from kreisportal.cases.fees import fee_of_events
from kreisportal.cases.identity_checks import DOCUMENTS, open_check
from kreisportal.cases.inbox import Basket, Inbox, Question
from kreisportal.cases.journal import representative_of
from kreisportal.cases.models import Case, CaseEvent
from kreisportal.cases.pages.answers import answer_groups
from kreisportal.cases.pages.forms import form_of_case
from kreisportal.cases.pages.identity import identity_text, other_name, tenant_name
from kreisportal.cases.pages.status import acting_text
from kreisportal.cases.pages.targets import listed_targets
from kreisportal.cases.status import OPEN_STATES, CaseState
from kreisportal.cases.wording import status_text
from kreisportal.cases.work import SETTABLE
from kreisportal.documents.service import documents_of_case
from kreisportal.forms import summary
from kreisportal.i18n import current_language, gettext, pick
from kreisportal.kernel import clock
from kreisportal.notifications.queries import troubled_mails
from kreisportal.staff.duty import is_away
from kreisportal.staff.models import Staff
from kreisportal.staff.queries import all_members
from kreisportal.tenancy.places import sort_key
from kreisportal.web.formats import date_text
from kreisportal.web.forms_in_force import form_version
from kreisportal.web.outside_ways import document_words
from kreisportal.web.site import here


def basket_name(basket: Basket) -> str:
    """A basket in words."""
    return {
        Basket.NEW: gettext("Eingang"),
        Basket.MINE: gettext("Meine"),
        Basket.WAITING: gettext("Rückfragen"),
        Basket.OVERDUE: gettext("Überfällig"),
        Basket.OPEN: gettext("Alle offenen"),
        Basket.CLOSED: gettext("Erledigt"),
    }[basket]


def waiting_text(counts: Mapping[Basket, int]) -> str:
    """What waits for somebody, e.g. "12 im Eingang · 5 bei Ihnen · 1 überfällig"."""
    parts = [gettext("%(num)s im Eingang", num=counts[Basket.NEW])]
    if counts[Basket.MINE]:
        parts.append(gettext("%(num)s bei Ihnen", num=counts[Basket.MINE]))
    if counts[Basket.OVERDUE]:
        parts.append(gettext("%(num)s überfällig", num=counts[Basket.OVERDUE]))
    return " · ".join(parts)


def service_name(key: str) -> str:
    """A service's everyday name, or its key if the catalogue has it no more."""
    service = here().snapshot.catalogue.services.get(key)
    return pick(service.name) if service else key


def inbox_view(
    question: Question, found: Inbox, came_by: dict[str, Any], current: uuid.UUID | None = None
) -> dict[str, Any]:
    """What the inbox's template is given.

    ``came_by`` are the arguments that the list was asked for with; ``current`` is the case shown beside it.
    """
    kept = {name: value for name, value in came_by.items() if name != "seite"}

    def page_url(number: int) -> str:
        return url_for("cases_desk.inbox", **kept, seite=str(number))

    return {
        "tabs": [
            (
                basket_name(basket),
                url_for("cases_desk.inbox", korb=basket.value, umfang=came_by.get("umfang")),
                basket is question.basket,
                found.counts[basket],
            )
            for basket in Basket
        ],
        "items": [_inbox_row(row, came_by, current, question) for row in found.cases],
        "question": question,
        # Who sees everything anyway is not asked how much of it.
        "chooses_reach": bool(question.duty.others),
        "basket_name": basket_name(question.basket),
        "list_url": url_for("cases_desk.inbox", **came_by),
        "total": found.total,
        "services": [(key, service_name(key)) for key in found.services],
        "page_number": found.page,
        "pages": [number and (number, page_url(number)) for number in _shown_pages(found)],
        "previous_url": page_url(found.page - 1) if found.page > 1 else None,
        "next_url": page_url(found.page + 1) if found.page < found.pages else None,
    }


def _shown_pages(found: Inbox) -> list[int | None]:
    """The first, the last, and those around this one; None for a gap."""
    near = range(max(1, found.page - 2), min(found.pages, found.page + 2) + 1)
    shown: list[int | None] = []
    for number in sorted({1, *near, found.pages}):
        if shown and number != (shown[-1] or 0) + 1:
            shown.append(None)
        shown.append(number)
    return shown


def _inbox_row(
    row: Case, came_by: dict[str, Any], current: uuid.UUID | None, question: Question
) -> dict[str, Any]:
    """A case as a row of the inbox."""
    is_open = CaseState(row.state) in OPEN_STATES
    return {
        "name": service_name(row.service_key),
        "url": url_for("cases_desk.show", case_id=row.id, **came_by),
        "number": row.number,
        "who": row.applicant_name or "–",
        "for_whom": next(
            (
                gettext("in Vertretung für %(name)s", name=each.name)
                for each in question.duty.absent
                if each.id == row.assignee_id
            ),
            "",
        ),
        "due": _due_short(row.due_on) if is_open else status_text(row.state, kind_of(row)),
        "late": is_open and row.due_on < clock.today(),
        "news": _news(row),
        "current": row.id == current,
    }


def _news(row: Case) -> str:
    """What the applicant did that nobody here has looked at."""
    if not row.unread:
        return ""
    return gettext("zurückgezogen") if row.state == CaseState.WITHDRAWN else gettext("Antwort da")


def _due_short(day: datetime.date) -> str:
    date = format_date(day, "short", locale=current_language().locale)
    late = day < clock.today()
    return gettext("überfällig, %(date)s", date=date) if late else gettext("bis %(date)s", date=date)


def due_text(day: datetime.date) -> str:
    """A due date as people speak of it."""
    left = (day - clock.today()).days
    if left < 0:
        return gettext("überfällig seit %(date)s", date=date_text(day))
    if left == 0:
        return gettext("heute fällig")
    return gettext("fällig am %(date)s", date=date_text(day))


def case_view(session: Session, row: Case) -> dict[str, Any]:
    """What the template of a case is given. ``row`` is read as staff."""
    members = all_members(session)
    names = {member.id: member.name for member in members}
    form = form_version(row.form_key, row.form_version)
    documents = documents_of_case(session, row.id)
    known = {str(document.id): document for document in documents}
    came_from = tenant_name(row.came_from_id)
    events = queries.events(session, row.id)
    words = desk_words(form.kind)
    history = [_history(event, names, came_from, known, words) for event in events]
    workers = [member for member in members if Role.CASEWORKER.value in member.roles]
    return {
        **_case_head(row),
        "sent_by": representative_of(events[0]) if events else "",
        "identity": identity_text(events),
        "fee": fee_of_events(events),
        "other_name": other_name(row, events),
        "assignee": names.get(row.assignee_id) if row.assignee_id else None,
        "away": next((_away_text(each, names) for each in members if each.id == row.assignee_id), ""),
        "members": [
            (str(member.id), _name_with_leave(member))
            for member in sorted(workers, key=lambda each: sort_key(each.name))
        ],
        "groups": answer_groups(summary(form_of_case(row, events), row.answers or {})),
        "documents": documents,
        "history": [event for event in history if event["kind"] != "note"],
        "notes": [event for event in history if event["kind"] == "note"],
        "whole": holds(queries.links(events), row.last_hash),
        # Whom the mails went to is nothing that stays behind with a case that has gone on.
        "mail_problems": [] if row.went_to_id else troubled_mails(session, row.id),
        "targets": listed_targets(),
        "came_from": came_from,
        "states": [(state.value, status_text(state.value)) for state in SETTABLE],
        "words": words,
        "papers": [(each, document_words(each)) for each in DOCUMENTS],
        "check": open_check(session, row.id),
    }


def _away_text(member: Staff, names: Mapping[uuid.UUID, str]) -> str:
    """Until when somebody is away and who stands in, or nothing."""
    if not is_away(member, clock.today()) or member.leave_until is None:
        return ""
    until = date_text(member.leave_until)
    deputy = names.get(member.deputy_id) if member.deputy_id else None
    if deputy is None:
        return gettext("abwesend bis %(date)s", date=until)
    return gettext("abwesend bis %(date)s, Vertretung: %(name)s", date=until, name=deputy)


def _name_with_leave(member: Staff) -> str:
    away = _away_text(member, {})
    return f"{member.name} ({away})" if away else member.name


def _case_head(row: Case) -> dict[str, Any]:
    """What stands above a case: what and whose it is, how far, and where it comes from or went."""
    is_open = CaseState(row.state) in OPEN_STATES
    return {
        "case": row,
        "service_name": service_name(row.service_key),
        "state_text": status_text(row.state, kind_of(row)),
        "open": is_open,
        "gone": row.state == CaseState.PASSED_ON,
        "news": _news(row),
        "due": due_text(row.due_on) if is_open else "",
        "late": is_open and row.due_on < clock.today(),
        "address": address_text(row),
        "went_to": tenant_name(row.went_to_id),
        "via": tenant_name(row.via_tenant_id) if row.via_tenant_id != row.tenant_id else None,
    }


def address_text(row: Case) -> str:
    """The applicant's address, and whether mails go there: to one that nobody has confirmed none do."""
    if not row.email:
        return ""
    if row.email_confirmed_at is None:
        return gettext("%(email)s (noch nicht bestätigt, dorthin gehen keine Mails)", email=row.email)
    return gettext("%(email)s (bestätigt)", email=row.email)


def kind_of(row: Case) -> str:
    """The kind of the form that a case was sent with."""
    return form_version(row.form_key, row.form_version).kind


def _history(
    event: CaseEvent,
    members: dict[uuid.UUID, str],
    came_from: str | None,
    documents: dict[str, Any],
    words: DeskWording,
) -> dict[str, Any]:
    """An event as the page tells it. Whoever is not of this town's staff acted at the authority before."""
    who = acting_text(event)
    if event.staff_id is not None:
        who = members.get(event.staff_id) or came_from or gettext("Kollegin oder Kollege")
    return {
        "name": _event_name(event, members, words),
        "kind": event.kind,
        "who": who,
        "at": event.at,
        "text": (event.content or {}).get("text", "") if event.kind != "submitted" else "",
        "internal": not event.is_public,
        "documents": [documents[key] for key in event.data.get("documents", ()) if key in documents],
    }


def _event_name(event: CaseEvent, members: dict[uuid.UUID, str], words: DeskWording) -> str:
    """What happened, with what it came to."""
    if event.kind == "handed-over":
        to = event.data.get("to")
        if to is None:
            return gettext("Zurück in den Eingang")
        return gettext(
            "Übergeben an %(name)s", name=members.get(uuid.UUID(to)) or gettext("Kollegin oder Kollege")
        )
    if event.kind == "due":
        return gettext("Frist geändert: %(date)s", date=date_text(event.data["due_on"]))
    if event.kind == "state":
        return gettext("Stand geändert: %(state)s", state=status_text(event.data["state"]))
    if event.kind == "identity-asked":
        document = document_words(event.data["document"])
        return gettext("Identität gesehen: %(document)s. Jemand anders bestätigt sie.", document=document)
    if event.kind == "decided":
        return words.closed % {"outcome": words.outcomes[event.data["outcome"]]}
    names = {
        "submitted": words.came_in,
        "address-confirmed": gettext("E-Mail-Adresse bestätigt"),
        "taken": gettext("Übernommen"),
        "note": gettext("Notiz"),
        "read": gettext("Gelesen"),
        "question": gettext("Rückfrage"),
        "message": gettext("Nachricht der antragstellenden Person"),
        "withdrawn": gettext("Zurückgezogen"),
        "passed-on": gettext("Weitergegeben"),
        "identity-confirmed": gettext("Identität bestätigt"),
        "identity-refused": gettext("Identität nicht bestätigt"),
        "identity-revoked": gettext("Bestätigung der Identität zurückgenommen"),
    }
    return names.get(event.kind, event.kind)
