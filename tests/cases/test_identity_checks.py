"""At the counter: one sees a document, another confirms it; then the case is surer, and the account's owner known."""

from __future__ import annotations

import re
from collections.abc import Callable

import psycopg
import pytest

from kreisportal.access.roles import Role
from kreisportal.cases import identity_checks, queries
from kreisportal.cases.chain import holds
from kreisportal.cases.errors import NothingAskedError, OwnCaseError
from kreisportal.kernel.database import ActorKind, Context
from kreisportal.kernel.errors import NotFoundError
from tests.accounts.people import HOST, Citizen
from tests.cases.citizen import draft_id_of, fill_to_review, open_case
from tests.cases.house import CaseFacts, Desk, House

Desks = Callable[..., Desk]
VECHTA = "vechta.localhost"


def asked(at: Desk, case_id: object) -> str:
    """Note at the case that a passport was seen; the case's page afterwards."""
    page = at.browser.get(f"/de/vorgaenge/{case_id}")
    done = at.browser.submit(page, {"ausweis": "passport"}, f"/identitaet/{case_id}")
    return at.browser.follow(done).text


def decided(at: Desk, case_id: object, act: str = "bestaetigen") -> str:
    page = at.browser.get(f"/de/identitaet/{case_id}")
    return at.browser.follow(at.browser.submit(page, {}, f"/{act}")).text


def own_case(person: Citizen) -> str:
    """A case of the account's."""
    review = fill_to_review(person.at(VECHTA))
    assert person.at(VECHTA).submit(review, {}, "pruefen").status_code == 303
    return draft_id_of(review)


def test_two_of_the_office_make_a_guests_case_surer(house: House, desk: Desks) -> None:
    case, first, second = house.case(confirmed=True), desk(name="Erika Muster"), desk(name="Otto Ober")
    assert "Jetzt bestätigt es eine Kollegin oder ein Kollege." in asked(first, case.id)
    waiting = second.browser.get("/de/identitaet/").text
    assert "gesehen von Erika Muster" in waiting
    beside = second.browser.get(f"/de/identitaet/{case.id}").text
    assert "Wölfchen" in beside
    assert "Reisepass" in beside
    page = decided(second, case.id)
    assert re.search(r"Identität: substanziell, im Amt gezeigt: Reisepass, am ", page)
    assert [row for row in house.audit(case.id) if "identity" in row[0]] == [
        ("case.identity-asked", "staff"),
        ("case.identity-confirmed", "staff"),
    ]
    by = "SELECT staff_id FROM audit_entries WHERE subject_id = %s AND action LIKE 'case.identity-%%' ORDER BY id"
    assert house.rows(by, str(case.id)) == [(first.person.id,), (second.person.id,)]
    assert house.mails(case.id)[-1] == ("case_news", case.email)
    with house.acting(Context(ActorKind.JOB, case.tenant.id)) as session:
        row = queries.case(session, case.id)
        assert row is not None
        assert holds(queries.chain_of(session, case.id), row.last_hash)


def test_who_has_seen_the_person_does_not_confirm_it(house: House, desk: Desks) -> None:
    case, at = house.case(), desk()
    page = asked(at, case.id)
    assert "Identität zu bestätigen" in page
    beside = at.browser.get(f"/de/identitaet/{case.id}")
    assert "Bestätigen muss es jemand anders" in beside.text
    with pytest.raises(LookupError):
        at.browser.submit(beside, {}, "/bestaetigen")
    token = re.search(r'name="csrf_token" value="([^"]+)"', beside.text)
    assert token
    forged = at.browser.post(f"/de/identitaet/{case.id}/bestaetigen", {"csrf_token": token[1]})
    assert "Bestätigen muss es jemand anders." in at.browser.follow(forged).text
    assert house.value("SELECT state FROM identity_checks WHERE case_id = %s", case.id) == "open"


def test_the_row_itself_needs_two(house: House, desk: Desks) -> None:
    case, at = house.case(), desk()
    asked(at, case.id)
    change = (
        "UPDATE identity_checks SET state = 'confirmed', decided_by = asked_by WHERE case_id = %s RETURNING 1"
    )
    with pytest.raises(psycopg.errors.CheckViolation):
        house.rows(change, case.id)


@pytest.mark.parametrize("own", [{"email": "muster@rathaus.example"}, {"name": "Änne Łucja BEISPIEL-ØSTER"}])
def test_nobody_confirms_who_they_are_themselves(house: House, own: dict[str, str]) -> None:
    case = house.case(email="Muster@rathaus.example")
    other, mine = house.staff(), house.staff(**own)
    with pytest.raises(OwnCaseError), house.acting(mine) as session:
        identity_checks.ask(session, mine, case.id, "passport")
    with house.acting(other) as session:
        identity_checks.ask(session, other, case.id, "passport")
    with pytest.raises(OwnCaseError), house.acting(mine) as session:
        identity_checks.confirm(session, mine, case.id)
    # The next test's person has this address again.
    house.rows("UPDATE staff SET email = id::text, name = 'X' WHERE id = %s RETURNING 1", mine.staff_id)


def test_what_is_not_confirmed_raises_nothing(house: House, desk: Desks) -> None:
    case, first, second = house.case(), desk(), desk(name="Otto Ober")
    asked(first, case.id)
    assert "Identität: nicht nachgewiesen (Gast)" in decided(second, case.id, "ablehnen")
    context = second.context
    with pytest.raises(NothingAskedError), house.acting(context) as session:
        identity_checks.confirm(session, context, case.id)


