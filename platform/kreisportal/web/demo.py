"""The list of a demonstration's addresses, on bare ``localhost``; there is none in production."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Blueprint, Flask, render_template, request

from kreisportal.i18n import gettext, pick
from kreisportal.tenancy.profile import definition_of
from kreisportal.tenancy.registry import Site
from kreisportal.web.site import here

HOST = "localhost"
SITE = "index"
blueprint = Blueprint("demo", __name__, subdomain=SITE)


def install(app: Flask) -> None:
    """Register the page; the gate leads to it in a demonstration only."""
    app.register_blueprint(blueprint)


@blueprint.get("/")
def index() -> str:
    """All portals and desks of the demonstration."""
    port = request.host.partition(":")[2]
    suffix = f":{port}" if port else ""
    towns = []
    for tenant in here().snapshot.registry.tenants.values():
        portal, desk = tenant.host("portal"), tenant.host("desk")
        if portal and desk:
            name = pick(definition_of(tenant).name.full)
            towns.append({"name": name, "portal": f"//{portal}{suffix}/", "desk": f"//{desk}{suffix}/"})
    return render_template("web/demo.html", towns=towns, region=list(_region(suffix)))


def _region(suffix: str) -> Iterator[tuple[str, str, str]]:
    """The region's own sites: name, address, and what they are for."""
    sites: tuple[tuple[Site, str, str], ...] = (
        ("account", gettext("Bürgerkonto"), gettext("Ein Konto für Bürgerinnen und Bürger, in allen Orten")),
        ("region", gettext("Region"), gettext("Alle Kommunen auf einen Blick, für die, die sie betreuen")),
    )
    for site, name, note in sites:
        host = here().snapshot.registry.region_host(site)
        if host:
            yield name, f"//{host}{suffix}/", note
