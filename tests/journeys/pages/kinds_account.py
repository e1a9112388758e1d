"""The kinds of pages of the account host, and of signing in at a town."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any
from urllib.parse import urlencode

from playwright.sync_api import Page
from sqlalchemy import text

from kreisportal.accounts.details import remember
from kreisportal.accounts.entries import add_entry, entries_of
from kreisportal.accounts.models import Account, AccountPasskey
from kreisportal.accounts.second_step import begin_set_up, secret_being_set_up
from kreisportal.accounts.service import acting_for, give_consent
from kreisportal.cases.readings import note_reading
from kreisportal.kernel import clock
from kreisportal.kernel.database.context import ANONYMOUS, REGION
from kreisportal.kernel.ids import digest, new_id, new_token
from kreisportal.sso.models import OutsideClient
from kreisportal.sso.outside import Registration, add_client
from kreisportal.sso.scopes import SCOPES
from kreisportal.sso.signing_keys import ensure_key
from tests.accounts.people import PASSWORD, code_of, mailed_token
from tests.journeys.pages.cast import Cast
from tests.journeys.pages.inspection import Kind, press
from tests.journeys.windows import follow

_OPEN = text(
    "SELECT definer.open_account_session(:digest, 'account', NULL, :account, NULL, 'basic', 3600, 3600)"
)

_OPEN_AT_TOWN = text(
    "SELECT definer.open_account_session(:digest, 'portal', :tenant, :account, :above, 'basic', 3600, 3600)"
)


def account(cast: Cast) -> Iterator[Kind]:
    """From beginning an account to deleting it."""
    yield Kind("sign-in", "/anmelden")
    yield Kind("sign-in with errors", "/anmelden", status=422, act=press)
    yield Kind("sign-up", "/registrieren")
    yield Kind("sign-up with errors", "/registrieren", status=422, act=press)
    yield Kind("link sent", "/registrieren", act=_ask_for_a_link)
    yield Kind("forgotten", "/passwort-vergessen")
    link = f"/link/{mailed_token(cast.house.program, f'{secrets.token_hex(4)}@buerger.example')}"
    yield Kind("choose a password", link)
    yield Kind("choose a password with errors", link, status=422, act=press)
    yield Kind("link gone", "/link/vorbei", status=404)
    empty, full = new_person(cast), new_person(cast, with_everything=True)
    yield Kind("no matters", "/", open_account_session(cast, empty))
    yield Kind("empty mailbox", "/postfach", open_account_session(cast, empty))
    yield Kind("nobody looked", "/zugriffe", open_account_session(cast, empty))
    mine = open_account_session(cast, full)
    _look_at(cast, cast.fresh.id)
    yield Kind("who looked", "/zugriffe", mine)
    yield Kind("mailbox", "/postfach", mine)
    yield Kind("matters", "/?ort=lohne", mine)
    yield Kind("no such place", "/?ort=xyzhausen", mine)
    yield Kind("details", "/angaben/", mine)
    for step in ("person", "home", "phone", "bank"):
        yield Kind(f"details {step}", f"/angaben/{step}", mine)
    yield Kind("details with errors", "/angaben/bank", mine, 422, partial(_type, name="iban", typed="DE00"))
    yield Kind("details told", "/angaben/mitgeteilt", mine)
    yield Kind("business of a profile", f"/angaben/eintrag/{_entry(cast, full, 'business')}", mine)
    yield Kind("one more dog with errors", "/angaben/eintrag/neu/dog", mine, 422, press)
    yield Kind("remove a dog", f"/angaben/eintrag/{_entry(cast, full, 'dog')}/entfernen", mine)
    yield Kind("settings", "/einstellungen", mine)
    yield Kind("password", "/passwort", mine)
    yield Kind("password with errors", "/passwort", mine, 422, press)
    yield Kind("deletion", "/loeschen", mine)
    yield Kind("deletion with errors", "/loeschen", mine, 422, press)
    yield from _second_step(cast, mine)
    yield from _passkeys(cast, mine)
    yield from _address(cast)
    asked = partial(_sign_in_at, town="lohne")
    yield Kind("consent", "/freigabe", mine, act=asked, before=400)
    outside = _client(cast)
    query = urlencode(_asks(outside))
    yield Kind("consent to a client from outside", f"/freigabe?{query}", mine)
    wishes = f"/oidc/authorize?{urlencode({**_asks(outside), 'acr_values': 'high'})}"
    level = urlencode({"niveau": "high", "next": wishes, "ohne": "acr_values"})
    yield Kind("more is wished for", f"/anmelden/ausweisen?{level}", mine)
    used = open_account_session(cast, _uses(cast, outside))
    yield Kind("settings with a client from outside", "/einstellungen", used)
    yield Kind(
        "sign out by a client", "/einstellungen", used, act=partial(_sign_out_by, client_id=outside.id)
    )
    yield Kind("sign out by nobody", "/einstellungen", used, act=_sign_out_by)
    yield Kind("signed out already", "/anmelden", act=_sign_out_by)
    yield Kind("request that leads nowhere", "/freigabe?client_id=x", mine, 400)
    yield Kind("not found", "/gibt-es-nicht", mine, 404)


def _second_step(cast: Cast, mine: str) -> Iterator[Kind]:
    """An app for codes: setting it up, being asked for its codes, switching it off."""
    own = new_person(cast)
    person = open_account_session(cast, own)
    yield Kind("access", "/zugang/", mine)
    yield Kind("prove", "/bestaetigen", mine)
    confirmation = cast.house.value(
        "INSERT INTO account_confirmations (account_id, tenant_id, check_id, document, confirmed_at, expires_at)"
        " VALUES (%s, %s, gen_random_uuid(), 'passport', now(), now() + interval '3 years') RETURNING check_id",
        *(own, cast.house.tenant(cast.slug).id),
    )
    yield Kind("confirmation to take off", f"/zugang/bestaetigung/{confirmation}", person)
    secret = _begin_app(cast, own)
    yield Kind("set up an app", "/zugang/app", person)
    yield Kind("set up an app with errors", "/zugang/app", person, 422, press)
    yield Kind("recovery codes", "/zugang/app", person, act=partial(_show_code, secret=secret))
    person = open_account_session(cast, own)
    yield Kind("access with an app", "/zugang/", person)
    yield Kind("prove with errors", "/bestaetigen", person, 422, press)
    yield Kind("new recovery codes", "/zugang/ersatzcodes", person)
    yield Kind("app off", "/zugang/app/aus", person)
    yield Kind("app off with errors", "/zugang/app/aus", person, 422, press)
    by_password = partial(_show_password, email=_email_of(own))
    yield Kind("code", "/anmelden/code", act=by_password)
    yield Kind("code with errors", "/anmelden/code", status=422, act=partial(_twice, by_password, press))
    recovery = partial(_twice, by_password, _follow_recovery)
    yield Kind("recovery", "/anmelden/ersatzcode", act=recovery)
    yield Kind(
        "recovery with errors", "/anmelden/ersatzcode", status=422, act=partial(_twice, recovery, press)
    )


def _passkeys(cast: Cast, mine: str) -> Iterator[Kind]:
    """Adding one, being asked for it, removing it."""
    own = new_person(cast)
    with cast.database.transaction(acting_for(own)) as session:
        session.add(
            AccountPasskey(
                id=own,
                account_id=own,
                credential_id=own.bytes,
                public_key=b"",
                sign_count=0,
                name="Blaues Handy",
                used_at=clock.now(),
            )
        )
    person = open_account_session(cast, own)
    yield Kind("sign-in by passkey first", "/anmelden", act=_after_a_passkey)
    yield Kind("access with a passkey", "/zugang/", person)
    yield Kind("prove by passkey", "/bestaetigen", person)
    yield Kind("add a passkey", "/zugang/passkey", mine)
    yield Kind("remove a passkey", f"/zugang/passkey/{own}", person)


def _address(cast: Cast) -> Iterator[Kind]:
    """Another address, and where one is signed in."""
    own = new_person(cast)
    person, link = open_account_session(cast, own), new_token()
    yield Kind("another address", "/zugang/adresse", person)
    yield Kind("another address with errors", "/zugang/adresse", person, 422, press)
    yield Kind("address sent", "/zugang/adresse", person, act=_ask_for_a_link)
    for purpose, path in (("confirm", "/zugang/adresse"), ("undo", "/adresse-zurueck")):
        add = "SELECT definer.add_address_link(%s, %s, %s, 'neu@buerger.example', 3600)"
        cast.house.superuser.execute(add, [digest(link + purpose), own, purpose])
        yield Kind(f"address {purpose}", f"{path}/{link}{purpose}", person)
    yield Kind("address gone", "/adresse-zurueck/vorbei", status=404)
    open_at_town(cast, own)
    yield Kind("devices", "/zugang/geraete", person)


def open_at_town(cast: Cast, own: uuid.UUID) -> str:
    """The token of a session at the town, which stands on another at the account host."""
    token, tenant = f"a.{new_token()}", cast.house.tenant(cast.slug).id
    above = digest(open_account_session(cast, own))
    with cast.database.transaction(ANONYMOUS) as session:
        session.execute(
            _OPEN_AT_TOWN, {"digest": digest(token), "tenant": tenant, "account": own, "above": above}
        )
    return token


def _after_a_passkey(page: Page) -> None:
    mark: Any = {
        "name": "__Host-passkey",
        "value": "1",
        "url": "https://konto.localhost/",
        "secure": True,
    }
    page.context.add_cookies([mark])
    page.reload()


def signing_in(cast: Cast) -> Iterator[Kind]:
    """What a town's portal shows of it."""
    yield Kind("signed out", "/abgemeldet")
    own = new_person(cast)
    with cast.database.transaction(acting_for(own)) as session:
        give_consent(session, own, f"portal:{cast.slug}")
        for name in ("Rex", "Bella"):
            add_entry(session, own, "dog", {"dog.name": name, "dog.kept_since": "2025-11-10"}, "typed")
    yield Kind("which dog", "/antrag/hund-anmelden/start", open_at_town(cast, own), act=_choose_first)


