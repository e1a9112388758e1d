"""Children, dogs, businesses and addresses are added to a profile, changed and removed; each value has its origin."""

from __future__ import annotations

import re
from typing import Any

import pytest

from kreisportal.accounts.entries import MOST, add_entry
from kreisportal.accounts.service import acting_for
from kreisportal.web.program import Program
from tests.accounts.people import HOST, PASSWORD, Citizen, title_of
from tests.accounts.profile import add, entry_of, overview
from tests.support.server import DatabaseCopy

REX = {
    "dog_name": "Rex",
    "breed": "Dackel",
    "chip_number": "276 098 101234567",
    "dog_birth_date.day": "1",
    "dog_birth_date.month": "3",
    "dog_birth_date.year": "2020",
}


def test_several_of_a_part_are_kept_with_where_they_come_from(citizen: Citizen) -> None:
    add(citizen, "dog", REX)
    add(citizen, "dog", {"dog_name": "Bella"})
    add(citizen, "child", {"child_given_names": "Mia", "child_facility": "Kita Sonnenschein"})
    page = overview(citizen)
    for word in ("Rex", "Bella", "276098101234567", "Mia", "Kita Sonnenschein", "Von Ihnen eingetragen am"):
        assert word in page
    assert "Entered by you on" in overview(citizen, "en")


def test_an_entry_is_changed_and_what_is_left_empty_is_forgotten(citizen: Citizen) -> None:
    add(citizen, "dog", REX)
    browser, address = citizen.at(HOST), entry_of(citizen, "Rex")
    page = browser.get(address)
    assert 'value="276098101234567"' in page.text
    browser.submit(page, {"breed": "", "dog_name": "Rexi", "chip_number": "276098101234567"})
    page_after = overview(citizen)
    assert "Rexi" in page_after
    assert "Dackel" not in page_after
    assert "276098101234567" in page_after


@pytest.mark.parametrize(
    ("part", "typed", "sentence"),
    [
        ("dog", {"dog_name": "Rex", "chip_number": "12345"}, "15 Ziffern"),
        ("dog", {"dog_name": ""}, "Name des Hundes"),
        ("child", {"child_given_names": "王"}, "王"),
        ("business", {"business_name": ""}, "Name des Betriebs"),
    ],
)
def test_what_is_wrong_is_told_at_the_field_and_nothing_is_lost(
    citizen: Citizen, part: str, typed: dict[str, str], sentence: str
) -> None:
    browser = citizen.at(HOST)
    page = browser.get(f"/de/angaben/eintrag/neu/{part}")
    name = next(iter(typed))
    answer = browser.submit(page, typed)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert f'value="{typed[name]}"' in answer.text
    assert title_of(browser.get("/de/angaben/")) == "Meine Angaben"


def test_a_business_is_kept_with_its_people(citizen: Citizen) -> None:
    browser = citizen.at(HOST)
    typed = {"business_name": "Blumen Beispiel GmbH", "register_place": "Amtsgericht Oldenburg"}
    more = browser.submit(browser.get("/de/angaben/eintrag/neu/business"), {**typed, "_add": "people"})
    assert more.status_code == 200, more.text
    assert 'name="people.0.given_names"' in more.text
    person = {"people.0.given_names": "Änne", "people.0.family_name": "Øster", "people.0.role": ""}
    done = browser.submit(more, {**typed, **person})
    assert done.status_code == 303, f"what she does there is optional: {done.text}"
    change = browser.get(entry_of(citizen, "Blumen Beispiel GmbH"))
    assert browser.submit(change, {"people.0.role": "director"}).status_code == 303
    page = overview(citizen)
    for word in ("Blumen Beispiel GmbH", "Amtsgericht Oldenburg", "Änne", "Øster", "Geschäftsführung"):
        assert word in page


def test_removing_asks_first(citizen: Citizen) -> None:
    add(citizen, "dog", REX)
    browser, address = citizen.at(HOST), entry_of(citizen, "Rex")
    asked = browser.get(f"{address}/entfernen")
    assert title_of(asked) == "„Rex“ entfernen?"
    assert "Rex" in overview(citizen)
    assert browser.submit(asked, {}, "entfernen").status_code == 303
    assert "Rex" not in overview(citizen)
    assert browser.get(address).status_code == 404


def test_another_accounts_entry_is_nowhere(citizen: Citizen, stranger: Any, program: Program) -> None:
    add(citizen, "dog", REX)
    other = stranger()
    other.sign_up(program)
    for path in (entry_of(citizen, "Rex"), f"{entry_of(citizen, 'Rex')}/entfernen"):
        assert other.at(HOST).get(path).status_code == 404
    assert "Rex" not in overview(other)


def test_unknown_parts_are_not_found(citizen: Citizen) -> None:
    assert citizen.at(HOST).get("/de/angaben/eintrag/neu/cat").status_code == 404
    assert citizen.at(HOST).get("/de/angaben/cat").status_code == 404


def test_a_part_has_an_end(citizen: Citizen, program: Program, region: DatabaseCopy) -> None:
    with region.superuser() as connection:
        (own,) = connection.execute("SELECT id FROM accounts WHERE email = %s", [citizen.email]).fetchone()  # type: ignore[misc] - there is one.
    with program.database.transaction(acting_for(own)) as session:
        for number in range(MOST):
            add_entry(session, own, "dog", {"dog.name": f"Hund {number}"}, "typed")
    browser = citizen.at(HOST)
    assert "/eintrag/neu/dog" not in overview(citizen)
    full = browser.submit(browser.get("/de/angaben/eintrag/neu/dog"), {"dog_name": "Einer mehr"})
    assert full.status_code == 422
    assert "Einer mehr" in full.text
    assert "Mehr als 20" in full.text


def test_what_may_be_proposed_is_said_for_each_value(citizen: Citizen) -> None:
    add(citizen, "dog", REX)
    browser, address = citizen.at(HOST), entry_of(citizen, "Rex")
    page = browser.get(address)
    assert page.text.count("checked") >= 6, "what was typed here may be proposed"
    kept = {name: value for name, value in REX.items() if name != "chip_number"}
    token = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
    assert token
    boxes = {f"vorschlagen.dog.{key}": "ja" for key in ("name", "breed", "birth_date")}
    browser.post(address, {**kept, "chip_number": REX["chip_number"], **boxes, "csrf_token": token[1]})
    assert overview(citizen).count("Formulare schlagen es nicht vor.") == 1
    again = browser.get(address).text
    assert re.search(r'name="vorschlagen.dog.name" value="ja" checked', again)
    assert re.search(r'name="vorschlagen.dog.chip_number" value="ja">', again)


def test_the_accounts_address_need_not_be_proposed(citizen: Citizen) -> None:
    browser = citizen.at(HOST)
    page = browser.get("/de/angaben/mitgeteilt")
    assert citizen.email in page.text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
    assert token
    assert browser.post("/de/angaben/mitgeteilt", {"csrf_token": token[1]}).status_code == 303
    assert "Formulare schlagen es nicht vor." in overview(citizen)


def test_a_deleted_account_leaves_nothing_of_them(citizen: Citizen, region: DatabaseCopy) -> None:
    add(citizen, "dog", {"dog_name": "Einmaliger Hundename"})
    browser = citizen.at(HOST)
    assert browser.submit(browser.get("/de/loeschen"), {"password": PASSWORD}).status_code == 200
    with region.superuser() as connection:
        left = connection.execute(
            "SELECT count(*) FROM account_entries WHERE details::text LIKE '%%Einmaliger Hundename%%'"
        ).fetchone()
    assert left == (0,)
