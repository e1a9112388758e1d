"""Attacks by and on clients from outside. Each says whether it came through; each brings clients of its own."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlencode, urlsplit

from sqlalchemy.exc import SQLAlchemyError

from kreisportal.accounts.details import details_of
from kreisportal.kernel.database.context import REGION
from kreisportal.kernel.http.kept_pages import SESSION_COOKIE
from kreisportal.sso import outside
from kreisportal.sso.outside import speaking_for
from kreisportal.sso.pkce import new_verifier
from tests.accounts.people import HOST, Citizen
from tests.isolation.signing_in import person_of
from tests.isolation.world import World
from tests.sso.outside import BUS, Outsider, basic, register, unsigned
from tests.support.browser import Browser

EVIL = "https://evil.example/cb"


def _client(world: World, **changes: object) -> Outsider:
    """A client, registered as in production: with https only."""
    return register(world.program, world.wsgi, **changes)


def _b(world: World) -> Citizen:
    return person_of(world, world.facts.citizen_b)


def _redeems(client: Outsider, code: str, verifier: str, **changes: str) -> bool:
    return client.redeem(code, verifier, **changes).status_code == 200


def code_again(world: World) -> bool:
    """A code for the second time."""
    client, verifier = _client(world), new_verifier()
    code = client.code(_b(world), verifier)
    assert _redeems(client, code, verifier)
    return _redeems(client, code, verifier)


def token_of_a_code_shown_again(world: World) -> bool:
    """What a thief got for a code before its owner came with it."""
    client, verifier = _client(world), new_verifier()
    code = client.code(_b(world), verifier)
    token = (client.redeem(code, verifier).json or {})["access_token"]
    client.redeem(code, verifier)
    return client.who(token).status_code == 200


def code_too_late(world: World) -> bool:
    """A code after its minute."""
    client, verifier = _client(world), new_verifier()
    code = client.code(_b(world), verifier)
    world.superuser.execute("UPDATE client_codes SET expires_at = now() - interval '1 second'")
    return _redeems(client, code, verifier)


def code_of_another_client(world: World) -> bool:
    """A code that leaked to another client, which even knows the verifier (mix-up)."""
    client, rival, verifier = _client(world), _client(world), new_verifier()
    return _redeems(rival, client.code(_b(world), verifier), verifier)


def code_without_its_verifier(world: World) -> bool:
    """A code that leaked on its way, shown by who has not asked for it."""
    client = _client(world)
    return _redeems(client, client.code(_b(world), new_verifier()), new_verifier())


def code_for_another_address(world: World) -> bool:
    """A code with another address than the one that it was sent to."""
    client, verifier = _client(world, redirect_uris=(BUS, f"{BUS}/anders")), new_verifier()
    return _redeems(client, client.code(_b(world), verifier), verifier, redirect_uri=f"{BUS}/anders")


def client_with_a_wrong_secret(world: World) -> bool:
    """Somebody who poses as a client."""
    client, verifier = _client(world), new_verifier()
    code = client.code(_b(world), verifier)
    told = {"grant_type": "authorization_code", "code": code, "redirect_uri": BUS, "code_verifier": verifier}
    headers = {"Authorization": basic(client.id, "geraten")}
    return client.open("/oidc/token", method="POST", data=urlencode(told), headers=headers).status_code == 200


def led_elsewhere(world: World) -> bool:
    """An answer that is to go to an address of the attacker's."""
    client, person = _client(world), _b(world)
    client.signs_in(person)
    return client.send(person, new_verifier(), redirect_uri=EVIL).headers.get("Location", "").startswith(EVIL)


def led_elsewhere_after_signing_out(world: World) -> bool:
    """The same where one is led after signing out."""
    client, person = _client(world), _b(world)
    asked = {"client_id": client.id, "post_logout_redirect_uri": EVIL}
    browser = person.at(HOST)
    page = browser.get("/oidc/logout", query_string=asked)
    if page.status_code != 200:
        return False
    return browser.submit(page, {"antwort": "ja"}).headers.get("Location", "").startswith(EVIL)


def more_than_was_consented_to(world: World) -> bool:
    """A client that was let know who somebody is takes the address as well."""
    client, person = _client(world), _b(world)
    client.signs_in(person, scope="openid")
    answer = client.send(person, new_verifier(), scope="openid email")
    return answer.headers.get("Location", "").startswith(BUS)


