"""Who applies, as the answers say; and names as the desk's search compares them."""

from __future__ import annotations

import unicodedata
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kreisportal.cases.applicant import applicant_of, fold, postal_lines
from kreisportal.forms import FormDefinition
from tests.cases.house import House, fill_in, inputs

NAMES = st.text(st.characters(categories=("L", "M", "Zs"), max_codepoint=0x24F), max_size=30)


@pytest.fixture(scope="module")
def dog(house: House) -> FormDefinition:
    """The form for a dog."""
    return house.form()[1]


def answers_of(dog: FormDefinition, **changes: Any) -> dict[str, Any]:
    """A filled-in form for a dog."""
    return fill_in(dog, inputs(relief=None, **changes))


def test_name_address_and_what_the_search_looks_in_come_from_the_answers(dog: FormDefinition) -> None:
    answers = answers_of(dog, email="Aenne@Post.Example")
    found = applicant_of(dog, answers)
    assert found.name == "Änne Łucja Beispiel-Øster"
    assert found.email == "Aenne@post.example"
    for word in ("anne", "lucja", "beispiel-oster", "wolfchen", "post.example"):
        assert word in found.search_text, word


def test_who_says_nothing_has_no_name_and_no_address(dog: FormDefinition) -> None:
    found = applicant_of(dog, {})
    assert (found.name, found.email, found.search_text) == ("", None, "")
    assert postal_lines(dog, {}) == ()


def test_what_is_no_text_is_no_name(dog: FormDefinition) -> None:
    keys = {field.prefill: field.key for step in dog.steps for field in step.fields if field.prefill}
    answers = {keys["person.given_names"]: 7, keys["person.family_name"]: "", keys["contact.email"]: ["x"]}
    found = applicant_of(dog, answers)
    assert (found.name, found.email) == ("", None)


@pytest.mark.parametrize("address", ['"anne"@post.example', "anne@", "@", "anne post.example"])
def test_an_address_that_no_mail_can_be_written_to_is_none(dog: FormDefinition, address: str) -> None:
    answers = {**answers_of(dog), "email": address}
    assert applicant_of(dog, answers).email is None


def test_a_business_without_a_person_is_named_by_its_name(house: House) -> None:
    for key in ("gewerbe-anmelden", "gewerbe-abmelden", "gewerbe-ummelden"):
        form = house.form(key)[1]
        keys = {field.prefill: field.key for step in form.steps for field in step.fields if field.prefill}
        found = applicant_of(form, {keys["business.name"]: "Bäckerei Größe GmbH"})
        assert found.name == "Bäckerei Größe GmbH"
        assert fold("Größe") in found.search_text
        with_person = {
            keys["business.name"]: "Bäckerei Größe GmbH",
            keys["person.given_names"]: "Anna",
            keys["person.family_name"]: "Muster",
        }
        found = applicant_of(form, with_person)
        assert found.name == "Anna Muster"
        assert "backerei" in found.search_text


def test_of_people_asked_for_as_a_list_the_first_applies_and_a_child_is_found_too(house: House) -> None:
    answers = {
        "child_given_names": "Ida",
        "child_family_name": "Muster",
        "parents": [
            {"given_names": "Änne", "family_name": "Beispiel"},
            {"given_names": "Ben", "family_name": "Muster"},
        ],
        "siblings": [{"given_name": "Ole"}],
    }
    found = applicant_of(house.form("kita-anmeldung")[1], answers)
    assert found.name == "Änne Beispiel"
    for word in ("anne", "ida", "muster"):
        assert word in found.search_text, word
    assert "ole" not in found.search_text


def test_a_list_of_people_that_is_empty_or_no_list_names_nobody(house: House) -> None:
    form = house.form("kita-anmeldung")[1]
    for rows in ([], [None], "Änne", {"given_names": "Änne"}):
        assert applicant_of(form, {"parents": rows}).name == "", rows


def test_a_letter_goes_to_the_address_of_the_answers(dog: FormDefinition) -> None:
    assert postal_lines(dog, answers_of(dog)) == ("Große Straße 12a", "49377 Vechta")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Müller", "MUELLER"),
        ("Müller", "muller"),
        ("Größe", "GROSSE"),
        ("Groeße", "größe"),
        ("Øster", "oster"),
        ("Ǿster", "oster"),
        ("Łucja", "lucja"),
        ("Þór", "thor"),
        ("Æther", "aether"),
        ("Ærø", "aero"),
        ("Đorđe", "dorde"),
        ("Işık", "isik"),
        ("Nguyễn", "nguyen"),
        (unicodedata.normalize("NFD", "Änne"), unicodedata.normalize("NFC", "Änne")),
    ],
)
def test_names_find_each_other_however_they_are_written(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@given(NAMES)
def test_a_name_is_found_as_it_was_typed_composed_or_not_in_any_case(name: str) -> None:
    assert fold(unicodedata.normalize("NFD", name)) == fold(unicodedata.normalize("NFC", name))
    assert fold(name.casefold()) == fold(name)


@given(NAMES)
def test_what_is_folded_holds_no_mark_and_no_capital(name: str) -> None:
    folded = fold(name)
    assert not any(unicodedata.combining(letter) for letter in unicodedata.normalize("NFKD", folded))
    assert folded == folded.lower()


@given(st.text(st.sampled_from("bcdfghijklmnpqrstvwxyz -"), max_size=12))
def test_plain_letters_stay(name: str) -> None:
    assert fold(name) == name
