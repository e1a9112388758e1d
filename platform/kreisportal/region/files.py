"""Addresses of the region's host without a language: start, and what machines ask for."""

from __future__ import annotations

from flask import Blueprint, redirect, url_for
from werkzeug.wrappers import Response

from kreisportal.region.frame import SITE
from kreisportal.web.languages import preferred_language
from kreisportal.web.site import keep
from kreisportal.web.town_files import text_file

blueprint = Blueprint("region_files", __name__, subdomain=SITE)


@blueprint.get("/")
def start() -> Response:
    """Lead to the start page in the language the browser asks for."""
    response = redirect(url_for("region.home", lang=preferred_language().path))
    response.vary.add("Accept-Language")
    return response


@blueprint.get("/robots.txt")
def robots() -> Response:
    """Nothing here is for search engines."""
    keep()
    return text_file("User-agent: *\nDisallow: /\n", "text/plain")