def _client(cast: Cast) -> OutsideClient:
    """A client that wants to know everything."""
    registration = Registration(
        f"Verkehrsgesellschaft Oldenburger Münsterland {secrets.token_hex(2)}",
        ("https://bus.example/zurueck",),
        "https://bus.example/datenschutz",
        SCOPES,
    )
    with cast.database.transaction(REGION) as session:
        ensure_key(session, cast.house.program.settings.secret_key)
        return add_client(session, registration)[0]


def _asks(client: OutsideClient) -> dict[str, str]:
    return {
        "response_type": "code",
        "client_id": client.id,
        "redirect_uri": client.redirect_uris[0],
        "scope": " ".join(SCOPES),
        "code_challenge": "c" * 43,
        "code_challenge_method": "S256",
    }


def _uses(cast: Cast, client: OutsideClient) -> uuid.UUID:
    """Somebody who uses the account there."""
    own = new_person(cast)
    with cast.database.transaction(acting_for(own)) as session:
        give_consent(session, own, client.id, SCOPES)
    return own


def _sign_out_by(page: Page, client_id: str = "") -> None:
    origin, lang = page.url.rsplit("/", 2)[:2]
    page.goto(f"{origin}/oidc/logout?{urlencode({'client_id': client_id, 'ui_locales': lang})}")


