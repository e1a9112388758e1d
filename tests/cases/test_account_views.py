"""Drafts and cases of an account: on one page from all towns, seen by nobody else, and going where a case goes."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest

from kreisportal.cases import queries
from kreisportal.cases.chain import holds
from kreisportal.i18n.dates import date_text
from kreisportal.kernel import clock
from kreisportal.kernel.database import ActorKind, Context
from tests.accounts.people import HOST, PASSWORD, Citizen, title_of
from tests.cases.citizen import START, draft_id_of, fill_to_review, open_case, open_draft, send_page
from tests.cases.house import Desk, DraftFacts, House
from tests.support.browser import Browser

VECHTA, CLOPPENBURG = "vechta.localhost", "cloppenburg.localhost"


def matters(person: Citizen, query: str = "") -> str:
    return person.at(HOST).get(f"/de/{query}").text


def test_drafts_and_cases_of_all_towns_stand_on_one_page(anna: Citizen) -> None:
    begun = draft_id_of(fill_to_review(anna.at(VECHTA)))
    review = fill_to_review(anna.at(CLOPPENBURG))
    sent = anna.at(CLOPPENBURG).submit(review, {}, "pruefen")
    assert sent.status_code == 303
    page = matters(anna)
    assert begun in page
    assert draft_id_of(review) in page
    assert "Angefangen" in page
    assert "Eingegangen" in page
    only = matters(anna, "?stadt=cloppenburg")
    assert begun not in only
    assert draft_id_of(review) in only


def test_matters_of_one_service_are_told_apart(anna: Citizen, house: House) -> None:
    """By when they were sent or last changed, and by the dog that each is about; one alone needs no name."""
    today = date_text(clock.now())
    sent = house.case(dog_name="Wölfchen der Erste")
    anna.at(VECHTA).submit(open_case(anna.at(VECHTA), sent), {}, "ins-konto")
    alone = matters(anna)
    assert f"{sent.number} · Eingegangen · gesendet am {today}" in alone
    assert "Wölfchen der Erste" not in alone
    fill_to_review(anna.at(VECHTA), dog_name="Flocke")
    both = matters(anna)
    assert f"Stadt Vechta · Wölfchen der Erste · {sent.number}" in both
    assert f"Stadt Vechta · Flocke · zuletzt geändert am {today}" in both


def test_what_an_office_has_erased_is_listed_without_a_name(anna: Citizen, house: House) -> None:
    for _ in range(2):
        case = house.case()
        anna.at(VECHTA).submit(open_case(anna.at(VECHTA), case), {}, "ins-konto")
        house.superuser.execute("UPDATE cases SET answers = NULL WHERE id = %s", [case.id])
    assert f"Stadt Vechta · {case.number} · " in matters(anna)


def test_a_matter_opens_at_its_town_and_from_another_browser(
    anna: Citizen, client: Callable[..., Browser]
) -> None:
    case_id = draft_id_of(fill_to_review(anna.at(VECHTA)))
    other = Citizen(anna.email, client)
    other.tabs[HOST] = anna.tabs[HOST]
    page = other.follow(other.at(VECHTA).get(f"/de/anmelden?next=/de/antrag/{case_id}/pruefen"), VECHTA)
    assert title_of(page) == "Prüfen Sie Ihre Angaben"


def test_nobody_else_sees_them(anna: Citizen, bert: Citizen, client: Callable[..., Browser]) -> None:
    draft_id = draft_id_of(fill_to_review(anna.at(VECHTA)))
    assert draft_id not in matters(bert)
    for browser in (bert.at(VECHTA), client(VECHTA)):
        assert browser.get(f"/de/antrag/{draft_id}/pruefen").status_code == 404
    assert anna.at(CLOPPENBURG).get(f"/de/antrag/{draft_id}/pruefen").status_code == 404, (
        "nor at another town"
    )


def test_a_guests_case_is_taken_in_by_who_has_its_secret(anna: Citizen, bert: Citizen, house: House) -> None:
    case = house.case()
    page = open_case(anna.at(VECHTA), case)
    assert str(case.id) not in matters(anna)
    anna.at(VECHTA).submit(page, {}, "ins-konto")
    assert str(case.id) in matters(anna)
    stolen = open_case(bert.at(VECHTA), case)
    with pytest.raises(LookupError):
        bert.at(VECHTA).submit(stolen, {}, "ins-konto")
    assert str(case.id) not in matters(bert)


def test_how_surely_it_is_known_who_applied_is_kept_as_it_was(
    anna: Citizen, desk: Callable[..., Desk], house: House
) -> None:
    """Taking a guest's case into an account raises nothing: nobody has shown anything when it was sent."""
    review = fill_to_review(anna.at(VECHTA))
    own = draft_id_of(review)
    assert anna.at(VECHTA).submit(review, {}, "pruefen").status_code == 303
    guests = house.case()
    anna.at(VECHTA).submit(open_case(anna.at(VECHTA), guests), {}, "ins-konto")
    at = desk().browser
    assert "Identität: einfach, mit Passwort, am " in at.get(f"/de/vorgaenge/{own}").text
    assert "Identität: nicht nachgewiesen (Gast)" in at.get(f"/de/vorgaenge/{guests.id}").text
    assert "nicht nachgewiesen (Gast)" in anna.at(VECHTA).get(f"/de/vorgang/{guests.id}").text
    for kept in (own, str(guests.id)):
        with house.acting(Context(ActorKind.JOB, house.tenant().id)) as session:
            row = queries.case(session, uuid.UUID(kept))
            assert row is not None
            assert holds(queries.chain_of(session, row.id), row.last_hash)


