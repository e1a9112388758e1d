"""The three business notices, against the annexes of the Gewerbeanzeigeverordnung."""

from __future__ import annotations

import re

import pytest

from tests.forms.filing import PERSON, catalogue, file_form, refused_inputs

OWNER = {
    **PERSON,
    "residence.country": "DE",
    "gender": "none",
    "birth_place": "Vechta",
    "nationality": "DE",
    "legal_form": "sole",
    "branch": "main",
    "sector": ["trade"],
    "side_job": "no",
    "full_time": "0",
    "part_time": "1",
    "identity": "yes",
    "truth": "yes",
}
COMPANY = {
    "legal_form": "gmbh",
    "company_name": "Beispiel Möbel GmbH",
    "registered": "yes",
    "register_place": "Amtsgericht Oldenburg",
    "register_number": "HRB 123456",
    "birth_name": "Muster",
    "managers": "2",
    "other_managers.0.given_names": "Ben",
    "other_managers.0.family_name": "Beispiel",
    "other_managers.0.birth_date": "1.2.1985",
    "public_share": "no",
    "business_name": "Möbel am Markt",
    "branch": "branch",
    "main_address.street": "Hauptweg",
    "main_address.house_number": "2",
    "main_address.postcode": "26121",
    "main_address.city": "Oldenburg",
    "main_address.country": "DE",
    "site_manager": "Ben Beispiel",
    "sector": ["craft", "trade"],
    "craft_card": "yes",
    "craft_card_date": "1.10.2026",
    "craft_chamber": "Handwerkskammer Oldenburg",
    "papers": ["d1", "d2"],
    "email": "anne@beispiel.example",
    "phone": "04441 8980",
}
SITE = {
    "site_address.street": "Am Markt",
    "site_address.house_number": "1",
    "site_address.postcode": "49377",
    "site_address.city": "Vechta",
}

START_MINIMAL = {
    **OWNER,
    "site_at_home": "yes",
    "activity": "Einzelhandel mit Fahrrädern",
    "special": "none",
    "start": "1.12.2026",
    "reason": "new",
    "licence": "not_needed",
}
START_COMPLETE = {
    **START_MINIMAL,
    **COMPANY,
    **SITE,
    "site_at_home": "no",
    "nationality": "TR",
    "residence_title_date": "1.1.2020",
    "residence_title_authority": "Landkreis Vechta",
    "residence_title_limits": "keine",
    "reason": "moved",
    **{name.replace("site_address", "former_site"): value for name, value in SITE.items()},
    "licence": "have",
    "licence_date": "1.10.2026",
    "licence_authority": "Stadt Vechta",
    "accident_insurer": "BGHW 12345",
}


def test_a_complete_registration() -> None:
    filing = file_form("gewerbe-anmelden", START_COMPLETE)
    assert filing.errors == {}
    assert {
        "company",
        "register",
        "others",
        "main_site",
        "former_site",
        "craft_card_details",
        "residence_title",
    } <= set(filing.pages)
    assert filing.answers["other_managers"][0]["birth_date"] == "1985-02-01"


def test_a_minimal_registration_asks_a_sole_trader_nothing_about_companies() -> None:
    filing = file_form("gewerbe-anmelden", START_MINIMAL)
    assert filing.errors == {}
    left_out = {
        "company",
        "register",
        "founding",
        "others",
        "site_address",
        "main_site",
        "former_site",
        "former_owner",
    }
    assert not left_out & set(filing.pages)


def test_a_company_in_formation_learns_what_it_needs() -> None:
    founding = {**START_MINIMAL, **COMPANY, "registered": "no"}
    filing = file_form("gewerbe-anmelden", founding)
    assert filing.errors == {}
    assert "founding" in filing.pages
    assert "register" not in filing.pages


@pytest.mark.parametrize(
    ("change", "refused"),
    [
        ({"activity": "Handel"}, {"activity"}),
        ({"start": "1.12.2027"}, {"start"}),
        ({"reason": "bought"}, {"former_owner"}),
        ({"reason": "moved"}, {"former_site"}),
        ({"nationality": "TR"}, {"residence_title_date", "residence_title_authority"}),
        ({"nationality": "AT"}, set()),
        ({"licence": "have"}, {"licence_date", "licence_authority"}),
        ({"sector": ["craft"]}, {"craft_card"}),
        ({"branch": "dependent"}, {"main_address", "site_manager"}),
        ({"legal_form": "gmbh"}, {"company_name", "registered", "managers", "public_share"}),
        ({"identity": ""}, {"identity"}),
        ({"full_time": "-1"}, {"full_time"}),
        ({"residence.country": ""}, {"residence.country"}),
    ],
)
def test_registrations_that_are_refused(change: dict[str, str | list[str]], refused: set[str]) -> None:
    assert refused_inputs("gewerbe-anmelden", {**START_MINIMAL, **change}) == refused


