"""Sites: whose rules an address is matched with, and what addresses are written with."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import redirect, request, url_for
from werkzeug.test import Client as Plain

from kreisportal.web.program import Program
from kreisportal.web.site import here
from tests.support.browser import Browser
from tests.web.small_app import with_views

Client = Callable[..., Browser]
PORTAL, DESK = "vechta.localhost", "verwaltung.vechta.localhost"


def test_the_rules_of_one_site_are_not_those_of_another(client: Client) -> None:
    assert client(PORTAL).get("/de/themen").status_code == 200
    assert client(DESK).get("/de/themen").status_code == 404
    assert client(DESK).get("/de/zugang/").status_code == 303
    assert client(PORTAL).get("/de/zugang/").status_code == 404


def test_each_town_is_at_its_own_host(client: Client) -> None:
    for host, name in (("vechta.localhost", "Stadt Vechta"), ("lohne.localhost", "Stadt Lohne")):
        title = re.search(r"<title>([^<]+)</title>", client(host).get("/de/kontakt").text)
        assert title
        assert name in title[1]


@pytest.mark.parametrize("site", ["portal", "desk"])
def test_addresses_are_written_with_the_host_that_was_asked_for(program: Program, site: str) -> None:
    host = {"portal": PORTAL, "desk": DESK}[site]

    def view() -> Any:
        return json.dumps(
            {
                "own": url_for(str(request.endpoint), name="view"),
                "external": url_for(str(request.endpoint), name="view", _external=True),
                "of a file": url_for(f"{site}_files.favicon", _external=True),
                "base": request.host_url,
                "site": here().site,
            }
        )

    with with_views(program, {"view": view}, site=site) as client:
        found = json.loads(client(host).get("/test/view").text)
    assert found == {
        "own": "/test/view",
        "external": f"https://{host}/test/view",
        "of a file": f"https://{host}/favicon.ico",
        "base": f"https://{host}/",
        "site": site,
    }


def test_redirects_stay_at_the_host(program: Program) -> None:
    views: dict[str, Any] = {"view": lambda: redirect(url_for("portal.home", lang="en"))}
    with with_views(program, views) as client:
        assert client(PORTAL).get("/test/view").headers["Location"] == "/en/"
        assert client(PORTAL).get("/de").headers["Location"] == f"https://{PORTAL}/de/"
        assert client("lohne.localhost").get("/de").headers["Location"] == "https://lohne.localhost/de/"


@pytest.mark.parametrize("path", ["//evil.example", "//evil.example/", "/\\evil.example", "/de//", "///"])
def test_no_path_leads_out_of_the_house(client: Client, path: str) -> None:
    answer = client(PORTAL).get(path)
    target = answer.headers.get("Location", "/")
    assert re.fullmatch(rf"(https://{re.escape(PORTAL)})?/([^/\\].*)?", target), target


def test_the_port_of_a_demonstration_is_part_of_its_addresses(program: Program, wsgi: Any) -> None:
    from kreisportal.app import create_app
    from kreisportal.kernel.http.gate import Gate

    hosts = program.keeper.current.registry.hosts
    gate = Gate(create_app(program), hosts.get, public_port=8123)
    answer = Plain(gate).get("/robots.txt", base_url=f"http://{PORTAL}:8123")
    assert f"Sitemap: http://{PORTAL}:8123/sitemap.xml" in answer.text


@pytest.mark.parametrize("host", [PORTAL.upper(), f"{PORTAL}:443", "Vechta.Localhost:443"])
def test_a_host_written_otherwise_does_not_change_the_addresses_of_kept_pages(
    client: Client, host: str
) -> None:
    for path in ("/sitemap.xml", "/robots.txt", "/.well-known/security.txt"):
        odd = client(PORTAL).get(path, headers={"Host": host})
        assert odd.status_code == 200
        assert odd.text == client(PORTAL).get(path).text
        assert ":443" not in odd.text
        assert "VECHTA" not in odd.text


def test_a_site_without_a_tenant_has_none(program: Program) -> None:
    from kreisportal.app import create_app
    from kreisportal.kernel.http.gate import Gate

    gate = Gate(create_app(program), {"region.example": ("portal", None, None)}.get)
    answer = Plain(gate).get("/de/", base_url="https://region.example")
    assert answer.status_code == 404
