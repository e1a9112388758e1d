"""Citizens with accounts full of canaries: an address, remembered details, a mailed link, consents, sessions.

What an account remembers is its own only; even the office that works on its cases sees nothing of it.
"""

from __future__ import annotations

import io
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING

from kreisportal.accounts.archive import Archive
from kreisportal.accounts.identities import add_identity
from kreisportal.accounts.service import acting_for
from kreisportal.accounts.takeouts import REGION_FOLDER
from kreisportal.bundid.identity import OutsideIdentity
from kreisportal.credentials.second_factor import in_groups
from kreisportal.kernel import clock
from kreisportal.kernel.http.kept_pages import SESSION_COOKIE
from kreisportal.kernel.ids import digest, new_id, new_token
from kreisportal.sso.clients import client_of
from kreisportal.sso.pkce import challenge_of
from tests.accounts.people import HOST, PASSWORD, Citizen, add_passkey, mailed_token, set_up_app, title_of
from tests.cases.house import House
from tests.isolation.mandates import mandates_of
from tests.isolation.words import Words
from tests.support.authenticator import DEMONSTRATION, Authenticator
from tests.support.browser import Browser

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

VERIFIER = "v" * 43
"""Whoever asks for a code in the recipes can show this."""


@dataclass(frozen=True)
class Account:
    """An account that is used at one town, with an app for codes. ``link`` is a mailed link's token, for a new password."""

    words: Words
    id: uuid.UUID
    email: str
    client_id: str
    asked: Mapping[str, str]
    link: str
    details: Mapping[str, str]
    entries: Mapping[str, uuid.UUID]
    recovery_codes: tuple[str, ...]
    passkey_id: uuid.UUID
    identity_id: uuid.UUID
    confirmation_id: uuid.UUID
    handle: str
    address_link: str
    undo_link: str
    takeout_id: uuid.UUID
    mandate_id: uuid.UUID
    invitation: str
    password: str = PASSWORD
    cookies: Mapping[str, str] = field(default_factory=dict)


def begin_account(house: House, wsgi: WSGIApplication, slug: str, words: Words) -> Account:
    """Let somebody begin an account, use it at a town, and enter there what it shall remember."""
    person = Citizen(
        f"{words.word('account/email').lower()}@buerger.example", lambda host: Browser(wsgi, host)
    )
    person.sign_up(house.program)
    portal = house.tenant(slug).host("portal") or ""
    assert title_of(person.sign_in_at(slug)) == "Kontakt"
    details = _details(words)
    for step, names in STEPS.items():
        page = person.at(HOST).get(f"/de/angaben/{step}")
        done = person.at(HOST).submit(page, {name: details[name] for name in names})
        assert done.status_code == 303, done.text
    for part, typed in ENTRIES.items():
        page = person.at(HOST).get(f"/de/angaben/eintrag/neu/{part}")
        done = person.at(HOST).submit(page, {name: details[name] for name in typed})
        assert done.status_code == 303, done.text
    device = Authenticator(DEMONSTRATION)
    assert add_passkey(person.at(HOST), device, words.word("account/passkey")).status_code == 303
    secret, codes = set_up_app(person.at(HOST))
    words.mark("account/app", secret, in_groups(secret))
    words.mark("account/recovery", *codes)
    link = mailed_token(house.program, person.email)
    account_id = house.value("SELECT id FROM accounts WHERE email = %s", person.email)
    passkey_id = house.value("SELECT id FROM account_passkeys WHERE account_id = %s", account_id)
    identity_id = _identity(house, account_id, words)
    entries = _entries(house, account_id, words)
    words.mark("account/id", account_id)
    words.mark("account/passkey id", passkey_id)
    words.mark("account/link", link)
    cookies = {site: person.at(host).cookie(SESSION_COOKIE) or "" for site, host in _hosts(portal)}
    words.mark("account/session", *cookies.values())
    handle = sha256(digest(cookies["account"])).hexdigest()
    words.mark("account/handle", handle)
    address_link, undo_link = (
        _address_link(house, account_id, purpose, words) for purpose in ("confirm", "undo")
    )
    client = client_of(house.program.settings, house.tenant(slug))
    asked = _asked(client.id, client.redirect_uri)
    return Account(
        words,
        account_id,
        person.email,
        client.id,
        asked,
        link,
        details,
        entries,
        tuple(codes),
        passkey_id,
        identity_id,
        _confirmation(house, account_id, slug, words),
        handle,
        address_link,
        undo_link,
        _takeout(house, account_id, words),
        *mandates_of(house, account_id, house.tenant(slug).id, words),
        cookies=cookies,
    )


