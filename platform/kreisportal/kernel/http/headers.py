"""The headers that every answer carries, whoever made it."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

_CSP = (
    "default-src 'none'",
    "style-src 'self'",
    "script-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "manifest-src 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
)

STATIC_HEADERS: tuple[tuple[str, str], ...] = (
    ("X-Content-Type-Options", "nosniff"),
    # Flask-WTF compares the Referer on HTTPS, so the own site must keep sending it.
    ("Referrer-Policy", "strict-origin-when-cross-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    ("X-Frame-Options", "DENY"),
)
HSTS = ("Strict-Transport-Security", "max-age=63072000; includeSubDomains")


def content_security_policy(form_targets: Iterable[str] = ()) -> str:
    """The policy of a page. ``form_targets`` are origins besides its own that its forms may lead to."""
    form_action = " ".join(["'self'", *form_targets])
    return "; ".join([*_CSP, f"form-action {form_action}"])


@cache
def security_headers(*, https: bool) -> tuple[tuple[str, str], ...]:
    """All headers of an answer that is a page."""
    headers = (("Content-Security-Policy", content_security_policy()), *STATIC_HEADERS)
    return (*headers, HSTS) if https else headers
