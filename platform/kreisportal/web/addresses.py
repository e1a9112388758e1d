"""Addresses: those of pages that anybody may see are built once, and a number in one is a number of the database."""

from __future__ import annotations

from typing import Any

from flask import Flask, current_app, url_for
from werkzeug.routing import IntegerConverter, Map

from kreisportal.i18n import current_language

_BUILT = "kreisportal.addresses"
_MOST = 20_000
LARGEST_NUMBER = 2**31 - 1
"""The largest number that an ``integer`` of PostgreSQL can be."""

_Key = tuple[object, ...]


class NumberConverter(IntegerConverter):
    """``<int:…>`` in an address: a number that no row can have leads to no page."""

    def __init__(self, map: Map, *args: Any, **options: Any) -> None:
        super().__init__(map, *args, **{"max": LARGEST_NUMBER, **options})


def install(app: Flask) -> None:
    """Begin with none, and give ``address`` to the templates. Comes before the routes."""
    app.url_map.converters["int"] = NumberConverter
    app.extensions[_BUILT] = {}
    app.add_template_global(address, "address")


def address(endpoint: str, **values: Any) -> str:
    """The path of a page in the current language, as ``url_for`` builds it.

    For pages that there are so many of as the catalogue has entries; ``url_for`` is for those of a draft or a case,
    each of which is seen by one person.
    """
    built: dict[_Key, str] = current_app.extensions[_BUILT]
    key = (endpoint, current_language().path, *values.items())
    known = built.get(key)
    if known is None:
        known = url_for(endpoint, **values)
        if len(built) >= _MOST:
            built.clear()
        built[key] = known
    return known
