"""Whose page the current request is for: the site and tenant that the gate has found, and the snapshot it sees."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Container, MutableMapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Flask, g, request
from flask.templating import Environment
from jinja2 import FileSystemLoader
from werkzeug.routing import Map, MapAdapter
from werkzeug.wrappers import Request

from kreisportal.catalogue.snapshot import Snapshot
from kreisportal.kernel import clock
from kreisportal.kernel.errors import NotFoundError
from kreisportal.kernel.http.kept_pages import KEEP_QUERY, KEEP_UNTIL
from kreisportal.kernel.paths import shipped
from kreisportal.tenancy.registry import TenantRecord
from kreisportal.web.csrf_cookie import CsrfCookie
from kreisportal.web.program import program


@dataclass(frozen=True, slots=True)
class Here:
    """The site, its tenant (None on the region's own sites) and the snapshot that this request sees."""

    site: str
    host: str
    tenant_or_none: TenantRecord | None
    snapshot: Snapshot

    @property
    def tenant(self) -> TenantRecord:
        """The tenant. Raises NotFoundError on a site that has none."""
        if self.tenant_or_none is None:
            raise NotFoundError
        return self.tenant_or_none


def here() -> Here:
    """Whose page this is; the same object for the whole request."""
    known = g.get("here")
    if known is None:
        snapshot = program().keeper.current
        tenant_id = request.environ["kreisportal.tenant_id"]
        tenant = snapshot.registry.tenants.get(tenant_id) if tenant_id is not None else None
        known = Here(
            request.environ["kreisportal.site"], request.environ["kreisportal.host"], tenant, snapshot
        )
        g.here = known
    assert isinstance(known, Here)  # noqa: S101 - set three lines above; this tells mypy.
    return known


def seen_here(tenant_ids: Container[int]) -> bool:
    """Whether this is one of the portals of these tenants, or of what one of them has become part of."""
    return here().snapshot.registry.stands_for(here().tenant, tenant_ids)


def keep() -> None:
    """Let this page be kept to the end of the day, or as long as all that it says of the hours is right.

    Of a portal that is not open to everybody nothing is kept: what one may see there hangs on who asks.
    """
    tenant = here().tenant_or_none
    if here().site == "portal" and tenant is not None and tenant.state != "open":
        return
    g.kept = True
    _note()


def keep_answer() -> None:
    """Let this page be kept as the answer to its query string. It may hang on nothing else that ``keep`` does not see."""
    request.environ[KEEP_QUERY] = True
    keep()


def right_until(instant: datetime.datetime) -> None:
    """Say that something on this page is right until ``instant`` only, so that it is kept no longer."""
    g.right_until = min(g.get("right_until", instant), instant)
    _note()


def _note() -> None:
    if g.get("kept"):
        until = min(clock.next_midnight(), g.get("right_until", clock.next_midnight()))
        request.environ[KEEP_UNTIL] = until.timestamp()


class _SiteAdapter(MapAdapter):
    """Matches within a site's rules, but writes addresses with the host that was asked for."""

    def __init__(self, url_map: Map, host: str, site: str, environ: dict[str, object]) -> None:
        super().__init__(
            url_map,
            server_name=host,
            script_name="/",
            subdomain=site,
            url_scheme=str(environ["wsgi.url_scheme"]),
            path_info=str(environ["PATH_INFO"]),
            default_method=str(environ["REQUEST_METHOD"]),
            query_args=str(environ.get("QUERY_STRING", "")),
        )
        self._host = host

    def get_host(self, domain_part: str | None) -> str:
        """The host asked for, since rules are told apart by site and not by subdomain."""
        return self._host


class _Environment(Environment):
    """Templates whose globals are the environment's own.

    Jinja lays a map over them for each template, in which it looks for every name of the page again and again: a
    tenth of a page's time.
    """

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """The globals of a template; ``d`` are some of its own."""
        return super().make_globals(d) if d else self.globals


class SiteFlask(Flask):
    """A Flask whose rules are kept apart by site: ``subdomain`` of a rule is the name of a site."""

    jinja_environment = _Environment
    session_interface = CsrfCookie()

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """No view or hook here is asynchronous, and looking each time costs as much as many of them."""
        return func

    def create_global_jinja_loader(self) -> FileSystemLoader:  # type: ignore[override]
        """Templates lie in the base theme and in each room; rooms keep them in a folder of their own name."""
        rooms = sorted(Path(__file__).parent.parent.glob("*/templates"))
        return FileSystemLoader([shipped("themes") / "base" / "templates", *rooms])

    def create_url_adapter(self, request: Request | None) -> MapAdapter | None:
        """Match among the rules of the site that the gate has found for the host."""
        if request is None or "kreisportal.site" not in request.environ:
            return super().create_url_adapter(None)
        environ = request.environ
        return _SiteAdapter(self.url_map, environ["HTTP_HOST"], environ["kreisportal.site"], environ)
