"""A client from outside signs somebody in: what it gets, what it does not, and when that ends."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet
from sqlalchemy import select
from werkzeug.test import Client

from kreisportal.accounts.details import details_of, remember
from kreisportal.accounts.models import Account
from kreisportal.accounts.service import acting_for
from kreisportal.kernel.database import ActorKind, Context
from kreisportal.kernel.database.context import REGION
from kreisportal.sso.outside import speaking_for
from kreisportal.sso.pkce import new_verifier
from kreisportal.tenancy.host_names import add_host
from kreisportal.web.program import Program
from tests.accounts.conftest import citizen, stranger
from tests.accounts.people import HOST, Citizen, title_of
from tests.sso.outside import BUS_HOME, ISSUER, Outsider, register, said, sign_in_again, unsigned
from tests.support.browser import Browser
from tests.support.server import DatabaseCopy

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

__all__ = ["citizen", "stranger"]

pytestmark = pytest.mark.usefixtures("end_delays")


@pytest.fixture
def bus(program: Program, wsgi: WSGIApplication) -> Outsider:
    """A client that keeps a secret."""
    return register(program, wsgi)


def test_the_provider_says_what_it_can_do(bus: Outsider) -> None:
    about = bus.open("/.well-known/openid-configuration")
    told = dict(about.json or {})
    assert told["issuer"] == ISSUER
    assert "public" in about.headers["Cache-Control"]
    for name in (
        "token_endpoint",
        "userinfo_endpoint",
        "jwks_uri",
        "authorization_endpoint",
        "end_session_endpoint",
    ):
        assert told[name].startswith(f"{ISSUER}/oidc/")
    keys = bus.open("/oidc/keys").json or {}
    assert keys["keys"] and all(set(key) == {"kty", "n", "e", "kid", "use", "alg"} for key in keys["keys"])


def test_the_issuer_does_not_come_from_the_request(bus: Outsider, program: Program) -> None:
    """Another host name of the account host is none of the provider's."""
    with program.database.transaction(REGION) as session:
        add_host(session, "anderes-konto.localhost", "account", None, canonical=False)
    program.keeper.renew()
    path = "/.well-known/openid-configuration"
    answer = Client(bus.wsgi).get(path, base_url="https://anderes-konto.localhost")
    assert answer.headers.get("Location") == f"{ISSUER}{path}" or (answer.json or {})["issuer"] == ISSUER
    assert bus.open(path, headers={"X-Forwarded-Host": "evil.example"}).status_code == 400


def test_who_signs_in_is_told_what_goes_where_and_the_client_gets_just_that(
    bus: Outsider, citizen: Citizen
) -> None:
    verifier = new_verifier()
    answer = bus.send(citizen, verifier, scope="openid email address")
    page = citizen.at(HOST).follow(answer)
    assert title_of(page).startswith("Konto bei Busgesellschaft")
    assert "die E-Mail-Adresse Ihres Kontos" in page.text
    assert "Ihre Anschrift" not in page.text, "the client may not ask for that"
    assert "form-action 'self' https://bus.example;" in page.headers["Content-Security-Policy"] + ";"
    back = said(citizen.at(HOST).submit(page, {"antwort": "ja"}))
    assert (back["state"], back["iss"]) == ("der Stand", ISSUER)
    answer = bus.redeem(back["code"], verifier)
    assert answer.headers["Cache-Control"] == "no-store"
    given = dict(answer.json or {})
    assert (given["token_type"], given["scope"], given["expires_in"]) == ("Bearer", "openid email", 600)
    assert "refresh_token" not in given
    who = bus.who(given["access_token"])
    assert who.headers["Cache-Control"] == "no-store"
    token = unsigned(given["id_token"])
    assert who.json == {"sub": token["sub"], "email": citizen.email, "email_verified": True}


