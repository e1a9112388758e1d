"""The command line: clients from outside and keys, and what may be registered."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from kreisportal.kernel.errors import ConflictError, InvalidInputError, NotFoundError
from kreisportal.sso.cli import sso
from kreisportal.sso.pkce import new_verifier
from kreisportal.sso.redirects import fault_of_redirect, fault_of_web_address, origin_of
from tests.accounts.conftest import citizen, stranger
from tests.accounts.people import Citizen
from tests.sso.outside import BUS, Outsider
from tests.support.region import SECRET_KEY
from tests.support.server import DatabaseCopy

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

__all__ = ["citizen", "stranger"]

Run = Callable[..., Result]


@pytest.fixture
def run(region: DatabaseCopy, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command as an operator would, with the settings of production."""
    settings = {
        "DATABASE_URL": region.url(),
        "SECRET_KEY": SECRET_KEY,
        "RECEIPT_KEY": "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
        "MAIL_URL": "folder:/nowhere",
        "KREISPORTAL_MODE": "production",
        "COLUMNS": "300",
    }
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("PUBLIC_PORT", raising=False)
    return lambda *arguments: CliRunner().invoke(sso, arguments)


def _add(run: Run, name: str, *more: str) -> Result:
    return run(
        "client", "add", name, "--redirect", BUS, "--privacy", "https://bus.example/datenschutz", *more
    )


def _told(done: Result, name: str) -> str:
    found = re.search(rf"^{name}: (\S+)$", done.output, re.M)
    assert found, done.output
    return found[1]


def test_a_client_lives_from_being_added_to_being_removed(
    run: Run, citizen: Citizen, wsgi: WSGIApplication
) -> None:
    done = _add(run, "Busgesellschaft", "--scope", "email")
    client_id, secret = _told(done, "client_id"), _told(done, "client_secret")
    bus = Outsider(wsgi, client_id, secret, BUS)
    assert bus.signs_in(citizen, scope="openid email")["scope"] == "openid email"
    listed = run("client", "list").output
    assert "Busgesellschaft" in listed and client_id in listed and secret not in listed
    bus.secret = _told(run("client", "secret", client_id), "client_secret")
    assert bus.secret != secret
    token = bus.signs_in(citizen)["access_token"]
    verifier = new_verifier()
    code = bus.code(citizen, verifier)
    bus.secret = secret
    assert bus.redeem(code, verifier).status_code == 401
    assert run("client", "remove", client_id).output == "removed: Busgesellschaft\n"
    assert bus.who(token).status_code == 401
    assert "Location" not in bus.send(citizen, verifier).headers
    assert "Busgesellschaft" not in citizen.at("konto.localhost").get("/de/einstellungen").text
    assert isinstance(run("client", "remove", client_id).exception, NotFoundError)


def test_a_public_client_has_no_secret(run: Run) -> None:
    done = run(
        *("client", "add", "App", "--public", "--redirect", "de.vechta.app:/zurueck"),
        *("--privacy", "https://vechta.example/app"),
    )
    assert "client_secret" not in done.output
    assert isinstance(run("client", "secret", _told(done, "client_id")).exception, ConflictError)


def test_what_is_wrong_is_told_all_at_once(run: Run) -> None:
    done = _add(run, "Zweite", "--redirect", "http://bus.example/", "--post-logout", "javascript:alert(1)")
    assert isinstance(done.exception, InvalidInputError)
    assert set(done.exception.messages) == {"redirect", "post-logout"}
    assert _add(run, "Dritte").exit_code == 0
    assert isinstance(_add(run, "Dritte").exception, ConflictError)


def test_keys_are_made_listed_and_revoked(run: Run) -> None:
    made = run("keys", "rotate", "--now").output.split()[0]
    assert re.search(rf"{made} +│ signs", run("keys", "list").output)
    assert run("keys", "revoke", made).output.startswith("revoked; ")
    assert re.search(rf"{made} +│ revoked", run("keys", "list").output)


GOOD = [
    "https://bus.example/",
    "https://bus.example:8443/a/b?c=d",
    "http://127.0.0.1:8080/cb",
    "http://[::1]/cb",
]
BAD = [
    "http://bus.example/",
    "https://bus.example/#x",
    "https://a@bus.example/",
    "https://*.bus.example/",
    "https://bus.example/../x",
    "https://bus.example/%2e%2e/x",
    "https:/bus.example",
    "https:bus.example",
    "https://",
    "//bus.example/",
    "https://bus.example\\@evil.example/",
    "https://bus.example/ x",
    "https://bücher.example/",
    "https://bus.example/?code=1",
    "javascript:alert(1)",
    "data:text/html,x",
    "file:///etc/passwd",
    "",
]


@pytest.mark.parametrize("uri", GOOD)
def test_exact_addresses_may_be_registered(uri: str) -> None:
    assert fault_of_redirect(uri, public=False) is None


@pytest.mark.parametrize("uri", BAD)
def test_others_may_not(uri: str) -> None:
    assert fault_of_redirect(uri, public=True)
    assert fault_of_web_address(uri)


def test_an_apps_own_scheme_is_for_public_clients() -> None:
    assert fault_of_redirect("de.vechta.app:/cb", public=True) is None
    assert fault_of_redirect("de.vechta.app:/cb", public=False)
    assert fault_of_redirect("de.vechta.app://evil.example/cb", public=True)
    assert fault_of_web_address("de.vechta.app:/cb")


@given(st.text(max_size=30) | st.from_regex(r"https?:[/\\@#?a-z.:%*\[\]]{0,25}", fullmatch=True))
def test_what_may_be_registered_has_an_origin_that_a_policy_can_name(uri: str) -> None:
    if fault_of_redirect(uri, public=True) is not None:
        return
    origin = origin_of(uri)
    assert uri.startswith(origin)
    assert not set(origin) & set(" ;,'\"\\")
    assert uri == origin or uri[len(origin)] in "/?"
