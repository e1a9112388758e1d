"""A browser without JavaScript for tests: cookies, redirects, and forms filled in as the page shows them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

from werkzeug.test import Client, TestResponse

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication


@dataclass
class HtmlForm:
    """A form of a page: where it leads and what it would send if nobody filled in anything."""

    action: str
    method: str
    values: dict[str, str] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)


class Browser:
    """One person's browser at one host over https. ``address`` is where the person comes from.

    It follows no redirect by itself, so that a test sees each step.
    """

    def __init__(self, wsgi: WSGIApplication, host: str, address: str = "127.0.0.1") -> None:
        self.origin = f"https://{host}"
        self.address = address
        self._client = Client(wsgi)

    def get(self, path: str, **options: Any) -> TestResponse:
        """Ask for a page."""
        return self._open(path, method="GET", **options)

    def head(self, path: str, **options: Any) -> TestResponse:
        """Ask for a page's headers, as scanners of links do."""
        return self._open(path, method="HEAD", **options)

    def post(self, path: str, data: Mapping[str, Any] | None = None, **options: Any) -> TestResponse:
        """Send data as they are; without the token of a form that is refused. See ``submit``."""
        headers = {"Referer": self.origin + path, **options.pop("headers", {})}
        return self._open(path, method="POST", data=dict(data or {}), headers=headers, **options)

    def submit(
        self, page: TestResponse, values: Mapping[str, Any] | None = None, action: str = ""
    ) -> TestResponse:
        """Fill in and send a form of ``page``: the one that has all fields of ``values`` and leads to ``action``.

        Hidden fields, the CSRF token among them, go along. Raises LookupError when there is no such form.
        """
        values = dict(values or {})
        for form in forms_of(page.text):
            if form.method == "post" and values.keys() <= form.names and action in form.action:
                target = urljoin(page.request.url, form.action)
                return self.post(_path(target), {**form.values, **values})
        raise LookupError(f"no form with {sorted(values)} leading to {action or 'anywhere'}")

    def follow(self, response: TestResponse) -> TestResponse:
        """Go where a redirect of the same host leads."""
        assert response.status_code in (301, 302, 303, 307, 308), response.status
        return self.get(_path(urljoin(response.request.url, response.headers["Location"])))

    def cookie(self, name: str) -> str | None:
        """The value of a cookie of this host."""
        cookie = self._client.get_cookie(name, domain=urlsplit(self.origin).netloc)
        return cookie.value if cookie else None

    def set_cookie(self, name: str, value: str) -> None:
        """Put a cookie there, e.g. a stolen one."""
        self._client.set_cookie(name, value, domain=urlsplit(self.origin).netloc)

    def _open(self, path: str, **options: Any) -> TestResponse:
        environment = {"REMOTE_ADDR": self.address, **options.pop("environ_overrides", {})}
        return self._client.open(path, base_url=self.origin, environ_overrides=environment, **options)


class _FormReader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[HtmlForm] = []
        self._open: HtmlForm | None = None
        self._area = self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._open = HtmlForm(values.get("action", ""), values.get("method", "get").lower())
            self.forms.append(self._open)
        elif self._open is not None and "name" in values and tag in ("input", "select", "textarea", "button"):
            self._open.names.add(values["name"])
            kind = values.get("type", "text")
            if tag == "input" and (kind not in ("checkbox", "radio") or "checked" in values):
                self._open.values[values["name"]] = values.get("value", "")
            if tag == "textarea":
                self._area = values["name"]
                self._open.values[self._area] = ""
            self._select = values["name"] if tag == "select" else ""
        elif self._open is not None and tag == "option" and self._select:
            # The first one, unless another one is selected.
            known = self._select in self._open.values
            if "selected" in values or not known:
                self._open.values[self._select] = values.get("value", "")

    def handle_data(self, data: str) -> None:
        if self._open is not None and self._area:
            self._open.values[self._area] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None
        elif tag == "textarea":
            self._area = ""


def forms_of(html: str) -> list[HtmlForm]:
    """All forms of a page, in its order."""
    reader = _FormReader()
    reader.feed(html)
    return reader.forms


def _path(address: str) -> str:
    parts = urlsplit(address)
    return parts.path + (f"?{parts.query}" if parts.query else "")
