"""The mailbox: what offices of all towns wrote, what of it is new, and nothing of anybody else's."""

from __future__ import annotations

from kreisportal.cases import by_applicant
from kreisportal.cases.mailbox import count_new, letters, note_seen
from kreisportal.kernel.database import ActorKind, Context
from kreisportal.kernel.ids import new_id
from tests.accounts.people import HOST, Citizen
from tests.cases.house import House
from tests.cases.test_readings import VECHTA, takes_in


def mailbox(person: Citizen, query: str = "") -> str:
    return person.at(HOST).get(f"/de/postfach{query}").text


def test_what_an_office_writes_is_new_until_the_case_is_opened(anna: Citizen, house: House) -> None:
    assert "Noch gibt es nichts" in mailbox(anna)
    case = house.case()
    takes_in(anna, case)
    assert "Keine neuen Nachrichten" in mailbox(anna)
    house.ask(case, "Welche Farbe hat er, ganz geheim?")
    page = mailbox(anna)
    for part in ("1 neue Nachricht", "Frage an Sie", "Stadt Vechta", case.number, "Neu"):
        assert part in page, part
    assert "ganz geheim" not in page, "it says that something is there, never what"
    assert "1 neue Nachricht" in anna.at(HOST).get("/de/").text
    assert "ganz geheim" in anna.at(VECHTA).get(f"/de/vorgang/{case.id}").text
    assert "Keine neuen Nachrichten" in mailbox(anna)
    assert "neue Nachricht" not in anna.at(HOST).get("/de/").text


def test_a_scanner_that_asks_for_the_head_has_seen_nothing(anna: Citizen, house: House) -> None:
    case = house.case()
    takes_in(anna, case)
    house.ask(case, "Welche Farbe hat er?")
    anna.at(VECHTA).head(f"/de/vorgang/{case.id}")
    assert "1 neue Nachricht" in mailbox(anna)


def test_ones_own_letters_and_notes_of_the_office_are_not_new(anna: Citizen, house: House) -> None:
    case = house.case()
    takes_in(anna, case)
    with house.acting(case.context) as session:
        by_applicant.answer(session, case.context, case.id, "Ich habe noch etwas.", [])
    page = mailbox(anna)
    assert "Ihre Nachricht" in page
    assert "Sie an Stadt Vechta" in page
    assert "Keine neuen Nachrichten" in page


def test_a_letter_goes_with_a_case_that_is_passed_on(anna: Citizen, house: House) -> None:
    case = house.case()
    takes_in(anna, case)
    house.pass_on(case, "vechta", "bakum")
    page = mailbox(anna)
    assert page.count("An die zuständige Behörde weitergegeben") == 1
    assert "Gemeinde Bakum" in page
    assert "1 neue Nachricht" in page


def test_nobody_else_has_it(anna: Citizen, bert: Citizen, house: House) -> None:
    case = house.case()
    takes_in(anna, case)
    house.ask(case, "Welche Farbe hat er?")
    assert case.number not in mailbox(bert)
    stranger = Context(ActorKind.ACCOUNT, account_id=new_id())
    with house.program.database.transaction(stranger) as session:
        assert letters(session, 10) == []
        assert count_new(session) == 0


def test_what_was_seen_is_forgotten_with_the_case(anna: Citizen, house: House) -> None:
    first, second = house.case(), house.case()
    for case in (first, second):
        takes_in(anna, case)
        anna.at(VECHTA).get(f"/de/vorgang/{case.id}")
    seen = "SELECT case_id FROM account_seen_cases WHERE account_id = (SELECT account_id FROM cases WHERE id = %s)"
    assert {row[0] for row in house.rows(seen, second.id)} == {first.id, second.id}
    own = house.value("SELECT account_id FROM cases WHERE id = %s", second.id)
    house.rows("DELETE FROM cases WHERE id = %s RETURNING 1", first.id)
    with house.program.database.transaction(Context(ActorKind.ACCOUNT, account_id=own)) as session:
        note_seen(session, own, second.id, 1)
    assert [row[0] for row in house.rows(seen, second.id)] == [second.id]


def test_older_letters_are_on_the_next_page(anna: Citizen, house: House) -> None:
    case = house.case()
    takes_in(anna, case)
    for _ in range(31):
        with house.acting(case.context) as session:
            by_applicant.answer(session, case.context, case.id, "Noch etwas.", [])
    assert mailbox(anna).count(case.number) == 30
    assert mailbox(anna, "?seite=2").count(case.number) == 1
