"""Asking for a page as somebody: one request with whatever cookie, and all that can be read in its answer."""

from __future__ import annotations

import io
import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

from werkzeug.test import Client, EnvironBuilder, TestResponse

from kreisportal.kernel.http.kept_pages import SESSION_COOKIE
from tests.isolation.files import File
from tests.isolation.recipes import Value
from tests.isolation.words import headers_read, readable
from tests.support.browser import forms_of

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

SENDING = ("POST", "PUT", "PATCH")
_CSRF = "__Host-csrf"
_API = "/api/"
_addresses = itertools.count(1)


@dataclass(frozen=True)
class Ask:
    """A request. ``endpoint`` is the route it was made from, ``about`` says whose things it names."""

    host: str
    method: str
    path: str
    endpoint: str
    about: str
    query: Mapping[str, str] = field(default_factory=dict)
    fields: Mapping[str, Value] = field(default_factory=dict)
    forged: bool = False

    @property
    def changes(self) -> bool:
        """Whether it sends something that may change what there is."""
        return self.method in SENDING

    @property
    def said(self) -> str:
        """All that the request says itself, which an answer may repeat."""
        files = [value.name for value in self.fields.values() if isinstance(value, File)]
        words = [str(value) for value in self.fields.values() if not isinstance(value, File)]
        return " ".join([self.path, *self.query.values(), *words, *files])

    def __str__(self) -> str:
        query = f"?{urlencode(self.query)}" if self.query else ""
        fields = f" with {dict(self.fields)}" if self.fields else ""
        return f"{self.method} {self.host}{self.path}{query} ({self.endpoint}, {self.about}){fields}"


@dataclass(frozen=True)
class Answer:
    """An answer: what it says in words, in body and headers."""

    status: int
    body: str
    headers: str
    location: str | None
    new_cookie: str | None
    cache_control: str
    cookies: tuple[str, ...]

    @property
    def text(self) -> str:
        """All of it."""
        return f"{self.headers}\n{self.body}"

    @property
    def asks_who(self) -> bool:
        """Whether it leads to where one signs in, as it does where nobody is signed in."""
        return urlsplit(self.location or "").path.endswith("/anmelden")

    def oddities(self, host: str, leads_on: tuple[str, ...] = ()) -> list[str]:
        """What no answer may do, whoever asks: lead to another host, or set a cookie that others could share.

        ``leads_on`` is how the addresses on other hosts begin that this route is there to lead to.
        """
        found = []
        elsewhere = self.location is not None and urlsplit(self.location).netloc not in ("", host)
        if elsewhere and not str(self.location).startswith(leads_on or ("no other host",)):
            found.append(f"is led to {self.location}")
        for cookie in self.cookies:
            safe = {"secure", "httponly", "path=/", "samesite=lax"} <= set(cookie.lower().split("; "))
            if not cookie.startswith("__Host-") or not safe or "domain" in cookie.lower():
                found.append(f"gets the cookie {cookie.partition('=')[0]}")
        return found


class Door:
    """The program as asked over https, each time from another address, so that no limit hides an answer."""

    def __init__(self, wsgi: WSGIApplication, desk: str) -> None:
        self._client = Client(wsgi, use_cookies=False)
        # A token that anybody can have; it is good for whoever sends its cookie along, at every host.
        page = self._client.open("/de/anmelden", base_url=f"https://{desk}")
        self._csrf_cookie = _set_cookie(page, _CSRF) or ""
        self._csrf_token = forms_of(page.text)[0].values["csrf_token"]

    def ask(self, ask: Ask, cookie: str | None, token: str | None = None) -> Answer:
        """Send the request with the session that ``cookie`` stands for, and the access token of a program."""
        cookies = {_CSRF: self._csrf_cookie, **({SESSION_COOKIE: cookie} if cookie else {})}
        builder = EnvironBuilder(
            ask.path,
            base_url=f"https://{ask.host}",
            method=ask.method,
            query_string=dict(ask.query),
            **self._body(ask),
            headers={
                **({"Authorization": f"Bearer {token}"} if token else {}),
                **({"If-Match": "*"} if ask.method == "PATCH" else {}),
                "Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items()),
                "Referer": "https://evil.example/" if ask.forged else f"https://{ask.host}{ask.path}",
            },
            environ_overrides={"REMOTE_ADDR": _next_address()},
        )
        try:
            with self._client.open(builder) as response:
                return _read(response)
        finally:
            builder.close()

    def _body(self, ask: Ask) -> dict[str, Any]:
        """A form, or JSON where programs ask."""
        if not ask.changes:
            return {}
        return {"json": dict(ask.fields)} if ask.path.startswith(_API) else {"data": self._data(ask)}

    def _data(self, ask: Ask) -> dict[str, Any]:
        data = {
            name: (io.BytesIO(value.content), value.name) if isinstance(value, File) else value
            for name, value in ask.fields.items()
        }
        return data if ask.forged else {"csrf_token": self._csrf_token, **data}


def follow(ask: Ask, answer: Answer) -> Ask | None:
    """The request that a browser makes after a redirect within the same host."""
    if answer.location is None or answer.status not in (301, 302, 303):
        return None
    parts = urlsplit(answer.location)
    if parts.netloc not in ("", ask.host):
        return None
    query = dict(pair.split("=", 1) for pair in parts.query.split("&") if "=" in pair)
    return Ask(ask.host, "GET", parts.path, ask.endpoint, f"{ask.about}, followed", query)


def _read(response: TestResponse) -> Answer:
    body = readable(response.data, response.mimetype or "")
    return Answer(
        response.status_code,
        body,
        f"{response.status}\n{headers_read(list(response.headers))}",
        response.headers.get("Location"),
        _set_cookie(response, SESSION_COOKIE),
        response.headers.get("Cache-Control", ""),
        tuple(response.headers.getlist("Set-Cookie")),
    )


def _set_cookie(response: TestResponse, name: str) -> str | None:
    for line in response.headers.getlist("Set-Cookie"):
        if line.startswith(f"{name}="):
            return line.split(";", 1)[0].removeprefix(f"{name}=") or None
    return None


def _next_address() -> str:
    number = next(_addresses)
    return f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
