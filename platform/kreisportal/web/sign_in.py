"""Leading people to where they sign in, and back to where they wanted to go."""

from __future__ import annotations

from flask import Flask, redirect, request, url_for
from werkzeug.exceptions import Unauthorized
from werkzeug.wrappers import Response

from kreisportal.web.errors import error_page
from kreisportal.web.own_paths import page_before, safe_next
from kreisportal.web.problems import asks_api, problem_of
from kreisportal.web.site import here

AGAIN = "erneut"
"""In the query of the page to sign in: it is shown also to who is signed in."""

_PLACES = "kreisportal.sign_in"


def register_sign_in(app: Flask, site: str, endpoint: str) -> None:
    """Say where people sign in on a site."""
    app.extensions.setdefault(_PLACES, {})[site] = endpoint


def install(app: Flask) -> None:
    """Whoever must sign in first is led there; on a site without a sign-in the answer is an error page."""

    @app.errorhandler(Unauthorized)
    def _sign_in_first(error: Unauthorized) -> Response | tuple[str, int, dict[str, str]]:
        if asks_api():
            return problem_of(error)
        endpoint = app.extensions.get(_PLACES, {}).get(here().site)
        if endpoint is None:
            return error_page(401)
        return redirect(url_for(endpoint, next=_wanted()), 303)


def _wanted() -> str | None:
    """The page to come back to: this one, or the one that a form was sent from."""
    if request.method in ("GET", "HEAD"):
        return safe_next(request.full_path.rstrip("?"))
    return page_before()
