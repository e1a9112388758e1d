"""The page around every page: whose it is, its languages, its menu and what its foot says."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import Flask, g, request, url_for

from kreisportal.i18n import Language, current_language, pick
from kreisportal.kernel import clock
from kreisportal.tenancy.definition import TenantDefinition
from kreisportal.tenancy.opening_hours import OpenState, describe, open_state
from kreisportal.tenancy.profile import definition_of
from kreisportal.tenancy.registry import TenantRecord
from kreisportal.theming.palette import palette
from kreisportal.theming.stylesheet import theme_css
from kreisportal.web.languages import languages_of_site
from kreisportal.web.program import program
from kreisportal.web.site import here

Link = tuple[str, str]
NavLink = tuple[str, str, bool]


@dataclass(frozen=True, slots=True)
class TownContext:
    """The town as the page's head and foot name it."""

    name: str
    short_name: str
    mark_url: str | None
    theme_url: str | None
    phone: str | None
    email: str | None
    open_text: str | None


@dataclass(frozen=True, slots=True)
class PageContext:
    """What ``themes/base/templates/layout.html`` asks for."""

    site: str
    town: TownContext
    language: Language
    languages: list[tuple[Language, str]]
    search_url: str | None
    suggest_url: str | None
    home_url: str
    nav: list[NavLink]
    footer_links: list[Link]
    demo: bool
    robots: bool
    user: str | None


@dataclass(frozen=True, slots=True)
class Frame:
    """What a site puts around its pages. A face registers one for its site."""

    home: str
    nav: Callable[[], list[NavLink]]
    footer: Callable[[], list[Link]]
    search: str | None = None
    suggest: str | None = None
    robots: bool = False
    user: Callable[[], str | None] = lambda: None


_FRAMES = "kreisportal.frames"


def register_frame(app: Flask, site: str, frame: Frame) -> None:
    """Say what is around the pages of a site."""
    app.extensions.setdefault(_FRAMES, {})[site] = frame


def install(app: Flask) -> None:
    """Give every template ``page``, ``static``, ``pick`` and what time it is."""

    @app.context_processor
    def _context() -> dict[str, Any]:
        return {
            "page": _page(app.extensions.get(_FRAMES, {}).get(here().site)),
            "static": static_url,
            "pick": pick,
            "today": clock.today(),
        }


def static_url(name: str) -> str:
    """The address of a static file, which names its content."""
    return "/static/" + program().static[name]


def theme_of(tenant: TenantRecord) -> tuple[str, str]:
    """A tenant's stylesheet and its digest."""
    brand = definition_of(tenant).brand
    css = theme_css(palette(brand.colour if brand else "#00588c"))
    return css, hashlib.sha256(css.encode()).hexdigest()[:12]


def mark_of(tenant: TenantRecord) -> tuple[str, str]:
    """A tenant's mark (SVG) and its digest."""
    brand = definition_of(tenant).brand
    svg = brand.mark_svg if brand else ""
    return svg, hashlib.sha256(svg.encode()).hexdigest()[:12]


def opening(definition: TenantDefinition) -> OpenState | None:
    """Whether the town hall is open now; pages that say so are right until ``valid_until``."""
    return open_state(definition.hours, clock.now()) if definition.hours else None


def _town(tenant: TenantRecord | None) -> TownContext:
    if tenant is None:
        return TownContext("Kreisportal", "Kreisportal", None, None, None, None, None)
    definition = definition_of(tenant)
    state = opening(definition)
    mark, mark_digest = mark_of(tenant)
    return TownContext(
        name=pick(definition.name.full),
        short_name=definition.name.short,
        mark_url=f"/mark.{mark_digest}.svg" if mark else None,
        theme_url=f"/theme.{theme_of(tenant)[1]}.css" if definition.brand else None,
        phone=definition.contact.phone,
        email=definition.contact.email,
        open_text=describe(state) if state else None,
    )


def _languages() -> list[tuple[Language, str]]:
    endpoint, values = request.endpoint, dict(request.view_args or {})
    offered = languages_of_site()
    if endpoint is None or "." not in endpoint or request.method not in ("GET", "HEAD"):
        return [(language, f"/{language.path}/") for language in offered]
    # Behind the address and never into url_for(), which takes names like _scheme and _external for its own.
    query = urlencode(request.args.to_dict(flat=False), doseq=True)
    suffix = f"?{query}" if query else ""
    return [
        (language, url_for(endpoint, **{**values, "lang": language.path}) + suffix) for language in offered
    ]


def _page(frame: Frame | None) -> PageContext:
    site = here()
    demo = program().settings.demo
    language = current_language()
    if frame is None:
        frame = Frame(home="", nav=list, footer=list)
    return PageContext(
        site=site.site,
        town=_town(site.tenant_or_none),
        language=language,
        languages=_languages(),
        search_url=url_for(frame.search) if frame.search else None,
        suggest_url=url_for(frame.suggest) if frame.suggest else None,
        home_url=url_for(frame.home) if frame.home else "/",
        nav=frame.nav(),
        footer_links=frame.footer(),
        demo=demo,
        robots=frame.robots and not demo and not g.get("hide_from_robots", False),
        user=frame.user(),
    )
