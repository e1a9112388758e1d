"""The page around every page: whose it is, its languages, its menu and what its foot says."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from flask import Flask, current_app, g, request, url_for
from markupsafe import Markup

from kreisportal.i18n import DEFAULT_LANGUAGE, Language, current_language, language_by_path, pick
from kreisportal.kernel import clock
from kreisportal.tenancy.definition import Notice
from kreisportal.tenancy.opening_hours import OpeningHours, describe, open_state
from kreisportal.tenancy.profile import definition_of
from kreisportal.tenancy.registry import TenantRecord
from kreisportal.theming.palette import palette
from kreisportal.theming.stylesheet import theme_css
from kreisportal.web.addresses import address
from kreisportal.web.languages import ASKED, languages_of_site
from kreisportal.web.markdown import markdown_inline
from kreisportal.web.program import program
from kreisportal.web.site import here, right_until

Link = tuple[str, str]
NavLink = tuple[str, str, bool]


@dataclass(frozen=True, slots=True)
class NoticeContext:
    """What the town says on top of its portal's pages: ``kind`` is info or warning, ``tag`` the language of ``html``."""

    kind: str
    html: Markup
    tag: str


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
    notice: NoticeContext | None = None


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
    preview: bool = False


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
    town: Callable[[TownContext], TownContext] | None = None


_FRAMES = "kreisportal.frames"
# Stands for the query in the addresses of a page that is rendered for many (web/slots.py).
QUERY_SLOT = "query_suffix"
# Where a request keeps who is signed in, as the page names them.
USER_OF_PAGE = "user_of_page"
# What stands in an address as it is.
_PLAIN_PATH = re.compile(r"[A-Za-z0-9/_.~-]*")


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
    colour = _colour_of(tenant)
    return theme_css(palette(colour)), _theme_digest(colour)


def _colour_of(tenant: TenantRecord) -> str:
    brand = definition_of(tenant).brand
    return brand.colour if brand else "#00588c"


@lru_cache(maxsize=16_384)
def _theme_digest(colour: str) -> str:
    """The digest of a stylesheet, which every page names; computing the colours takes milliseconds."""
    return _digest(theme_css(palette(colour)))


@lru_cache(maxsize=1024)
def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def mark_of(tenant: TenantRecord) -> tuple[str, str]:
    """A tenant's mark (SVG) and its digest."""
    brand = definition_of(tenant).brand
    svg = brand.mark_svg if brand else ""
    return svg, _digest(svg)


def open_text(hours: OpeningHours | None) -> str | None:
    """Whether an office is open now, as a sentence; the page that says so is kept as long as that is right."""
    if hours is None:
        return None
    state = open_state(hours, clock.now())
    right_until(state.valid_until)
    return describe(state)


class _Town:
    """A town in one language, as heads and feet name it; whether it is open and what it has to say change with time."""

    def __init__(self, tenant: TenantRecord) -> None:
        definition = definition_of(tenant)
        mark, mark_digest = mark_of(tenant)
        self._hours, self._notice = definition.hours, definition.notice
        self._since = self._until = datetime.max.replace(tzinfo=UTC)
        self._context = TownContext(
            name=pick(definition.name.full),
            short_name=definition.name.short,
            mark_url=f"/mark.{mark_digest}.svg" if mark else None,
            theme_url=f"/theme.{_theme_digest(_colour_of(tenant))}.css" if definition.brand else None,
            phone=definition.contact.phone,
            email=definition.contact.email,
            open_text=None,
        )

    def now(self) -> TownContext:
        """The town at this moment."""
        if self._hours is None and self._notice is None:
            return self._context
        moment = clock.now()
        if not self._since <= moment < self._until:
            self._since, self._until = moment, clock.next_midnight()
            self._context = replace(self._context, open_text=self._open_text(moment), notice=self._said())
        right_until(self._until)
        return self._context

    def _open_text(self, moment: datetime) -> str | None:
        if self._hours is None:
            return None
        state = open_state(self._hours, moment)
        self._until = min(self._until, state.valid_until)
        return describe(state)

    def _said(self) -> NoticeContext | None:
        """The notice, on its days: it comes and goes at midnight, when all kept pages are made anew."""
        if self._notice is None or not self._notice.is_shown(clock.today()):
            return None
        return notice_context(self._notice)