def test_an_id_token_is_signed_and_says_how_one_signed_in(bus: Outsider, citizen: Citizen) -> None:
    given = bus.signs_in(citizen)
    keys = KeySet.import_key_set(bus.open("/oidc/keys").json)  # type: ignore[arg-type]
    token = jwt.decode(given["id_token"], keys, ["RS256"])
    assert token.header["kid"] in {key.kid for key in keys.keys}
    claims = token.claims
    assert (claims["iss"], claims["aud"], claims["nonce"]) == (ISSUER, bus.id, "n-1")
    assert claims["acr"] == "basic"
    now = time.time()
    assert now - 60 < claims["auth_time"] <= claims["iat"] <= now < claims["exp"] <= now + 600
    assert claims["sid"] and claims["at_hash"]
    assert citizen.email not in str(claims)


def test_two_clients_know_somebody_by_different_names(
    bus: Outsider, citizen: Citizen, program: Program, wsgi: WSGIApplication, region: DatabaseCopy
) -> None:
    other = register(program, wsgi)
    first, second = (unsigned(each.signs_in(citizen)["id_token"]) for each in (bus, other))
    assert first["sub"] != second["sub"] and first["sid"] != second["sid"]
    assert unsigned(bus.signs_in(citizen)["id_token"])["sub"] == first["sub"]
    with region.superuser() as connection:
        row = connection.execute("SELECT id FROM accounts WHERE email = %s", [citizen.email]).fetchone()
    assert row is not None and str(row[0]) not in (first["sub"], second["sub"])


def test_a_client_reads_what_was_consented_to_by_row(
    bus: Outsider, citizen: Citizen, program: Program, region: DatabaseCopy
) -> None:
    """Row security itself keeps a client from what the person has not let it know."""
    with region.superuser() as connection:
        row = connection.execute("SELECT id FROM accounts WHERE email = %s", [citizen.email]).fetchone()
    assert row is not None
    own = row[0]
    with program.database.transaction(acting_for(own)) as session:
        values = {"person.given_names": "Anna", "person.family_name": "Łucja", "bank.iban": "DE02"}
        remember(session, own, {**values, "contact.phone": "+4944411234"}, "typed")

    def seen() -> tuple[int, set[str]]:
        with program.database.transaction(speaking_for(bus.id, own)) as session:
            accounts = session.execute(select(Account.email)).all()
            return len(accounts), {detail.key for detail in details_of(session, own)}

    assert seen() == (0, set())
    given = bus.signs_in(citizen, scope="openid")
    assert seen() == (1, set())
    assert set(bus.who(given["access_token"]).json or {}) == {"sub"}
    given = bus.signs_in(citizen, scope="openid profile")
    assert seen() == (1, {"person.given_names", "person.family_name"})
    told = bus.who(given["access_token"]).json or {}
    assert told == {
        "sub": told["sub"],
        "name": "Anna Łucja",
        "given_name": "Anna",
        "family_name": "Łucja",
        "locale": "de",
    }
    with program.database.transaction(Context(ActorKind.CLIENT)) as session:
        assert session.execute(select(Account.email)).all() == []


def test_a_public_client_needs_no_secret_but_the_verifier(
    program: Program, wsgi: WSGIApplication, citizen: Citizen
) -> None:
    app = register(program, wsgi, public=True, redirect_uris=("de.vechta.app:/zurueck",))
    assert app.secret is None
    assert bus_like(app, citizen) == 200
    app.secret = "anything"
    assert bus_like(app, citizen) == 401


def bus_like(client: Outsider, person: Citizen) -> int:
    verifier = new_verifier()
    return client.redeem(client.code(person, verifier), verifier).status_code


def test_signing_out_ends_what_clients_have(bus: Outsider, citizen: Citizen) -> None:
    token = bus.signs_in(citizen)["access_token"]
    assert bus.who(token).status_code == 200
    citizen.at(HOST).submit(citizen.at(HOST).get("/de/einstellungen"), {}, "abmelden")
    answer = bus.who(token)
    assert answer.status_code == 401
    assert 'error="invalid_token"' in answer.headers["WWW-Authenticate"]


