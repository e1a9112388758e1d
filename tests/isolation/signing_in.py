"""Attacks on signing in across hosts and on what lies in an account. Each says whether it came through."""

from __future__ import annotations

from urllib.parse import parse_qs, urlencode, urlsplit

from kreisportal.kernel.http.kept_pages import SESSION_COOKIE
from tests.accounts.people import HOST, Citizen
from tests.cases.citizen import open_draft, token_of
from tests.isolation.town import Town
from tests.isolation.world import A, B, World
from tests.support.browser import Browser

_CSRF = "__Host-csrf"


def person_of(world: World, town: Town) -> Citizen:
    """The owner of an account, in a browser that is signed in at the account host."""
    person = Citizen(town.account.email, lambda host: Browser(world.wsgi, host))
    person.at(HOST).set_cookie(SESSION_COOKIE, town.account.cookies["account"])
    return person


def _asked(browser: Browser) -> dict[str, str]:
    """The request for a sign-in that a portal makes in this browser."""
    query = urlsplit(browser.get("/de/anmelden").headers["Location"]).query
    return {name: value for name, (value,) in parse_qs(query).items()}


def _code(person: Citizen, asked: dict[str, str]) -> str | None:
    """The code that the account host gives for a request, if it does."""
    answer = person.at(HOST).get(f"/oidc/authorize?{urlencode(asked)}")
    codes = parse_qs(urlsplit(answer.headers.get("Location", "")).query).get("code")
    return codes[0] if codes else None


def _redeems(browser: Browser, code: str | None, state: str) -> bool:
    """Whether somebody is signed in in a browser after it came back with a code."""
    assert code is not None
    answer = browser.get(f"/anmelden/zurueck?{urlencode({'code': code, 'state': state})}")
    return answer.status_code == 303 and (browser.cookie(SESSION_COOKIE) or "").startswith("a.")


def _stolen(world: World, town: str, **changes: str) -> bool:
    """The code of a victim's sign-in, whose request the attacker has made, in the attacker's browser at a town."""
    attacker = Browser(world.wsgi, world.house.tenant(town).host("portal") or "")
    asked = _asked(attacker)
    code = _code(person_of(world, world.facts.citizen_b), {**asked, **changes})
    return _redeems(attacker, code, asked["state"])


def code_of_another_client(world: World) -> bool:
    """A code that was issued for B's portal, at A's; proof key and nonce are the attacker's."""
    b = world.facts.citizen_b.account.asked
    return _stolen(world, A, client_id=b["client_id"], redirect_uri=b["redirect_uri"])


def code_without_its_verifier(world: World) -> bool:
    """A code that leaked on its way, in a browser that has not asked for it."""
    return _stolen(world, B, code_challenge=world.facts.citizen_b.account.asked["code_challenge"])


def code_with_another_nonce(world: World) -> bool:
    """A code of another sign-in, of which even the verifier is known."""
    return _stolen(world, B, nonce="another")


def code_of_another_state(world: World) -> bool:
    """Sign-in forgery: a code of the attacker's own in the victim's browser, which has begun to sign in itself."""
    victim = Browser(world.wsgi, world.house.tenant(A).host("portal") or "")
    asked = _asked(victim)
    return _redeems(victim, _code(person_of(world, world.facts.citizen_a), asked), "another")


def code_again(world: World) -> bool:
    """A code for the second time, in the very browser that has asked for it."""
    person = person_of(world, world.facts.citizen_b)
    browser = person.at(world.facts.b.tenant.host("portal") or "")
    asked = _asked(browser)
    code, begun = _code(person, asked), browser.cookie(_CSRF) or ""
    assert _redeems(browser, code, asked["state"])
    browser.set_cookie(_CSRF, begun)
    browser.set_cookie(SESSION_COOKIE, "")
    return _redeems(browser, code, asked["state"])


def code_too_late(world: World) -> bool:
    """A code after its minute."""
    person = person_of(world, world.facts.citizen_b)
    browser = person.at(world.facts.b.tenant.host("portal") or "")
    asked = _asked(browser)
    code = _code(person, asked)
    world.superuser.execute("UPDATE sign_in_codes SET expires_at = now() - interval '1 second'")
    return _redeems(browser, code, asked["state"])


def code_without_consent(world: World) -> bool:
    """A sign-in at a town where one has not said that the account may be used."""
    return _code(person_of(world, world.facts.citizen_a), dict(world.facts.b.account.asked)) is not None


def code_led_elsewhere(world: World) -> bool:
    """A request that has its answer sent to an address of the attacker's."""
    asked = {**world.facts.b.account.asked, "redirect_uri": "https://evil.example/anmelden/zurueck"}
    answer = person_of(world, world.facts.citizen_b).at(HOST).get(f"/oidc/authorize?{urlencode(asked)}")
    return answer.headers.get("Location", "").startswith("https://evil.example/")


