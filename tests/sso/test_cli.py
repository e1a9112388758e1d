"""The command line: clients from outside and keys, and what may be registered."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from click import Group
from click.testing import Result
from hypothesis import given
from hypothesis import strategies as st

from kreisportal.kernel.errors import ConflictError, InvalidInputError, NotFoundError
from kreisportal.sso.cli import sso
from kreisportal.sso.pkce import new_verifier
from kreisportal.sso.redirects import fault_of_redirect, fault_of_web_address, origin_of
from tests.accounts.conftest import citizen, stranger
from tests.accounts.people import HOST, Citizen
from tests.sso.outside import BUS, Outsider, said, unsigned
from tests.support.commands import Run, in_production
from tests.support.server import DatabaseCopy

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

__all__ = ["citizen", "stranger"]


@pytest.fixture
def run(region: DatabaseCopy, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command as an operator would, with the settings of production."""
    return in_production(sso, region, monkeypatch, columns=300)


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


def test_a_client_is_changed_and_stays_the_same(
    run: Run, citizen: Citizen, wsgi: WSGIApplication, region: DatabaseCopy
) -> None:
    done = _add(run, "Busgesellschaft", "--scope", "email", "--scope", "profile")
    bus = Outsider(wsgi, _told(done, "client_id"), _told(done, "client_secret"), BUS)
    given = bus.signs_in(citizen, scope="openid profile email")
    new = "https://bus.example/neu"
    changed = run(
        *("client", "change", bus.id, "--name", "Bus und Bahn", "--redirect", new, "--scope", "profile"),
        *("--privacy", "https://bus.example/privat", "--post-logout", "https://bus.example/"),
        *("--logout-url", "https://bus.example/ende"),
    )
    assert f"redirect: {BUS} -> {new}\n" in changed.output
    assert "scope: openid profile email -> openid profile\n" in changed.output
    assert "post-logout: – -> https://bus.example/\n" in changed.output
    assert "email" not in (bus.who(given["access_token"]).json or {}), (
        "a scope that is taken away counts at once"
    )
    assert "Location" not in bus.send(citizen, "v" * 43).headers, "the address before is a stranger's"
    bus.redirect_uri = new
    again = bus.signs_in(citizen, scope="openid profile email")
    assert again["scope"] == "openid profile"
    assert unsigned(again["id_token"])["sub"] == unsigned(given["id_token"])["sub"]
    assert "Bus und Bahn" in citizen.at(HOST).get("/de/einstellungen").text
    nothing = run("client", "change", bus.id, "--name", "Bus und Bahn")
    assert nothing.output == "It is so already; nothing was changed.\n"
    less = run("client", "change", bus.id, "--no-post-logout", "--no-logout-url")
    assert (
        less.output == "post-logout: https://bus.example/ -> –\nlogout-url: https://bus.example/ende -> –\n"
    )
    assert acts(region, bus.id) == [
        ("client-added", {}),
        (
            "client-changed",
            {
                "fields": [
                    *("logout_url", "name", "post_logout_redirect_uris", "privacy_url", "redirect_uris"),
                    "scopes",
                ]
            },
        ),
        ("client-changed", {"fields": ["logout_url", "post_logout_redirect_uris"]}),
    ]


def acts(
    region: DatabaseCopy, subject: str, kind: str = "outside-client"
) -> list[tuple[str, dict[str, object]]]:
    """What the audit of the region says of a client or key."""
    with region.superuser() as connection:
        return connection.execute(
            "SELECT action, data FROM region_audit_entries WHERE actor = 'region' AND staff_id IS NULL"
            " AND subject_kind = %s AND subject_id = %s ORDER BY id",
            (kind, subject),
        ).fetchall()


def test_a_client_is_switched_off_and_on(
    run: Run, citizen: Citizen, wsgi: WSGIApplication, region: DatabaseCopy
) -> None:
    done = _add(run, "Schwimmbad", "--logout-url", "https://bad.example/ende")
    bad = Outsider(wsgi, _told(done, "client_id"), _told(done, "client_secret"), BUS)
    token, verifier = bad.signs_in(citizen)["access_token"], new_verifier()
    code = bad.code(citizen, verifier)
    assert run("client", "off", bad.id).output == "off: Schwimmbad\n"
    assert bad.who(token).status_code == 401
    refused = bad.redeem(code, verifier)
    assert (refused.status_code, refused.json and refused.json["error"]) == (401, "invalid_client")
    assert "Location" not in bad.send(citizen, verifier).headers
    assert re.search(
        rf"{bad.id} +│ Schwimmbad +│ the region +│ confidential, off", run("client", "list").output
    )
    with region.superuser() as connection:
        waiting = connection.execute("SELECT logout_url FROM client_logouts WHERE client_id = %s", [bad.id])
        assert waiting.fetchall() == [("https://bad.example/ende",)]
    assert isinstance(run("client", "off", bad.id).exception, ConflictError)
    assert run("client", "on", bad.id).output == "on: Schwimmbad\n"
    assert bad.who(token).status_code == 401, "what has ended stays so"
    assert said(bad.send(citizen, verifier))["code"], "people are not asked again"
    assert isinstance(run("client", "on", bad.id).exception, ConflictError)
    assert [action for action, _ in acts(region, bad.id)] == ["client-added", "client-off", "client-on"]