def test_a_consent_taken_back_ends_it_there_only(
    bus: Outsider, citizen: Citizen, program: Program, wsgi: WSGIApplication
) -> None:
    other = register(program, wsgi)
    tokens = [each.signs_in(citizen, scope="openid email")["access_token"] for each in (bus, other)]
    settings = citizen.at(HOST).get("/de/einstellungen")
    assert "Weiß: eine Kennung, die nur dort für Sie steht, die E-Mail-Adresse Ihres Kontos" in settings.text
    done = citizen.at(HOST).submit(settings, {"stadt": bus.id})
    assert "darf Ihr Konto nicht mehr nutzen" in citizen.at(HOST).follow(done).text
    assert [bus.who(token).status_code for token in tokens] == [401, 200]
    asked = citizen.at(HOST).follow(bus.send(citizen, new_verifier()))
    assert title_of(asked).startswith("Konto bei")


def test_more_than_was_consented_to_is_asked_for_again(bus: Outsider, citizen: Citizen) -> None:
    bus.signs_in(citizen, scope="openid")
    assert said(bus.send(citizen, new_verifier(), scope="openid"))["code"]
    page = citizen.at(HOST).follow(bus.send(citizen, new_verifier(), scope="openid email"))
    assert title_of(page).startswith("Konto bei")


def test_who_says_no_is_led_back_without_a_code(bus: Outsider, citizen: Citizen) -> None:
    page = citizen.at(HOST).follow(bus.send(citizen, new_verifier()))
    back = said(citizen.at(HOST).submit(page, {"antwort": "nein"}))
    assert back == {"error": "access_denied", "state": "der Stand", "iss": ISSUER}


def test_nobody_is_asked_anything_with_prompt_none(
    bus: Outsider, citizen: Citizen, stranger: Callable[[], Citizen]
) -> None:
    assert said(bus.send(stranger(), new_verifier(), prompt="none"))["error"] == "login_required"
    assert said(bus.send(citizen, new_verifier(), prompt="none"))["error"] == "consent_required"
    bus.signs_in(citizen)
    assert said(bus.send(citizen, new_verifier(), prompt="none"))["code"]
    assert said(bus.send(citizen, new_verifier(), prompt="none", max_age="0"))["error"] == "login_required"


@pytest.mark.parametrize("wish", [{"prompt": "login"}, {"max_age": "0"}, {"prompt": "select_account"}])
def test_a_client_can_have_somebody_sign_in_again(
    bus: Outsider, citizen: Citizen, wish: dict[str, str], region: DatabaseCopy
) -> None:
    first = bus.signs_in(citizen)
    citizen.sign_in_at("vechta")
    with region.superuser() as connection:
        connection.execute("UPDATE sessions SET authenticated_at = authenticated_at - interval '100 s'")
    verifier = new_verifier()
    answer = bus.send(citizen, verifier, **wish)
    assert answer.headers["Location"].startswith("/de/anmelden?")
    # What was asked stays asked, also when one goes around the page.
    assert "anmelden" in bus.send(citizen, verifier, **wish).headers["Location"]
    given = dict(bus.redeem(said(sign_in_again(citizen, answer))["code"], verifier).json or {})
    times = [unsigned(each["id_token"])["auth_time"] for each in (first, given)]
    assert times[1] >= times[0]
    assert unsigned(given["id_token"])["sid"] == unsigned(first["id_token"])["sid"]
    assert bus.who(first["access_token"]).status_code == 200, "nothing ended by signing in again"
    assert citizen.email in citizen.at("vechta.localhost").get("/de/kontakt").text


def test_a_client_can_say_whom_it_expects(
    bus: Outsider, citizen: Citizen, stranger: Callable[[], Citizen], program: Program
) -> None:
    other = stranger()
    other.sign_up(program)
    bus.signs_in(other)
    hint = bus.signs_in(citizen)["id_token"]
    verifier = new_verifier()
    assert said(bus.send(citizen, verifier, prompt="none", id_token_hint=hint))["code"]
    assert said(bus.send(other, verifier, prompt="none", id_token_hint=hint))["error"] == "login_required"
    page = bus.send(other, verifier, id_token_hint=hint)
    assert page.headers["Location"].startswith("/de/anmelden?")
    assert "id_token_hint" not in page.headers["Location"]
    for wrong in ("kein.token.hier", "ü", hint[:-4] + "AAAA"):
        answer = bus.send(citizen, verifier, prompt="none", id_token_hint=wrong)
        assert said(answer)["error"] == "invalid_request"


