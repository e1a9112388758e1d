"""Addresses that answers may be sent to: what may be registered, and where its answers' origin is."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from kreisportal.sso.faults import Fault

# What an address is written with (RFC 3986), less what browsers and servers read differently: no space, quotation
# mark, backslash, control character or letter outside of ASCII.
_CHARACTERS = re.compile(r"[A-Za-z0-9\-._~:/?\[\]@!$&'()*+,;=%]+")
_LONGEST = 500
# An app's own scheme is a domain name turned round (RFC 8252, 7.1): javascript: and data: have no dot.
_APP_SCHEME = re.compile(r"[a-z][a-z0-9+-]*(\.[a-z0-9+-]+)+")
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
_ANSWERS = re.compile(r"(^|&)(code|state|error|iss|error_description)=")


def fault_of_redirect(uri: str, *, public: bool, demo: bool = False) -> Fault | None:
    """What is wrong with an address for codes; None if nothing is."""
    fault = _fault_of_any(uri)
    if fault is not None:
        return fault
    parts = urlsplit(uri)
    if _APP_SCHEME.fullmatch(parts.scheme):
        if not public:
            return Fault.APP_NOT_PUBLIC
        return None if not parts.netloc and parts.path.startswith("/") else Fault.APP_FORM
    return _fault_of_web(uri, demo=demo)


def fault_of_web_address(uri: str, *, demo: bool = False) -> Fault | None:
    """What is wrong with an address of a web site; None if nothing is."""
    return _fault_of_any(uri) or _fault_of_web(uri, demo=demo)


def _fault_of_any(uri: str) -> Fault | None:
    if len(uri) > _LONGEST or not _CHARACTERS.fullmatch(uri):
        return Fault.CHARACTERS
    try:
        parts = urlsplit(uri)
        _ = parts.port
    except ValueError:
        return Fault.NO_ADDRESS
    if "@" in parts.netloc:
        return Fault.USER
    if any(part in (".", "..") for part in parts.path.split("/")) or "%2e" in parts.path.lower():
        return Fault.DOTS
    if _ANSWERS.search(parts.query):
        return Fault.ANSWER
    return None


def _fault_of_web(uri: str, *, demo: bool) -> Fault | None:
    parts = urlsplit(uri)
    host = parts.hostname or ""
    if not host or "*" in host:
        return Fault.NO_HOST
    if not uri.startswith(f"{parts.scheme}://"):
        return Fault.NOT_HTTPS
    if parts.scheme == "https":
        return None
    is_here = host in _LOOPBACK or (demo and host.endswith(".localhost"))
    return None if parts.scheme == "http" and is_here else Fault.NOT_HTTPS


def origin_of(uri: str) -> str:
    """What a page's policy calls the place that an address leads to: scheme, host and port, or an app's scheme."""
    parts = urlsplit(uri)
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else f"{parts.scheme}:"
