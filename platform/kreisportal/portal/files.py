"""Addresses of a portal without a language: theme, mark, and what machines ask for."""

from __future__ import annotations

import datetime
from xml.sax.saxutils import escape

from flask import Blueprint, jsonify, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from kreisportal.council.shown import council_of
from kreisportal.i18n import pick
from kreisportal.kernel import clock
from kreisportal.kernel.errors import NotFoundError
from kreisportal.tenancy.profile import definition_of
from kreisportal.web.languages import languages_of_site, preferred_language
from kreisportal.web.not_open import PREVIEW_COOKIE, PREVIEW_SECONDS, is_preview_of
from kreisportal.web.page import mark_of, static_url
from kreisportal.web.program import program
from kreisportal.web.site import here, keep
from kreisportal.web.town_files import mark_file, text_file, theme_file
from kreisportal.web.town_picture import picture_file

blueprint = Blueprint("portal_files", __name__, subdomain="portal")


@blueprint.get("/theme.<digest>.css")
def theme(digest: str) -> AnyResponse:
    """The town's colours."""
    return theme_file(digest)


@blueprint.get("/mark.<digest>.svg")
def mark(digest: str) -> AnyResponse:
    """The town's mark."""
    return mark_file(digest)


@blueprint.get("/picture.<name>.webp")
def picture(name: str) -> AnyResponse:
    """The town's picture."""
    return picture_file(name)


@blueprint.get("/favicon.ico")
def favicon() -> AnyResponse:
    """Browsers that ask for the old name get the mark."""
    return mark_file()


@blueprint.get("/vorschau/<token>")
def preview(token: str) -> AnyResponse:
    """Let this browser look at a portal before it is open, for some hours."""
    tenant = here().tenant
    if not is_preview_of(program().settings.secret_key, token, tenant):
        raise NotFoundError
    response = redirect(url_for("portal.home", lang=preferred_language().path), 303)
    response.set_cookie(
        PREVIEW_COOKIE, token, max_age=PREVIEW_SECONDS, secure=True, httponly=True, samesite="Lax"
    )
    return response


@blueprint.get("/robots.txt")
def robots() -> AnyResponse:
    """What search engines may read: all public pages, nothing in a demonstration."""
    keep()
    if program().settings.demo:
        return text_file("User-agent: *\nDisallow: /\n", "text/plain")
    sitemap = url_for("portal_files.sitemap", _external=True)
    closed = "".join(f"Disallow: /{language.path}/antrag/\n" for language in languages_of_site())
    return text_file(f"User-agent: *\n{closed}Sitemap: {sitemap}\n", "text/plain")


@blueprint.get("/sitemap.xml")
def sitemap() -> AnyResponse:
    """All public pages in all languages."""
    keep()
    catalogue = here().snapshot.catalogue
    no_values: dict[str, str] = {}
    pages: list[tuple[str, dict[str, str]]] = [
        ("portal.home", {}),
        ("portal.topics", {}),
        ("portal.situations", {}),
        ("portal.services", {}),
        ("portal.offices", {}),
        ("portal.contact", {}),
        *([("council.show", no_values)] if council_of(here().tenant, clock.today()) else []),
        *(("portal.topic", {"key": key}) for key in catalogue.topics),
        *(("portal.situation", {"key": key}) for key in catalogue.situations),
        *(("portal.service", {"key": key}) for key in catalogue.services),
    ]
    addresses = [
        url_for(endpoint, **values, lang=language.path, _external=True)
        for language in languages_of_site()
        for endpoint, values in pages
    ]
    lines = "".join(f"<url><loc>{escape(address)}</loc></url>\n" for address in addresses)
    start = '<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
    return text_file(f"{start}{lines}</urlset>\n", "application/xml")


@blueprint.get("/.well-known/security.txt")
def security_txt() -> AnyResponse:
    """Whom to tell about a weakness (RFC 9116)."""
    keep()
    town = definition_of(here().tenant)
    until = clock.now().replace(hour=0, minute=0, second=0, microsecond=0) + datetime.timedelta(days=180)
    lines = (
        f"Contact: mailto:{town.contact.email}",
        f"Expires: {until.strftime('%Y-%m-%dT%H:%M:%SZ')}",
        "Preferred-Languages: de, en",
        f"Canonical: {request.url}",
    )
    return text_file("\n".join(lines) + "\n", "text/plain")


@blueprint.get("/manifest.webmanifest")
def manifest() -> AnyResponse:
    """What a phone needs to put the portal on its home screen."""
    keep()
    town = definition_of(here().tenant)
    svg, digest = mark_of(here().tenant)
    icon = f"/mark.{digest}.svg" if svg else static_url("favicon.svg")
    response = jsonify(
        name=pick(town.name.full),
        short_name=town.name.short,
        start_url="/",
        display="browser",
        background_color="#ffffff",
        theme_color=town.brand.colour if town.brand else "#00588c",
        icons=[{"src": icon, "sizes": "any", "type": "image/svg+xml"}],
    )
    response.content_type = "application/manifest+json"
    response.headers["Cache-Control"] = "public, max-age=3600"
    return response
