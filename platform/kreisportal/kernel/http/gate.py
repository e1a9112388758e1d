"""The gate before everything: a request must name, properly, a host that is ours.

gunicorn lets TRACE, a missing or odd Host and forwarded headers through; nothing behind this gate sees them.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from kreisportal.kernel.http.headers import security_headers

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_HOST = re.compile(
    r"(?=.{1,253}(?::|$))([a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*)(?::([0-9]{1,5}))?"
)
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_FORWARDED = (
    "HTTP_FORWARDED",
    "HTTP_X_FORWARDED_FOR",
    "HTTP_X_FORWARDED_HOST",
    "HTTP_X_FORWARDED_PROTO",
    "HTTP_X_FORWARDED_PORT",
    "HTTP_X_FORWARDED_PREFIX",
    "HTTP_X_FORWARDED_SERVER",
    "HTTP_X_REAL_IP",
)
_SCHEME_PORTS = {"http": "80", "https": "443"}


class Refusal(NamedTuple):
    """Why a request is not let in: the HTTP status line, words (title and what to do, in German and English), headers.

    No town is known that could lend the page its look or its language.
    """

    status: str
    german: tuple[str, str]
    english: tuple[str, str]
    headers: tuple[tuple[str, str], ...] = ()


BAD_REQUEST = Refusal(
    "400 Bad Request",
    (
        "Das konnten wir nicht lesen",
        "Die Anfrage ist nicht richtig gestellt. Öffnen Sie die Adresse Ihrer Stadt neu.",
    ),
    ("We could not read this", "The request is malformed. Open the address of your town again."),
)
NO_METHOD = Refusal(
    "405 Method Not Allowed",
    ("Das geht hier nicht", "Diese Methode gibt es hier nicht."),
    ("This is not possible here", "This method is not allowed."),
    (("Allow", ", ".join(sorted(_METHODS))),),
)
UNKNOWN_HOST = Refusal(
    "421 Misdirected Request",
    (
        "Hier gibt es kein Rathaus mit diesem Namen",
        "Vielleicht ist die Adresse falsch geschrieben, oder sie hat sich geändert. Prüfen Sie sie, oder suchen Sie im"
        " Internet nach dem Namen Ihrer Stadt oder Gemeinde.",
    ),
    (
        "There is no town hall of this name here",
        "The address may be misspelt or may have changed. Check it, or search the web for the name of your town.",
    ),
)

Lookup = Callable[[str], tuple[str, int | None, str | None] | None]
"""What a host stands for: (site, tenant id, the canonical host it leads to), or None."""


class Gate:
    """WSGI layer that finds the site by the host and refuses everything that is not properly addressed.

    Sets ``kreisportal.host``, ``kreisportal.site`` and ``kreisportal.tenant_id`` in the environment, and writes
    ``HTTP_HOST`` in one way only (small letters, no port that goes without saying), since addresses are made of
    it and pages are kept. Behind trusted proxies it takes the scheme and the client's address from the
    forwarded headers, never the host.
    """

    def __init__(
        self,
        app: WSGIApplication,
        lookup: Lookup,
        *,
        trusted_proxies: Iterable[str] = (),
        public_port: int | None = None,
        internal_port: int | None = None,
        internal_app: WSGIApplication | None = None,
    ) -> None:
        self._app = app
        self._lookup = lookup
        self._networks = [ipaddress.ip_network(name) for name in trusted_proxies]
        self._trusted: dict[str, bool] = {"": bool(self._networks)}
        self._port = str(public_port) if public_port else None
        self._internal_port = str(internal_port) if internal_port else None
        self._internal_app = internal_app

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Let the request in, lead it to the canonical host, or refuse it."""
        if self._internal_app and self._is_internal(environ):
            return self._internal_app(environ, start_response)
        refusal = self._check_form(environ)
        if refusal:
            return _refuse(refusal, environ, start_response)
        named = _named(environ["HTTP_HOST"])
        if named is None:
            return _refuse(BAD_REQUEST, environ, start_response)
        host, port = named
        implied = _SCHEME_PORTS.get(environ["wsgi.url_scheme"])
        expected = self._port or implied
        entry = self._lookup(host) if (port or implied) == expected else None
        if entry is None:
            return _refuse(UNKNOWN_HOST, environ, start_response)
        suffix = "" if expected == implied else f":{expected}"
        site, tenant_id, leads_to = entry
        if leads_to:
            return _lead(leads_to + suffix, environ, start_response)
        environ["HTTP_HOST"] = host + suffix
        environ["kreisportal.host"] = host
        environ["kreisportal.site"] = site
        environ["kreisportal.tenant_id"] = tenant_id
        return self._app(environ, start_response)

    def _is_internal(self, environ: WSGIEnvironment) -> bool:
        """Whether a request came in by the internal port.

        On a Unix socket gunicorn takes SERVER_PORT from the request's Host, so there it says nothing.
        """
        port = environ.get("SERVER_PORT")
        return port is not None and port == self._internal_port and bool(environ.get("REMOTE_ADDR"))

    def _check_form(self, environ: WSGIEnvironment) -> Refusal | None:
        if environ["REQUEST_METHOD"] not in _METHODS:
            return NO_METHOD
        target = environ.get("RAW_URI", "/")
        if not target.startswith("/") or "HTTP_HOST" not in environ or "," in environ["HTTP_HOST"]:
            return BAD_REQUEST
        forwarded = [name for name in _FORWARDED if name in environ]
        if not forwarded:
            return None
        if not self._trusts(environ.get("REMOTE_ADDR", "")):
            return BAD_REQUEST
        return _take_forwarded(environ, forwarded)

    def _trusts(self, address: str) -> bool:
        """Whether a peer is a proxy of ours. A peer on a Unix socket has no address: it is if any is configured."""
        known = self._trusted.get(address)
        if known is None:
            known = any(_peer(address) in network for network in self._networks)
            if len(self._trusted) < 10_000:
                self._trusted[address] = known
        return known


