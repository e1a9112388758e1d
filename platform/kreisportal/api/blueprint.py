"""What all routes of the API share: how they are declared, and what is asked of each request before its view.

``ApiBlueprint`` is flask-smorest's with types: its decorators check what comes in by a schema, write what goes out by one,
and note both for the description.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from flask import Flask, current_app, g, request
from flask_smorest import Blueprint
from marshmallow import Schema
from werkzeug.exceptions import NotAcceptable, TooManyRequests, UnsupportedMediaType
from werkzeug.wrappers import Response

from kreisportal.access.policy import POLICY
from kreisportal.access.who import Who
from kreisportal.i18n import language_by_path
from kreisportal.kernel.pace import Pace
from kreisportal.kernel.rate_limits import network_of
from kreisportal.web.languages import languages_of_site, speak
from kreisportal.web.site import here

VERSION = "v1"
JSON = "application/json"
MOST, SECONDS = 600, 60
"""So many requests somebody may make of a town in so many seconds, as each process counts them."""

_PACE = "kreisportal.api_pace"
_WITH_BODY = ("POST", "PUT", "PATCH")
F = TypeVar("F", bound=Callable[..., Any])


class ApiBlueprint(Blueprint):  # type: ignore[misc]  # flask-smorest has no types.
    """Routes of one subject on a site. ``about`` says in the description what they are for."""

    def __init__(self, name: str, site: str, about: str, path: str = "") -> None:
        super().__init__(
            name, __name__, subdomain=site, url_prefix=f"/api/{VERSION}{path}", description=about
        )
        self.before_request(_check)
        self.after_request(_finish)

    def on(self, method: str, rule: str, **examples: str) -> Callable[[F], F]:
        """A route for a method. ``examples`` are some of what the parts of the path can be."""
        parts = [
            {"in": "path", "name": name, "required": True, "schema": {"type": "string"}, "example": example}
            for name, example in examples.items()
        ]
        return self._typed(self.route(rule, methods=[method], parameters=parts))

    def takes(self, schema: type[Schema], location: str = "json") -> Callable[[F], F]:
        """The view is given what stands in the body or in the query, as the schema loads it."""
        return self._typed(self.arguments(schema, location=location))

    def answers(
        self, schema: type[Schema], status: int = 200, headers: Mapping[str, Any] | None = None
    ) -> Callable[[F], F]:
        """What the view gives back is written by the schema."""
        return self._typed(self.response(status, schema, headers=headers))

    def describes(self, **parts: Any) -> Callable[[F], F]:
        """More for the description than can be told from the code."""
        return self._typed(self.doc(**parts))

    @staticmethod
    def _typed(decorator: Callable[[F], Any]) -> Callable[[F], F]:
        return decorator


def install(app: Flask) -> None:
    """Begin to count who asks how often."""
    app.extensions[_PACE] = Pace(MOST, SECONDS)


def is_public() -> bool:
    """Whether anybody may read the answer to this request, from any page of the web."""
    return request.method in ("GET", "HEAD") and POLICY.get(request.endpoint or "") is Who.EVERYBODY


def _check() -> None:
    """What no view has to ask for itself. Who shows a token has shown it already (``web.guard``)."""
    tenant = here().tenant_or_none
    who = (tenant.id if tenant else 0, network_of(request.remote_addr or ""))
    wait = current_app.extensions[_PACE].wait(who, time.monotonic())
    if wait:
        raise TooManyRequests(retry_after=wait)
    if request.accept_mimetypes and not request.accept_mimetypes.best_match([JSON]):
        raise NotAcceptable
    if request.method in _WITH_BODY and request.mimetype != JSON:
        raise UnsupportedMediaType
    named = language_by_path(request.args.get("language", ""))
    if named is not None and named in languages_of_site():
        speak(named)


def _finish(response: Response) -> Response:
    """Let what is public be read by any page, and be asked for again cheaply."""
    response.vary.add("Accept-Language")
    if not is_public():
        return response
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Access-Control-Expose-Headers"] = "ETag, Retry-After"
    if response.status_code == 200 and "kept" not in g:
        response.headers["Cache-Control"] = "public, no-cache"
        response.add_etag(weak=True)
        response.make_conditional(request)
    return response
