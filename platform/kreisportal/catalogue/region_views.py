"""The catalogue on the region's host: what there is, and a service with all its texts. Operators change it from here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Flask, render_template, request, url_for

from kreisportal.access.who import Who
from kreisportal.catalogue import (
    region_edit_views,
    region_files_views,
    region_history_views,
    region_overlay_views,
)
from kreisportal.catalogue.description import PARTS, fields_of, part_of, typed_of
from kreisportal.catalogue.drafts import Work, drafted, work_on
from kreisportal.catalogue.history import versions_of
from kreisportal.catalogue.overlay_changes import districts, overlay_now
from kreisportal.catalogue.region_checks import hints_of
from kreisportal.catalogue.region_wording import KINDS, ORIGINS, label_of, who
from kreisportal.catalogue.region_wording import PARTS as PART_NAMES
from kreisportal.catalogue.snapshot import Catalogue
from kreisportal.i18n import lazy_gettext, pick
from kreisportal.staff.queries import region_names
from kreisportal.tenancy.places import sort_key
from kreisportal.web.menu import MenuEntry, register_entry
from kreisportal.web.program import program
from kreisportal.web.sessions import current_session, staff_context
from kreisportal.web.site import here

SITE = "region"
_ON_A_PAGE = 40

blueprint = Blueprint("region_catalogue", __name__, subdomain=SITE, url_prefix="/<language:lang>/katalog")


def install(app: Flask) -> None:
    """Register the pages and their entry in the menu."""
    for room in (region_edit_views, region_history_views, region_files_views, region_overlay_views):
        app.register_blueprint(room.blueprint)
    app.register_blueprint(blueprint)
    register_entry(app, SITE, MenuEntry(lazy_gettext("Katalog"), "region_catalogue.overview", Who.STAFF, 30))


@dataclass(frozen=True, slots=True)
class Row:
    """An entry of the list."""

    kind: str
    key: str
    name: str
    more: str

    def matches(self, words: str) -> bool:
        """Whether each of the words stands in its names or key."""
        text = sort_key(f"{self.name} {self.more} {self.key}")[0]
        return all(part in text for part in sort_key(words)[0].split())


@blueprint.get("/")
def overview() -> str:
    """All that the catalogue holds, to be filtered by words and kind; services lead to their pages."""
    words, kind = request.args.get("q", "").strip()[:100], request.args.get("art", "service")
    with program().database.transaction(staff_context()) as session:
        drafts = set(drafted(session)) if runs_all() else set()
    found = [row for row in _rows(here().snapshot.catalogue) if row.matches(words)]
    counts = {name: sum(row.kind == name for row in found) for name in KINDS}
    chosen = sorted((row for row in found if row.kind == kind), key=lambda row: sort_key(row.name))
    pages = max(1, -(-len(chosen) // _ON_A_PAGE))
    page = min(max(request.args.get("seite", 1, type=int), 1), pages)
    return render_template(
        "catalogue/region_list.html",
        rows=chosen[(page - 1) * _ON_A_PAGE : page * _ON_A_PAGE],
        drafts=drafts,
        found=len(chosen),
        kinds=[(name, str(text), counts[name]) for name, text in KINDS.items()],
        kind=kind,
        words=words,
        page_number=page,
        addresses=[
            url_for("region_catalogue.overview", q=words or None, art=kind, seite=number + 1)
            for number in range(pages)
        ],
    )


def runs_all() -> bool:
    """Whether the person runs the whole region, and so may change the catalogue."""
    return current_session().allows(Who.OPERATOR)


def _rows(catalogue: Catalogue) -> Iterator[Row]:
    for service in catalogue.services.values():
        yield Row("service", service.key, pick(service.name), pick(service.official_name))
    for topic in catalogue.topics.values():
        yield Row("topic", topic.key, pick(topic.name), pick(topic.short))
    for situation in catalogue.situations.values():
        yield Row("situation", situation.key, pick(situation.name), pick(situation.short))
    for key in catalogue.guides:
        yield Row("guide", key, pick(catalogue.situations[key].name), "")
    for word in catalogue.words.values():
        yield Row("word", word.key, word.word, pick(word.meaning))
    for key, (_, data) in catalogue.forms.items():
        yield Row("form", key, pick(data["title"]), "")


@blueprint.get("/<key>")
def show(key: str) -> str:
    """A service: its texts part by part as they are worked on, what is to be mended, and where they come from."""
    with program().database.transaction(staff_context()) as session:
        work = work_on(session, key)
        newest = versions_of(session, key)[0]
        names = region_names(session)
        overlays = [
            (each.slug, pick(each.profile["name"]), bool(overlay_now(each, key)))
            for each in districts(session)
        ]
    published, offered = work.published, _offered(key)
    return render_template(
        "catalogue/region_service.html",
        key=key,
        name=pick(published["name"]),
        official_name=pick(published["official_name"]),
        work=work,
        may_change=runs_all(),
        faults=sum(map(len, work.faults.values())) if work.draft else 0,
        parts=[_part(part, work) for part in PARTS],
        version=newest,
        origin=str(ORIGINS[newest.origin]),
        by=who(newest.staff_id, names),
        drafted_by=who(work.draft.staff_id, names) if work.draft else "",
        offered=offered,
        overlays=overlays,
    )


def _offered(key: str) -> int:
    snapshot = here().snapshot
    return sum(snapshot.offers(tenant, key) for tenant in snapshot.registry.tenants.values())


def _part(part: str, work: Work) -> dict[str, Any]:
    fields, published = fields_of(part), typed_of(work.published)
    hints = hints_of(here().snapshot.catalogue, work.data) if runs_all() else {}
    return {
        "key": part,
        "name": str(PART_NAMES[part]),
        "texts": [(label_of(field), work.typed[field]) for field in fields if work.typed[field]],
        "changed": sum(work.typed[field] != published[field] for field in fields),
        "faults": sum(len(work.faults.get(field, ())) for field in fields) if work.draft else 0,
        "hints": sum(len(found) for field, found in hints.items() if part_of(field) == part),
    }
