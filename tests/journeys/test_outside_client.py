"""One account at three hosts and at a web site of somebody else's, in a browser that blocks third-party cookies."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from kreisportal.kernel.database.context import REGION
from kreisportal.kernel.paths import project_folder
from kreisportal.sso import outside, signing_keys
from tests.journeys.filling import heading_of
from tests.journeys.mailbox import link_in
from tests.journeys.stage import SECRET_KEY, Stage
from tests.journeys.windows import follow
from tests.support.chromium import FLAGS, started, whole_browser

pytestmark = pytest.mark.browser

PASSWORD = "Vier kluge Katzen tanzen leise"
_PROGRAM = project_folder() / "tests" / "journeys" / "relying_party.mjs"
_TWICE = """async (address) => {
    for (let time = 0; time < 2; time += 1) await fetch(address, {credentials: "include", mode: "no-cors"});
}"""


@dataclass(frozen=True)
class RelyingParty:
    """A site that people sign in at; it runs by itself and knows of the account host what it was told."""

    origin: str
    name: str


@contextmanager
def _running() -> Iterator[tuple[subprocess.Popen[str], int]]:
    node = shutil.which("node")
    assert node is not None
    with subprocess.Popen(
        [node, str(_PROGRAM)],
        env={"PATH": os.environ["PATH"]},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            yield process, int(process.stdout.readline())
        finally:
            process.terminate()


@pytest.fixture(scope="module")
def bus(stage: Stage) -> Iterator[RelyingParty]:
    """The bus company's site, registered as an operator does."""
    with _running() as (process, port):
        found = RelyingParty(f"http://bus.localhost:{port}", f"Busgesellschaft {secrets.token_hex(3)}")
        registration = outside.Registration(
            found.name,
            (f"{found.origin}/cb",),
            f"{found.origin}/datenschutz",
            ("profile", "email"),
            post_logout_redirect_uris=(f"{found.origin}/tschuess",),
            logout_url=f"http://127.0.0.1:{port}/ende",
        )
        with closing(stage.database.open()) as database, database.transaction(REGION) as session:
            signing_keys.ensure_key(session, SECRET_KEY)
            client, secret = outside.add_client(session, registration, demo=True)
        told = {"issuer": stage.portal("konto", ""), "client_id": client.id, "client_secret": secret}
        assert process.stdin is not None and process.stdout is not None
        process.stdin.write(json.dumps(told) + "\n")
        process.stdin.flush()
        assert process.stdout.readline() == "ready\n", stage.logs()
        yield found


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A browser as people have it, which blocks third parties' cookies."""
    with started(whole_browser()) as browser:
        yield browser


@pytest.fixture
def page(window: Callable[..., Page]) -> Page:
    """A window; windows without a profile of their own block third-party cookies, and a test sees to it."""
    return window()


def test_third_party_cookies_are_blocked(
    window: Callable[..., Page], chromium: Browser, bus: RelyingParty, tmp_path: Path
) -> None:
    """Lest the journeys below prove nothing: a cookie does not come that comes in a browser that is set to allow it."""
    _ask_for_cookies(window(), bus)
    preferences = {"profile": {"block_third_party_cookies": False, "cookie_controls_mode": 0}}
    (tmp_path / "Default").mkdir()
    (tmp_path / "Default" / "Preferences").write_text(json.dumps(preferences), encoding="utf-8")
    careless = chromium.browser_type.launch_persistent_context(
        tmp_path, executable_path=whole_browser(), args=FLAGS
    )
    page = careless.new_page()
    _ask_for_cookies(page, bus)
    page.goto(f"{bus.origin}/cookies")
    expect(page.locator("h1")).to_have_text("4 Anfragen, 1 mit Cookie")
    careless.close()


def _ask_for_cookies(page: Page, bus: RelyingParty) -> None:
    page.goto(bus.origin)
    page.evaluate(_TWICE, f"{bus.origin.replace('bus.', 'werbung.')}/cookie")


