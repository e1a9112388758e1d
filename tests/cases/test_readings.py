"""Who has read a case: written down at every look of the office, shown to whom it belongs, kept from all others."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy.exc import ProgrammingError

from kreisportal.cases.readings import note_reading, readings_of_account, readings_of_case
from kreisportal.kernel.database import ActorKind, Context
from kreisportal.kernel.ids import new_id
from tests.accounts.people import HOST, Citizen
from tests.cases.citizen import open_case
from tests.cases.house import CaseFacts, Desk, House
from tests.cases.test_desk_views import address

VECHTA = "vechta.localhost"
Desks = Callable[..., Desk]


def looks(house: House, case: CaseFacts) -> list[tuple[str, str]]:
    """What was written down, in order."""
    return house.rows("SELECT role, what FROM case_readings WHERE case_id = %s ORDER BY id", case.id)


def takes_in(person: Citizen, case: CaseFacts) -> None:
    """Take a guest's case into one's account."""
    browser = person.at(VECHTA)
    assert browser.submit(open_case(browser, case), {}, "ins-konto").status_code == 303


def test_every_look_of_the_office_is_written_down(house: House, desk: Desks) -> None:
    case, at = house.case(files=1), desk()
    for rest in ("", "kopie.pdf", f"dokument/{case.files[0]}"):
        answer = at.browser.get(address(case, rest))
        assert answer.status_code == 200
        answer.close()
    assert looks(house, case) == [("caseworker", what) for what in ("case", "copy", "document")]


def test_going_back_and_forth_is_one_look(house: House, desk: Desks) -> None:
    case, at = house.case(), desk()
    at.browser.head(address(case))
    assert looks(house, case) == []
    at.browser.get(address(case))
    at.browser.get(address(case))
    assert len(looks(house, case)) == 1
    aged = "UPDATE case_readings SET at = at - interval '11 minutes' WHERE case_id = %s RETURNING 1"
    house.rows(aged, case.id)
    at.browser.get(address(case))
    desk().browser.get(address(case))
    assert len(looks(house, case)) == 3, "later once more, and once by somebody else"


def test_the_inbox_is_no_look(house: House, desk: Desks) -> None:
    case, at = house.case(), desk()
    assert case.number in at.browser.get(f"/de/vorgaenge/?q={case.number}").text
    assert looks(house, case) == []


def test_a_guest_sees_it_on_the_status_page(house: House, desk: Desks, client: Callable[..., object]) -> None:
    case = house.case()
    browser = client(VECHTA)
    assert "Bisher hat es niemand geöffnet" in open_case(browser, case).text
    desk().browser.get(address(case))
    page = open_case(browser, case).text
    assert "Stadt Vechta, Sachbearbeitung" in page
    assert "Antrag geöffnet" in page


def test_the_account_sees_it_for_all_towns(anna: Citizen, bert: Citizen, house: House, desk: Desks) -> None:
    case = house.case()
    assert "Bisher hat in keiner Behörde jemand" in anna.at(HOST).get("/de/zugriffe").text
    takes_in(anna, case)
    desk().browser.get(address(case))
    page = anna.at(HOST).get("/de/zugriffe").text
    for part in ("Stadt Vechta, Sachbearbeitung", case.number, "Hund anmelden", "Antrag geöffnet"):
        assert part in page, part
    assert case.number not in bert.at(HOST).get("/de/zugriffe").text


def test_looks_before_a_case_was_passed_on_stay_known(anna: Citizen, house: House, desk: Desks) -> None:
    case = house.case()
    takes_in(anna, case)
    desk().browser.get(address(case))
    house.pass_on(case, "vechta", "bakum")
    page = anna.at(HOST).get("/de/zugriffe").text
    assert "Stadt Vechta, Sachbearbeitung" in page
    assert case.number in page


def test_many_looks_come_in_pages(anna: Citizen, house: House, desk: Desks) -> None:
    case, person = house.case(), desk().person
    takes_in(anna, case)
    many = (
        "INSERT INTO case_readings (tenant_id, case_id, at, staff_id, role, what)"
        " SELECT %s, %s, now() - n * interval '1 hour', %s, 'caseworker', 'copy' FROM generate_series(1, 60) n RETURNING 1"
    )
    house.rows(many, case.tenant.id, case.id, person.id)
    first, second = (anna.at(HOST).get(f"/de/zugriffe{page}").text for page in ("", "?seite=2"))
    assert first.count(case.number) == 50
    assert second.count(case.number) == 10
    assert "?seite=2" in first
    assert "?seite=1" in second
    for odd in ("0", "x", "999999", "-1"):
        assert anna.at(HOST).get(f"/de/zugriffe?seite={odd}").status_code == 200


def test_it_goes_with_the_case(house: House, desk: Desks) -> None:
    case = house.case()
    desk().browser.get(address(case))
    house.rows("DELETE FROM cases WHERE id = %s RETURNING 1", case.id)
    assert looks(house, case) == []


def test_nobody_writes_down_a_look_of_somebody_else_or_elsewhere(house: House, desk: Desks) -> None:
    case, at = house.case(), desk()
    elsewhere = Context(ActorKind.STAFF, house.tenant("cloppenburg").id, staff_id=at.person.id)
    for context in (elsewhere, case.context, desk().context):
        with pytest.raises(ProgrammingError), house.program.database.transaction(context) as session:
            note_reading(session, at.context, case.id, "caseworker", "case")
    assert looks(house, case) == []


def test_no_other_applicant_account_or_colleague_reads_it(house: House, desk: Desks) -> None:
    case, another = house.case(), house.case()
    desk().browser.get(address(case))
    with house.program.database.transaction(case.context) as session:
        assert len(readings_of_case(session, case.id)) == 1
    stranger = Context(ActorKind.ACCOUNT, account_id=new_id())
    for context in (another.context, desk().context, stranger):
        with house.program.database.transaction(context) as session:
            assert readings_of_case(session, case.id) == []
            assert readings_of_account(session, 10) == []