def notice_context(notice: Notice) -> NoticeContext:
    """A notice in the current language, or in German where there is no other."""
    texts, language = notice.text, current_language()
    while language.path not in texts and language.fallback:
        language = language_by_path(language.fallback) or DEFAULT_LANGUAGE
    return NoticeContext(notice.kind, markdown_inline(texts[language.path]), language.tag)


@lru_cache(maxsize=1024)
def _town_in(tenant: TenantRecord, language: Language) -> _Town:
    """The town in the language that is spoken, which the key must name."""
    return _Town(tenant)


def _town(tenant: TenantRecord | None) -> TownContext:
    if tenant is None:
        return TownContext("Kreisportal", "Kreisportal", None, None, None, None, None)
    return _town_in(tenant, current_language()).now()


def town_of(tenant: TenantRecord) -> TownContext:
    """A town as heads and feet name it, in the current language."""
    return _town(tenant)


def _languages() -> list[tuple[Language, str]]:
    endpoint, values = request.endpoint, dict(request.view_args or {})
    offered = languages_of_site()
    if current_language() not in offered:
        # Somebody on their way in a language that the town offers no more: it is theirs as long as they stay.
        offered = (*offered, current_language())
    # A page that answers a form, with its errors perhaps, leads to itself in the other languages where one may ask for it.
    readable = request.url_rule is not None and "GET" in (request.url_rule.methods or ())
    if endpoint is None or "." not in endpoint or not readable:
        return [(language, f"/{language.path}/") for language in offered]
    if not current_app.url_map.is_endpoint_expecting(endpoint, "lang"):
        return [(language, url_for(endpoint, **values) + _asking_for(language)) for language in offered]
    # Behind the address and never into url_for(), which takes names like _scheme and _external for its own.
    suffix = g.get(QUERY_SLOT) or query_suffix()
    rest = request.path.removeprefix(f"/{current_language().path}/")
    if rest != request.path and _PLAIN_PATH.fullmatch(rest):
        return [(language, f"/{language.path}/{rest}{suffix}") for language in offered]
    return [
        (language, url_for(endpoint, **{**values, "lang": language.path}) + suffix) for language in offered
    ]


def _asking_for(language: Language) -> str:
    """The query of this request, which asks for another language where the address names none."""
    return "?" + urlencode({**request.args.to_dict(flat=False), ASKED: language.path}, doseq=True)


def query_suffix() -> str:
    """The query of this request as it stands behind an address: empty or with a question mark in front."""
    query = urlencode(request.args.to_dict(flat=False), doseq=True) if request.query_string else ""
    return f"?{query}" if query else ""


def _page(frame: Frame | None) -> PageContext:
    site = here()
    demo = program().settings.demo
    language = current_language()
    if frame is None:
        frame = Frame(home="", nav=list, footer=list)
    town = _town(site.tenant_or_none)
    return PageContext(
        site=site.site,
        town=frame.town(town) if frame.town else town,
        language=language,
        languages=_languages(),
        search_url=address(frame.search) if frame.search else None,
        suggest_url=address(frame.suggest) if frame.suggest else None,
        home_url=address(frame.home) if frame.home else "/",
        nav=frame.nav(),
        footer_links=frame.footer(),
        demo=demo,
        robots=frame.robots and not demo and not g.get("hide_from_robots", False),
        user=_user_of(frame),
        preview=bool(g.get("previewing", False)),
    )


def know_user() -> None:
    """Find out who is signed in before a transaction begins in which a page is made: that takes one of its own."""
    frame: Frame | None = current_app.extensions.get(_FRAMES, {}).get(here().site)
    if frame is not None:
        _user_of(frame)


def _user_of(frame: Frame) -> str | None:
    if USER_OF_PAGE not in g:
        setattr(g, USER_OF_PAGE, frame.user())
    found: str | None = g.get(USER_OF_PAGE)
    return found


def quiet_page() -> PageContext:
    """The page around one that leads nowhere else: without menu and search."""
    frames: dict[str, Frame] = current_app.extensions.get(_FRAMES, {})
    return replace(_page(frames.get(here().site)), nav=[], search_url=None, suggest_url=None)
