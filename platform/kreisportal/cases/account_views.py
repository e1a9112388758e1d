"""All that somebody has begun and sent, in every town of the region, on one page."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Flask, render_template, request, url_for

from kreisportal.accounts.queries import consents_of
from kreisportal.accounts.service import acting_for
from kreisportal.cases.mailbox import Letter, count_new, letters
from kreisportal.cases.pages.mailbox import letter_row
from kreisportal.cases.pages.readings import acting_rows, reading_rows_of_all
from kreisportal.cases.queries import Matter, matters_of
from kreisportal.cases.readings import numbers_of, readings_of_account
from kreisportal.cases.status import OPEN_STATES, CaseState
from kreisportal.cases.wording import status_text
from kreisportal.i18n import current_language, gettext, pick
from kreisportal.kernel.database import ActorKind, Context
from kreisportal.mandates.queries import RepresentedMatter, looks_at, represented_matters
from kreisportal.sso.clients import find_client
from kreisportal.tenancy.places import sort_key
from kreisportal.tenancy.profile import definition_of
from kreisportal.tenancy.registry import TenantRecord
from kreisportal.web.formats import date_text
from kreisportal.web.forms_in_force import kind_in_force
from kreisportal.web.other_sites import portal_address
from kreisportal.web.own_account import own_account_id
from kreisportal.web.program import program
from kreisportal.web.sessions import current_session
from kreisportal.web.site import here

blueprint = Blueprint("account_matters", __name__, subdomain="account", url_prefix="/<language:lang>")


_PAGE = re.compile(r"[1-9][0-9]{0,4}")
_READINGS = 50
_LETTERS = 30


def install(app: Flask) -> None:
    """Register the pages."""
    app.register_blueprint(blueprint)


@blueprint.get("/")
def home() -> str:
    """Drafts and cases of all towns, what needs an answer first; to be filtered by town."""
    with program().database.transaction(_own_context()) as session:
        matters, new, others = matters_of(session), count_new(session), represented_matters(session)
    numbers = [matter.tenant_id for matter in matters] + [matter.tenant_id for matter in others]
    towns = {number: _name(number) for number in numbers}
    chosen, typed = request.args.get("stadt", ""), request.args.get("ort", "")[:100].strip()
    shown = [matter for matter in matters if not chosen or _slug(matter.tenant_id) == chosen]
    groups = [
        (gettext("Wartet auf Sie"), [_row(m) for m in shown if m.state == CaseState.WAITING]),
        (gettext("Angefangen"), [_row(m) for m in shown if m.is_draft]),
        (gettext("Läuft"), [_row(m) for m in shown if _runs(m)]),
        (gettext("Abgeschlossen"), [_row(m) for m in shown if not m.is_draft and m.state not in OPEN_STATES]),
        *_of_others([m for m in others if not chosen or _slug(m.tenant_id) == chosen]),
    ]
    return render_template(
        "cases/account_matters.html",
        groups=[(title, rows) for title, rows in groups if rows],
        towns=towns,
        towns_chips=_chips(towns, chosen),
        chosen=chosen,
        portals=_portals(typed),
        typed=typed,
        new_letters=new,
    )


@blueprint.get("/postfach")
def mailbox() -> str:
    """What the offices of all towns wrote, and what one wrote to them; it is read where the case is."""
    page = _page()
    with program().database.transaction(_own_context()) as session:
        found, new = letters(session, _LETTERS + 1, (page - 1) * _LETTERS), count_new(session)
    rows = [
        {**letter_row(each), "url": _address(each, f"/vorgang/{each.case_id}")} for each in found[:_LETTERS]
    ]
    return render_template("cases/account_mailbox.html", rows=rows, new=new, **_pages(page, found, _LETTERS))


@blueprint.get("/zugriffe")
def readings() -> str:
    """Who has looked at one's cases: by town, role and time."""
    page = _page()
    with program().database.transaction(_own_context()) as session:
        found = readings_of_account(session, _READINGS + 1, (page - 1) * _READINGS)
        by_others = looks_at(session, own_account_id(), _READINGS)
        numbers = numbers_of(session, [each.case_id for each in found])
    return render_template(
        "cases/account_readings.html",
        rows=reading_rows_of_all(found[:_READINGS], numbers),
        acting=acting_rows(by_others),
        **_pages(page, found, _READINGS),
    )


def _own_context() -> Context:
    return Context(ActorKind.ACCOUNT, account_id=current_session().account_id)


