"""What programs that ask the JSON API are told when something is wrong: problem details (RFC 9457), not a page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from flask import current_app, request
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from kreisportal.i18n import gettext

PREFIX = "/api/"
MEDIA_TYPE = "application/problem+json"

Faults = Mapping[str, Sequence[str]]


def asks_api() -> bool:
    """Whether this request comes from a program that asks the API, and not from a browser that shows pages."""
    return request.path.startswith(PREFIX)


def problem(
    status: int, detail: str = "", faults: Faults | None = None, headers: Mapping[str, str] | None = None
) -> Response:
    """An answer that says what is wrong; ``faults`` are sentences by the field or parameter that they are about."""
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail or _detail(status),
    }
    if faults:
        body["errors"] = [
            {"field": field, "detail": str(sentence)}
            for field, sentences in faults.items()
            for sentence in sentences
        ]
    response = current_app.response_class(current_app.json.dumps(body), status, mimetype=MEDIA_TYPE)
    response.headers.update(headers or {})
    response.headers["Cache-Control"] = "no-store"
    return response


def problem_of(error: HTTPException) -> Response:
    """The same for an error of HTTP, with what belongs to its status: Allow, Retry-After, WWW-Authenticate."""
    more = {name: value for name, value in error.get_headers() if name.lower() != "content-type"}
    # The library that reads arguments hangs on the error what is wrong with them, by where they stand. A body that is no
    # JSON has no fields; what is wrong with it the status says.
    found = getattr(error, "data", {}).get("messages", {}) if error.code != HTTPStatus.BAD_REQUEST else {}
    faults: dict[str, list[str]] = {}
    for where in found.values() if isinstance(found, Mapping) else ():
        _collect("", where, faults)
    return problem(error.code or 500, faults=faults, headers=more)


def _collect(field: str, found: Any, faults: dict[str, list[str]]) -> None:
    """Flatten what is wrong: of ``fee`` the part ``de`` is ``fee.de``."""
    if isinstance(found, Mapping):
        for name, inner in found.items():
            part = "" if name == "_schema" else str(name)
            _collect(".".join(filter(None, (field, part))), inner, faults)
        return
    sentences = found if isinstance(found, list | tuple) else [found]
    faults.setdefault(field, []).extend(str(sentence) for sentence in sentences)


def _detail(status: int) -> str:
    """What to do, for those who read it."""
    return {
        400: gettext("Das ist kein JSON, oder es fehlt etwas."),
        401: gettext("Zeigen Sie einen gültigen Zugriffsschlüssel dieser Kommune: Authorization: Bearer …"),
        403: gettext("Der Zugriffsschlüssel ist dafür nicht gemacht."),
        404: gettext("Das gibt es hier nicht."),
        405: gettext("Diese Methode gibt es hier nicht. Welche es gibt, sagt Allow."),
        406: gettext("Hier gibt es nur application/json."),
        409: gettext("Das passt nicht zu dem, was schon da ist."),
        410: gettext("Dieses Portal ist geschlossen."),
        412: gettext("Es hat sich geändert, seit Sie es gelesen haben. Lesen Sie es neu."),
        413: gettext("Das ist zu groß."),
        415: gettext("Senden Sie application/json."),
        422: gettext("Etwas passt nicht. Was es ist, sagen die genannten Felder."),
        428: gettext("Sagen Sie mit If-Match, welchen Stand Sie ändern."),
        429: gettext("Das waren zu viele Anfragen. Wann es weitergeht, sagt Retry-After."),
        503: gettext("Das geht gerade nicht. Versuchen Sie es später noch einmal."),
    }.get(status, gettext("Etwas ist schiefgegangen."))
