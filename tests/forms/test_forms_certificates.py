"""geburtsurkunde, eheurkunde and sterbeurkunde."""

from __future__ import annotations

import pytest

from kreisportal.forms import needed_trust, visible_steps
from tests.forms.filing import PERSON, catalogue, file_form, refused_inputs

HOME = {**PERSON, "residence.country": "DE"}
POST = {**HOME, "purpose": "general", "delivery": "post", "identity_copy": ["d2"], "truth": "yes"}

BIRTH_MINIMAL = {
    **HOME,
    "relation": "self",
    "child_given_names": "Änne Łucja",
    "child_birth_name": "Muster",
    "child_birth_date": "24.12.1980",
    "certificates": "1",
    "purpose": "general",
    "delivery": "collect",
    "truth": "yes",
}
BIRTH_COMPLETE = {
    **BIRTH_MINIMAL,
    **POST,
    "relation": "sibling",
    "interest": "Für die Ahnentafel unserer Familie",
    "interest_proof": ["d1"],
    "child_birth_date": "00.00.1950",
    "birth_place_detail": "Marienhospital",
    "parents": "Ida und Otto Muster",
    "register_number": "G 12/1950",
    "certificates": "2",
    "multilingual": "1",
    "printouts": "1",
    "leave_out": ["parents"],
    "residence.street": "",
    "residence.house_number": "",
    "residence.postcode": "",
    "residence.city": "Wien",
    "residence.country": "AT",
    "email": "anne@beispiel.example",
}


def test_a_complete_order_of_birth_certificates() -> None:
    filing = file_form("geburtsurkunde", BIRTH_COMPLETE)
    assert filing.errors == {}
    assert filing.answers["child_birth_date"] == "1950-00-00"
    assert filing.answers["leave_out"] == ["parents"]
    assert "identity" in filing.pages
    assert "relative" not in filing.pages


@pytest.mark.parametrize(
    ("delivery", "asked", "level"),
    [("post", "identity", "none"), ("post_proven", "proof", "substantial"), ("collect", "", "none")],
)
@pytest.mark.parametrize("key", ["geburtsurkunde", "eheurkunde", "sterbeurkunde"])
def test_nobody_must_sign_in_for_a_certificate_but_who_wants_to(
    key: str, delivery: str, asked: str, level: str
) -> None:
    form, answers = catalogue()[key], {"delivery": delivery}
    shown = {each.step.key for each in visible_steps(form, answers)} & {"identity", "proof"}
    assert shown == ({asked} if asked else set())
    assert needed_trust(form, answers) == level


def test_whoever_collects_their_own_birth_certificate_needs_no_copy_of_an_identity_card() -> None:
    filing = file_form("geburtsurkunde", BIRTH_MINIMAL)
    assert filing.errors == {}
    assert not {"interest", "authority", "relative", "identity"} & set(filing.pages)


def test_a_printout_has_nothing_to_leave_out() -> None:
    """Section 59(2) PStG is about the birth certificate only."""
    filing = file_form("geburtsurkunde", {**BIRTH_MINIMAL, "certificates": "", "printouts": "1"})
    assert filing.errors == {}
    assert "contents" not in filing.pages


@pytest.mark.parametrize(
    ("change", "refused"),
    [
        ({"certificates": ""}, {"certificates"}),
        ({"certificates": "11"}, {"certificates"}),
        ({"birth_date": "21.11.2010"}, {"birth_date"}),
        ({"child_birth_date": "1.1.1900"}, {"child_birth_date"}),
        ({"child_birth_name": ""}, {"child_birth_name"}),
        ({"relation": "other"}, {"interest"}),
        ({"relation": "sibling", "interest": "Darum"}, {"interest"}),
        ({"relation": "authorised"}, {"principal_name", "authority_paper"}),
        ({"delivery": "post"}, {"identity_copy"}),
        ({"truth": ""}, {"truth"}),
    ],
)
def test_orders_of_birth_certificates_that_are_refused(change: dict[str, str], refused: set[str]) -> None:
    assert refused_inputs("geburtsurkunde", {**BIRTH_MINIMAL, **change}) == refused


