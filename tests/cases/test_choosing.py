"""A form asks which dog or child of the profile it is about, fills in what is known, and overwrites nothing."""

from __future__ import annotations

import re
from collections.abc import Mapping

from werkzeug.test import TestResponse

from kreisportal.cases.pages.choosing import legend_of
from kreisportal.forms.prefill import PARTS
from kreisportal.i18n import DEFAULT_LANGUAGE, speaking
from tests.accounts.people import HOST, Citizen
from tests.accounts.profile import add, entry_of, remember
from tests.cases.citizen import START, draft_id_of, fill_to_review, send_page
from tests.cases.house import House, inputs
from tests.support.browser import Browser

VECHTA = "vechta.localhost"
KITA = "/de/antrag/kita-anmeldung/start"


def day(name: str, text: str) -> dict[str, str]:
    return dict(zip((f"{name}.day", f"{name}.month", f"{name}.year"), text.split("."), strict=True))


REX = {"dog_name": "Rex", "breed": "Dackel", **day("kept_since", "2.1.2024")}
BELLA = {
    "dog_name": "Bella",
    "breed": "Pudel",
    "chip_number": "276098101234567",
    **day("kept_since", "3.2.2025"),
    **day("dog_birth_date", "1.3.2020"),
}


def value_of(page: TestResponse | str, name: str) -> str:
    text = page if isinstance(page, str) else page.text
    found = re.search(rf'name="{re.escape(name)}" [^>]*value="([^"]*)"', text)
    assert found, text
    return found[1]


def id_of(page: TestResponse, name: str) -> str:
    """The id behind a name that a page lets one choose."""
    found = re.search(rf'value="([^"]+)"(?: checked)?>\s*<label[^>]*>{name}</label>', page.text)
    assert found, page.text
    return found[1]


def choose(browser: Browser, page: TestResponse, name: str, part: str = "dog", **typed: str) -> TestResponse:
    """Choose by name, and let the page fill in what is known."""
    shown = {f"_shown.{part}": value_of(page, f"_shown.{part}")}
    return send_page(browser, page, {f"_of.{part}": id_of(page, name), **shown, **typed, "_take": part})


def two_dogs(person: Citizen) -> None:
    add(person, "dog", REX)
    add(person, "dog", BELLA)


def go_on(browser: Browser, page: TestResponse, typed: Mapping[str, object]) -> TestResponse:
    """Send a page as it stands, with what is chosen there."""
    chosen = re.search(r'name="_of.dog" value="([^"]+)" checked', page.text)
    about = {"_of.dog": chosen[1], "_shown.dog": value_of(page, "_shown.dog")} if chosen else {}
    answer = send_page(browser, page, {**typed, **about})
    assert answer.status_code == 303, answer.text
    return browser.follow(answer)


def test_of_two_dogs_one_is_chosen_and_fills_every_page(anna: Citizen) -> None:
    two_dogs(anna)
    browser = anna.at(VECHTA)
    page = browser.get(START)
    assert "Welcher Hund?" in page.text
    assert value_of(page, "taken_in.year") == "", "nothing is guessed"
    page = choose(browser, page, "Bella")
    assert page.status_code == 200
    assert [value_of(page, f"taken_in.{part}") for part in ("day", "month", "year")] == ["03", "02", "2025"]
    assert "von Ihnen eingetragen am" in page.text
    page = go_on(browser, page, day("taken_in", "3.2.2025"))
    page = go_on(browser, page, {"origin": "breeder"})
    assert value_of(page, "dog_name") == "Bella"
    assert value_of(page, "breed") == "Pudel"
    assert "Welcher Hund?" not in page.text, "it is asked once"
    described = re.search(r'name="breed"[^>]*aria-describedby="([^"]+)"', page.text)
    assert described
    assert "f-breed-origin" in described[1]


def test_one_dog_is_proposed_at_once(anna: Citizen) -> None:
    add(anna, "dog", BELLA)
    page = anna.at(VECHTA).get(START)
    assert value_of(page, "taken_in.year") == "2025"
    assert re.search(r'name="_of.dog" value="[^"]+" checked', page.text)


