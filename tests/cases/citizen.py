"""What citizens do in a browser without JavaScript, for the tests of their pages."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from werkzeug.test import TestResponse

from kreisportal.cases import drafts
from tests.cases.house import CaseFacts, DraftFacts, House, inputs
from tests.support.browser import Browser

START = "/de/antrag/hund-anmelden/start"


def token_of(page: TestResponse) -> str:
    """The CSRF token of a page's forms."""
    found = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
    assert found, page.status
    return found[1]


def send_page(
    browser: Browser, page: TestResponse, typed: Mapping[str, object] | None = None, **more: object
) -> TestResponse:
    """Fill in a form's page and send it: of ``typed`` only what the page asks for is looked at."""
    address = urlsplit(page.request.url)
    path = address.path + (f"?{address.query}" if address.query else "")
    return browser.post(
        path, {"csrf_token": token_of(page), **(inputs() if typed is None else typed), **more}
    )


def fill_to_review(
    browser: Browser, start: str = START, *, until: str = "pruefen", **changes: str | list[str] | None
) -> TestResponse:
    """Fill in the form from its first page to its review, or to the page ``until``."""
    typed, page = inputs(**{"relief": None, **changes}), browser.get(start)
    for _ in range(20):
        answer = send_page(browser, page, typed)
        assert answer.status_code == 303, answer.text
        page = browser.follow(answer)
        if page.request.path.endswith(f"/{until}"):
            return page
    raise AssertionError("the form has no end")


def draft_id_of(page: TestResponse) -> str:
    """The id of the draft or case whose page this is."""
    found = re.search(r"/(?:antrag|vorgang)/([0-9a-f-]{36})/?", page.request.path)
    assert found, page.request.path
    return found[1]


def open_draft(house: House, browser: Browser, draft: DraftFacts) -> TestResponse:
    """Come back to a draft by a mailed link; the page that it leads to."""
    email = f"{draft.id.hex[:12]}@post.example"
    with house.acting(draft.context) as session:
        row = drafts.load(session, draft.id)
        assert drafts.pause(session, row, email, house.program.settings.secret_key)
        link = drafts.resume_token(house.program.settings.secret_key, row)
    path = f"/de/antrag/weiter/{link}"
    return browser.follow(browser.post(path, {"csrf_token": token_of(browser.get(path))}))


def open_case(browser: Browser, case: CaseFacts, language: str = "de") -> TestResponse:
    """Open a case by its number and secret; its status page."""
    form = browser.get(f"/{language}/vorgang")
    answer = browser.submit(form, {"nummer": case.number, "kennwort": case.secret})
    assert answer.status_code == 303, answer.text
    return browser.follow(answer)
