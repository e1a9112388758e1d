"""What the desk's pages show: the inbox's rows and pages, what is due, who has it, what happened, where mails failed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest

from kreisportal.cases import by_applicant, inbox, work
from kreisportal.kernel import clock
from tests.cases.house import CaseFacts, Desk, House
from tests.cases.test_desk_views import address, page_of
from tests.cases.test_work import ACTS, do

Desks = Callable[..., Desk]


@pytest.fixture
def empty(house: House) -> Iterator[None]:
    """Nobody has applied at Bakum yet."""
    tenant = house.tenant("bakum").id
    for table in ("documents", "cases"):
        house.rows(f"DELETE FROM {table} WHERE tenant_id = %s RETURNING 1", tenant)
    yield


def inbox_of(at: Desk, **query: str) -> str:
    """The inbox's page."""
    page = at.browser.get("/de/vorgaenge/", query_string=query)
    assert page.status_code == 200
    return page.text


def listed(page: str) -> list[str]:
    """The numbers of the cases that a page lists."""
    return re.findall(r'class="kp-inbox__number">([^<]+)<', page)


def set_due(house: House, case: CaseFacts, days: int) -> None:
    """Let a case be due in so many days."""
    day = clock.today() + timedelta(days=days)
    house.rows("UPDATE cases SET due_on = %s WHERE id = %s RETURNING 1", day, case.id)


def test_an_empty_inbox_says_that_there_is_nothing_to_do(empty: None, desk: Desks) -> None:
    at = desk("bakum")
    assert "Hier ist gerade nichts zu tun." in inbox_of(at)
    assert "Kein Vorgang passt dazu." in inbox_of(at, q="nichts")


def test_each_row_says_what_whose_and_until_when(house: House, empty: None, desk: Desks) -> None:
    late, due, at = house.case("bakum"), house.case("bakum"), desk("bakum")
    set_due(house, late, -1)
    set_due(house, due, 3)
    page = inbox_of(at)
    assert listed(page) == [late.number, due.number]
    for text in ("Hund anmelden", "Änne Łucja Beispiel-Øster", "überfällig, ", "bis "):
        assert text in page, text
    assert page.count("kp-inbox__due--late") == 1
    assert "2 im Eingang · 1 überfällig" in at.browser.get("/de/").text


def test_baskets_filter_and_search_are_addresses(house: House, empty: None, desk: Desks) -> None:
    mine, new, at = house.case("bakum"), house.case("bakum", family_name="Andersen"), desk("bakum")
    do(house, at.context, mine, work.take)
    assert listed(inbox_of(at)) == [new.number]
    assert listed(inbox_of(at, korb="meine")) == [mine.number]
    assert listed(inbox_of(at, korb="offen", q="andersen")) == [new.number]
    assert listed(inbox_of(at, korb="offen", leistung="hund-abmelden")) == []
    assert listed(inbox_of(at, korb="gibt-es-nicht", seite="-1")) == [new.number]
    page = inbox_of(at, korb="offen", q="<script>alert(1)</script>")
    assert "<script>alert" not in page


def test_pages_keep_what_was_asked_for(
    house: House, empty: None, desk: Desks, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox, "PAGE_SIZE", 1)
    at = desk("bakum")
    for _ in range(7):
        house.case("bakum")
    page = inbox_of(at, korb="offen", q="beispiel", seite="4")
    pages = re.findall(r'href="[^"]*korb=offen&amp;q=beispiel&amp;seite=([0-9]+)"', page)
    assert {"1", "2", "3", "5", "6", "7"} <= set(pages)
    first = inbox_of(at, korb="offen", seite="1")
    # Those around, the last, and a gap between.
    assert set(re.findall(r"seite=([0-9]+)", first)) - {"1"} == {"2", "3", "7"}
    assert listed(inbox_of(at, korb="offen", seite="99")) == listed(inbox_of(at, korb="offen", seite="7"))


def test_beside_a_case_is_the_list_it_was_opened_from(house: House, empty: None, desk: Desks) -> None:
    mine, other, at = house.case("bakum"), house.case("bakum"), desk("bakum")
    do(house, at.context, mine, work.take)
    page = at.browser.get(f"{address(mine)}?korb=meine&q=beispiel")
    assert listed(page.text) == [mine.number]
    answer = at.browser.submit(page, {"notiz": "Merken."}, "/notiz")
    assert answer.headers["Location"] == f"{address(mine)}?korb=meine&q=beispiel"
    assert other.number not in page.text