def test_without_a_key_that_opens_the_code_stays_good(
    bus: Outsider, citizen: Citizen, region: DatabaseCopy
) -> None:
    verifier = new_verifier()
    code = bus.code(citizen, verifier)
    with region.superuser() as connection:
        connection.execute("UPDATE signing_keys SET sealed = sealed || '\\x00'")
        answer = bus.redeem(code, verifier)
        assert (answer.status_code, answer.json) == (503, {"error": "temporarily_unavailable"})
        connection.execute("UPDATE signing_keys SET sealed = substring(sealed FOR length(sealed) - 1)")
    assert bus.redeem(code, verifier).status_code == 200


def test_prompt_consent_asks_again(bus: Outsider, citizen: Citizen) -> None:
    bus.signs_in(citizen)
    page = citizen.at(HOST).follow(bus.send(citizen, new_verifier(), prompt="consent"))
    assert said(citizen.at(HOST).submit(page, {"antwort": "ja"}))["code"]


def test_who_is_not_signed_in_signs_in_first(
    bus: Outsider, citizen: Citizen, stranger: Callable[[], Citizen]
) -> None:
    fresh = stranger()
    fresh.email = citizen.email
    verifier = new_verifier()
    page = sign_in_again(fresh, bus.send(fresh, verifier))
    if page.status_code == 303:
        page = fresh.at(HOST).follow(page)
    code = said(fresh.at(HOST).submit(page, {"antwort": "ja"}))["code"]
    assert bus.redeem(code, verifier).status_code == 200


def test_a_request_may_come_as_a_form(bus: Outsider, citizen: Citizen) -> None:
    answer = bus.post("/oidc/authorize", bus.asks(new_verifier(), _scheme="javascript"))
    assert answer.headers["Location"].startswith("/oidc/authorize?response_type=code&")


def test_signing_out_by_a_client_asks_first_and_leads_back(bus: Outsider, citizen: Citizen) -> None:
    given = bus.signs_in(citizen)
    hint = {"id_token_hint": given["id_token"], "post_logout_redirect_uri": BUS_HOME, "state": "so so"}
    browser = citizen.at(HOST)
    page = browser.get("/oidc/logout", query_string=hint)
    assert title_of(page) == "Überall abmelden?"
    assert browser.get("/de/").status_code == 200, "asking changes nothing"
    stays = browser.submit(page, {"antwort": "nein"})
    assert (stays.status_code, stays.headers["Location"]) == (303, "/de/")
    gone = browser.submit(page, {"antwort": "ja"})
    assert gone.headers["Location"] == f"{BUS_HOME}?state=so+so"
    assert browser.get("/de/").status_code == 303
    assert bus.who(given["access_token"]).status_code == 401


def test_who_is_signed_out_already_is_not_asked(bus: Outsider, client: Callable[..., Browser]) -> None:
    """They are led back where the client's address is registered, and told else."""
    asked = {"client_id": bus.id, "post_logout_redirect_uri": BUS_HOME, "state": "so so"}
    for send in (client(HOST).get, client(HOST).post):
        back = send("/oidc/logout", query_string=asked)
        assert (back.status_code, back.headers["Location"]) == (303, f"{BUS_HOME}?state=so+so")
    assert client(HOST).get("/oidc/logout", query_string={**asked, "client_id": "x"}).status_code == 400
    page = client(HOST).get("/oidc/logout?ui_locales=en")
    assert title_of(page) == "You are signed out"


def test_signing_out_without_an_address_ends_at_the_account(bus: Outsider, citizen: Citizen) -> None:
    browser = citizen.at(HOST)
    page = browser.get("/oidc/logout?ui_locales=en")
    assert title_of(page) == "Sign out everywhere?"
    done = browser.submit(page, {"antwort": "ja"})
    assert done.headers["Location"] == "/en/anmelden"
