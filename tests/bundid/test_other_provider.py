"""Signing in by an OpenID provider that is not ours: npm's oidc-provider, in a process of its own."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from http.cookiejar import CookieJar
from typing import IO, TYPE_CHECKING, Any
from urllib.error import HTTPError
from urllib.parse import urljoin, urlsplit
from urllib.request import HTTPCookieProcessor, HTTPRedirectHandler, Request, build_opener

import pytest
from werkzeug.test import TestResponse

from kreisportal.app import create_app, create_program, create_wsgi
from kreisportal.kernel.paths import project_folder
from kreisportal.settings_outside import OpenIdProviderSettings
from kreisportal.staff.sign_in import Locksmith
from kreisportal.web.program import Program
from tests.accounts.people import HOST, Citizen, mailed_token
from tests.bundid.showing import is_in
from tests.support.browser import Browser
from tests.support.region import settings_for
from tests.support.server import DatabaseCopy

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

pytestmark = pytest.mark.usefixtures("end_delays")

_PROGRAM = project_folder() / "tests" / "bundid" / "provider.mjs"
_SECRET = "ein-Geheimnis-fuer-Tests"


class _Stay(HTTPRedirectHandler):
    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


@dataclass(frozen=True)
class Provider:
    """The other provider. ``issuer`` is its address."""

    issuer: str

    def expect(self, sub: str, acr: str = "", **more: Any) -> None:
        """Say who signs in next, and how surely."""
        person = {"sub": sub, "acr": acr or None, **more}
        told = Request(f"{self.issuer}/person", json.dumps(person).encode(), method="PUT")  # noqa: S310 - loopback.
        build_opener().open(told).close()

    def visit(self, address: str) -> str:
        """What a browser does that is led there: it follows until it is led back to us."""
        opener = build_opener(_Stay, HTTPCookieProcessor(CookieJar()))
        for _ in range(10):
            try:
                with opener.open(address) as answer:
                    raise AssertionError(str(answer.read(), "utf-8"))
            except HTTPError as led:
                with led:
                    assert led.code in (302, 303), (led.code, str(led.read(), "utf-8"))
                    address = urljoin(address, led.headers["Location"])
            if urlsplit(address).netloc == HOST:
                return address
        raise AssertionError("the redirections lead in a circle")


@contextmanager
def _running() -> Iterator[Provider]:
    node = shutil.which("node")
    assert node
    with subprocess.Popen(
        [node, str(_PROGRAM)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdin
            assert process.stdout
            issuer = _line(process.stdout)
            told = {"redirect_uri": f"https://{HOST}/anmelden/zurueck/land", "secret": _SECRET}
            process.stdin.write(json.dumps(told) + "\n")
            process.stdin.flush()
            while _line(process.stdout) != "ready":
                pass
            yield Provider(issuer)
        finally:
            process.terminate()


def _line(stream: IO[str]) -> str:
    line = stream.readline()
    assert line, "the provider has ended"
    return line.strip()


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    """The other provider."""
    with _running() as found:
        yield found


@pytest.fixture(scope="module")
def program(
    region: DatabaseCopy, provider: Provider, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Program]:
    """The program in production, with that provider."""
    settings = settings_for(region, tmp_path_factory.mktemp("data"))
    land = OpenIdProviderSettings(
        key="land",
        name={"de": "Landeskonto", "en": "Land's account"},
        issuer=provider.issuer,
        client_id="kreisportal",
        client_secret=_SECRET,
        levels={"urn:test:basic": "basic", "urn:test:substantial": "substantial", "urn:test:high": "high"},
        scopes="openid profile address",
    )
    made = create_program(replace(settings, openid_providers=(land,)))
    yield made
    made.database.close()


@pytest.fixture(scope="module")
def wsgi(program: Program, locksmith: Locksmith) -> WSGIApplication:
    """The program behind all its layers."""
    return create_wsgi(program, create_app(program, locksmith.passwords))


def sign_in(browser: Browser, provider: Provider, wanted: str = "") -> TestResponse:
    """To the provider and back; where that leads to."""
    begun = browser.get(f"/de/anmelden/mit/land?next={wanted}")
    back = urlsplit(provider.visit(begun.headers["Location"]))
    return browser.get(f"{back.path}?{back.query}")


def test_an_account_begins_there_and_is_known_the_next_time(
    provider: Provider,
    client: Callable[..., Browser],
    program: Program,
    region: DatabaseCopy,
    stranger: Callable[[], Citizen],
) -> None:
    person, browser = stranger(), client(HOST)
    address = {"street_address": "Große Straße 7", "postal_code": "49377", "locality": "Vechta"}
    claims = {"given_name": "Änne", "family_name": "Øster", "birthdate": "1980-12-24", "address": address}
    provider.expect(person.email, "urn:test:substantial", claims=claims)
    page = browser.follow(sign_in(browser, provider))
    assert "Änne Øster" in page.text
    assert "substanziell" in page.text
    browser.submit(browser.get(f"/de/link/{mailed_token(program, person.email)}"), {}, "ohne-passwort")
    with region.superuser() as connection:
        row = connection.execute(
            "SELECT provider, issuer, level, attributes FROM account_identities WHERE subject = %s",
            [person.email],
        ).fetchone()
    assert row
    assert row[:3] == ("land", provider.issuer, "substantial")
    assert row[3]["person.birth_date"] == "1980-12-24"
    assert row[3]["person.address"]["house_number"] == "7"
    provider.expect(person.email, "urn:test:high")
    other = client(HOST)
    assert sign_in(other, provider, "/de/zugang/").headers["Location"] == "/de/zugang/"
    assert "hoch" in other.get("/de/zugang/").text


def test_who_is_signed_in_must_show_it_there_anew(
    provider: Provider, client: Callable[..., Browser], citizen: Citizen
) -> None:
    own = citizen.at(HOST)
    provider.expect(citizen.email, "urn:test:high", minutes=5)
    assert sign_in(own, provider, "/de/zugang/").headers["Location"] == "/de/zugang/anbieter/verbinden"
    own.submit(own.get("/de/zugang/anbieter/verbinden"), {}, "verbinden")
    assert "Landeskonto" in own.get("/de/zugang/").text
    assert is_in(own)


def test_who_says_no_there_is_nobody_here(provider: Provider, client: Callable[..., Browser]) -> None:
    browser = client(HOST)
    provider.expect("niemand", declines=True)
    page = browser.follow(sign_in(browser, provider))
    assert "abgebrochen" in page.text
    assert not is_in(browser)