def test_a_draft_that_another_sends_by_the_mailed_link_is_a_guests(
    anna: Citizen, bert: Citizen, house: House
) -> None:
    draft_id = draft_id_of(fill_to_review(anna.at(VECHTA)))
    page = open_draft(house, bert.at(VECHTA), DraftFacts(house.tenant(), uuid.UUID(draft_id), 0, ""))
    assert bert.at(VECHTA).submit(page, {}, "pruefen").status_code == 303
    level = "SELECT data -> 'identity' ->> 'level' FROM case_events WHERE case_id = %s AND kind = 'submitted'"
    assert house.value(level, draft_id) == "none"


@pytest.mark.parametrize("own", [True, False])
def test_the_address_of_the_account_is_confirmed_already(anna: Citizen, house: House, own: bool) -> None:
    """Mails about the case go there at once; another address is asked to be confirmed, as a guest's is."""
    email = anna.email.upper() if own else f"andere.{anna.email}"
    review = fill_to_review(anna.at(VECHTA), email=email)
    sent = anna.at(VECHTA).follow(anna.at(VECHTA).submit(review, {}, "pruefen"))
    ((template, recipient),) = house.mails(uuid.UUID(draft_id_of(review)))
    assert recipient.lower() == email.lower()
    assert template == ("application_received" if own else "confirm_address")
    assert ("Bestätigen Sie noch" in sent.text) is not own


def test_a_case_that_is_passed_on_stays_ones_own(anna: Citizen, house: House) -> None:
    case = house.case()
    anna.at(VECHTA).submit(open_case(anna.at(VECHTA), case), {}, "ins-konto")
    house.pass_on(case, "vechta", "bakum")
    assert "Gemeinde Bakum" in matters(anna)
    assert title_of(anna.at(VECHTA).get(f"/de/vorgang/{case.id}"))
    left = house.value(
        "SELECT account_id FROM cases WHERE id = %s AND tenant_id = %s", case.id, house.tenant().id
    )
    assert left is None


def test_a_deleted_account_leaves_the_office_its_case(anna: Citizen, house: House) -> None:
    case = house.case()
    anna.at(VECHTA).submit(open_case(anna.at(VECHTA), case), {}, "ins-konto")
    browser = anna.at(HOST)
    asked = browser.get("/de/loeschen")
    assert case.number in asked.text
    done = browser.submit(asked, {"password": PASSWORD})
    assert title_of(done) == "Ihr Konto ist gelöscht"
    assert case.number in done.text
    assert house.rows("SELECT account_id, answers IS NOT NULL FROM cases WHERE id = %s", case.id) == [
        (None, True)
    ]


def test_a_town_hall_is_found_by_its_place(anna: Citizen) -> None:
    assert "Stadt Lohne" in matters(anna, "?ort=49393")
    assert "kennen wir kein Online-Rathaus" in matters(anna, "?ort=Xyzhausen")


def test_what_the_account_remembers_is_proposed_and_can_be_changed(anna: Citizen) -> None:
    page = anna.at(HOST).get("/de/angaben/person")
    typed = {"given_names": "Anna Łucja", "family_name": "Østergård"}
    assert anna.at(HOST).submit(page, typed).status_code == 303
    overview = anna.at(HOST).get("/de/angaben/").text
    assert "Anna Łucja" in overview
    review = fill_to_review(anna.at(VECHTA))
    step = anna.at(VECHTA).get(f"/de/antrag/{draft_id_of(review)}/person")
    assert "Aus Ihrem Konto" not in step.text, "the answers of this form stand there"
    browser = anna.at(CLOPPENBURG)
    begun = browser.follow(send_page(browser, browser.get(START)))
    other = browser.get(f"/de/antrag/{draft_id_of(begun)}/person")
    assert "Aus Ihrem Konto" in other.text
    assert 'value="Anna Łucja"' in other.text


def test_wrong_details_are_told_at_the_field(anna: Citizen) -> None:
    page = anna.at(HOST).get("/de/angaben/bank")
    answer = anna.at(HOST).submit(page, {"iban": "DE00 1234"})
    assert answer.status_code == 422
    assert "IBAN" in answer.text
    assert "DE00 1234" in answer.text


def test_an_application_is_remembered_only_if_one_says_so(anna: Citizen) -> None:
    sent = anna.at(VECHTA).submit(fill_to_review(anna.at(VECHTA)), {}, "pruefen")
    done = anna.at(VECHTA).follow(sent)
    assert "Wölfchen" not in anna.at(HOST).get("/de/angaben/").text
    assert "Beispiel" not in anna.at(HOST).get("/de/angaben/").text
    anna.at(VECHTA).submit(done, {}, "angaben-merken")
    remembered = anna.at(HOST).get("/de/angaben/").text
    assert "Wölfchen" not in remembered
    assert "49377" in remembered
