"""What the recipes must know of: the fields that pages show, and those that views look for."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Request, has_request_context, request
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map

from tests.isolation.sweep import Host
from tests.support.browser import forms_of


def watched(app: Flask) -> dict[str, set[str]]:
    """From now on: the names that the views ask requests of this application for, by endpoint."""
    names: dict[str, set[str]] = {}

    def note(name: object) -> None:
        if has_request_context() and request.endpoint is not None:
            names.setdefault(request.endpoint, set()).add(str(name))

    class Watched(ImmutableMultiDict[str, Any]):
        def get(self, key: Any, *rest: Any, **more: Any) -> Any:
            note(key)
            return super().get(key, *rest, **more)

        def getlist(self, key: Any, *rest: Any, **more: Any) -> Any:
            note(key)
            return super().getlist(key, *rest, **more)

        def __getitem__(self, key: Any) -> Any:
            note(key)
            return super().__getitem__(key)

        def __contains__(self, key: object) -> bool:
            note(key)
            return super().__contains__(key)

    class WatchedRequest(Request):
        parameter_storage_class = Watched

    app.request_class = WatchedRequest
    return names


def fields_of_pages(url_map: Map, hosts: list[Host], pages: list[tuple[str, str]]) -> dict[str, set[str]]:
    """The names in all forms of these pages (host and HTML), by the endpoint that a form leads to by POST."""
    sites = {host.name: host.site for host in hosts}
    found: dict[str, set[str]] = {}
    for host, html in pages:
        adapter = url_map.bind(host, subdomain=sites[host])
        for form in forms_of(html):
            path = urlsplit(form.action).path
            if form.method != "post" or not path:
                continue
            try:
                endpoint, _ = adapter.match(path, method="POST")
            except HTTPException:
                continue
            found.setdefault(endpoint, set()).update(form.names)
    return found
