"""What only the machine's own programs may ask: is it alive, is it ready, may a certificate be had for a host.

It answers on a port of its own (INTERNAL_PORT), which is bound to the loopback address and has no public host.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING

from werkzeug.wrappers import Request, Response

from kreisportal.web.program import Program

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication


def create_internal(program: Program) -> WSGIApplication:
    """The WSGI application of the internal port."""

    @Request.application
    def internal(request: Request) -> Response:
        if request.path == "/healthz":
            return _json({"status": "alive"}, 200)
        if request.path == "/readyz":
            return _ready(program)
        if request.path == "/tls":
            return _may_have_certificate(program, request.args.get("domain", ""))
        return _json({"status": "unknown"}, 404)

    return internal


def _ready(program: Program) -> Response:
    """200 with the database; 503 without, though public pages go on then."""
    snapshot = program.keeper.current
    state = {
        "status": "ready" if program.keeper.reachable else "database away",
        "revision": snapshot.revision,
        "tenants": len(snapshot.registry.tenants),
    }
    return _json(state, 200 if program.keeper.reachable else 503)


def _may_have_certificate(program: Program, host: str) -> Response:
    """Caddy's question before it gets a certificate on demand: only for hosts that are ours."""
    known = host.lower() in program.keeper.current.registry.hosts
    return _json({"domain": host[:253], "known": known}, 200 if known else 404)


def _json(content: Mapping[str, object], status: int) -> Response:
    return Response(json.dumps(content), status, content_type="application/json")
