"""Stopping and coming back: the link goes to the address only, a look at it does nothing, and what is gone says so."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from kreisportal.cases import drafts
from kreisportal.kernel import clock
from kreisportal.kernel.http.kept_pages import SESSION_COOKIE
from kreisportal.notifications.limits import may_mail
from tests.cases.citizen import open_draft
from tests.cases.house import DraftFacts, House
from tests.support.browser import Browser

Citizens = Callable[..., Browser]


def path(draft: DraftFacts, rest: str = "unterbrechen", language: str = "de") -> str:
    """The address of a draft's page."""
    return f"/{language}/antrag/{draft.id}/{rest}"


def link_of(house: House, draft: DraftFacts, email: str) -> str:
    """A mailed link's path."""
    with house.acting(draft.context) as session:
        row = drafts.load(session, draft.id)
        drafts.pause(session, row, email, house.program.settings.secret_key)
        return f"/de/antrag/weiter/{drafts.resume_token(house.program.settings.secret_key, row)}"


def resume_mails(house: House, draft: DraftFacts) -> list[tuple[str, ...]]:
    """To whom links to a draft were mailed."""
    return house.rows(
        "SELECT recipient FROM mails WHERE data->>'draft_id' = %s ORDER BY created_at", str(draft.id)
    )


def test_the_link_is_mailed_to_the_address_that_was_typed(house: House, citizen: Citizens) -> None:
    browser, draft = citizen(), house.draft()
    open_draft(house, browser, draft)
    page = browser.get(path(draft))
    assert "Wir nutzen sie nur für diesen Link." in page.text
    sent = browser.submit(page, {"email": "Paula@Post.Example"})
    assert sent.status_code == 200
    assert "Schauen Sie in Ihr Postfach: Paula@Post.Example" in sent.text
    assert resume_mails(house, draft)[-1] == ("Paula@post.example",)
    link = link_of(house, draft, "Paula@post.example")
    assert link.rpartition("/")[2] not in sent.text


@pytest.mark.parametrize(
    "typed", ["", "paula", "paula@", "a@b@c.example", "paula@post.example\nBcc: x@y.example"]
)
def test_what_is_no_address_is_said_and_nothing_is_mailed(
    house: House, citizen: Citizens, typed: str
) -> None:
    browser, draft = citizen(), house.draft()
    open_draft(house, browser, draft)
    before = resume_mails(house, draft)
    answer = browser.submit(browser.get(path(draft)), {"email": typed})
    assert answer.status_code == 422
    assert "Geben Sie eine E-Mail-Adresse ein" in answer.text
    assert resume_mails(house, draft) == before


def test_a_mailbox_is_not_flooded(house: House, citizen: Citizens) -> None:
    browser, draft = citizen(), house.draft()
    open_draft(house, browser, draft)
    with house.acting(draft.context) as session:
        while may_mail(session, draft.tenant.id, "flut@post.example", "resume"):
            pass
    answer = browser.submit(browser.get(path(draft)), {"email": "flut@post.example"})
    assert answer.status_code == 422
    assert "gingen zuletzt schon viele Mails" in answer.text
    assert ("flut@post.example",) not in resume_mails(house, draft)


def test_a_look_at_the_link_does_nothing(house: House, citizen: Citizens) -> None:
    draft, scanner = house.draft(), citizen()
    link = link_of(house, draft, "rita@post.example")
    for page in (scanner.get(link), scanner.head(link)):
        assert page.status_code == 200
        assert "Wölfchen" not in page.text
    assert scanner.cookie(SESSION_COOKIE) is None
    assert scanner.get(path(draft, "dog")).status_code == 404


