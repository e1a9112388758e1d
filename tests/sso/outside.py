"""Clients from outside for tests: registered, and speaking with the account host as a program would."""

from __future__ import annotations

import base64
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, quote, urlencode, urlsplit

from werkzeug.test import Client, TestResponse

from kreisportal.kernel.database.context import REGION
from kreisportal.sso import outside, signing_keys
from kreisportal.sso.pkce import challenge_of, new_verifier
from kreisportal.web.program import Program
from tests.accounts.people import HOST, PASSWORD, Citizen

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

ISSUER = f"https://{HOST}"
BUS, BUS_HOME = "https://bus.example/zurueck", "https://bus.example/tschuess"


@dataclass
class Outsider:
    """A client from outside."""

    wsgi: WSGIApplication
    id: str
    secret: str | None
    redirect_uri: str

    def asks(self, verifier: str, **changes: str | None) -> dict[str, str]:
        """An authorization request; a change to None leaves something out."""
        asked: dict[str, str | None] = {
            "response_type": "code",
            "client_id": self.id,
            "redirect_uri": self.redirect_uri,
            "scope": "openid",
            "state": "der Stand",
            "nonce": "n-1",
            "code_challenge": challenge_of(verifier),
            "code_challenge_method": "S256",
            **changes,
        }
        return {name: value for name, value in asked.items() if value is not None}

    def send(self, person: Citizen, verifier: str, **changes: str | None) -> TestResponse:
        """Send a person's browser to the account host with a request; what comes of it."""
        return person.at(HOST).get(f"/oidc/authorize?{urlencode(self.asks(verifier, **changes))}")

    def code(self, person: Citizen, verifier: str, **changes: str | None) -> str:
        """A code for somebody who is signed in and says yes."""
        answer = self.send(person, verifier, **changes)
        if not answer.headers["Location"].startswith(self.redirect_uri):
            page = person.at(HOST).follow(answer)
            answer = person.at(HOST).submit(page, {"antwort": "ja"})
        return said(answer)["code"]

    def redeem(self, code: str, verifier: str | None, /, **changes: str | None) -> TestResponse:
        """Redeem a code at the token endpoint."""
        told = {"grant_type": "authorization_code", "code": code, "redirect_uri": self.redirect_uri}
        if self.secret is None:
            told["client_id"] = self.id
        wanted = {**told, "code_verifier": verifier, **changes}
        fields = {name: value for name, value in wanted.items() if value is not None}
        return self.post("/oidc/token", fields)

    def post(self, path: str, fields: Mapping[str, str] | list[tuple[str, str]]) -> TestResponse:
        """Send a form as a program does, with the secret if there is one."""
        headers = {"Authorization": basic(self.id, self.secret)} if self.secret else {}
        return self.open(path, method="POST", data=urlencode(fields), headers=headers)

    def open(self, path: str, **options: Any) -> TestResponse:
        """A request without any cookie."""
        if "data" in options:
            options["content_type"] = "application/x-www-form-urlencoded"
        return Client(self.wsgi, use_cookies=False).open(path, base_url=ISSUER, **options)

    def signs_in(self, person: Citizen, **changes: str | None) -> dict[str, Any]:
        """The whole way: what the token endpoint gives."""
        verifier = new_verifier()
        answer = self.redeem(self.code(person, verifier, **changes), verifier)
        assert answer.status_code == 200, answer.text
        return dict(answer.json or {})

    def who(self, token: str) -> TestResponse:
        """What the account host says of the person behind a token."""
        return self.open("/oidc/userinfo", headers={"Authorization": f"Bearer {token}"})


def register(program: Program, wsgi: WSGIApplication, **changes: Any) -> Outsider:
    """A new client; the bus company unless something else is said."""
    told: dict[str, Any] = {
        "name": f"Busgesellschaft {secrets.token_hex(4)}",
        "redirect_uris": (BUS,),
        "privacy_url": "https://bus.example/datenschutz",
        "scopes": ("profile", "email"),
        "post_logout_redirect_uris": (BUS_HOME,),
        **changes,
    }
    with program.database.transaction(REGION) as session:
        signing_keys.ensure_key(session, program.settings.secret_key)
        client, secret = outside.add_client(session, outside.Registration(**told), demo=program.settings.demo)
    return Outsider(wsgi, client.id, secret, told["redirect_uris"][0])


def basic(client_id: str, secret: str) -> str:
    """The header of a client with a secret."""
    return "Basic " + base64.b64encode(f"{quote(client_id)}:{quote(secret)}".encode()).decode()


def said(answer: TestResponse) -> dict[str, str]:
    """What an answer says to the client in the address that it leads back to."""
    assert answer.status_code == 303, answer.text
    return {name: value for name, (value,) in parse_qs(urlsplit(answer.headers["Location"]).query).items()}


def unsigned(token: str) -> dict[str, Any]:
    """The claims of a token, unchecked."""
    part = token.split(".")[1]
    return dict(json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))))


def sign_in_again(person: Citizen, answer: TestResponse) -> TestResponse:
    """Type the password on the page that an answer leads to, and go on to where it leads."""
    browser = person.at(HOST)
    page = browser.follow(answer)
    done = browser.submit(page, {"email": person.email, "password": PASSWORD})
    assert done.status_code == 303, done.text
    return browser.follow(done)
