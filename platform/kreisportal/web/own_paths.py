"""Addresses that lead nowhere but to a page of this very site."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from flask import current_app, request
from werkzeug.exceptions import HTTPException

_LONGEST = 2000
# One slash, then neither another nor a backslash; no white space, control character or backslash anywhere, which
# browsers drop or turn into a slash before they look where an address leads.
_PATH = re.compile(r"/(?![/\\])[^\x00-\x20\x7f-\xa0\\]*")


def safe_next(address: str | None) -> str | None:
    """``address`` if it is nothing but a path (with query) of this very site, else None."""
    if not address or len(address) > _LONGEST or not _PATH.fullmatch(address):
        return None
    return address


def page_before() -> str | None:
    """The page of this very site that a link or form of it led from, if the browser says so."""
    try:
        before = urlsplit(request.referrer or "")
    except ValueError:
        # Something like https://[ is no address at all.
        return None
    if before.netloc != request.host:
        return None
    return safe_next(before.path + (f"?{before.query}" if before.query else ""))


def endpoint_of(path: str) -> str | None:
    """What shows a page of this site; None where there is none, or only something that takes forms."""
    adapter = current_app.create_url_adapter(request)
    if adapter is None:
        return None
    try:
        endpoint, _ = adapter.match(urlsplit(path).path, method="GET")
    except HTTPException:
        return None
    return str(endpoint)


def form_before() -> str | None:
    """The page with the form that this request brings, if it can be shown again."""
    path = page_before()
    return path if path is not None and endpoint_of(path) is not None else None
