"""Named errors become answers here, in one place."""

from __future__ import annotations

from http import HTTPStatus

import structlog
from flask import Flask, render_template, request
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from kreisportal.kernel.database.engine import AWAY
from kreisportal.kernel.errors import KreisportalError, UnavailableError
from kreisportal.web.own_paths import form_before
from kreisportal.web.problems import asks_api, problem, problem_of
from kreisportal.web.send_again import kept_form

_log = structlog.get_logger()
_EXPLAINED = frozenset({403, 404, 409, 413, 422, 429, 500, 503})


Answer = tuple[str, int, dict[str, str]] | Response


def error_page(status: int, *, keep: bool = False) -> tuple[str, int, dict[str, str]]:
    """The page that says what went wrong, with the status and headers of its answer.

    ``keep`` offers a form that came with the request to be sent again.
    """
    template = f"web/error_{status}.html" if status in _EXPLAINED else "web/error_400.html"
    try:
        before = form_before() if status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE else None
        body = render_template(template, status=status, again=kept_form() if keep else None, before=before)
    except Exception:  # noqa: BLE001 - whatever is wrong, the person gets an answer, if a plain one.
        _log.exception("the error page could not be shown", status=status)
        body = f"<!doctype html><html lang=de><title>{status}</title><h1>{status}</h1>"
    return body, status, {"Cache-Control": "no-store"}


def install(app: Flask) -> None:
    """Register the handlers."""

    @app.errorhandler(KreisportalError)
    def _named(error: KreisportalError) -> Answer:
        if error.status >= 500:
            _log.error("request failed", code=error.code, endpoint=request.endpoint)
        if asks_api():
            return problem(error.status, faults=getattr(error, "messages", None))
        return error_page(error.status, keep=error.status >= 500)

    @app.errorhandler(HTTPException)
    def _http(error: HTTPException) -> Answer:
        if error.code is None or error.code < 400:
            return error.get_response()
        if asks_api():
            return problem_of(error)
        # What belongs to the status goes along: Allow, Retry-After.
        more = {name: value for name, value in error.get_headers() if name.lower() != "content-type"}
        body, status, headers = error_page(error.code, keep=isinstance(error, CSRFError))
        return body, status, {**more, **headers}

    @app.errorhandler(Exception)
    def _unforeseen(error: Exception) -> Answer:
        is_away = isinstance(error, AWAY)
        if not is_away:
            _log.exception("unforeseen error", endpoint=request.endpoint)
        status = UnavailableError.status if is_away else 500
        return problem(status) if asks_api() else error_page(status, keep=True)