CHANGE_MINIMAL = {
    **OWNER,
    **SITE,
    "change": ["moved"],
    "date": "1.11.2026",
    **{name.replace("site_address", "new_site_address"): value for name, value in SITE.items()},
    "former_activity": "Einzelhandel mit Fahrrädern",
}
CHANGE_COMPLETE = {
    **CHANGE_MINIMAL,
    **COMPANY,
    "change": ["moved", "other_activity", "side_job"],
    "new_activity": "Reparatur von Fahrrädern",
    "licence": "missing",
}


def test_a_complete_change() -> None:
    filing = file_form("gewerbe-ummelden", CHANGE_COMPLETE)
    assert filing.errors == {}
    assert filing.answers["change"] == ["moved", "other_activity", "side_job"]


def test_a_minimal_change() -> None:
    filing = file_form("gewerbe-ummelden", CHANGE_MINIMAL)
    assert filing.errors == {}
    assert not {"new_activity", "licence"} & set(filing.pages)


@pytest.mark.parametrize(
    ("change", "refused"),
    [
        ({"change": []}, {"change"}),
        ({"change": ["more_activity"]}, {"new_activity", "licence"}),
        ({"change": ["less_activity"]}, {"new_activity"}),
        ({"new_site_address.postcode": "4937"}, {"new_site_address.postcode"}),
        ({"date": "1.11.2028"}, {"date"}),
        ({"former_activity": ""}, {"former_activity"}),
        ({"truth": ""}, {"truth"}),
    ],
)
def test_changes_that_are_refused(change: dict[str, str | list[str]], refused: set[str]) -> None:
    assert refused_inputs("gewerbe-ummelden", {**CHANGE_MINIMAL, **change}) == refused


END_MINIMAL = {
    **OWNER,
    **SITE,
    "reason": "closed",
    "cause": "Alter",
    "date": "31.10.2026",
    "special": "none",
    "activity": "Einzelhandel",
}
END_COMPLETE = {**END_MINIMAL, **COMPANY, "reason": "sold", "successor": "Nachfolge Beispiel e. K."}


def test_a_complete_deregistration() -> None:
    filing = file_form("gewerbe-abmelden", END_COMPLETE)
    assert filing.errors == {}
    assert "successor" in filing.pages
    assert "cause" not in filing.pages


def test_a_minimal_deregistration() -> None:
    assert file_form("gewerbe-abmelden", END_MINIMAL).errors == {}


def test_who_moves_within_germany_is_told_that_nothing_needs_deregistering() -> None:
    errors = file_form("gewerbe-abmelden", {**END_MINIMAL, "reason": "moved"}).errors
    assert errors["reason"]["reason"][0].startswith("Dafür brauchen Sie keine Abmeldung.")


@pytest.mark.parametrize(
    ("change", "refused"),
    [
        ({"cause": ""}, {"cause"}),
        ({"reason": "inherited"}, {"successor"}),
        ({"reason": "moved"}, {"reason"}),
        ({"date": "31.10.2027"}, {"date"}),
        ({"site_address.street": ""}, {"site_address.street"}),
        ({"identity": ""}, {"identity"}),
    ],
)
def test_deregistrations_that_are_refused(change: dict[str, str], refused: set[str]) -> None:
    assert refused_inputs("gewerbe-abmelden", {**END_MINIMAL, **change}) == refused


@pytest.mark.parametrize(
    ("key", "annex", "numbers"),
    [
        # Fields 27 (accident insurance), 32 and 33 (date, signature) have no number of their own in the form.
        ("gewerbe-anmelden", 1, {*range(1, 27), 28, 29, 30, 31}),
        ("gewerbe-ummelden", 2, {*range(1, 29)}),
        ("gewerbe-abmelden", 3, {*range(1, 29)}),
    ],
)
def test_every_field_of_the_official_annex_is_asked_for(key: str, annex: int, numbers: set[int]) -> None:
    sources = [field.source for step in catalogue()[key].steps for field in step.fields]
    asked = set()
    for source in sources:
        match = re.match(rf"(?:Anlage {annex}|Anlagen 1 bis 3) Nr\. (\d+)(?: (?:bis|und) (\d+))?", source)
        if match:
            first, last = int(match[1]), int(match[2] or match[1])
            asked |= {*range(first, last + 1)}
    assert asked == numbers
