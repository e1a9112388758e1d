"""Addresses of a desk without a language: theme, mark, and what machines ask for."""

from __future__ import annotations

from flask import Blueprint, redirect, url_for
from werkzeug.wrappers import Response

from kreisportal.web.languages import preferred_language
from kreisportal.web.site import keep
from kreisportal.web.town_files import mark_file, text_file, theme_file
from kreisportal.web.town_picture import picture_file

blueprint = Blueprint("desk_files", __name__, subdomain="desk")


@blueprint.get("/")
def start() -> Response:
    """Lead to the start page in the language the browser asks for."""
    response = redirect(url_for("desk.home", lang=preferred_language().path))
    response.vary.add("Accept-Language")
    return response


@blueprint.get("/theme.<digest>.css")
def theme(digest: str) -> Response:
    """The town's colours."""
    return theme_file(digest)


@blueprint.get("/mark.<digest>.svg")
def mark(digest: str) -> Response:
    """The town's mark."""
    return mark_file(digest)


@blueprint.get("/picture.<name>.webp")
def picture(name: str) -> Response:
    """The town's picture."""
    return picture_file(name)


@blueprint.get("/favicon.ico")
def favicon() -> Response:
    """Browsers that ask for the old name get the mark."""
    return mark_file()


@blueprint.get("/robots.txt")
def robots() -> Response:
    """Nothing here is for search engines."""
    keep()
    return text_file("User-agent: *\nDisallow: /\n", "text/plain")
