"""What every answer carries: the headers of safety, the session's cookie, and that signed-in pages are not stored."""

from __future__ import annotations

from wsgiref.headers import Headers

from flask import Flask, g, request
from werkzeug.wrappers import Response

from kreisportal.kernel.http.headers import STATIC_HEADERS, content_security_policy, security_headers
from kreisportal.kernel.http.kept_pages import is_kept
from kreisportal.web.sessions import write_cookie


def install(app: Flask) -> None:
    """Add the headers after every request."""

    @app.after_request
    def _finish(response: Response) -> Response:
        known = {name.lower() for name, _ in response.headers}
        for name, value in security_headers(https=request.is_secure):
            if name.lower() not in known:
                response.headers.add(name, value)
        targets = g.get("form_targets")
        if targets:
            response.headers["Content-Security-Policy"] = content_security_policy(targets)
        write_cookie(response)
        if "cache-control" not in known and "Cache-Control" not in response.headers:
            # A kept page may be asked for again at any time; its ETag makes that cheap.
            kept = is_kept(request.environ)
            response.headers["Cache-Control"] = "public, no-cache" if kept else "no-store"
        return response


def static_headers(headers: Headers, path: str, url: str) -> None:
    """The headers of a static file."""
    for name, value in STATIC_HEADERS:
        headers[name] = value
    headers["Content-Security-Policy"] = "default-src 'none'; style-src 'none'"