def _signed_in(world: World) -> tuple[Citizen, Browser]:
    """B's citizen, who is signed in at the account host and at B."""
    person = person_of(world, world.facts.citizen_b)
    portal = person.at(world.facts.b.tenant.host("portal") or "")
    portal.set_cookie(SESSION_COOKIE, world.facts.citizen_b.account.cookies["citizen"])
    assert _is_in(world, portal)
    return person, portal


def _is_in(world: World, portal: Browser) -> bool:
    draft = world.facts.citizen_b.draft
    return portal.get(f"/de/antrag/{draft.id}/pruefen").status_code == 200


def session_after_signing_out(world: World) -> bool:
    """The town's session, once one has signed out at the account host."""
    person, portal = _signed_in(world)
    person.at(HOST).submit(person.at(HOST).get("/de/einstellungen"), {}, "abmelden")
    return _is_in(world, portal)


def session_after_the_one_below_ended(world: World) -> bool:
    """The town's session, once the time of the account's session is over."""
    _, portal = _signed_in(world)
    world.superuser.execute(
        "UPDATE sessions SET expires_at = now() - interval '1 second' WHERE account_id = %s AND site = 'account'",
        [world.facts.citizen_b.account.id],
    )
    try:
        return _is_in(world, portal)
    finally:
        world.superuser.execute("UPDATE sessions SET expires_at = now() + interval '1 hour'")


def session_after_consent_was_taken_back(world: World) -> bool:
    """The town's session, once it may no longer use the account."""
    person, portal = _signed_in(world)
    settings = person.at(HOST).get("/de/einstellungen")
    person.at(HOST).submit(settings, {"stadt": world.facts.citizen_b.account.client_id})
    return _is_in(world, portal)


def session_after_a_new_password(world: World) -> bool:
    """A thief's session, once the owner has set a new password by a mailed link."""
    _, portal = _signed_in(world)
    assert _sets_password(world)
    return _is_in(world, portal)


def link_again(world: World) -> bool:
    """A mailed link for the second time."""
    assert _sets_password(world)
    return _sets_password(world)


def _sets_password(world: World) -> bool:
    browser = Browser(world.wsgi, HOST)
    page = browser.get(f"/de/link/{world.facts.citizen_b.account.link}")
    if page.status_code != 200:
        return False
    new = "Vier kluge Katzen tanzen leise"
    return browser.submit(page, {"new_password": new, "repeated": new}).status_code == 303


def case_of_another_account(world: World) -> bool:
    """Somebody who knows a case's secret takes it out of the account in which it lies."""
    case = world.facts.neighbour.open
    browser = Browser(world.wsgi, case.tenant.host("portal") or "")
    browser.set_cookie(SESSION_COOKIE, world.facts.citizen_a.account.cookies["citizen"])
    page = browser.follow(
        browser.submit(browser.get("/de/vorgang"), {"nummer": case.number, "kennwort": case.secret})
    )
    token = page.text.split('name="csrf_token" value="')[1].split('"')[0]
    browser.post(f"/de/vorgang/{case.id}/ins-konto", {"csrf_token": token})
    owner = world.house.value("SELECT account_id FROM cases WHERE id = %s", case.id)
    return bool(owner != world.facts.neighbour.account.id)


def draft_of_another_account(world: World) -> bool:
    """Somebody who knows the link to a draft takes it out of the account in which it lies."""
    draft = world.facts.neighbour.draft
    browser = Browser(world.wsgi, draft.tenant.host("portal") or "")
    browser.set_cookie(SESSION_COOKIE, world.facts.citizen_a.account.cookies["citizen"])
    page = open_draft(world.house, browser, draft)
    browser.post(f"/de/antrag/{draft.id}/ins-konto", {"csrf_token": token_of(page)})
    owner = world.house.value("SELECT account_id FROM drafts WHERE id = %s", draft.id)
    return bool(owner != world.facts.neighbour.account.id)


def case_of_who_was_signed_in_before(world: World) -> bool:
    """One's case in the eyes of somebody else who signs in in the same browser while one is still signed in there."""
    first, second = world.facts.citizen_a, person_of(world, world.facts.citizen_b)
    case = world.house.case(A)
    browser = second.at(world.house.tenant(A).host("portal") or "")
    asked = _asked(browser)
    begun = browser.cookie(_CSRF) or ""
    browser.set_cookie(SESSION_COOKIE, first.account.cookies["citizen"])
    page = browser.get("/de/vorgang")
    assert browser.submit(page, {"nummer": case.number, "kennwort": case.secret}).status_code == 303
    browser.set_cookie(_CSRF, begun)
    second.at(HOST).submit(second.at(HOST).get(f"/de/freigabe?{urlencode(asked)}"), {"antwort": "ja"})
    assert _redeems(browser, _code(second, asked), asked["state"])
    return browser.get(f"/de/vorgang/{case.id}").status_code == 200
