"""Addresses of pages that anybody may see, built once: most pages name some thirty of them."""

from __future__ import annotations

from typing import Any

from flask import Flask, current_app, url_for

from kreisportal.i18n import current_language

_BUILT = "kreisportal.addresses"
_MOST = 20_000

_Key = tuple[object, ...]


def install(app: Flask) -> None:
    """Begin with none, and give ``address`` to the templates."""
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