MARRIAGE_MINIMAL = {
    **POST,
    "relation": "self",
    "kind": "marriage",
    "first_given_names": "Änne",
    "first_family_name": "Muster",
    "second_given_names": "Øyvind",
    "second_family_name": "Beispiel-Øster",
    "wedding_date": "1.6.2001",
    "certificates": "1",
}
MARRIAGE_COMPLETE = {
    **MARRIAGE_MINIMAL,
    "relation": "descendant",
    "relative_proof": ["d1"],
    "wedding_date": "00.06.1960",
    "register_number": "E 45/1960",
    "multilingual": "1",
    "printouts": "2",
    "purpose": "marriage",
    "phone": "04441 898-0",
}


def test_a_complete_order_of_marriage_certificates() -> None:
    filing = file_form("eheurkunde", MARRIAGE_COMPLETE)
    assert filing.errors == {}
    assert {"relative", "identity"} <= set(filing.pages)
    assert filing.answers["multilingual"] == 1


def test_a_minimal_order_of_a_marriage_certificate() -> None:
    filing = file_form("eheurkunde", MARRIAGE_MINIMAL)
    assert filing.errors == {}
    assert not {"interest", "authority", "relative"} & set(filing.pages)


def test_siblings_need_a_legal_interest_in_a_marriage() -> None:
    """Section 62(1) PStG favours siblings in the registers of births and deaths only."""
    relations = catalogue()["eheurkunde"].field("relation")
    assert relations is not None
    assert "sibling" not in {choice.key for choice in relations.choices}


@pytest.mark.parametrize(
    ("change", "refused"),
    [
        ({"wedding_date": "1.1.1940"}, {"wedding_date"}),
        ({"wedding_date": "21.11.2026"}, {"wedding_date"}),
        ({"second_family_name": ""}, {"second_family_name"}),
        ({"kind": "partnership", "certificates": "", "multilingual": "1"}, {"certificates"}),
        ({"relation": "other"}, {"interest"}),
        ({"identity_copy": []}, {"identity_copy"}),
    ],
)
def test_orders_of_marriage_certificates_that_are_refused(
    change: dict[str, str | list[str]], refused: set[str]
) -> None:
    assert refused_inputs("eheurkunde", {**MARRIAGE_MINIMAL, **change}) == refused


DEATH_MINIMAL = {
    **POST,
    "relation": "descendant",
    "deceased_given_names": "Otto",
    "deceased_family_name": "Muster",
    "death_date": "1.11.2026",
    "certificates": "5",
}
DEATH_COMPLETE = {
    **DEATH_MINIMAL,
    "relation": "authorised",
    "principal_name": "Ida Muster",
    "authority_paper": ["d1", "d2"],
    "deceased_birth_name": "Beispiel",
    "deceased_birth_date": "00.00.1935",
    "death_place_detail": "Haus Abendruh",
    "register_number": "S 78/2026",
    "multilingual": "1",
    "printouts": "1",
    "purpose": "both",
    "email": "anne@beispiel.example",
}


def test_a_complete_order_of_death_certificates() -> None:
    filing = file_form("sterbeurkunde", DEATH_COMPLETE)
    assert filing.errors == {}
    assert "authority" in filing.pages
    assert filing.answers["certificates"] == 5


def test_a_minimal_order_of_death_certificates() -> None:
    filing = file_form("sterbeurkunde", DEATH_MINIMAL)
    assert filing.errors == {}
    assert not {"interest", "authority"} & set(filing.pages)


@pytest.mark.parametrize(
    ("change", "refused"),
    [
        ({"death_date": "1.1.1990"}, {"death_date"}),
        ({"deceased_birth_date": "2.11.2026"}, {"death_date"}),
        ({"certificates": "21"}, {"certificates"}),
        ({"relation": "sibling"}, {"interest"}),
        ({"relation": "other"}, {"interest"}),
        ({"purpose": "marriage"}, {"purpose"}),
        ({"deceased_family_name": "Muster 3"}, {"deceased_family_name"}),
    ],
)
def test_orders_of_death_certificates_that_are_refused(change: dict[str, str], refused: set[str]) -> None:
    assert refused_inputs("sterbeurkunde", {**DEATH_MINIMAL, **change}) == refused


@pytest.mark.parametrize("key", ["geburtsurkunde", "eheurkunde", "sterbeurkunde"])
def test_the_order_says_first_who_may_have_the_certificate(key: str) -> None:
    notice = catalogue()[key].notice
    assert notice is not None
    assert "Enkel" in notice.text["de"]
    assert "Archiv" in notice.text["de"]
