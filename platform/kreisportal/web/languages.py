"""The language of a request: the first part of its path."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask import Flask, g, request
from werkzeug.routing import BaseConverter

from kreisportal.i18n import (
    DEFAULT_LANGUAGE,
    LANGUAGES,
    PLAIN_GERMAN,
    Language,
    current_language,
    language_by_path,
)
from kreisportal.i18n.languages import begin_speaking, end_speaking
from kreisportal.kernel.errors import NotFoundError
from kreisportal.tenancy.offered_languages import languages_of
from kreisportal.web.site import here

ASKED = "ui_locales"
"""Where in its query an address without a language may ask for one."""

_OF_OTHER_SITES = tuple(language for language in LANGUAGES if language is not PLAIN_GERMAN)


class LanguageConverter(BaseConverter):
    """Matches the path of a language that the program knows."""

    regex = "|".join(sorted((language.path for language in LANGUAGES), key=len, reverse=True))


def languages_of_site() -> tuple[Language, ...]:
    """The languages that this site is offered in."""
    site = here()
    if site.site != "portal":
        return _OF_OTHER_SITES
    return languages_of(site.tenant_or_none) if site.tenant_or_none else LANGUAGES


def preferred_language() -> Language:
    """The language that the browser asks for, as far as the site is offered in it."""
    wishes = [tag for tag, weight in request.accept_languages if weight > 0]
    return _first_offered(wishes) or DEFAULT_LANGUAGE


def asked_language() -> Language:
    """The language of an address that names none: what a client asks for (``ui_locales`` of OpenID Connect), else the
    browser.
    """
    return _first_offered(request.args.get(ASKED, "").split()) or preferred_language()


def _first_offered(tags: Iterable[str]) -> Language | None:
    offered = {language.path: language for language in languages_of_site()}
    for tag in map(str.lower, tags):
        # Swiss German is German: what is liked best counts, not what is written exactly as we do.
        found = offered.get(tag) or offered.get(tag.partition("-")[0])
        if found is not None:
            return found
    return None


def speak(language: Language) -> None:
    """Give texts in ``language`` from here to the end of the request."""
    end_speaking(g.speaking)
    g.speaking = begin_speaking(language)


def install(app: Flask) -> None:
    """Take the language from the path, speak it for the length of the request, and write it into addresses."""
    app.url_map.converters["language"] = LanguageConverter

    @app.url_value_preprocessor
    def _speak(endpoint: str | None, values: dict[str, Any] | None) -> None:
        path = values.pop("lang", None) if values else None
        # Where no page was found, the address may still begin with a language, which its error then speaks.
        named = language_by_path(path or request.path.split("/", 2)[1])
        language = named if path or named in languages_of_site() else asked_language()
        # A portal understands all of them: what its town does not offer is led on later (``web.not_offered``).
        if language is PLAIN_GERMAN and here().site != "portal":
            raise NotFoundError
        g.speaking = begin_speaking(language or DEFAULT_LANGUAGE)

    @app.url_defaults
    def _address(endpoint: str, values: dict[str, Any]) -> None:
        if "lang" not in values and app.url_map.is_endpoint_expecting(endpoint, "lang"):
            values["lang"] = current_language().path

    @app.teardown_request
    def _fall_silent(_: BaseException | None) -> None:
        token = g.pop("speaking", None)
        if token is not None:
            end_speaking(token)
