"""What a search finds on a portal: services, offices and other towns' portals, ready to be shown."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from flask import Flask, current_app
from markupsafe import Markup

from kreisportal.catalogue.definitions import Service
from kreisportal.catalogue.finding import find_services, offered_by
from kreisportal.catalogue.search import Hit, MatchKind
from kreisportal.i18n import current_language, pick
from kreisportal.kernel.recent import Recent
from kreisportal.portal.lists import Row, service_row
from kreisportal.portal.shortcuts import shortcuts
from kreisportal.tenancy.places import Place
from kreisportal.web import places
from kreisportal.web.site import Here, here

# From here on a service is surely what was asked for in other words.
_SURE = 0.8
_SUGGESTED = 6
_RENDERED = "kreisportal.found_services"
# Some hundred bytes each.
_MOST = 4000
# Stands for what was asked for in an item that is kept; nobody writes it.
_ASKED = "\ue000"


def install(app: Flask) -> None:
    """Begin with no service rendered."""
    app.extensions[_RENDERED] = Recent[Markup](_MOST)


@dataclass(frozen=True, slots=True)
class FoundService:
    """A service that a search found. ``meant`` is the other word for it that was asked for, or empty; ``official``
    what it is called then."""

    text: str
    url: str
    short: str
    note: str
    meant: str = ""
    official: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found, and a better spelling if nothing fits well.

    ``rows`` are the services, rendered. ``pages`` are the portal's own that were asked for; ``place`` is another town
    that was named: the services are those for it. ``is_good`` says that the best hit is more than a guess.
    """

    rows: list[Markup]
    did_you_mean: str | None
    pages: list[Row]
    place: Place | None
    is_good: bool

    @property
    def listed(self) -> Markup:
        """The rows, one below the other. Joining markup as such looks through each of them for what to escape."""
        return Markup("\n  ".join(self.rows))  # noqa: S704 - each is markup.


def search(query: str, limit: int) -> Found:
    """Services for a query. What differs from the official words is explained."""
    site = here()
    language = current_language().path
    place, asked = places.named_in(query)
    pages = shortcuts(asked, str(place.ars) if place else site.tenant.ars)
    if not asked.strip():
        return Found([], None, pages, None, is_good=bool(pages))
    place = places.elsewhere(place)
    found = find_services(site.snapshot, asked, language, tenant_id=places.whose_offers(place), limit=limit)
    rows = _rows(site, found.hits, place, asked)
    return Found(rows, found.did_you_mean, pages, place, is_good=bool(pages) or found.is_good)


def suggestions(query: str) -> list[Row]:
    """Proposals while somebody types."""
    site = here()
    catalogue = site.snapshot.catalogue
    place, asked = places.named_in(query)
    rows: list[Row] = [
        {**row, "note": ""} for row in shortcuts(asked, str(place.ars) if place else site.tenant.ars)
    ]
    place = places.elsewhere(place)
    offered = offered_by(site.snapshot, places.whose_offers(place))
    found = catalogue.index.suggest(asked, current_language().path, offered=offered, limit=_SUGGESTED)
    for item in found:
        note = item.matched_term if item.matched_kind is MatchKind.SYNONYM else ""
        url = service_row(catalogue.services[item.key], place)["url"]
        rows.append({"text": item.text, "note": note, "url": url})
    return rows[:_SUGGESTED]


def _rows(site: Here, hits: list[Hit], place: Place | None, asked: str) -> list[Markup]:
    """The services as items of a list, each rendered once for a town and a language."""
    rendered: Recent[Markup] = current_app.extensions[_RENDERED]
    services = site.snapshot.catalogue.services
    # The stamp is another one as soon as anything has changed that shows on this tenant's pages; of another place
    # they say more than the stamp covers.
    stamp = site.snapshot.revision if place else site.snapshot.stamp(site.tenant)
    scope = (stamp, site.tenant.id, current_language().path, place and place.ars)
    rows = []
    for number, hit in enumerate(hits):
        meant = _meant(hit, asked, is_best=number == 0)
        item = partial(_item, services[hit.key], place, _ASKED if meant else "")
        row = rendered.get((scope, hit.position, bool(meant)), item)
        rows.append(row.replace(_ASKED, meant) if meant else row)
    return rows


def _item(service: Service, place: Place | None, meant: str) -> Markup:
    """The service as an item of the list of results."""
    template = current_app.jinja_env.get_template("portal/_found.html")
    return Markup(template.render(row=_found(service, place, meant)))  # noqa: S704 - escaped by Jinja.


def _found(service: Service, place: Place | None, meant: str) -> FoundService:
    row = service_row(service, place)
    short, official = pick(service.short), pick(service.official_name)
    if not meant:
        return FoundService(row["text"], row["url"], short, row["note"])
    # The official name stands beside the word that was asked for; once is enough.
    note = "" if row["note"] == official else row["note"]
    return FoundService(row["text"], row["url"], short, note, meant, official)


def _meant(hit: Hit, asked: str, *, is_best: bool) -> str:
    """The word that led to a service which is called otherwise; empty if it is called so, or nothing surely led there."""
    if hit.is_called:
        return ""
    if hit.matched_kind is MatchKind.SYNONYM:
        return hit.matched_term
    # Of several services with a name that means the same, what was typed is the best one.
    surely = is_best and hit.matched_kind is MatchKind.NAME and hit.score >= _SURE and not hit.corrected
    return asked if surely else ""
