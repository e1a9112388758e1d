"""Addresses in a language that a town does not offer any more: bookmarks, links of other sites and of old mails.

They lead to the same page in German. Whoever is on their way keeps the language they began in: the pages of one's own
draft or case, and every form that is sent, are answered in it, so that nothing typed is lost and nobody goes on in words
that they may not understand.
"""

from __future__ import annotations

from flask import Flask, redirect, request, url_for
from werkzeug.wrappers import Response

from kreisportal.access.policy import POLICY
from kreisportal.access.who import Who
from kreisportal.i18n import DEFAULT_LANGUAGE, current_language
from kreisportal.web.languages import languages_of_site

_WAYS_TO_ONES_OWN = frozenset({"applications.resume", "sso.start"})
"""The link back to a draft, and signing in on the way through one."""


def install(app: Flask) -> None:
    """Lead on before anything else is asked. Comes right after the language is known."""

    @app.before_request
    def _not_offered() -> Response | None:
        if request.method not in ("GET", "HEAD") or not _is_in_path():
            return None
        if current_language() in languages_of_site() or _is_ones_own():
            return None
        # Built from the route and never from the path as it came; the town may offer the language again tomorrow.
        page = url_for(str(request.endpoint), **{**(request.view_args or {}), "lang": DEFAULT_LANGUAGE.path})
        query = request.query_string.decode("latin-1")
        return redirect(f"{page}?{query}" if query else page, 302)


def _is_in_path() -> bool:
    rule = request.url_rule
    return rule is not None and "lang" in rule.arguments


def _is_ones_own() -> bool:
    return request.endpoint in _WAYS_TO_ONES_OWN or POLICY.get(request.endpoint or "") is Who.APPLICANT
