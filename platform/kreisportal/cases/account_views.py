"""All that somebody has begun and sent, in every town of the region, on one page."""

from __future__ import annotations

import re
from collections.abc import Sequence

from flask import Blueprint, Flask, current_app, render_template, request, url_for

from kreisportal.accounts.queries import consents_of
from kreisportal.accounts.service import acting_for
from kreisportal.cases.mailbox import Letter, count_new, letters
from kreisportal.cases.pages.mailbox import letter_row
from kreisportal.cases.pages.readings import acting_rows, reading_rows_of_all
from kreisportal.cases.readings import numbers_of, readings_of_account
from kreisportal.i18n import current_language, pick
from kreisportal.kernel.database import ActorKind, Context
from kreisportal.kernel.matters import MatterRow, Matters
from kreisportal.mandates.queries import looks_at
from kreisportal.sso.clients import find_client
from kreisportal.tenancy.places import sort_key
from kreisportal.tenancy.profile import definition_of
from kreisportal.tenancy.registry import TenantRecord
from kreisportal.web.other_sites import portal_address
from kreisportal.web.own_account import own_account_id
from kreisportal.web.program import program
from kreisportal.web.sessions import current_session
from kreisportal.web.site import here

blueprint = Blueprint("account_matters", __name__, subdomain="account", url_prefix="/<language:lang>")

_KEY = "kreisportal.matters"
_PAGE = re.compile(r"[1-9][0-9]{0,4}")
_READINGS = 50
_LETTERS = 30


def install(app: Flask, matters: Matters) -> None:
    """Register the pages. ``matters`` are what all rooms show on the page of one's matters."""
    app.extensions[_KEY] = matters
    app.register_blueprint(blueprint)


def _matters() -> Matters:
    matters: Matters = current_app.extensions[_KEY]
    return matters


@blueprint.get("/")
def home() -> str:
    """Drafts, cases and whatever else waits in all towns, what needs an answer first; to be filtered by town."""
    with program().database.transaction(_own_context()) as session:
        sections, new = _matters().of(session), count_new(session)
    towns = {row.tenant_id: _name(row.tenant_id) for section in sections for row in section.rows}
    chosen, typed = request.args.get("stadt", ""), request.args.get("ort", "")[:100].strip()
    groups = [
        (each.heading, [_row(row) for row in each.rows if not chosen or _slug(row.tenant_id) == chosen])
        for each in sections
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


def _chips(towns: dict[int, str], chosen: str) -> list[tuple[str, str, bool]]:
    """The towns to filter by, in German order."""
    rows = sorted(((name, _slug(number)) for number, name in towns.items()), key=lambda row: sort_key(row[0]))
    return [(name, url_for("account_matters.home", stadt=slug), slug == chosen) for name, slug in rows]


def _row(matter: MatterRow) -> dict[str, str]:
    """A matter as a row of the page; it opens on the portal that was used, where one is signed in on the way."""
    service = here().snapshot.catalogue.services.get(matter.service_key)
    return {
        "text": pick(service.name) if service else matter.service_key,
        "note": f"{_name(matter.tenant_id)} · {matter.note}",
        "url": _address(matter, matter.path),
    }


def _address(matter: MatterRow | Letter, page: str) -> str:
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
