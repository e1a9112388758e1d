"""hund-anmelden and hund-abmelden."""

from __future__ import annotations

import pytest

from tests.forms.filing import PERSON, file_form, refused_inputs

REGISTER_MINIMAL = {
    **PERSON,
    "taken_in": "10.11.2026",
    "origin": "breeder",
    "breed": "Labrador",
    "sex": "female",
    "dog_birth_date": "00.08.2026",
    "insured": "no",
    "competence": "none_yet",
    "dogs": "1",
}
REGISTER_COMPLETE = {
    **REGISTER_MINIMAL,
    "origin": "moved",
    "former_place": "Stadt Damme",
    "dog_name": "Wölfchen",
    "dog_birth_date": "1.3.2020",
    "chip_number": "276 098 101234567",
    "insured": "yes",
    "competence": "kept_dogs",
    "dogs": "2",
    "relief": ["assistance", "shelter"],
    "relief_proof": ["d1"],
    "email": "anne@beispiel.example",
    "phone": "04441 898-0",
}


def test_a_complete_registration() -> None:
    filing = file_form("hund-anmelden", REGISTER_COMPLETE)
    assert filing.errors == {}
    assert filing.answers["chip_number"] == "276098101234567"
    assert filing.answers["relief_proof"] == [{"id": "d1", "name": "Nachweis.pdf"}]
    assert "former_place" in filing.pages
    assert "former_keeper" not in filing.pages


def test_a_puppy_needs_neither_chip_nor_insurance_yet() -> None:
    filing = file_form("hund-anmelden", REGISTER_MINIMAL)
    assert filing.errors == {}
    assert "chip_number" not in filing.answers
    assert "proof" not in filing.pages


@pytest.mark.parametrize(
    ("change", "refused"),
    [
        ({"dog_birth_date": "1.3.2020"}, {"chip_number", "insured"}),
        ({"chip_number": "12345"}, {"chip_number"}),
        ({"dog_birth_date": "15.11.2026"}, {"dog_birth_date"}),
        ({"taken_in": "1.3.2027"}, {"taken_in"}),
        ({"dogs": "0"}, {"dogs"}),
        ({"breed": ""}, {"breed"}),
        ({"competence": "trust me"}, {"competence"}),
        ({"given_names": ""}, {"given_names"}),
    ],
)
def test_registrations_that_are_refused(change: dict[str, str], refused: set[str]) -> None:
    assert refused_inputs("hund-anmelden", {**REGISTER_MINIMAL, **change}) == refused


DEREGISTER_MINIMAL = {**PERSON, "reason": "died", "breed": "Dackel", "date": "1.11.2026", "tag": "lost"}
DEREGISTER_COMPLETE = {
    **DEREGISTER_MINIMAL,
    "reason": "given_away",
    "dog_name": "Waldi",
    "tax_reference": "1234-5",
    "new_keeper_name": "Tierheim Beispielstadt",
    "new_keeper_address.street": "Am Wald",
    "new_keeper_address.house_number": "1",
    "new_keeper_address.postcode": "49393",
    "new_keeper_address.city": "Lohne",
    "new_keeper_address.country": "DE",
    "proof": ["d1"],
    "tag": "bring",
    "iban": "DE89 3704 0044 0532 0130 00",
    "email": "anne@beispiel.example",
}


def test_a_complete_deregistration() -> None:
    filing = file_form("hund-abmelden", DEREGISTER_COMPLETE)
    assert filing.errors == {}
    assert filing.answers["new_keeper_address"]["city"] == "Lohne"
    assert "new_home" not in filing.pages


def test_a_minimal_deregistration() -> None:
    filing = file_form("hund-abmelden", DEREGISTER_MINIMAL)
    assert filing.errors == {}
    assert "new_keeper" not in filing.pages


def test_someone_who_moves_says_where_to_and_may_do_so_before() -> None:
    moving = {**DEREGISTER_MINIMAL, "reason": "moved", "date": "1.12.2026"}
    address = {"new_address.city": "Wien", "new_address.country": "AT"}
    assert file_form("hund-abmelden", {**moving, **address}).errors == {}
    assert refused_inputs("hund-abmelden", {**moving}) == {"new_address"}


@pytest.mark.parametrize(
    ("change", "refused"),
    [
        ({"date": "1.12.2026"}, {"date"}),
        ({"date": "1.12.2027"}, {"date"}),
        ({"reason": ""}, {"reason"}),
        ({"reason": "given_away"}, {"new_keeper_name", "new_keeper_address"}),
        ({"tag": ""}, {"tag"}),
        ({"iban": "DE00"}, {"iban"}),
        ({"residence.postcode": ""}, {"residence.postcode"}),
    ],
)
def test_deregistrations_that_are_refused(change: dict[str, str], refused: set[str]) -> None:
    assert refused_inputs("hund-abmelden", {**DEREGISTER_MINIMAL, **change}) == refused