@pytest.mark.parametrize(
    ("days", "sentence"), [(-1, "überfällig seit "), (0, "heute fällig"), (1, "fällig am ")]
)
def test_when_it_is_due_is_said_as_people_speak(house: House, desk: Desks, days: int, sentence: str) -> None:
    case, at = house.case(), desk()
    set_due(house, case, days)
    head = page_of(at, case).text.partition('class="kp-case-head"')[2].partition("</div>")[0]
    assert sentence in head


def test_what_the_applicant_wrote_is_news_until_it_is_read(house: House, empty: None, desk: Desks) -> None:
    case, at = house.case("bakum"), desk("bakum")
    with house.acting(case.context) as session:
        by_applicant.answer(session, case.context, case.id, "Hier ist das Foto.", [])
    assert "Antwort da" in inbox_of(at)
    page = page_of(at, case)
    assert "Die antragstellende Person hat geschrieben" in page.text
    at.browser.submit(page, {}, "/gelesen")
    assert "Antwort da" not in inbox_of(at)
    assert "Gelesen" in page_of(at, case).text


def test_a_withdrawal_is_news_too(house: House, empty: None, desk: Desks) -> None:
    case, at = house.case("bakum"), desk("bakum")
    with house.acting(case.context) as session:
        by_applicant.withdraw(session, case.context, case.id, 30)
    assert "zurückgezogen" in inbox_of(at, korb="erledigt")
    assert "hat den Antrag zurückgezogen" in page_of(at, case).text


def test_mail_that_did_not_arrive_is_told_at_the_case(house: House, desk: Desks) -> None:
    case, at = house.case(), desk()
    assert "Eine E-Mail kam nicht an" not in page_of(at, case).text
    house.rows(
        "UPDATE mails SET state = 'bounced', problem = 'Postfach voll' WHERE case_id = %s RETURNING 1",
        case.id,
    )
    page = page_of(at, case).text
    assert "Eine E-Mail kam nicht an" in page
    assert f"An {case.email}: Postfach voll" in page


def test_the_history_names_who_did_what(house: House, desk: Desks) -> None:
    case, at = house.case(), desk(name="Hanna Holz")
    gone = house.person(name="Geht Bald")
    for kind in ("taken", "note", "due", "question"):
        do(house, at.context, case, ACTS[kind])
    with house.acting(at.context) as session:
        work.hand_over(session, at.context, case.id, gone.id)
    house.rows("UPDATE staff SET active = false WHERE id = %s RETURNING 1", gone.id)
    page = page_of(at, case).text
    history = page.partition('<h2 id="history">')[2].partition("</section>")[0]
    for text in (
        "Anmeldung eingegangen",
        "Übernommen",
        "Hanna Holz",
        "nur intern",
        "Frist geändert: 2. Mai 2031",
        "Rückfrage",
        "Übergeben an Kollegin oder Kollege",
    ):
        assert text in history, text
    # Answers are shown once, above; notes have a place of their own.
    assert "Wölfchen" not in history
    assert "Nur für uns." not in history
    assert "Nur für uns." in page.partition('<h2 id="notes">')[2]
    assert "bei jemandem, der nicht mehr da ist" in page


def test_whose_portal_was_used_is_said_if_it_was_another(house: House, desk: Desks) -> None:
    at = desk("bakum")
    assert "gestellt über das Portal: Stadt Vechta" in page_of(at, house.case("bakum", via="vechta")).text
    assert "gestellt über das Portal" not in page_of(at, house.case("bakum")).text


def test_an_address_is_told_to_be_confirmed_or_not(house: House, desk: Desks) -> None:
    at = desk()
    assert "(bestätigt)" in page_of(at, house.case(confirmed=True)).text
    assert "noch nicht bestätigt" in page_of(at, house.case()).text
    assert (
        "E-Mail:"
        not in page_of(at, house.case(email=None))
        .text.partition("<footer")[0]
        .partition('class="kp-case-head"')[2]
        .partition("</div>")[0]
    )


def test_in_english(house: House, desk: Desks) -> None:
    case, at = house.case(), desk()
    page = at.browser.get(f"/en/vorgaenge/{case.id}").text
    assert "Register a dog" in page
    for german in ("Übernehmen", "Rückfrage", "Anmeldung eingegangen", "Weitergeben"):
        assert german not in page, german
