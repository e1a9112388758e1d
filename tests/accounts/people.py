"""Citizens with accounts, in browsers without JavaScript at the region's hosts."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import text
from werkzeug.test import TestResponse

from kreisportal.accounts.links import link_token
from kreisportal.credentials.second_factor import STEP_SECONDS, code_at
from kreisportal.kernel import clock
from kreisportal.kernel.database import ActorKind, Context
from kreisportal.kernel.ids import new_id
from kreisportal.web.program import Program
from tests.support.authenticator import Authenticator
from tests.support.browser import Browser
from tests.support.server import DatabaseCopy

PASSWORD = "Gurken tanzen im Regen leise"
HOST = "konto.localhost"


@dataclass
class Citizen:
    """A person with one browser: a tab at each host, which keep their cookies."""

    email: str
    open_tab: Callable[..., Browser]
    tabs: dict[str, Browser] = field(default_factory=dict)

    def at(self, host: str) -> Browser:
        """The tab at a host."""
        return self.tabs.setdefault(host, self.open_tab(host))

    def go(self, address: str) -> TestResponse:
        """Open an address at whatever host it names."""
        parts = urlsplit(address)
        return self.at(parts.netloc).get(parts.path + (f"?{parts.query}" if parts.query else ""))

    def follow(self, response: TestResponse, here: str) -> TestResponse:
        """Go where redirections lead, from host to host, until there is a page."""
        for _ in range(10):
            if response.status_code not in (301, 302, 303, 307, 308):
                return response
            address = response.headers["Location"]
            here = urlsplit(address).netloc or here
            response = self.go(address if "://" in address else f"https://{here}{address}")
        raise AssertionError("the redirections lead in a circle")

    def sign_up(self, program: Program) -> None:
        """Begin an account as if the link had been mailed, and stay signed in at the account host."""
        token = mailed_token(program, self.email)
        browser = self.at(HOST)
        page = browser.get(f"/de/link/{token}")
        done = browser.submit(page, {"new_password": PASSWORD, "repeated": PASSWORD})
        assert done.status_code == 303, done.text

    def sign_in_at(self, town: str, wanted: str = "/de/kontakt") -> TestResponse:
        """Sign in at a town's portal, saying yes where one is asked; the page that one wanted to see."""
        host = f"{town}.localhost"
        page = self.follow(self.at(host).get(f"/de/anmelden?next={wanted}"), host)
        if "Konto bei" in page.text:
            page = self.follow(self.at(HOST).submit(page, {"antwort": "ja"}), HOST)
        return page


def code_of(secret: str, step: int = 0) -> str:
    """The code that an app shows, ``step`` half minutes from now."""
    return code_at(secret, clock.now() + timedelta(seconds=STEP_SECONDS * step))[0]


def set_up_app(browser: Browser) -> tuple[str, list[str]]:
    """Set up an app for codes; its secret, and the recovery codes."""
    begun = browser.submit(browser.get("/de/zugang/"), {}, "app/beginn")
    assert begun.status_code == 303, begun.text
    page = browser.get("/de/zugang/app")
    found = re.search(r'<code class="kp-number kp-number--long"[^>]*>([^<]+)</code>', page.text)
    assert found, page.text
    secret = found[1].replace(" ", "")
    done = browser.submit(page, {"code": code_of(secret)})
    assert title_of(done) == "Ihre Ersatzcodes", done.text
    return secret, re.findall(r'<code class="kp-number">([^<]+)</code>', done.text)


def asked(browser: Browser, page: TestResponse) -> Any:
    """The options that a page's script would ask for, to be answered with a passkey."""
    where = re.search(r'data-passkey-ask="([^"]+)"', page.text)
    token = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
    assert where and token
    answer = browser.post(where[1], headers={"X-CSRFToken": token[1]})
    assert answer.status_code == 200, answer.text
    return json.loads(answer.text)


def add_passkey(browser: Browser, device: Authenticator, name: str = "Mein Handy") -> TestResponse:
    """Add a passkey that lies on a device."""
    page = browser.get("/de/zugang/passkey")
    return browser.submit(page, {"answer": device.create(asked(browser, page)), "name": name})


def forget_codes(region: DatabaseCopy, email: str) -> None:
    """Let some time go by: codes that were used are over, and so are delays."""
    with region.superuser() as connection:
        connection.execute(
            "UPDATE account_second_factors SET totp_last_step = NULL"
            " WHERE account_id = (SELECT id FROM accounts WHERE email = %s)",
            [email],
        )


def mailed_token(program: Program, email: str, purpose: str = "sign-up", *, wanted: str | None = None) -> str:
    """The token of a link to this address, as a mail would bring it; it leads on to ``wanted``."""
    link_id = new_id()
    token = link_token(program.settings.secret_key, link_id)
    with program.database.transaction(Context(ActorKind.ACCOUNT)) as session:
        session.execute(
            text("SELECT definer.add_account_link(sha256(:token), :purpose, :email, NULL, :wanted, 3600)"),
            {"token": token.encode(), "purpose": purpose, "email": email, "wanted": wanted},
        )
    return token


def title_of(page: TestResponse) -> str:
    """The heading of a page."""
    found = re.search(r"<h1[^>]*>(.*?)</h1>", page.text, re.S)
    assert found, page.text
    return re.sub(r"<[^>]+>", "", found[1]).strip()
