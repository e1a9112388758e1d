"""A program that asks the API of a host, each time from another address unless it says otherwise."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

from werkzeug.test import Client, TestResponse

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

_numbers = itertools.count(1)


def another_address() -> str:
    """An address that nobody has asked from."""
    number = next(_numbers)
    return f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"


class Asker:
    """Asks over https, with a token if it has one. Cookies are sent only where a test says so."""

    def __init__(self, wsgi: WSGIApplication, host: str, token: str | None = None) -> None:
        self._client = Client(wsgi, use_cookies=False)
        self.host = host
        self.token = token

    def ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        address: str | None = None,
        headers: dict[str, str] | None = None,
        **more: Any,
    ) -> TestResponse:
        """An answer; ``body`` goes as JSON."""
        sent = {**({"Authorization": f"Bearer {self.token}"} if self.token else {}), **(headers or {})}
        if body is not None:
            more["json"] = body
        return self._client.open(
            f"/api/v1{path}",
            base_url=f"https://{self.host}",
            method=method,
            headers=sent,
            environ_overrides={"REMOTE_ADDR": address or another_address()},
            **more,
        )

    def get(self, path: str, **named: Any) -> TestResponse:
        """An answer to GET."""
        return self.ask("GET", path, **named)
