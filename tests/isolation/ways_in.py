"""Attacks on the ways into an account. Each says whether it came through; each brings its own people."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field

from kreisportal.accounts.address import AddressPurpose
from kreisportal.kernel.http.kept_pages import SESSION_COOKIE
from kreisportal.kernel.ids import digest, new_token
from tests.accounts.people import (
    HOST,
    PASSWORD,
    Citizen,
    add_passkey,
    asked,
    code_of,
    mailed_token,
    set_up_app,
)
from tests.isolation.world import World
from tests.support.authenticator import DEMONSTRATION, PRESENT, Authenticator
from tests.support.browser import Browser

_CSRF = "__Host-csrf"


class Uncounting(Authenticator):
    """A device that always says the count 0, as most do: then nothing but the challenge tells an old answer."""

    def get(self, options: dict[str, object]) -> str:
        self.count = -1
        return super().get(options)


@dataclass
class Victim:
    """Somebody with an account, an app for codes and a passkey."""

    person: Citizen
    device: Authenticator = field(default_factory=lambda: Uncounting(DEMONSTRATION))
    secret: str = ""
    codes: list[str] = field(default_factory=list)

    @property
    def own(self) -> Browser:
        """The browser in which they are signed in."""
        return self.person.at(HOST)


def _victim(world: World, device: Authenticator | None = None, *, app: bool = True) -> Victim:
    person = Citizen(f"{secrets.token_hex(6)}@buerger.example", lambda host: Browser(world.wsgi, host))
    person.sign_up(world.program)
    victim = Victim(person, device or Uncounting(DEMONSTRATION))
    if device is not None:
        assert add_passkey(victim.own, device).status_code == 303
    if app:
        victim.secret, victim.codes = set_up_app(victim.own)
    return victim


def _is_in(browser: Browser) -> bool:
    return browser.get("/de/").status_code == 200


def _after_password(world: World, victim: Victim) -> Browser:
    browser = Browser(world.wsgi, HOST)
    page = browser.get("/de/anmelden")
    browser.submit(page, {"email": victim.person.email, "password": PASSWORD})
    return browser


def code_seen_on_the_way(world: World) -> bool:
    """A code that somebody has watched being typed, a moment later."""
    victim = _victim(world)
    code = code_of(victim.secret, 1)
    for browser in (_after_password(world, victim), thief := _after_password(world, victim)):
        browser.submit(browser.get("/de/anmelden/code"), {"code": code})
    return _is_in(thief)


def recovery_code_again(world: World) -> bool:
    """A recovery code from a sheet on which it was crossed out."""
    victim = _victim(world)
    for browser in (_after_password(world, victim), thief := _after_password(world, victim)):
        browser.submit(browser.get("/de/anmelden/ersatzcode"), {"code": victim.codes[0]})
    return _is_in(thief)


def password_by_mail_without_code(world: World) -> bool:
    """Who reads the mailbox sets a new password, and has no second factor."""
    victim, thief = _victim(world), Browser(world.wsgi, HOST)
    page = thief.get(f"/de/link/{mailed_token(world.program, victim.person.email)}")
    new = "Vier kluge Katzen tanzen leise"
    thief.submit(page, {"new_password": new, "repeated": new})
    return _is_in(thief)


def answer_again(world: World) -> bool:
    """What a passkey has answered, sent again with the browser's cookie of before."""
    device = Uncounting(DEMONSTRATION)
    _victim(world, device, app=False)
    browser, thief = Browser(world.wsgi, HOST), Browser(world.wsgi, HOST)
    page = browser.get("/de/anmelden")
    answer = device.get(asked(browser, page))
    kept = browser.cookie(_CSRF) or ""
    assert browser.submit(page, {"answer": answer}).status_code == 303
    thief.set_cookie(_CSRF, kept)
    thief.submit(page, {"answer": answer})
    return _is_in(thief)


def _by_passkey(world: World, device: Authenticator) -> bool:
    browser = Browser(world.wsgi, HOST)
    page = browser.get("/de/anmelden")
    browser.submit(page, {"answer": device.get(asked(browser, page))})
    return _is_in(browser)


def passkey_without_its_owner(world: World) -> bool:
    """A device that somebody has found, whose owner is not there to show a finger."""
    device = Uncounting(DEMONSTRATION)
    _victim(world, device, app=False)
    device.flags = PRESENT
    return _by_passkey(world, device)