def _page() -> int:
    typed = request.args.get("seite", "")
    return int(typed) if _PAGE.fullmatch(typed) else 1


def _pages(page: int, found: Sequence[object], most: int) -> dict[str, int | None]:
    """The numbers of the pages around; one more row than is shown was asked for."""
    return {"newer": page - 1 or None, "older": page + 1 if len(found) > most else None}


def _of_others(matters: Sequence[RepresentedMatter]) -> list[tuple[str, list[dict[str, Any]]]]:
    """The drafts and cases of those that one acts for, a group for each person."""
    rows: dict[str, list[dict[str, Any]]] = {}
    for each in matters:
        matter = Matter(
            each.tenant_id,
            each.id,
            each.via_tenant_id,
            each.service_key,
            each.is_draft,
            each.at,
            each.number,
            each.state,
            each.until,
        )
        rows.setdefault(gettext("Für %(name)s", name=each.giver_name), []).append(_row(matter))
    return list(rows.items())


def _chips(towns: dict[int, str], chosen: str) -> list[tuple[str, str, bool]]:
    """The towns to filter by, in German order."""
    rows = sorted(((name, _slug(number)) for number, name in towns.items()), key=lambda row: sort_key(row[0]))
    return [(name, url_for("account_matters.home", stadt=slug), slug == chosen) for name, slug in rows]


def _runs(matter: Matter) -> bool:
    return not matter.is_draft and matter.state in (CaseState.NEW, CaseState.IN_PROGRESS)


def _row(matter: Matter) -> dict[str, Any]:
    """A draft or case as a row of the page; it opens on the portal that was used, where one is signed in on the way."""
    service = here().snapshot.catalogue.services.get(matter.service_key)
    page = f"/antrag/{matter.id}/pruefen" if matter.is_draft else f"/vorgang/{matter.id}"
    if matter.is_draft:
        note = gettext("gespeichert, bleibt bis zum %(date)s", date=date_text(matter.until or matter.at))
    else:
        note = (
            f"{matter.number} · {status_text(matter.state, kind_in_force(service.form if service else None))}"
        )
    return {
        "text": pick(service.name) if service else matter.service_key,
        "note": f"{_name(matter.tenant_id)} · {note}",
        "url": _address(matter, page),
    }


def _address(matter: Matter | Letter, page: str) -> str:
    """Where a matter is seen: the portal that was used, else that of the authority."""
    tenants = here().snapshot.registry.tenants
    for number in (matter.via_tenant_id, matter.tenant_id):
        tenant = tenants.get(number)
        address = portal_address(tenant, "sso.start", next=_path(page)) if tenant else None
        if address:
            return address
    return "#"


def _path(page: str) -> str:
    return f"/{current_language().path}{page}"


def _portals(typed: str) -> list[dict[str, str]]:
    """The town halls to begin something at: those where the account is used, or those of the place that was typed."""
    found = _of_place(typed) if typed else _used()
    rows = []
    for tenant in found:
        address = portal_address(tenant, "sso.start", next=f"/{current_language().path}/")
        if address:
            rows.append({"text": pick(definition_of(tenant).name.full), "url": address})
    return rows


def _used() -> list[TenantRecord]:
    own, registry = current_session().account_id, here().snapshot.registry
    if own is None:
        return []
    with program().database.transaction(acting_for(own)) as session:
        clients = [consent.client_id for consent in consents_of(session, own)]
    found = (find_client(program().settings, registry, client_id) for client_id in clients)
    return [client.tenant for client in found if client]


def _of_place(typed: str) -> list[TenantRecord]:
    """The portals of the places that a name or postcode can mean; a place without one has its district's."""
    registry = here().snapshot.registry
    tenants: dict[int, TenantRecord] = {}
    for place in program().places.find(typed):
        number = registry.by_ars.get(str(place.ars))
        tenant = registry.tenants.get(number) if number is not None else None
        if tenant is not None and not tenant.on_line:
            tenant = registry.tenants.get(registry.district_of(tenant))
        if tenant is not None and tenant.on_line:
            tenants[tenant.id] = tenant
    return list(tenants.values())


def _tenant(number: int) -> TenantRecord | None:
    return here().snapshot.registry.tenants.get(number)


def _name(number: int) -> str:
    tenant = _tenant(number)
    return pick(definition_of(tenant).name.full) if tenant else ""


def _slug(number: int) -> str:
    tenant = _tenant(number)
    return tenant.slug if tenant else ""