def test_for_whom_a_certificate_is_decides_who_is_proposed(anna: Citizen) -> None:
    remember(anna, "person", given_names="Anna Sophie", birth_name="Øster", **day("birth_date", "24.12.1980"))
    add(anna, "child", {"child_given_names": "Bo", **day("child_birth_date", "1.2.2020")})
    browser = anna.at(VECHTA)

    def subject(relation: str) -> TestResponse:
        start = browser.get("/de/antrag/geburtsurkunde/start")
        return browser.follow(send_page(browser, start, {"relation": relation}))

    own, child, mother = subject("self"), subject("ancestor"), subject("descendant")
    assert value_of(own, "child_given_names") == "Anna Sophie"
    assert value_of(own, "child_birth_name") == "Øster"
    assert value_of(own, "child_birth_date.year") == "1980"
    assert "von Ihnen eingetragen am" in own.text
    assert "Welches Kind?" not in own.text
    assert "Welches Kind?" in child.text
    assert value_of(child, "child_given_names") == "Bo"
    assert value_of(mother, "child_given_names") == "", "she is somebody else"
    assert "Welches Kind?" not in mother.text
    sent = send_page(
        browser, child, {"_of.child": "neu", "_shown.child": id_of(child, "Bo"), "_take": "child"}
    )
    assert value_of(sent, "child_given_names") == "", "another child"


def test_what_was_typed_stays(anna: Citizen) -> None:
    two_dogs(anna)
    browser = anna.at(VECHTA)
    page = choose(browser, browser.get(START), "Bella", **day("taken_in", "9.9.2019"))
    assert value_of(page, "taken_in.year") == "2019"
    assert "f-taken_in-origin" not in page.text


def test_another_choice_takes_back_what_the_first_has_filled_in(anna: Citizen) -> None:
    two_dogs(anna)
    browser = anna.at(VECHTA)
    page = choose(browser, browser.get(START), "Bella")
    page = choose(browser, page, "Rex", **day("taken_in", "03.02.2025"))
    assert value_of(page, "taken_in.year") == "2024"
    page = choose(browser, page, "Anders: neu eintragen", **day("taken_in", "02.01.2024"))
    assert value_of(page, "taken_in.year") == ""
    page = go_on(browser, page, day("taken_in", "5.5.2025"))
    page = go_on(browser, page, {"origin": "breeder"})
    assert value_of(page, "dog_name") == ""
    assert "Welcher Hund?" not in page.text


def test_who_chooses_and_goes_on_at_once_sees_first_what_is_filled_in(anna: Citizen) -> None:
    two_dogs(anna)
    browser = anna.at(VECHTA)
    page = browser.get(START)
    page = send_page(browser, page, {"_of.dog": id_of(page, "Rex"), "_shown.dog": ""})
    assert page.status_code == 200
    assert value_of(page, "taken_in.year") == "2024"


def test_a_later_change_of_mind_changes_all_pages(anna: Citizen) -> None:
    two_dogs(anna)
    browser = anna.at(VECHTA)
    page = choose(browser, browser.get(START), "Rex")
    page = go_on(browser, page, day("taken_in", "2.1.2024"))
    first = page.request.path.rsplit("/", 1)[0] + "/taken_in"
    page = go_on(browser, page, {"origin": "breeder"})
    rest = {"sex": "male", **day("dog_birth_date", "1.1.2020")}
    go_on(browser, page, {"dog_name": "Rex", "breed": "Dackel mit Locken", **rest})
    page = choose(browser, browser.get(first), "Bella", **day("taken_in", "02.01.2024"))
    go_on(browser, page, day("taken_in", "3.2.2025"))
    page = browser.get(first.replace("taken_in", "dog"))
    assert value_of(page, "dog_name") == "Bella"
    assert value_of(page, "breed") == "Dackel mit Locken", "that was typed"


def test_what_the_person_does_not_want_is_not_proposed(anna: Citizen) -> None:
    add(anna, "dog", BELLA)
    own, address = anna.at(HOST), entry_of(anna, "Bella")
    token = value_of(own.get(address), "csrf_token")
    boxes = {"vorschlagen.dog.name": "ja"}
    assert own.post(address, {**BELLA, **boxes, "csrf_token": token}).status_code == 303
    browser = anna.at(VECHTA)
    page = browser.get(START)
    assert value_of(page, "taken_in.year") == ""
    page = go_on(browser, page, day("taken_in", "3.2.2025"))
    page = go_on(browser, page, {"origin": "breeder"})
    assert value_of(page, "dog_name") == "Bella"
    assert value_of(page, "breed") == ""


def test_another_accounts_dog_cannot_be_chosen(anna: Citizen, bert: Citizen) -> None:
    add(bert, "dog", BELLA)
    add(anna, "dog", REX)
    add(anna, "dog", {"dog_name": "Zweiter"})
    foreign = entry_of(bert, "Bella").rsplit("/", 1)[1]
    browser = anna.at(VECHTA)
    page = send_page(browser, browser.get(START), {"_of.dog": foreign, "_shown.dog": "", "_take": "dog"})
    assert page.status_code == 422
    assert value_of(page, "taken_in.year") == ""


def test_guests_are_asked_nothing(citizen: object, client: object) -> None:
    page = citizen("vechta").get(START)  # type: ignore[operator] - the fixture makes browsers.
    assert "_of.dog" not in page.text