def new_person(cast: Cast, *, with_everything: bool = False) -> uuid.UUID:
    """Somebody with an account, which may hold something of everything."""
    own = new_id()
    with cast.database.transaction(acting_for(own)) as session:
        session.add(
            Account(
                id=own,
                email=_email_of(own),
                language="de",
                password_hash=cast.house.locksmith.passwords.hash(PASSWORD),
            )
        )
        session.flush()
        if with_everything:
            give_consent(session, own, f"portal:{cast.slug}")
            remember(
                session, own, {"person.given_names": "Anna Łucja", "contact.phone": "+4944411234"}, "typed"
            )
            for part, values in _ENTRIES.items():
                add_entry(session, own, part, values, "typed")
    if with_everything:
        for table, number in (("drafts", cast.draft()), ("cases", cast.fresh.id), ("cases", cast.asked.id)):
            cast.house.superuser.execute(f"UPDATE {table} SET account_id = %s WHERE id = %s", [own, number])
    return own


_ENTRIES: dict[str, dict[str, Any]] = {
    "dog": {"dog.name": "Rex", "dog.breed": "Dackel", "dog.chip_number": "276098101234567"},
    "child": {"child.given_names": "Mia Łucja", "child.facility": "Kita Sonnenschein"},
    "business": {
        "business.name": "Blumen Beispiel GmbH",
        "business.people": [{"given_names": "Änne", "family_name": "Øster", "role": "director"}],
    },
}
"""What the person with everything has several of."""


def _entry(cast: Cast, own: uuid.UUID, part: str) -> uuid.UUID:
    with cast.database.transaction(acting_for(own)) as session:
        return next(entry.id for entry in entries_of(session, own) if entry.part == part)


def _look_at(cast: Cast, case_id: uuid.UUID) -> None:
    """Somebody of the office opens a case."""
    with cast.database.transaction(cast.staff_context) as session:
        note_reading(session, cast.staff_context, case_id, "caseworker", "case")


def _email_of(own: uuid.UUID) -> str:
    return f"{own.hex[:10]}@buerger.example"


def _begin_app(cast: Cast, own: uuid.UUID) -> str:
    keys = cast.house.locksmith.keys
    with cast.database.transaction(acting_for(own)) as session:
        begin_set_up(session, keys, own)
        session.flush()
        return secret_being_set_up(session, keys, own) or ""


def _choose_first(page: Page) -> None:
    page.locator("[name='_of.dog']").first.check()
    follow(page.locator("[name='_take']"))


def _show_code(page: Page, secret: str) -> None:
    page.locator("[name=code]").fill(code_of(secret))
    press(page)


def _show_password(page: Page, email: str) -> None:
    page.locator("[name=email]").fill(email)
    page.locator("[name=password]").fill(PASSWORD)
    press(page)


def _follow_recovery(page: Page) -> None:
    follow(page.locator("main a[href*=ersatzcode]"))


def _twice(first: Callable[[Page], object], second: Callable[[Page], object], page: Page) -> None:
    first(page)
    second(page)


def open_account_session(cast: Cast, own: uuid.UUID) -> str:
    """The token of a session at the account host."""
    token = f"a.{new_token()}"
    with cast.database.transaction(ANONYMOUS) as session:
        session.execute(_OPEN, {"digest": digest(token), "account": own})
    return token


def _ask_for_a_link(page: Page) -> None:
    page.locator("[name=email]").fill(f"{secrets.token_hex(4)}@buerger.example")
    press(page)


def _sign_in_at(page: Page, town: str) -> None:
    """Begin at a town where the account was never used: it leads back here."""
    port = page.url.split("/")[2].partition(":")[2]
    lang = page.url.split("/")[3]
    page.goto(f"http://{town}.localhost:{port}/{lang}/anmelden")


def _type(page: Page, name: str, typed: str) -> None:
    page.locator(f"[name={name}]").fill(typed)
    press(page)
