"""The kinds of pages about identities from outside."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Iterator
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from playwright.sync_api import Page

from kreisportal.accounts.identities import add_identity, keep_arrival
from kreisportal.accounts.models import Account
from kreisportal.accounts.service import acting_for
from kreisportal.bundid.identity import OutsideIdentity
from kreisportal.kernel.ids import new_id
from kreisportal.web.outside_ways import WAITING
from tests.accounts.people import mailed_token
from tests.journeys.pages.cast import Cast
from tests.journeys.pages.inspection import Kind
from tests.journeys.pages.kinds_account import open_account_session

_JOIN = "/zugang/anbieter/verbinden"


def identities(cast: Cast) -> Iterator[Kind]:
    """Back from a provider: known or not, joined, taken off."""
    own, joined = _person(cast, "x"), new_id()
    with cast.database.transaction(acting_for(own)) as session:
        joined = add_identity(session, own, _identity()).id
    mine = open_account_session(cast, own)
    waits = partial(_with_waiting, cast=cast)
    yield Kind("unknown identity", "/anmelden/unbekannt", act=partial(waits, path="/anmelden/unbekannt"))
    link = f"/link/{mailed_token(cast.house.program, f'{secrets.token_hex(4)}@buerger.example')}"
    yield Kind("choose a password with an identity", link, act=partial(waits, path=link))
    for reason, status in (("declined", 200), ("other", 422), ("late", 422), ("away", 422), ("failed", 422)):
        yield Kind(f"refused, {reason}", f"/anmelden/nicht-geklappt?grund={reason}", status=status)
    for key, level in (("bundid", "basic"), ("bundid", "high"), ("unternehmen", "substantial")):
        yield Kind(f"to {key} for {level}", f"/anmelden/saml/{key}?niveau={level}&next=/de/")
    yield Kind("not enough at BundID", "/anmelden/saml/bundid?niveau=high&reicht-nicht=ja")
    yield Kind("more is needed", "/anmelden/ausweisen?niveau=high")
    yield Kind("access with an identity", "/zugang/", mine)
    yield Kind("join an identity", _JOIN, mine, act=partial(waits, path=_JOIN))
    yield Kind("take an identity off", f"/zugang/anbieter/{joined}", mine)
    only = _person(cast, None)
    with cast.database.transaction(acting_for(only)) as session:
        last = add_identity(session, only, _identity()).id
    without_password = open_account_session(cast, only)
    yield Kind("the last identity", f"/zugang/anbieter/{last}", without_password)
    yield Kind("access without a password", "/zugang/", without_password)
    yield Kind("prove without a password", "/bestaetigen", without_password)
    yield Kind("delete without a password", "/loeschen", without_password)


def _identity() -> OutsideIdentity:
    told = {"person.given_names": "Anna Łucja", "person.family_name": "Beispiel-Øster"}
    return OutsideIdentity("land", "https://konto.land.example", secrets.token_hex(8), "substantial", told)


def _person(cast: Cast, password_hash: str | None) -> uuid.UUID:
    own = new_id()
    with cast.database.transaction(acting_for(own)) as session:
        email = f"{own.hex}@buerger.example"
        session.add(Account(id=own, email=email, language="de", password_hash=password_hash))
    return own


def _with_waiting(page: Page, cast: Cast, path: str) -> None:
    """Come back from a provider with an identity that nobody has; the browser keeps that in its signed cookie."""
    app = Flask("signer")
    app.secret_key = cast.house.program.settings.secret_key
    serializer = SecureCookieSessionInterface().get_signing_serializer(app)
    assert serializer is not None
    held = {WAITING: {"token": keep_arrival(cast.database, _identity()), "next": None}}
    kept: Any = {
        "name": "__Host-csrf",
        "value": serializer.dumps(held),
        "url": "https://konto.localhost/",
        "secure": True,
    }
    page.context.add_cookies([kept])
    parts = urlsplit(page.url)
    page.goto(f"{parts.scheme}://{parts.netloc}/{parts.path.split('/')[1]}{path}")