def test_siblings_are_added_and_the_child_itself_is_not(anna: Citizen) -> None:
    for name in ("Mia", "Ole", "Tom"):
        add(
            anna,
            "child",
            {"child_given_names": name, "child_facility": "Kita Nord", **day("child_birth_date", "1.2.2023")},
        )
    browser = anna.at(VECHTA)
    page = choose(browser, browser.get(KITA), "Mia", "child")
    assert value_of(page, "child_given_names") == "Mia"
    names = {"child_given_names": "Mia", "child_family_name": "Muster", **day("child_birth_date", "1.2.2023")}
    about = {"_of.child": id_of(page, "Mia"), "_shown.child": value_of(page, "_shown.child")}
    page = browser.follow(send_page(browser, page, {**names, **about}))
    page = browser.get(page.request.path.rsplit("/", 1)[0] + "/siblings")
    assert "Ole" in page.text
    assert ">Mia<" not in page.text
    page = send_page(browser, page, {"_more.siblings": [id_of(page, "Ole")], "_take": "siblings"})
    assert page.status_code == 200
    assert value_of(page, "siblings.0.given_name") == "Ole"
    assert value_of(page, "siblings.0.facility") == "Kita Nord"
    assert ">Tom<" in page.text
    assert ">Ole<" not in page.text, "who stands there is not offered again"


def test_the_parent_who_fills_in_the_form_stands_there(anna: Citizen) -> None:
    own = anna.at(HOST)
    own.submit(own.get("/de/angaben/person"), {"given_names": "Anna", "family_name": "Muster"})
    browser = anna.at(VECHTA)
    names = {"child_given_names": "Mia", "child_family_name": "Muster", **day("child_birth_date", "1.2.2023")}
    page = browser.follow(send_page(browser, browser.get(KITA), names))
    page = browser.get(page.request.path.rsplit("/", 1)[0] + "/parents")
    assert value_of(page, "parents.0.given_names") == "Anna"
    assert "von Ihnen eingetragen am" in page.text


def test_a_second_home_can_be_chosen(anna: Citizen) -> None:
    own = anna.at(HOST)
    home = {"street": "Große Straße", "house_number": "1", "postcode": "49377", "city": "Vechta"}
    own.submit(own.get("/de/angaben/home"), {f"residence.{part}": text for part, text in home.items()})
    second = {**home, "street": "Am Deich", "city": "Norden"}
    add(
        anna,
        "address",
        {"address_kind": "second", **{f"address.{part}": text for part, text in second.items()}},
    )
    browser = anna.at(VECHTA)
    page = browser.follow(send_page(browser, browser.get(START), inputs()))
    page = browser.get(page.request.path.rsplit("/", 1)[0] + "/person")
    assert value_of(page, "residence.street") == "Große Straße", (
        "the main residence unless one says otherwise"
    )
    page = choose(browser, page, "Am Deich 1, Norden", "address")
    assert value_of(page, "residence.street") == "Am Deich"


def test_a_dog_is_kept_after_sending_and_changed_the_next_time(anna: Citizen, house: House) -> None:
    browser = anna.at(VECHTA)
    done = browser.follow(browser.submit(fill_to_review(browser), {}, "pruefen"))
    assert "„Wölfchen“ merken" in done.text
    assert "Wölfchen" not in anna.at(HOST).get("/de/angaben/").text
    kept = browser.follow(browser.submit(done, {"was": "dog"}, "angaben-merken"))
    assert "„Wölfchen“ merken" not in kept.text
    overview = anna.at(HOST).get("/de/angaben/").text
    assert "Wölfchen" in overview
    assert "Übernommen aus einem Antrag am" in overview
    case_id = draft_id_of(done)
    house.superuser.execute(
        "UPDATE cases SET answers = jsonb_set(answers, '{breed}', '\"Boxer\"') WHERE id = %s", [case_id]
    )
    again = browser.get(f"/de/vorgang/{case_id}/gesendet")
    assert "„Wölfchen“ im Profil ändern" in again.text
    browser.submit(again, {"was": "dog"}, "angaben-merken")
    overview = anna.at(HOST).get("/de/angaben/").text
    assert "Boxer" in overview
    assert overview.count(">Wölfchen</h3>") == 1


def test_nothing_is_kept_that_the_application_does_not_tell(anna: Citizen) -> None:
    browser = anna.at(VECHTA)
    done = browser.follow(browser.submit(fill_to_review(browser), {}, "pruefen"))
    assert browser.submit(done, {"was": "child"}, "angaben-merken").status_code == 404


def test_there_is_a_question_for_every_part_that_a_form_may_be_about() -> None:
    with speaking(DEFAULT_LANGUAGE):
        questions = {part: legend_of(part) for part in PARTS}
    assert len(set(questions.values())) == len(PARTS)