def _entries(house: House, account_id: uuid.UUID, words: Words) -> dict[str, uuid.UUID]:
    """What a profile has several of, by its part."""
    query = "SELECT id FROM account_entries WHERE account_id = %s AND part = %s"
    found = {part: house.value(query, account_id, part) for part in ENTRIES}
    words.mark("account/entry", *found.values())
    return found


def _confirmation(house: House, account_id: uuid.UUID, slug: str, words: Words) -> uuid.UUID:
    """A town has seen who owns the account."""
    check_id = house.value(
        "INSERT INTO account_confirmations (account_id, tenant_id, check_id, document, confirmed_at, expires_at)"
        " VALUES (%s, %s, gen_random_uuid(), 'passport', now(), now() + interval '3 years') RETURNING check_id",
        *(account_id, house.tenant(slug).id),
    )
    words.mark("account/confirmation id", check_id)
    return uuid.UUID(str(check_id))


def _identity(house: House, account_id: uuid.UUID, words: Words) -> uuid.UUID:
    """An identity at a provider from outside that signs in to the account."""
    told = {"person.birth_name": words.word("account/birth name")}
    identity = OutsideIdentity(
        "land", "https://konto.land.example", words.word("account/subject"), "high", told
    )
    with house.program.database.transaction(acting_for(account_id)) as session:
        identity_id = add_identity(session, account_id, identity).id
    words.mark("account/identity id", identity_id)
    return identity_id


def _address_link(house: House, account_id: uuid.UUID, purpose: str, words: Words) -> str:
    """The token of a link that gives the account another address, or an old one back; its page shows that."""
    token, email = new_token(), f"{words.word(f'account/address to {purpose}').lower()}@buerger.example"
    add = "SELECT definer.add_address_link(%s, %s, %s, %s, 86400)"
    house.superuser.execute(add, [digest(token), account_id, purpose, email])
    words.mark(f"account/link to {purpose}", token)
    return token


def _takeout(house: House, account_id: uuid.UUID, words: Words) -> uuid.UUID:
    """What the account has had gathered, ready to be fetched."""
    takeout_id, file = new_id(), io.BytesIO()
    with Archive(file, clock.now(), "de") as archive:
        archive.add_json("konto.json", {"word": words.word("account/takeout")})
    file.seek(0)
    stored = house.program.intake.storage.put(REGION_FOLDER, takeout_id, file, 1 << 20)
    house.superuser.execute(
        "INSERT INTO account_takeouts (id, account_id, language, state, size, ready_at, expires_at)"
        " VALUES (%s, %s, 'de', 'ready', %s, now(), now() + interval '7 days')",
        (takeout_id, account_id, stored.size),
    )
    words.mark("account/takeout id", takeout_id)
    return takeout_id


def _hosts(portal: str) -> tuple[tuple[str, str], ...]:
    return ("citizen", portal), ("account", HOST)


STEPS = {
    "person": ("given_names", "family_name", "birth_place"),
    "home": ("residence.street", "residence.house_number", "residence.postcode", "residence.city"),
    "phone": ("phone",),
    "bank": ("iban", "holder"),
}
"""The pages of what an account remembers, and what is typed there."""

ENTRIES = {
    "dog": ("dog_name", "breed", "chip_number"),
    "child": ("child_given_names", "child_facility"),
    "business": ("business_name", "activity"),
}
"""What a profile has several of, and what is typed there."""


def _details(words: Words) -> dict[str, str]:
    told = (
        *("given_names", "family_name", "birth_place", "residence.street", "holder", "dog_name", "breed"),
        *("child_given_names", "child_facility", "business_name", "activity"),
    )
    return {
        **{name: words.word(f"account/{name}") for name in told},
        "residence.house_number": "12a",
        "residence.postcode": "49377",
        "residence.city": "Vechta",
        "phone": "04441 898-0",
        "chip_number": "276098101234567",
        "iban": "DE02 1203 0000 0000 2020 51",
    }


ASKED = (
    *("response_type", "client_id", "redirect_uri", "scope", "state", "nonce"),
    *("code_challenge", "code_challenge_method", "ui_locales"),
)
"""What a portal says when it asks for a sign-in."""


def _asked(client_id: str, redirect_uri: str) -> dict[str, str]:
    challenge = challenge_of(VERIFIER)
    said = ("code", client_id, redirect_uri, "openid", "s", "n", challenge, "S256", "de")
    return dict(zip(ASKED, said, strict=True))