def test_with_the_button_one_is_where_one_stopped(house: House, citizen: Citizens) -> None:
    draft, browser = house.draft(), citizen()
    link = link_of(house, draft, "sara@post.example")
    answer = browser.submit(browser.get(link))
    assert answer.headers["Location"] == path(draft, "pruefen")
    with house.acting(draft.context) as session:
        row = drafts.load(session, draft.id)
        drafts.save(session, row, {key: row.answers[key] for key in row.answers if key != "breed"}, "de")
    answer = browser.submit(browser.get(link))
    assert answer.headers["Location"] == path(draft, "dog")
    assert browser.follow(answer).status_code == 200


def test_an_unknown_an_expired_and_another_towns_link_lead_nowhere(house: House, citizen: Citizens) -> None:
    draft = house.draft()
    link = link_of(house, draft, "tina@post.example")
    expired = house.draft()
    gone = link_of(house, expired, "uli@post.example")
    house.rows("UPDATE drafts SET expires_at = now() WHERE id = %s RETURNING 1", expired.id)
    for browser, address in (
        (citizen(), link[:-3] + "xyz"),
        (citizen(), gone),
        (citizen("cloppenburg"), link),
    ):
        assert browser.get(address).status_code == 404
        assert browser.cookie(SESSION_COOKIE) is None
    assert citizen().get(link).status_code == 200


def test_a_draft_is_opened_at_the_portal_used_and_at_the_authoritys(house: House, citizen: Citizens) -> None:
    draft = house.draft("bakum", via="vechta")
    link = link_of(house, draft, "vera@post.example")
    for slug in ("vechta", "bakum"):
        browser = citizen(slug)
        page = browser.follow(browser.submit(browser.get(link)))
        assert (page.status_code, "Gemeinde Bakum" in page.text) == (200, True), slug


def test_thrown_away_it_is_gone_for_everybody(house: House, citizen: Citizens) -> None:
    browser, draft = citizen(), house.draft()
    review = open_draft(house, browser, draft)
    link = link_of(house, draft, "wanda@post.example")
    answer = browser.submit(review, {}, "/verwerfen")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/de/rueckmeldung/hund-anmelden")
    assert house.rows("SELECT 1 FROM drafts WHERE id = %s", draft.id) == []
    assert browser.get(path(draft, "dog")).status_code == 404
    assert citizen().get(link).status_code == 404


def test_a_draft_that_was_sent_on_another_device_leads_to_its_case(house: House, citizen: Citizens) -> None:
    browser, draft = citizen(), house.draft()
    open_draft(house, browser, draft)
    house.send(draft)
    for rest in ("dog", "unterbrechen"):
        assert browser.get(path(draft, rest)).headers["Location"] == f"/de/vorgang/{draft.id}"
    assert browser.get(path(draft, "pruefen")).headers["Location"] == f"/de/vorgang/{draft.id}/gesendet"


@pytest.mark.parametrize("rest", ["dog", "unterbrechen", "pruefen"])
def test_an_expired_draft_is_gone_on_every_page(house: House, citizen: Citizens, rest: str) -> None:
    browser, draft = citizen(), house.draft()
    open_draft(house, browser, draft)
    with clock.frozen(clock.now() + drafts.LIFETIME):
        page = browser.get(path(draft, rest))
    assert page.status_code == 404
    assert "Wölfchen" not in page.text


def test_what_was_open_when_it_was_begun_may_be_finished(house: House, citizen: Citizens) -> None:
    browser, draft, program = citizen(), house.draft(), house.program
    review = open_draft(house, browser, draft)
    switch = "UPDATE offers SET is_on = %s WHERE tenant_id = %s AND service_key = 'hund-anmelden' RETURNING 1"
    house.rows(switch, False, draft.tenant.id)
    try:
        program.keeper.renew()
        assert citizen().get("/de/antrag/hund-anmelden").status_code == 303
        assert browser.submit(review, {}, "/pruefen").status_code == 303
    finally:
        house.rows(switch, True, draft.tenant.id)
        program.keeper.renew()
    assert house.value("SELECT state FROM cases WHERE id = %s", draft.id) == "new"