def _peer(address: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    """A peer's address; an IPv4 one that comes in by an IPv6 socket is an IPv4 one."""
    peer = ipaddress.ip_address(address)
    return getattr(peer, "ipv4_mapped", None) or peer


@lru_cache(maxsize=4096)
def _named(text: str) -> tuple[str, str | None] | None:
    """The host in small letters and the port that a Host header names; None where it names none."""
    matched = _HOST.fullmatch(text.lower())
    return (matched[1], matched[2]) if matched else None


@lru_cache(maxsize=4096)
def _address(text: str) -> str:
    """An address as it is written here. Raises ValueError. Reading one takes a tenth of what a kept page does."""
    return str(ipaddress.ip_address(text))


def _take_forwarded(environ: WSGIEnvironment, names: list[str]) -> Refusal | None:
    host = environ.get("HTTP_X_FORWARDED_HOST")
    if host is not None and host.lower() != environ["HTTP_HOST"].lower():
        return BAD_REQUEST
    scheme = environ.get("HTTP_X_FORWARDED_PROTO")
    if scheme is not None:
        if scheme not in ("http", "https"):
            return BAD_REQUEST
        environ["wsgi.url_scheme"] = scheme
    chain = environ.get("HTTP_X_FORWARDED_FOR")
    if chain:
        try:
            environ["REMOTE_ADDR"] = _address(chain.rsplit(",", 1)[-1].strip())
        except ValueError:
            return BAD_REQUEST
    for name in names:
        del environ[name]
    return None


def _lead(host: str, environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
    address = f"{environ['wsgi.url_scheme']}://{host}{environ.get('RAW_URI', '/')}"
    if "\r" in address or "\n" in address:
        return _refuse(BAD_REQUEST, environ, start_response)
    headers = [("Location", address), ("Content-Length", "0"), ("Cache-Control", "max-age=3600")]
    start_response("308 Permanent Redirect", [*headers, *_headers(environ)])
    return [b""]


def _refuse(refusal: Refusal, environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
    (title, text), (english_title, english_text) = refusal.german, refusal.english
    body = (
        '<!DOCTYPE html><html lang="de"><head><meta charset="utf-8"><meta name="viewport"'
        ' content="width=device-width"><meta name="color-scheme" content="light dark">'
        f"<title>{title}</title></head><body><main><h1>{title}</h1><p>{text}</p>"
        f'<div lang="en"><h2>{english_title}</h2><p>{english_text}</p></div></main></body></html>'
    ).encode()
    headers = [("Content-Type", "text/html; charset=utf-8"), ("Content-Length", str(len(body)))]
    start_response(
        refusal.status, [*headers, *refusal.headers, ("Cache-Control", "no-store"), *_headers(environ)]
    )
    return [b"" if environ["REQUEST_METHOD"] == "HEAD" else body]


def _headers(environ: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    return security_headers(https=environ.get("wsgi.url_scheme") == "https")