def test_who_is_still_signed_in_is_told_of_at_the_new_address(
    run: Run, citizen: Citizen, wsgi: WSGIApplication, region: DatabaseCopy
) -> None:
    done = _add(run, "Bücherei", "--logout-url", "https://buch.example/alt")
    client = Outsider(wsgi, _told(done, "client_id"), _told(done, "client_secret"), BUS)
    client.signs_in(citizen)
    assert run("client", "change", client.id, "--logout-url", "https://buch.example/neu").exit_code == 0
    citizen.at(HOST).submit(citizen.at(HOST).get("/de/einstellungen"), {}, "abmelden")
    with region.superuser() as connection:
        waiting = connection.execute(
            "SELECT logout_url FROM client_logouts WHERE client_id = %s", [client.id]
        )
        assert waiting.fetchall() == [("https://buch.example/neu",)]


def test_a_change_that_is_wrong_changes_nothing(run: Run) -> None:
    client_id = _told(_add(run, "Vierte"), "client_id")
    assert _add(run, "Fünfte").exit_code == 0
    wrong = run("client", "change", client_id, "--redirect", "http://bus.example/", "--name", " ")
    assert isinstance(wrong.exception, InvalidInputError)
    assert set(wrong.exception.messages) == {"redirect", "name"}
    assert isinstance(run("client", "change", client_id, "--name", "Fünfte").exception, ConflictError)
    assert isinstance(run("client", "change", "nobody", "--name", "Sechste").exception, NotFoundError)
    assert isinstance(run("client", "off", "nobody").exception, NotFoundError)
    for arguments in ((), ("--logout-url", "https://bus.example/", "--no-logout-url"), ("--scope", "all")):
        assert run("client", "change", client_id, *arguments).exit_code == 2
    assert re.search(rf"{client_id} +│ Vierte", run("client", "list").output)


def test_a_client_is_of_the_district_that_is_named(run: Run) -> None:
    done = _add(run, "Kreisbücherei", "--district", "landkreis-vechta")
    assert re.search(
        rf"{_told(done, 'client_id')} +│ Kreisbücherei +│ landkreis-vechta", run("client", "list").output
    )
    assert isinstance(_add(run, "Siebte", "--district", "vechta").exception, NotFoundError)
    assert "Siebte" not in run("client", "list").output


def test_ids_can_be_copied_from_a_narrow_screen(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    client_id = _told(
        _add(run, "Ein Bad mit einem sehr langen Namen", "--logout-url", "https://bad.example/ende"),
        "client_id",
    )
    monkeypatch.setenv("COLUMNS", "80")
    assert client_id in run("client", "list").output


def test_keys_are_made_listed_and_revoked(run: Run, region: DatabaseCopy) -> None:
    made = run("keys", "rotate", "--now").output.split()[0]
    assert re.search(rf"{made} +│ signs", run("keys", "list").output)
    revoked = run("keys", "revoke", made).output
    assert revoked.startswith("revoked; ")
    assert re.search(rf"{made} +│ revoked", run("keys", "list").output)
    assert acts(region, made, "signing-key") == [
        ("key-made", {"at_once": True}),
        ("key-revoked", {"followed_by": revoked.split()[1]}),
    ]


def test_whatever_changes_something_is_audited(run: Run, region: DatabaseCopy) -> None:
    """A command that is new is run here, too."""
    client_id = _told(_add(run, "Neunte"), "client_id")
    kid = run("keys", "rotate").output.split()[0]
    more = [
        *(("client", "change", client_id, "--name", "Zehnte"), ("client", "off", client_id)),
        *(("client", "on", client_id), ("client", "secret", client_id), ("client", "remove", client_id)),
        ("keys", "revoke", kid),
    ]
    assert [run(*arguments).exit_code for arguments in more] == [0] * len(more)
    done = {("client", "add"), ("keys", "rotate"), *(arguments[:2] for arguments in more)}
    commands = {
        (group.name, name)
        for group in sso.commands.values()
        if isinstance(group, Group)
        for name in group.commands
    }
    assert commands - {("client", "list"), ("keys", "list")} == done
    assert len(acts(region, client_id)) + len(acts(region, kid, "signing-key")) == len(done)


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