def details_behind_the_program(world: World) -> bool:
    """What row security lets a client see of an account that lets it know name and birth date only."""
    client, person = _client(world), _b(world)
    client.signs_in(person, scope="openid profile")
    own = world.facts.citizen_b.account.id
    try:
        with world.program.database.transaction(speaking_for(client.id, own)) as session:
            keys = {detail.key for detail in details_of(session, own)}
    except SQLAlchemyError:
        return False
    assert "person.given_names" in keys
    return "bank.iban" in keys or "person.address" in keys


def account_of_another_client(world: World) -> bool:
    """A client reads an account that has consented to another client."""
    client, rival, person = _client(world), _client(world), _b(world)
    client.signs_in(person, scope="openid profile")
    own = world.facts.citizen_b.account.id
    with world.program.database.transaction(speaking_for(rival.id, own)) as session:
        return bool(details_of(session, own))


def token_after_the_session(world: World) -> bool:
    """A token once the session has been left alone for too long."""
    client = _client(world)
    token = client.signs_in(_b(world))["access_token"]
    world.superuser.execute("UPDATE sessions SET seen_at = now() - interval '2 days' WHERE site = 'account'")
    try:
        return client.who(token).status_code == 200
    finally:
        world.superuser.execute("UPDATE sessions SET seen_at = now()")


def persons_joined_across_clients(world: World) -> bool:
    """Two clients find out that they know the same person."""
    person = _b(world)
    names = {unsigned(_client(world).signs_in(person)["id_token"])["sub"] for _ in range(2)}
    return len(names) == 1


def sign_in_that_is_too_old(world: World) -> bool:
    """A client that wants a sign-in from now is content with one of yesterday."""
    client, person = _client(world), _b(world)
    client.signs_in(person)
    answer = client.send(person, new_verifier(), prompt="login")
    return "code" in parse_qs(urlsplit(answer.headers.get("Location", "")).query)


def signed_out_by_a_page_elsewhere(world: World) -> bool:
    """A form on a strange page signs somebody out."""
    browser = Browser(world.wsgi, HOST)
    browser.set_cookie(SESSION_COOKIE, world.facts.citizen_b.account.cookies["account"])
    forged = {"headers": {"Referer": "https://evil.example/"}}
    browser.post("/oidc/logout", {"antwort": "ja"}, **forged)
    browser.post("/de/abmeldung", {"antwort": "ja"}, **forged)
    return browser.get("/de/").status_code != 200


def code_of_a_client_that_is_off(world: World) -> bool:
    """A client that was switched off lets somebody sign in nevertheless."""
    client, person, verifier = _client(world), _b(world), new_verifier()
    client.signs_in(person)
    _switch_off(world, client)
    answer = client.send(person, verifier).headers.get("Location", "")
    if not answer.startswith(client.redirect_uri):
        return False
    return _redeems(client, parse_qs(urlsplit(answer).query)["code"][0], verifier)


def token_of_a_client_that_is_off(world: World) -> bool:
    """It goes on reading with what it was given before."""
    client = _client(world)
    token = client.signs_in(_b(world))["access_token"]
    _switch_off(world, client)
    return client.who(token).status_code == 200


def scope_that_was_taken_away(world: World) -> bool:
    """A client reads with a token what it may not ask for any more."""
    client = _client(world)
    token = client.signs_in(_b(world), scope="openid email")["access_token"]
    with world.program.database.transaction(REGION) as session:
        outside.change_client(session, client.id, {"scopes": ("openid",)})
    return "email" in (client.who(token).json or {})


def session_at_a_client_that_another_ends(world: World) -> bool:
    """Somebody is signed out at a client by who has seen the handle."""
    client, stranger = _client(world), person_of(world, world.facts.citizen_a)
    token = client.signs_in(_b(world))["access_token"]
    page = _b(world).at(HOST).get("/de/zugang/geraete").text
    for handle in re.findall(r'name="geraet" value="([0-9a-f]{64})"', page):
        own = stranger.at(HOST)
        own.submit(own.get("/de/zugang/geraete"), {"geraet": handle}, "geraete/abmelden")
    return client.who(token).status_code != 200


def client_that_another_uses(world: World) -> bool:
    """Somebody learns by the page of their sessions where another is signed in."""
    client = _client(world, name="Beratungsstelle")
    client.signs_in(_b(world))
    stranger = person_of(world, world.facts.citizen_a)
    return "Beratungsstelle" in stranger.at(HOST).get("/de/zugang/geraete").text


def _switch_off(world: World, client: Outsider) -> None:
    with world.program.database.transaction(REGION) as session:
        outside.switch_client(session, client.id, on=False)