def test_one_account_at_a_web_site_of_somebody_elses(stage: Stage, page: Page, bus: RelyingParty) -> None:
    email = "berta@buerger.example"
    _begin_account(page, stage, email)
    page.goto(bus.origin)
    follow(page.get_by_role("link", name="Anmelden"))
    expect(heading_of(page)).to_have_text(f"Konto bei {bus.name} nutzen?")
    expect(page.get_by_role("main")).to_contain_text("die E-Mail-Adresse Ihres Kontos")
    follow(page.get_by_role("button", name="Zustimmen und weiter"))
    expect(page.locator("h1")).to_have_text(f"Hallo {email}")
    first = _session(page)
    assert first["claims"]["acr"] == "basic" and first["who"]["sub"] == first["claims"]["sub"]

    page.goto(f"{bus.origin}/login?prompt=none")
    expect(page.locator("h1")).to_have_text(f"Hallo {email}")
    assert _session(page)["claims"]["sub"] == first["claims"]["sub"]
    page.goto(f"{bus.origin}/login?prompt=login&ui_locales=en")
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    follow(page.get_by_role("button", name="Sign in", exact=True))
    expect(page.locator("h1")).to_have_text(f"Hallo {email}")
    assert _session(page)["claims"]["auth_time"] >= first["claims"]["auth_time"]

    page.goto(stage.portal("vechta", "/de/kontakt"))
    expect(page.locator("body")).to_contain_text(email)
    page.locator("header details").last.locator("summary").click()
    follow(page.get_by_role("button", name="Abmelden"))
    expect(heading_of(page)).to_have_text("Sie sind abgemeldet")
    _until_signed_out(page, bus)


def test_a_web_site_can_have_one_signed_out_everywhere(stage: Stage, page: Page, bus: RelyingParty) -> None:
    email = "carla@buerger.example"
    _begin_account(page, stage, email)
    page.goto(f"{bus.origin}/login")
    follow(page.get_by_role("button", name="Zustimmen und weiter"))
    follow(page.get_by_role("link", name="Abmelden"))
    expect(heading_of(page)).to_have_text("Überall abmelden?")
    follow(page.get_by_role("button", name="Abmelden", exact=True).last)
    expect(page.locator("h1")).to_have_text("Tschüss")
    assert page.url == f"{bus.origin}/tschuess?state=bis+bald"
    page.goto(stage.portal("vechta", "/de/kontakt"))
    expect(page.locator("body")).not_to_contain_text(email)
    page.goto(stage.portal("konto"))
    expect(heading_of(page)).to_have_text("Mit Ihrem Konto anmelden")


def _begin_account(page: Page, stage: Stage, email: str) -> None:
    """Begin an account at Vechta and be signed in there."""
    page.goto(stage.portal("vechta", "/de/anmelden?next=/de/kontakt"))
    follow(page.get_by_role("link", name="Konto anlegen"))
    page.get_by_label("E-Mail-Adresse").fill(email)
    follow(page.get_by_role("button", name="Link schicken"))
    page.goto(link_in(stage.mails.wait_for(email, "Legen Sie Ihr Bürgerkonto an"), "/link/"))
    for label in ("Neues Passwort", "Neues Passwort noch einmal"):
        page.get_by_label(label, exact=True).fill(PASSWORD)
    follow(page.get_by_role("button", name="Konto anlegen"))
    follow(page.get_by_role("button", name="Zustimmen und weiter"))
    expect(page.locator("body")).to_contain_text(email)


def _session(page: Page) -> dict[str, Any]:
    return dict(json.loads(page.locator("pre").inner_text()))


def _until_signed_out(page: Page, bus: RelyingParty) -> None:
    """The worker tells the site; ask until it has heard."""
    for _ in range(60):
        page.goto(bus.origin)
        if page.locator("h1").inner_text() == "Nicht angemeldet":
            return
        page.wait_for_timeout(250)
    raise AssertionError("the site was never told")