def test_another_town_and_who_works_no_cases_confirm_nothing(house: House) -> None:
    case, asking = house.case(), house.staff()
    with house.acting(asking) as session:
        identity_checks.ask(session, asking, case.id, "passport")
    strange = house.staff("lohne")
    with pytest.raises(NotFoundError), house.acting(strange) as session:
        identity_checks.confirm(session, strange, case.id)
    lead = house.person()
    house.rows("UPDATE staff SET roles = '{tenant_admin}' WHERE id = %s RETURNING 1", lead.id)
    context = Context(ActorKind.STAFF, lead.tenant_id, staff_id=lead.id)
    with pytest.raises(Exception, match="not somebody of the office"), house.acting(context) as session:
        identity_checks.confirm(session, context, case.id)


def test_a_document_must_be_chosen_and_nothing_is_asked_twice(house: House, desk: Desks) -> None:
    case, at = house.case(), desk()
    page = at.browser.get(f"/de/vorgaenge/{case.id}")
    wrong = at.browser.submit(page, {"ausweis": "library_card"}, f"/identitaet/{case.id}")
    assert wrong.status_code == 422
    assert "Wählen Sie, welches Dokument Sie gesehen haben." in wrong.text
    asked(at, case.id)
    again = at.browser.submit(page, {"ausweis": "passport"}, f"/identitaet/{case.id}")
    assert "Dazu ist schon etwas notiert." in at.browser.follow(again).text


def confirmed(house: House, desk: Desks, case_id: str) -> None:
    asked(desk(), case_id)
    decided(desk(name="Otto Ober"), case_id)


def test_the_accounts_owner_sees_it_is_told_and_can_take_it_off(
    anna: Citizen, house: House, desk: Desks
) -> None:
    confirmed(house, desk, own_case(anna))
    told = "SELECT case_id FROM mails WHERE recipient = %s AND template = 'account_confirmed'"
    assert house.rows(told, anna.email) == [(None,)], "no case: the office does not see the address"
    own = anna.at(HOST)
    access = own.get("/de/zugang/")
    assert "Im Amt bestätigt" in access.text
    assert "Stadt Vechta" in access.text
    later = own_case(anna)
    at = desk().browser
    assert "das Konto hat bestätigt: Stadt Vechta, am " in at.get(f"/de/vorgaenge/{later}").text
    found = re.search(r'href="(/de/zugang/bestaetigung/[^"]+)"', access.text)
    assert found
    assert own.submit(own.get(found[1]), {}, "bestaetigung").status_code == 303
    assert "Im Amt bestätigt" not in own.get("/de/zugang/").text
    assert own.get(found[1]).status_code == 404


def test_it_is_no_way_in_and_makes_no_session_surer(anna: Citizen, house: House, desk: Desks) -> None:
    case_id = own_case(anna)
    account = house.value("SELECT account_id FROM cases WHERE id = %s", case_id)
    before = house.rows("SELECT token_digest, trust FROM sessions WHERE account_id = %s ORDER BY 1", account)
    confirmed(house, desk, case_id)
    assert house.rows("SELECT 1 FROM account_identities WHERE account_id = %s", account) == []
    after = house.rows("SELECT token_digest, trust FROM sessions WHERE account_id = %s ORDER BY 1", account)
    assert after == before


def test_a_tenants_admin_takes_it_back(anna: Citizen, house: House, desk: Desks) -> None:
    case_id = own_case(anna)
    confirmed(house, desk, case_id)
    admin = desk("vechta", Role.TENANT_ADMIN)
    page = admin.browser.get("/de/bestaetigt/")
    number = house.value("SELECT number FROM cases WHERE id = %s", case_id)
    assert number in page.text
    assert "Änne Łucja" not in page.text, "the admin reads no case"
    check = house.value("SELECT id FROM identity_checks WHERE case_id = %s", case_id)
    done = admin.browser.submit(page, {}, f"{check}/zuruecknehmen")
    assert "zurückgenommen am" in admin.browser.follow(done).text
    assert "Im Amt bestätigt" not in anna.at(HOST).get("/de/zugang/").text
    assert "Identität: einfach, mit Passwort" in desk().browser.get(f"/de/vorgaenge/{case_id}").text
    assert ("case.identity-revoked", "staff") in house.audit(case_id)


def test_a_confirmation_ends_after_some_years(anna: Citizen, house: House, desk: Desks) -> None:
    confirmed(house, desk, own_case(anna))
    account = "(SELECT id FROM accounts WHERE email = %s)"
    age = "extract(year FROM age(expires_at, confirmed_at))"
    years = f"SELECT {age} FROM account_confirmations WHERE account_id = {account}"
    assert house.value(years, anna.email) == 3
    house.rows(
        f"UPDATE account_confirmations SET expires_at = now() WHERE account_id = {account} RETURNING 1",
        anna.email,
    )
    assert "Im Amt bestätigt" not in anna.at(HOST).get("/de/zugang/").text


def test_a_guests_case_that_is_taken_in_later_confirms_no_account(
    anna: Citizen, house: House, desk: Desks
) -> None:
    case: CaseFacts = house.case()
    confirmed(house, desk, str(case.id))
    anna.at(VECHTA).submit(open_case(anna.at(VECHTA), case), {}, "ins-konto")
    assert "Im Amt bestätigt" not in anna.at(HOST).get("/de/zugang/").text
