"""Showing an identity at the simulated provider, in a browser without JavaScript."""

from __future__ import annotations

from urllib.parse import quote

from werkzeug.test import TestResponse

from kreisportal.web.program import Program
from tests.accounts.people import PASSWORD, mailed_token
from tests.support.browser import Browser


def show(browser: Browser, who: str, level: str = "substantial", wanted: str = "") -> TestResponse:
    """Sign in as an invented person; where that leads to."""
    begun = browser.get(f"/de/simulation/?next={quote(wanted)}")
    page = browser.follow(begun)
    return browser.submit(page, {"wer": who, "niveau": level})


def begin_with(browser: Browser, program: Program, who: str, email: str, level: str = "substantial") -> None:
    """Begin an account with an identity, without a password, and stay signed in."""
    show(browser, who, level)
    page = browser.get(f"/de/link/{mailed_token(program, email)}")
    done = browser.submit(page, {}, "ohne-passwort")
    assert done.status_code == 303, done.text


def sign_in(browser: Browser, email: str, wanted: str = "") -> TestResponse:
    """Sign in with the password."""
    page = browser.get(f"/de/anmelden?next={quote(wanted)}")
    return browser.submit(page, {"email": email, "password": PASSWORD})


def is_in(browser: Browser) -> bool:
    """Whether somebody is signed in."""
    return browser.get("/de/").status_code == 200