def passkey_that_was_copied(world: World) -> bool:
    """A copy of a device that counts: it counts behind the real one."""
    device = Authenticator(DEMONSTRATION)
    _victim(world, device, app=False)
    assert _by_passkey(world, device) and _by_passkey(world, device)
    device.count = 0
    return _by_passkey(world, device)


def passkey_at_another_host(world: World) -> bool:
    """What a passkey has answered to a page of somebody else's."""
    device = Uncounting(DEMONSTRATION)
    _victim(world, device, app=False)
    device.origin = "https://konto.example.evil"
    return _by_passkey(world, device)


def _stale(world: World, victim: Victim) -> None:
    world.superuser.execute(
        "UPDATE sessions SET authenticated_at = now() - interval '2 hours' WHERE account_id ="
        " (SELECT id FROM accounts WHERE email = %s)",
        [victim.person.email],
    )


def session_planted_before_a_step_up(world: World) -> bool:
    """A session id that somebody has put into the browser, after its owner has shown once more who they are."""
    victim = _victim(world, app=False)
    planted = victim.own.cookie(SESSION_COOKIE) or ""
    _stale(world, victim)
    page = victim.own.follow(victim.own.get("/de/zugang/ersatzcodes"))
    assert victim.own.submit(page, {"password": PASSWORD}).status_code == 303
    thief = Browser(world.wsgi, HOST)
    thief.set_cookie(SESSION_COOKIE, planted)
    return _is_in(thief)


def change_at_an_open_screen(world: World) -> bool:
    """A passkey of one's own, added at a screen that somebody has left hours ago."""
    victim = _victim(world, app=False)
    _stale(world, victim)
    return victim.own.get("/de/zugang/passkey").status_code == 200


def _link(world: World, victim: Victim, purpose: AddressPurpose, email: str) -> str:
    token = new_token()
    world.superuser.execute(
        "SELECT definer.add_address_link(%s, (SELECT id FROM accounts WHERE email = %s), %s, %s, 600)",
        [digest(token), victim.person.email, purpose.value, email],
    )
    return token


def _confirm(world: World, victim: Victim, by: Browser) -> str:
    email = f"{secrets.token_hex(6)}@buerger.example"
    token = _link(world, victim, AddressPurpose.CONFIRM, email)
    page = by.get("/de/zugang/adresse")
    csrf = page.text.split('name="csrf_token" value="')[1].split('"')[0]
    by.post(f"/de/zugang/adresse/{token}", {"csrf_token": csrf})
    return email


def address_that_another_confirms(world: World) -> bool:
    """A slip of the pen: a stranger opens the link that was meant for one's new address, signed in as themselves."""
    victim, stranger = _victim(world, app=False), _victim(world, app=False)
    email = _confirm(world, victim, stranger.own)
    found = world.superuser.execute("SELECT 1 FROM accounts WHERE email = %s", [email]).fetchone()
    return found is not None


def session_after_another_address(world: World) -> bool:
    """A thief's session, once the owner has given the account another address."""
    victim = _victim(world, app=False)
    thief = _after_password(world, victim)
    assert _is_in(thief)
    _confirm(world, victim, victim.own)
    return _is_in(thief)


def passkey_after_the_account_was_taken_back(world: World) -> bool:
    """The passkey that a thief has added after changing the address, once the owner has undone that."""
    victim, device = _victim(world, app=False), Uncounting(DEMONSTRATION)
    token = _link(world, victim, AddressPurpose.UNDO, victim.person.email)
    assert add_passkey(victim.own, device).status_code == 303
    owner = Browser(world.wsgi, HOST)
    path = f"/de/adresse-zurueck/{token}"
    assert owner.submit(owner.get(path), {}, path).status_code == 303
    return _by_passkey(world, device)


def session_that_another_ends(world: World) -> bool:
    """A session whose handle somebody else has seen over one's shoulder."""
    victim, stranger = _victim(world, app=False), _victim(world, app=False)
    handle = victim.own.get("/de/zugang/geraete").text.split('name="geraet" value="')[1].split('"')[0]
    stranger.own.submit(stranger.own.get("/de/zugang/geraete"), {"geraet": handle}, "geraete/abmelden")
    return not _is_in(victim.own)
