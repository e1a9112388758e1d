"""Nothing typed is lost: a form that could not be taken is offered again, if one of our own pages has sent it."""

from __future__ import annotations

import io
import re
from collections.abc import Callable

import pytest

from tests.cases.citizen import token_of
from tests.support.browser import Browser, forms_of

Clients = Callable[..., Browser]

ORIGIN = {"Origin": "https://vechta.localhost"}
CASE = "/de/vorgang/00000000-0000-4000-8000-000000000000/nachricht"


def offered(page: str, action: str) -> dict[str, str] | None:
    """The fields of the form that a page offers to be sent again, without its token."""
    for form in forms_of(page):
        if form.action == action and form.method == "post":
            return {name: value for name, value in form.values.items() if name != "csrf_token"}
    return None


def test_what_was_typed_is_there_when_the_session_is_over(client: Clients) -> None:
    browser = client("vechta.localhost")
    token = token_of(browser.get("/de/vorgang"))
    data = {"csrf_token": token, "nachricht": 'Drei <b>Zeilen</b>\n"und" mehr'}
    answer = browser.post(CASE, data, headers=ORIGIN)
    assert answer.status_code == 404
    assert "Ihre Sitzung ist zu Ende" in answer.text
    assert offered(answer.text, CASE) == {"nachricht": 'Drei <b>Zeilen</b>\n"und" mehr'}
    assert "<b>Zeilen</b>" not in answer.text
    # The token that comes with it is a new one for this page.
    assert token_of(answer)


def test_files_have_to_be_chosen_again(client: Clients) -> None:
    browser = client("vechta.localhost")
    token = token_of(browser.get("/de/vorgang"))
    data = {"csrf_token": token, "nachricht": "Anbei.", "dateien": (io.BytesIO(b"x"), "a.pdf")}
    answer = browser.post(CASE, data, headers=ORIGIN)
    assert "Dateien wählen Sie danach bitte noch einmal aus." in answer.text


def test_a_token_that_has_gone_stale_loses_nothing(client: Clients) -> None:
    answer = client("vechta.localhost").post(CASE, {"nachricht": "Lang getippt."}, headers=ORIGIN)
    assert answer.status_code == 400
    assert offered(answer.text, CASE) == {"nachricht": "Lang getippt."}


@pytest.mark.parametrize("origin", [None, "null", "https://boese.example", "https://cloppenburg.localhost"])
def test_words_that_another_page_has_laid_into_it_are_not_offered(
    client: Clients, origin: str | None
) -> None:
    headers = {"Origin": origin} if origin else {}
    answer = client("vechta.localhost").post(CASE, {"nachricht": "Ich verzichte."}, headers=headers)
    assert answer.status_code in (400, 404)
    assert "Ich verzichte." not in answer.text


def test_a_password_is_never_offered_again(client: Clients) -> None:
    browser = client("verwaltung.vechta.localhost")
    data = {"email": "a@rathaus.example", "password": "Gurken tanzen im Regen"}
    answer = browser.post("/de/anmelden", data, headers={"Origin": "https://verwaltung.vechta.localhost"})
    assert answer.status_code == 400
    assert "Gurken" not in answer.text


def test_a_page_that_was_only_asked_for_offers_nothing(client: Clients) -> None:
    page = client("vechta.localhost").get(CASE.removesuffix("/nachricht"), headers=ORIGIN)
    assert page.status_code == 404
    assert not re.search(r"Noch einmal senden", page.text)
