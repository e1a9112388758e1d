"""wohnsitz-ummelden, bewohnerparkausweis, sperrmuell and wahlhelfer-meldung."""

from __future__ import annotations

import pytest

from kreisportal.cases.applicant import postal_lines
from tests.forms.filing import PERSON, catalogue, file_form, refused_inputs

MOVE_MINIMAL = {
    **PERSON,
    "occasion": "moved",
    "moved_in": "15.11.2026",
    "old_address.street": "Kirchstraße",
    "old_address.house_number": "3",
    "old_address.postcode": "49377",
    "old_address.city": "Vechta",
    "old_address.country": "DE",
    "other_home": "no",
    "landlord": "own",
    "way": "in_person",
    "prepared_only": "yes",
}
LANDLORD = {
    "landlord": "landlord",
    "landlord_name": "Wohnbau Beispiel GmbH",
    "landlord_address.street": "Am Markt",
    "landlord_address.house_number": "1",
    "landlord_address.postcode": "49377",
    "landlord_address.city": "Vechta",
    "landlord_address.country": "DE",
}
MOVE_COMPLETE = {
    **MOVE_MINIMAL,
    **LANDLORD,
    "position": "2. Stock links",
    "owner_name": "Ida Muster",
    "confirmation": "have",
    "confirmation_scan": ["d1"],
    "other_home": "yes",
    "main": "new",
    "other_address.street": "Nordstraße",
    "other_address.house_number": "5",
    "other_address.postcode": "26122",
    "other_address.city": "Oldenburg",
    "family.0.given_names": "Bea",
    "family.0.family_name": "Beispiel-Øster",
    "family.0.birth_date": "1.2.2020",
    "family.0.kinship": "child",
    "custody": "yes",
    "way": "authorised",
    "entitled": "yes",
    "email": "anne@beispiel.example",
}


def test_a_complete_preparation_of_a_move() -> None:
    filing = file_form("wohnsitz-ummelden", MOVE_COMPLETE)
    assert filing.errors == {}
    assert {"landlord_details", "confirmation", "main", "custody"} <= set(filing.pages)
    assert filing.answers["family"][0]["birth_date"] == "2020-02-01"


def test_a_minimal_preparation_of_a_move() -> None:
    filing = file_form("wohnsitz-ummelden", MOVE_MINIMAL)
    assert filing.errors == {}
    assert not {"landlord_details", "confirmation", "code", "main", "custody", "wait"} & set(filing.pages)


def test_a_landlord_who_confirmed_electronically_gave_a_code() -> None:
    coded = {**MOVE_MINIMAL, **LANDLORD, "confirmation": "number"}
    assert refused_inputs("wohnsitz-ummelden", coded) == {"reference_code"}
    assert file_form("wohnsitz-ummelden", {**coded, "reference_code": "ABC-123"}).errors == {}


def test_only_someone_who_will_move_names_a_day_to_come() -> None:
    later = {**MOVE_MINIMAL, "moved_in": "1.12.2026"}
    assert refused_inputs("wohnsitz-ummelden", later) == {"moved_in"}
    filing = file_form("wohnsitz-ummelden", {**later, "occasion": "moving"})
    assert filing.errors == {}
    assert "wait" in filing.pages


def test_another_main_home_needs_no_landlord() -> None:
    """Section 21(4) BMG: nobody has moved in, so there is nothing to confirm."""
    filing = file_form("wohnsitz-ummelden", {**MOVE_MINIMAL, "occasion": "main_home"})
    assert filing.errors == {}
    assert "landlord" not in filing.pages


def test_the_preparation_says_first_that_nothing_is_registered_yet_and_which_ways_there_are() -> None:
    notice = catalogue()["wohnsitz-ummelden"].notice
    assert notice is not None
    assert notice.kind == "warning"
    assert "noch nicht umgemeldet" in notice.title["de"]
    assert [link.url for link in notice.links] == ["https://wohnsitzanmeldung.gov.de", "", ""]


@pytest.mark.parametrize(
    ("change", "refused"),
    [
        ({"prepared_only": ""}, {"prepared_only"}),
        ({"birth_date": "1.1.2015"}, {"birth_date"}),
        ({"moved_in": "1.12.2027"}, {"moved_in"}),
        ({"other_home": "yes"}, {"main", "other_address"}),
        ({"landlord": "landlord"}, {"landlord_name", "landlord_address", "confirmation"}),
        (
            {"family.0.given_names": "Bea"},
            {"family.0.family_name", "family.0.birth_date", "family.0.kinship"},
        ),
        ({"way": "online"}, {"way"}),
    ],
)
def test_preparations_that_are_refused(change: dict[str, str], refused: set[str]) -> None:
    assert refused_inputs("wohnsitz-ummelden", {**MOVE_MINIMAL, **change}) == refused


PARKING_MINIMAL = {
    **PERSON,
    "occasion": "new",
    "home_kind": "main",
    "keeper": "me",
    "plate": "vec - ab 123",
    "start": "1.12.2026",
    "truth": "yes",
}
PARKING_COMPLETE = {
    **PARKING_MINIMAL,
    "occasion": "change",
    "permit_number": "B 77",
    "home_kind": "second",
    "zone": "C",
    "keeper": "employer",
    "registration_paper": ["d2"],
    "keeper_name": "Beispiel GmbH",
    "permission_paper": ["d1"],
    "email": "anne@beispiel.example",
}


def test_a_complete_application_for_a_parking_permit() -> None:
    filing = file_form("bewohnerparkausweis", PARKING_COMPLETE)
    assert filing.errors == {}
    assert {"former", "permission"} <= set(filing.pages)


