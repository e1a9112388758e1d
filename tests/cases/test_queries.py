"""How often a page or an act asks the database: exactly so often, BEGIN and COMMIT included.

A figure that grows is a cost for everybody; one that shrinks is put down here.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from werkzeug.test import TestResponse

from tests.accounts.people import Citizen
from tests.cases.citizen import START, fill_to_review, open_case, open_draft, send_page
from tests.cases.house import Desk, House
from tests.support.browser import Browser
from tests.support.statements import statements_sent

STAFF = 1 + 3
"""The session, and who it is, in a transaction of its own: a role may have been taken away."""


def asked(ask: Callable[[], TestResponse], status: int = 200) -> list[str]:
    """The first words of all statements that an answer takes."""
    with statements_sent() as sent:
        answer = ask()
    assert answer.status_code == status, answer.text
    return sent


def test_the_first_page_of_a_form(citizen: Callable[..., Browser]) -> None:
    browser = citizen()
    assert asked(lambda: browser.get(START)) == []
    # The limit on drafts, the draft, and a new session that may see it.
    page = browser.get(START)
    assert len(asked(lambda: send_page(browser, page), 303)) == 1 + (2 + 1) + (2 + 2)


def test_a_step_and_its_answer(house: House, citizen: Callable[..., Browser]) -> None:
    browser, draft = citizen(), house.draft()
    open_draft(house, browser, draft)
    path = f"/de/antrag/{draft.id}/person"
    page = browser.get(path)
    # The session, and the draft in its transaction.
    assert len(asked(lambda: browser.get(path))) == 1 + 2 + 1
    # And the files that there are, and the answers.
    assert len(asked(lambda: send_page(browser, page), 303)) == 1 + 2 + 3


def test_the_profile_is_read_only_where_the_page_asks_for_something_of_it(anna: Citizen) -> None:
    browser = anna.at("vechta.localhost")
    # Since when the dog has lived there, by the profile's dog: the profile and the menu.
    sent = asked(lambda: browser.get(START))
    assert any("account_details" in each for each in sent)
    begun = browser.follow(send_page(browser, browser.get(START)))
    sent = asked(lambda: browser.get(begun.request.path))
    # The session; the draft; whose account it is, for the menu.
    assert (begun.request.path.rpartition("/")[2], len(sent)) == ("origin", 1 + 3 + 3), sent
    sent = asked(lambda: send_page(browser, begun), 303)
    assert not any("account_details" in each for each in sent)


def test_review_and_submission(citizen: Callable[..., Browser]) -> None:
    browser = citizen()
    review = fill_to_review(browser)
    # The session; whether it is a draft still, and the draft.
    assert len(asked(lambda: browser.get(review.request.path))) == 1 + 2 + 2
    # The session; the draft, the number, the limits on mails, all rows, the draft's end, the jobs.
    sent = asked(lambda: browser.submit(review, action="/pruefen"), 303)
    assert len(sent) == 1 + 2 + 6, sent
    # The end of the form: the session; the case, its events, its files.
    assert (
        len(
            asked(
                lambda: browser.get(
                    review.request.path.replace("antrag", "vorgang").replace("pruefen", "gesendet")
                )
            )
        )
        == 1 + 2 + 3
    )


def test_the_status_page(house: House, citizen: Callable[..., Browser]) -> None:
    browser, case = citizen(), house.case()
    page = open_case(browser, case)
    # The session; the case, its events, its files, who has read it.
    assert len(asked(lambda: browser.get(page.request.path))) == 1 + 2 + 4


@pytest.mark.parametrize("cases", [1, 5])
def test_the_inbox_asks_as_often_however_many_cases_there_are(
    house: House, desk: Callable[..., Desk], cases: int
) -> None:
    browser = desk("lohne").browser
    for _ in range(cases):
        house.case("lohne")
    # Whose work they do and in which departments, and whether they are away; counts for the menu and of the baskets, the
    # cases, their services.
    assert len(asked(lambda: browser.get("/de/vorgaenge/"))) == STAFF + 2 + 3 + 4


def test_a_case_at_the_desk_and_an_act(house: House, desk: Callable[..., Desk]) -> None:
    browser, case = desk().browser, house.case()
    path = f"/de/vorgaenge/{case.id}"
    page = browser.get(path)
    # The case, colleagues, files, events, what is asked about the identity, mails that came back, the list beside it; whose
    # work they do and in which departments; and that it was read.
    assert len(asked(lambda: browser.get(path))) == STAFF + 2 + 6 + 4 + 2 + 1
    # The case, whether anything has happened since, its new state, and the rows of event and audit.
    sent = asked(lambda: browser.submit(page, action="/uebernehmen"), 303)
    assert len(sent) == STAFF + 2 + 4, sent
