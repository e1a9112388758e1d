"""The region's start page: every town with its state and its figures, never a case."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Flask, render_template, request

from kreisportal.access.who import Who
from kreisportal.i18n import gettext, lazy_gettext, ngettext, pick
from kreisportal.kernel import clock
from kreisportal.region import (
    audit_views,
    figures_views,
    files,
    host_views,
    list_views,
    merge_views,
    onboarding_views,
    rename_views,
    town_views,
    withdraw_views,
)
from kreisportal.region.frame import SITE, region_frame
from kreisportal.region.wording import STATES, VERDICTS, state_of
from kreisportal.tenancy.host_looks import Verdict, verdicts
from kreisportal.tenancy.overview import TownFigures, town_figures
from kreisportal.tenancy.places import sort_key
from kreisportal.tenancy.registry import TenantRecord
from kreisportal.web.menu import MenuEntry, register_entry
from kreisportal.web.other_sites import address_at
from kreisportal.web.page import register_frame
from kreisportal.web.program import program
from kreisportal.web.sessions import staff_context
from kreisportal.web.site import here

_ON_A_PAGE = 100
# How old, in days, the oldest open case may be before it is pointed at.
_OLD = 30

blueprint = Blueprint("region", __name__, subdomain=SITE, url_prefix="/<language:lang>")


def install(app: Flask) -> None:
    """Register the region's pages and what stands around them."""
    rooms = (
        files,
        town_views,
        host_views,
        rename_views,
        withdraw_views,
        merge_views,
        figures_views,
        onboarding_views,
        list_views,
        audit_views,
    )
    for room in rooms:
        app.register_blueprint(room.blueprint)
    app.register_blueprint(blueprint)
    register_frame(app, SITE, region_frame())
    register_entry(app, SITE, MenuEntry(lazy_gettext("Kommunen"), "region.home", Who.STAFF, 0))
    new = MenuEntry(lazy_gettext("Neue Kommune"), "region_onboarding.find", Who.STAFF, 5)
    register_entry(app, SITE, new)
    register_entry(app, SITE, MenuEntry(lazy_gettext("Zahlen"), "region_figures.overview", Who.STAFF, 10))
    register_entry(app, SITE, MenuEntry(lazy_gettext("Protokoll"), "region_audit.overview", Who.STAFF, 90))


@blueprint.get("/")
def home() -> str:
    """All towns that the person reaches, to be filtered by a word, and by a state or by trouble with host names."""
    words, state = request.args.get("q", "").strip()[:100], request.args.get("stand", "")
    only_troubled = request.args.get("stoerung") == "namen"
    with program().database.transaction(staff_context()) as session:
        figures, seen = town_figures(session), verdicts(session, clock.now())
    registry = here().snapshot.registry
    reached = [registry.tenants[key] for key in figures if key in registry.tenants]
    counts = Counter(state_of(each) for each in figures.values())
    troubled = {tenant.id for tenant in reached if _is_troubled(seen.get(tenant.id, {}))}
    chosen = [
        tenant
        for tenant in reached
        if state in ("", state_of(figures[tenant.id]))
        and (tenant.id in troubled or not only_troubled)
        and _matches(tenant, words)
    ]
    chosen.sort(key=lambda tenant: sort_key(tenant.profile["name"]["short"]))
    return render_template(
        "region/home.html",
        rows=[_row(tenant, figures[tenant.id], seen.get(tenant.id, {})) for tenant in chosen[:_ON_A_PAGE]],
        found=len(chosen),
        totals=_totals(figures.values()),
        troubled=len(troubled),
        troubled_text=ngettext(
            "%(num)s Kommune mit Störungen bei Hostnamen oder Zertifikaten",
            "%(num)s Kommunen mit Störungen bei Hostnamen oder Zertifikaten",
            len(troubled),
        ),
        only_troubled=only_troubled,
        states=[(key, str(text), counts[key]) for key, text in STATES.items()],
        state=state,
        words=words,
    )


def _matches(tenant: TenantRecord, words: str) -> bool:
    name = sort_key(f"{_name(tenant)} {tenant.slug} {tenant.ars}")[0]
    return all(part in name for part in sort_key(words)[0].split())


def _name(tenant: TenantRecord) -> str:
    """A tenant's name, without reading all else that there is of it: there may be thousands."""
    return str(pick(tenant.profile["name"]))


def _is_troubled(seen: Mapping[Verdict, int]) -> bool:
    return any(verdict.is_trouble for verdict in seen)


def _row(tenant: TenantRecord, figures: TownFigures, seen: Mapping[Verdict, int]) -> dict[str, Any]:
    host = tenant.host("portal")
    age = (clock.now() - figures.oldest_case).days if figures.oldest_case else None
    return {
        "slug": tenant.slug,
        "name": _name(tenant),
        "state": state_of(figures),
        "state_name": str(STATES[state_of(figures)]),
        "into": _successor(tenant),
        "host": host,
        "portal": address_at("portal", host, "portal.home") if host else None,
        "names": _names(figures, seen),
        "figures": figures,
        "age": age,
        "is_old": age is not None and age > _OLD,
    }


def _names(figures: TownFigures, seen: Mapping[Verdict, int]) -> list[tuple[Verdict, str, int]]:
    """What was seen of a town's host names, in words; nothing for one whose names nobody looks after."""
    if state_of(figures) in ("closed", "known"):
        return []
    return [(verdict, str(VERDICTS[verdict]), count) for verdict, count in seen.items()] or [
        (Verdict.FINE, str(VERDICTS[Verdict.FINE]), 1)
    ]


def _successor(tenant: TenantRecord) -> str | None:
    """The name of the town that one has become part of, or is becoming it."""
    registry = here().snapshot.registry
    return None if tenant.merged_into_id is None else _name(registry.tenants[registry.successor(tenant.id)])


def _totals(figures: Any) -> list[tuple[str, str]]:
    """The sums over all towns, as facts: icon and text."""
    rows = list(figures)
    return [
        ("draft", gettext("%(num)s offene Vorgänge", num=sum(row.open_cases for row in rows))),
        ("mail", gettext("%(num)s unzustellbare Mails", num=sum(row.failed_mails for row in rows))),
        ("warning", gettext("%(num)s gescheiterte Aufträge", num=sum(row.failed_jobs for row in rows))),
    ]
