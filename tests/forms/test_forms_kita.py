"""kita-anmeldung."""

from __future__ import annotations

import pytest

from tests.forms.filing import catalogue, file_form, refused_inputs

MINIMAL = {
    "child_given_names": "Ida",
    "child_family_name": "Beispiel",
    "child_birth_date": "1.5.2023",
    "child_address.street": "Große Straße",
    "child_address.house_number": "12",
    "child_address.postcode": "49377",
    "child_address.city": "Vechta",
    "custody": "one",
    "parents.0.given_names": "Änne",
    "parents.0.family_name": "Beispiel",
    "phone": "04441 8980",
    "type": "nursery",
    "start": "1.8.2027",
    "hours": "morning",
    "elsewhere": "yes",
    "entitled": "yes",
}
COMPLETE = {
    **MINIMAL,
    "child_sex": "female",
    "custody": "both",
    "parents.1.given_names": "Ben",
    "parents.1.family_name": "Muster",
    "parents.1.address.street": "Am Markt",
    "parents.1.address.house_number": "1",
    "parents.1.address.postcode": "49661",
    "parents.1.address.city": "Cloppenburg",
    "parents.1.address.country": "DE",
    "email": "anne@beispiel.example",
    "hours": "full_day",
    "extra_hours": ["early", "late"],
    "need": ["work"],
    "facilities.0.name": "Kita Sonnenschein",
    "facilities.1.name": "Kita Regenbogen",
    "elsewhere": "no",
    "siblings.0.given_name": "Ole",
    "siblings.0.birth_date": "1.5.2021",
    "siblings.0.facility": "Kita Sonnenschein",
    "support": ["language", "talk"],
    "language": "Deutsch, Polnisch",
    "remarks": "Am liebsten zusammen mit Ole",
}


def test_a_complete_registration() -> None:
    filing = file_form("kita-anmeldung", COMPLETE)
    assert filing.errors == {}
    assert [each["name"] for each in filing.answers["facilities"]] == ["Kita Sonnenschein", "Kita Regenbogen"]
    assert filing.answers["parents"][1]["address"]["city"] == "Cloppenburg"


def test_a_minimal_registration() -> None:
    filing = file_form("kita-anmeldung", MINIMAL)
    assert filing.errors == {}
    assert "need" not in filing.pages


def test_a_child_that_is_not_yet_born() -> None:
    unborn = {**MINIMAL, "child_birth_date": "1.4.2027", "type": "creche", "start": "1.8.2028"}
    assert file_form("kita-anmeldung", unborn).errors == {}


@pytest.mark.parametrize(
    ("change", "refused"),
    [
        ({"phone": ""}, {"email"}),
        ({"child_birth_date": "1.5.2010"}, {"child_birth_date"}),
        ({"child_birth_date": "1.4.2027", "start": "1.1.2027"}, {"start"}),
        ({"start": "1.8.2020"}, {"start"}),
        ({"parents.0.family_name": ""}, {"parents.0.family_name"}),
        (
            {"parents.0.address.street": "Am Markt"},
            {
                "parents.0.address.house_number",
                "parents.0.address.postcode",
                "parents.0.address.city",
                "parents.0.address.country",
            },
        ),
        ({"siblings.0.given_name": "Ole"}, {"siblings.0.birth_date", "siblings.0.facility"}),
        ({"entitled": ""}, {"entitled"}),
        ({"child_given_names": "Ida\x00"}, {"child_given_names"}),
    ],
)
def test_registrations_that_are_refused(change: dict[str, str], refused: set[str]) -> None:
    assert refused_inputs("kita-anmeldung", {**MINIMAL, **change}) == refused


def test_income_and_diagnoses_are_not_asked_for() -> None:
    text = catalogue()["kita-anmeldung"].to_json()
    fields = [field for step in catalogue()["kita-anmeldung"].steps for field in step.fields]
    assert not [field for field in fields if field.type == "money"]
    assert "Bitte keine Angaben zur Gesundheit und zum Einkommen" in text
    support = next(field for field in fields if field.key == "support")
    assert not support.required
    assert support.type == "multiple"
