"""Attacks on clients from outside and by them: codes replayed, stolen and mixed up, wrong proofs, strange addresses."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from joserfc import jwt
from joserfc.jwk import RSAKey

from kreisportal.kernel.database import ActorKind, Context
from kreisportal.kernel.errors import KreisportalError
from kreisportal.sso.outside_requests import read_outside_request
from kreisportal.sso.pkce import challenge_of, new_verifier
from kreisportal.sso.provider import Provider
from kreisportal.web.program import Program
from tests.accounts.conftest import citizen, stranger
from tests.accounts.people import HOST, Citizen
from tests.sso.outside import BUS, BUS_HOME, ISSUER, Outsider, basic, register, said, unsigned
from tests.support.browser import Browser
from tests.support.server import DatabaseCopy

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

__all__ = ["citizen", "stranger"]

pytestmark = pytest.mark.usefixtures("end_delays")


@pytest.fixture(scope="module")
def bus(program: Program, wsgi: WSGIApplication) -> Outsider:
    """A client that keeps a secret."""
    return register(program, wsgi)


@pytest.fixture(scope="module")
def rival(program: Program, wsgi: WSGIApplication) -> Outsider:
    """Another client, which may be up to something."""
    return register(program, wsgi, redirect_uris=("https://rival.example/cb",), post_logout_redirect_uris=())


def refused(answer: Any) -> tuple[int, str]:
    return answer.status_code, (answer.json or {})["error"]


def test_a_code_shown_again_takes_back_what_it_gave(bus: Outsider, citizen: Citizen) -> None:
    verifier = new_verifier()
    code = bus.code(citizen, verifier)
    token = (bus.redeem(code, verifier).json or {})["access_token"]
    assert bus.who(token).status_code == 200
    assert refused(bus.redeem(code, verifier)) == (400, "invalid_grant")
    assert bus.who(token).status_code == 401


def test_a_code_is_over_after_a_minute(bus: Outsider, citizen: Citizen, region: DatabaseCopy) -> None:
    verifier = new_verifier()
    code = bus.code(citizen, verifier)
    with region.superuser() as connection:
        (left,) = connection.execute(
            "SELECT max(extract(epoch FROM expires_at - now())) FROM client_codes WHERE used_at IS NULL"
        ).fetchone() or (None,)
        assert left is not None and 0 < left <= 60
        connection.execute("UPDATE client_codes SET expires_at = now() - interval '1 s'")
    assert refused(bus.redeem(code, verifier)) == (400, "invalid_grant")


def test_a_code_is_its_clients(bus: Outsider, rival: Outsider, citizen: Citizen) -> None:
    verifier = new_verifier()
    code = bus.code(citizen, verifier)
    assert refused(rival.redeem(code, verifier, redirect_uri=BUS)) == (400, "invalid_grant")
    assert refused(bus.redeem(code, verifier)) == (400, "invalid_grant"), "a code that was shown is used up"


def test_a_code_of_a_client_is_worth_nothing_at_a_town(bus: Outsider, citizen: Citizen) -> None:
    code = bus.code(citizen, new_verifier())
    portal = citizen.at("vechta.localhost")
    start = portal.get("/de/anmelden").headers["Location"]
    state = dict(pair.split("=") for pair in urlsplit(start).query.split("&"))["state"]
    answer = portal.get(f"/anmelden/zurueck?{urlencode({'code': code, 'state': state})}")
    assert answer.status_code == 400


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"code_verifier": "w" * 43}, "invalid_grant"),
        ({"code_verifier": None}, "invalid_request"),
        ({"code_verifier": "short"}, "invalid_request"),
        ({"redirect_uri": "https://bus.example/anders"}, "invalid_grant"),
        ({"redirect_uri": None}, "invalid_grant"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"grant_type": "refresh_token"}, "unsupported_grant_type"),
        ({"code": None}, "invalid_request"),
        ({"code": "ein anderer"}, "invalid_grant"),
    ],
)
def test_what_does_not_fit_is_refused(
    bus: Outsider, citizen: Citizen, changes: dict[str, str | None], error: str
) -> None:
    verifier = new_verifier()
    assert refused(bus.redeem(bus.code(citizen, verifier), verifier, **changes)) == (400, error)


def test_a_client_without_its_secret_gets_nothing(
    bus: Outsider, rival: Outsider, citizen: Citizen, region: DatabaseCopy
) -> None:
    verifier = new_verifier()
    code = bus.code(citizen, verifier)
    told = {"grant_type": "authorization_code", "code": code, "redirect_uri": BUS, "code_verifier": verifier}
    wrong = [
        ({}, {"client_id": bus.id}),
        ({"Authorization": basic(bus.id, "geraten")}, {}),
        ({"Authorization": basic(bus.id, rival.secret or "")}, {}),
        ({"Authorization": basic("unbekannt", bus.secret or "")}, {}),
        ({}, {"client_id": bus.id, "client_secret": bus.secret or ""}),
        ({"Authorization": "Basic ///"}, {}),
        ({"Authorization": "Basic /////w=="}, {}),
        ({"Authorization": f"Bearer {bus.secret}"}, {"client_id": bus.id}),
    ]
    for headers, more in wrong:
        answer = bus.open("/oidc/token", method="POST", data=urlencode({**told, **more}), headers=headers)
        assert answer.status_code in (400, 401), headers
        assert (answer.json or {})["error"] in ("invalid_client", "invalid_request")
    with region.superuser() as connection:
        stored = connection.execute("SELECT secret_digest::text FROM outside_clients").fetchall()
    assert bus.secret not in str(stored)
    assert bus.redeem(code, verifier).status_code == 200, "nobody could use the code up without the secret"


def test_names_that_come_twice_are_refused(bus: Outsider, citizen: Citizen) -> None:
    verifier = new_verifier()
    fields = [("grant_type", "authorization_code"), ("code", "a"), ("code", "b"), ("code_verifier", verifier)]
    assert refused(bus.post("/oidc/token", fields)) == (400, "invalid_request")
    query = urlencode([*bus.asks(verifier).items(), ("scope", "openid email")])
    assert said(citizen.at(HOST).get(f"/oidc/authorize?{query}"))["error"] == "invalid_request"
    query = urlencode([*bus.asks(verifier).items(), ("redirect_uri", "https://evil.example/")])
    assert citizen.at(HOST).get(f"/oidc/authorize?{query}").status_code == 400


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/zurueck",
        "https://bus.example/zurueck/",
        "https://bus.example/zurueck?x=1",
        "https://bus.example/zurueck#x",
        "http://bus.example/zurueck",
        "https://bus.example:443/zurueck",
        "https://BUS.example/zurueck",
        "https://bus.example@evil.example/zurueck",
        "https://bus.example/./zurueck",
        "//bus.example/zurueck",
        "https://rival.example/cb",
        "javascript:alert(1)",
        "",
        None,
    ],
)
def test_nobody_is_led_to_another_address(bus: Outsider, citizen: Citizen, address: str | None) -> None:
    for changes in ({}, {"prompt": "none"}, {"scope": "nothing"}, {"response_type": "token"}):
        answer = bus.send(citizen, new_verifier(), redirect_uri=address, **changes)
        assert answer.status_code == 400
        assert "Location" not in answer.headers


def test_an_unknown_client_leads_nowhere(bus: Outsider, citizen: Citizen) -> None:
    for client_id in ("", "x", "portal:vechta", bus.id.upper(), "0" * 36, f"{bus.id}'"):
        answer = bus.send(citizen, new_verifier(), client_id=client_id)
        assert (answer.status_code, "Location" in answer.headers) == (400, False), client_id


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_type": 'to"ken'}, "invalid_request"),
        ({"response_type": None}, "unsupported_response_type"),
        ({"response_type": "code id_token"}, "unsupported_response_type"),
        ({"response_mode": "fragment"}, "invalid_request"),
        ({"response_mode": "form_post"}, "invalid_request"),
        ({"scope": "profile"}, "invalid_scope"),
        ({"scope": None}, "invalid_scope"),
        ({"code_challenge": None}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge_method": None}, "invalid_request"),
        ({"prompt": "none login"}, "invalid_request"),
        ({"prompt": "sing"}, "invalid_request"),
        ({"max_age": "-1"}, "invalid_request"),
        ({"max_age": "bald"}, "invalid_request"),
        ({"nonce": "n" * 501}, "invalid_request"),
        ({"request": "eyJ"}, "request_not_supported"),
        ({"request_uri": "https://bus.example/r"}, "request_uri_not_supported"),
    ],
)
def test_what_is_wrong_with_a_request_is_told_to_the_client(
    bus: Outsider, citizen: Citizen, changes: dict[str, str | None], error: str
) -> None:
    answer = bus.send(citizen, new_verifier(), **changes)
    assert answer.headers["Location"].startswith(f"{BUS}?")
    assert said(answer) == {"error": error, "state": "der Stand", "iss": ISSUER}


_TOLD = (
    "response_type",
    "client_id",
    "redirect_uri",
    "scope",
    "state",
    "nonce",
    "prompt",
    "max_age",
    "since",
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)
@given(
    changes=st.lists(st.tuples(st.sampled_from(_TOLD), st.text(max_size=40)), max_size=4),
    tail=st.text(alphabet="/\\?#@.:%ab\t\n\u2024", max_size=6),
)
def test_whatever_is_asked_leads_to_the_registered_address_or_nowhere(
    program: Program, bus: Outsider, changes: list[tuple[str, str]], tail: str
) -> None:
    pairs = [*bus.asks(new_verifier()).items(), *changes]
    if tail:
        pairs = [(name, value + tail if name == "redirect_uri" else value) for name, value in pairs]
    with program.database.transaction(Context(ActorKind.CLIENT)) as session:
        provider = Provider(session, ISSUER, program.settings.secret_key)
        try:
            found = read_outside_request(provider, pairs, program.settings.secret_key, signed_in=True)
        except KreisportalError as error:
            address = getattr(error, "address", None)
            assert address is None or address.startswith(f"{BUS}?error=")
            return
    assert found.redirect_uri == BUS
    assert found.answer(code="c").startswith(f"{BUS}?code=c&")


def test_a_mark_that_is_not_ours_spares_nobody_the_sign_in(bus: Outsider, citizen: Citizen) -> None:
    bus.signs_in(citizen)
    for mark in ("0", "0.", "1.x", "9999999999.x", "", "1." + "A" * 43, "²"):
        answer = bus.send(citizen, new_verifier(), prompt="login", since=mark)
        assert answer.headers["Location"].startswith("/de/anmelden?"), mark


def test_a_token_opens_nothing_but_what_it_is_for(
    bus: Outsider, citizen: Citizen, client: Callable[..., Browser], region: DatabaseCopy
) -> None:
    given = bus.signs_in(citizen)
    for shown in (given["id_token"], given["access_token"][:-1], "", "a b", "ü"):
        assert bus.who(shown).status_code == 401
    browser = client(HOST)
    for value in (given["access_token"], f"a.{given['access_token']}"):
        browser.set_cookie("__Host-session", value)
        assert browser.get("/de/").status_code == 303
    with region.superuser() as connection:
        stored = connection.execute("SELECT encode(digest, 'escape') FROM client_tokens").fetchall()
        assert given["access_token"] not in str(stored)
        connection.execute("UPDATE client_tokens SET expires_at = now() - interval '1 s'")
    assert bus.who(given["access_token"]).status_code == 401


def test_a_cookie_is_no_token(bus: Outsider, citizen: Citizen) -> None:
    assert citizen.at(HOST).get("/oidc/userinfo").status_code == 401


def test_a_token_goes_with_the_time_of_the_session(
    bus: Outsider, citizen: Citizen, region: DatabaseCopy
) -> None:
    token = bus.signs_in(citizen)["access_token"]
    with region.superuser() as connection:
        connection.execute("UPDATE sessions SET seen_at = now() - interval '2 hours'")
    assert bus.who(token).status_code == 401


@pytest.mark.parametrize(
    "changes",
    [
        {"post_logout_redirect_uri": "https://evil.example/"},
        {"post_logout_redirect_uri": f"{BUS_HOME}/"},
        {"post_logout_redirect_uri": BUS},
        {"id_token_hint": "kein.token.hier"},
        {"id_token_hint": "ü"},
        {"state": "s" * 501},
    ],
)
def test_signing_out_leads_to_no_other_address(
    bus: Outsider, citizen: Citizen, changes: dict[str, str]
) -> None:
    asked = {"client_id": bus.id, "post_logout_redirect_uri": BUS_HOME, **changes}
    browser = citizen.at(HOST)
    assert browser.get("/oidc/logout", query_string=asked).status_code == 400
    page = browser.get("/oidc/logout", query_string={"client_id": bus.id})
    answer = browser.submit(page, {"antwort": "ja", "client_id": bus.id})
    assert answer.headers["Location"] == "/de/anmelden"


def test_a_hint_must_be_ours_and_the_clients(bus: Outsider, rival: Outsider, citizen: Citizen) -> None:
    token = bus.signs_in(citizen)["id_token"]
    claims = unsigned(token)
    forged = jwt.encode({"alg": "RS256"}, claims, RSAKey.generate_key(2048), ["RS256"])
    head, body, _ = token.split(".")
    for hint in (forged, f"{head}.{body}.", f"eyJhbGciOiJub25lIn0.{body}."):
        asked = {"id_token_hint": hint, "post_logout_redirect_uri": BUS_HOME}
        assert citizen.at(HOST).get("/oidc/logout", query_string=asked).status_code == 400
    asked = {"id_token_hint": token, "client_id": rival.id}
    assert citizen.at(HOST).get("/oidc/logout", query_string=asked).status_code == 400


def test_nobody_is_signed_out_by_a_link(bus: Outsider, citizen: Citizen) -> None:
    token = bus.signs_in(citizen)["id_token"]
    browser = citizen.at(HOST)
    browser.get("/oidc/logout", query_string={"id_token_hint": token})
    browser.post("/oidc/logout", {"id_token_hint": token, "antwort": "ja"})
    browser.post("/de/abmeldung", {"id_token_hint": token, "antwort": "ja"})
    assert browser.get("/de/").status_code == 200


def test_a_code_needs_the_consent_in_the_database_too(
    bus: Outsider, citizen: Citizen, program: Program, region: DatabaseCopy
) -> None:
    """Behind the program: a code for scopes that nobody has consented to cannot be written down."""
    from sqlalchemy.exc import ProgrammingError

    from kreisportal.sso.grants import Wish, issue_client_code

    bus.signs_in(citizen, scope="openid")
    with region.superuser() as connection:
        row = connection.execute(
            "SELECT token_digest FROM sessions JOIN accounts a ON a.id = account_id WHERE email = %s",
            [citizen.email],
        ).fetchone()
    assert row is not None
    for scopes, address in (("openid", "email"), BUS), (("openid",), "https://evil.example/"):
        wish = Wish(bus.id, row[0], address, challenge_of(new_verifier()), None, scopes)
        with (
            pytest.raises(ProgrammingError),
            program.database.transaction(Context(ActorKind.CLIENT)) as session,
        ):
            issue_client_code(session, wish)