def test_a_minimal_application_for_a_parking_permit() -> None:
    filing = file_form("bewohnerparkausweis", PARKING_MINIMAL)
    assert filing.errors == {}
    assert filing.answers["plate"] == "VECAB123"
    assert not {"former", "permission", "sharing"} & set(filing.pages)


def test_car_sharing_has_no_number_plate() -> None:
    sharing = {**PARKING_MINIMAL, "keeper": "sharing", "sharing_name": "Moin-Auto", "sharing_paper": ["d1"]}
    filing = file_form("bewohnerparkausweis", sharing)
    assert filing.errors == {}
    assert "plate" not in filing.pages


@pytest.mark.parametrize(
    ("change", "refused"),
    [
        ({"plate": "123"}, {"plate"}),
        ({"plate": ""}, {"plate"}),
        ({"keeper": "other"}, {"keeper_name", "permission_paper"}),
        ({"keeper": "sharing"}, {"sharing_name", "sharing_paper"}),
        ({"start": "19.11.2026"}, {"start"}),
        ({"truth": ""}, {"truth"}),
        ({"residence.postcode": "4937"}, {"residence.postcode"}),
    ],
)
def test_applications_for_a_parking_permit_that_are_refused(
    change: dict[str, str], refused: set[str]
) -> None:
    assert refused_inputs("bewohnerparkausweis", {**PARKING_MINIMAL, **change}) == refused


BULKY_MINIMAL = {
    **PERSON,
    "items.0.name": "Sofa",
    "items.0.count": "1",
    "cubic_metres": "2",
    "long_items": "no",
    "role": "tenant",
    "private_household": "yes",
}
BULKY_COMPLETE = {
    **BULKY_MINIMAL,
    "items.1.name": "Stühle",
    "items.1.count": "6",
    "cubic_metres": "3,5",
    "long_items": "yes",
    "electrical": ["cooling", "screen"],
    "spot": "An der Ecke Kirchweg",
    "earliest": "1.12.2026",
    "waste_number": "4711-0",
    "phone": "04441 898-0",
}


def test_a_complete_booking_of_a_collection() -> None:
    filing = file_form("sperrmuell", BULKY_COMPLETE)
    assert filing.errors == {}
    assert filing.answers["items"] == [{"name": "Sofa", "count": 1}, {"name": "Stühle", "count": 6}]
    assert filing.answers["cubic_metres"] == "3.5"


def test_a_minimal_booking_of_a_collection() -> None:
    filing = file_form("sperrmuell", BULKY_MINIMAL)
    assert filing.errors == {}
    assert not {"other_house", "own_address"} & set(filing.answers)


def test_whoever_clears_another_house_gets_the_letter_at_home() -> None:
    house = {
        "other_house.street": "Kirchstraße",
        "other_house.house_number": "3",
        "other_house.postcode": "49393",
        "other_house.city": "Lohne",
    }
    home = {f"own_address.{part.partition('.')[2]}": text for part, text in PERSON.items() if "." in part}
    clearing = {**BULKY_MINIMAL, **house, **home, "own_address.country": "DE", "role": "helper"}
    filing = file_form("sperrmuell", clearing)
    assert filing.errors == {}
    assert "residence" not in filing.answers
    assert postal_lines(catalogue()["sperrmuell"], filing.answers) == ("Große Straße 12a", "49377 Vechta")


@pytest.mark.parametrize(
    ("change", "refused"),
    [
        ({"items.0.count": "0"}, {"items.0.count"}),
        ({"items.0.name": "", "items.0.count": ""}, {"items"}),
        ({"cubic_metres": "viel"}, {"cubic_metres"}),
        ({"earliest": "19.11.2026"}, {"earliest"}),
        ({"role": "helper"}, {"other_house", "own_address"}),
        ({"private_household": ""}, {"private_household"}),
        ({"residence.street": ""}, {"residence.street"}),
    ],
)
def test_bookings_that_are_refused(change: dict[str, str], refused: set[str]) -> None:
    assert refused_inputs("sperrmuell", {**BULKY_MINIMAL, **change}) == refused


HELPER_MINIMAL = {
    **PERSON,
    "election": "next",
    "citizenship": "german",
    "task": "either",
    "experience": "never",
    "keep": "no",
    "entitled": "yes",
}
HELPER_COMPLETE = {
    **HELPER_MINIMAL,
    "election": "local",
    "citizenship": "eu",
    "birth_date": "1.1.2010",
    "task": "postal",
    "experience": "secretary",
    "station_wish": "Grundschule",
    "together": "Bea Beispiel",
    "needs": "Ohne Stufen",
    "iban": "DE89 3704 0044 0532 0130 00",
    "keep": "yes",
    "email": "anne@beispiel.example",
}


def test_a_complete_offer_to_help_at_an_election() -> None:
    filing = file_form("wahlhelfer-meldung", HELPER_COMPLETE)
    assert filing.errors == {}
    assert filing.answers["keep"] is True


def test_a_minimal_offer_to_help_at_an_election() -> None:
    filing = file_form("wahlhelfer-meldung", HELPER_MINIMAL)
    assert filing.errors == {}
    assert filing.answers["keep"] is False


@pytest.mark.parametrize(
    ("change", "refused"),
    [
        ({"birth_date": "1.1.2011"}, {"birth_date"}),
        ({"iban": "DE00"}, {"iban"}),
        ({"keep": ""}, {"keep"}),
        ({"entitled": ""}, {"entitled"}),
        ({"citizenship": ""}, {"citizenship"}),
        ({"task": "head"}, {"task"}),
    ],
)
def test_offers_that_are_refused(change: dict[str, str], refused: set[str]) -> None:
    assert refused_inputs("wahlhelfer-meldung", {**HELPER_MINIMAL, **change}) == refused
