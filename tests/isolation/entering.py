"""Everybody of a town goes in by the front door: each has the cookie of a session afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from kreisportal.kernel.http.kept_pages import SESSION_COOKIE
from tests.isolation.town import Town
from tests.support.browser import Browser
from tests.support.staff import Person, sign_in

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

REGION_HOST = "region.localhost"


def enter(wsgi: WSGIApplication, town: Town) -> Iterator[tuple[str, str]]:
    """The cookies of everybody of a town."""
    yield from town.account.cookies.items()
    yield "applicant", _cookie(_applicant(wsgi, town))
    for name, person in (("caseworker", town.caseworker), ("admin", town.admin)):
        browser = Browser(wsgi, town.tenant.host("desk") or "")
        assert sign_in(browser, person).status_code == 303
        yield name, _cookie(browser)
    for name, person in (("halfway", town.halfway), ("newcomer", town.newcomer)):
        yield name, _cookie(_with_password(wsgi, town, person))
    browser = Browser(wsgi, REGION_HOST)
    assert sign_in(browser, town.manager).status_code == 303
    yield "manager", _cookie(browser)
    browser = Browser(wsgi, REGION_HOST)
    assert sign_in(browser, town.operator).status_code == 303
    yield "operator", _cookie(browser)
    yield "region newcomer", _cookie(_with_password(wsgi, town, town.region_newcomer, REGION_HOST))


def _applicant(wsgi: WSGIApplication, town: Town) -> Browser:
    browser = Browser(wsgi, town.tenant.host("portal") or "")
    page = browser.get(f"/de/antrag/weiter/{town.resume_token}")
    assert browser.submit(page).status_code == 303
    for case in town.cases:
        page = browser.get("/de/vorgang")
        done = browser.submit(page, {"nummer": case.number, "kennwort": case.secret})
        assert done.status_code == 303, done.text
    return browser


def _with_password(wsgi: WSGIApplication, town: Town, person: Person, host: str = "") -> Browser:
    browser = Browser(wsgi, host or town.tenant.host("desk") or "")
    page = browser.get("/de/anmelden")
    done = browser.submit(page, {"email": person.email, "password": person.password})
    assert done.status_code == 303, done.text
    return browser


def _cookie(browser: Browser) -> str:
    cookie = browser.cookie(SESSION_COOKIE)
    assert cookie
    return cookie
