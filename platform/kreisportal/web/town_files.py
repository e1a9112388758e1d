"""A town's colours and mark as files; every site of a town has them at its own host."""

from __future__ import annotations

from flask import Response

from kreisportal.kernel.errors import NotFoundError
from kreisportal.web.page import mark_of, theme_of
from kreisportal.web.site import here, keep

_YEAR = "public, max-age=31536000, immutable"
_HOUR = "public, max-age=3600"
_NOT_KEPT = "no-store"
# Should somebody open the mark by itself, it may do nothing but be seen.
_ONLY_SEEN = "default-src 'none'; style-src 'unsafe-inline'"


def text_file(content: str, media_type: str, cache: str = _HOUR) -> Response:
    """A file of text that browsers may keep."""
    response = Response(content, content_type=f"{media_type}; charset=utf-8")
    response.headers["Cache-Control"] = cache
    return response


def theme_file(digest: str) -> Response:
    """The town's colours.

    Under another digest, too: for a moment after a change one process names what the next does not know yet, and
    pages from before the change are still open. They get today's colours, which nobody may keep under that name.
    """
    css, current = theme_of(here().tenant)
    if digest != current:
        return text_file(css, "text/css", _NOT_KEPT)
    keep()
    return text_file(css, "text/css", _YEAR)


def mark_file(digest: str | None = None) -> Response:
    """The town's mark, as with the colours; without a digest for browsers that ask for the name ``favicon.ico``."""
    svg, current = mark_of(here().tenant)
    if digest is not None and not svg:
        raise NotFoundError
    if digest is None or digest == current:
        keep()
        lasting = _YEAR if digest else _HOUR
    else:
        lasting = _NOT_KEPT
    response = text_file(svg, "image/svg+xml", lasting)
    response.headers["Content-Security-Policy"] = _ONLY_SEEN
    return response
