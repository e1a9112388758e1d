"""meldebescheinigung, fuehrungszeugnis, ausweis-verlust and briefwahl."""

from __future__ import annotations

import pytest

from tests.forms.filing import PERSON, catalogue, file_form, refused_inputs

CERTIFICATE_MINIMAL = {**PERSON, "kind": "simple", "purpose": "private", "copies": "1", "own_request": "yes"}
CERTIFICATE_COMPLETE = {
    **CERTIFICATE_MINIMAL,
    "kind": "extended",
    "extras": ["marital_status", "birth_place"],
    "purpose": "marriage",
    "copies": "2",
    "phone": "+49 4441 8980",
}


def test_a_complete_registration_certificate() -> None:
    filing = file_form("meldebescheinigung", CERTIFICATE_COMPLETE)
    assert filing.errors == {}
    assert filing.answers["extras"] == ["birth_place", "marital_status"]


def test_a_minimal_registration_certificate() -> None:
    filing = file_form("meldebescheinigung", CERTIFICATE_MINIMAL)
    assert filing.errors == {}
    assert "extras" not in filing.pages


def test_a_registration_certificate_goes_nowhere_but_home() -> None:
    """Section 18 BMG: nobody signed in, so the only address asked for is the registered one."""
    addresses = [
        f.key for step in catalogue()["meldebescheinigung"].steps for f in step.fields if f.type == "address"
    ]
    assert addresses == ["residence"]


@pytest.mark.parametrize(
    ("change", "refused"),
    [
        ({"kind": "extended"}, {"extras"}),
        ({"copies": "6"}, {"copies"}),
        ({"own_request": ""}, {"own_request"}),
        ({"birth_date": "1.1.2030"}, {"birth_date"}),
        ({"residence.city": ""}, {"residence.city"}),
        ({"family_name": "Beispiel 2"}, {"family_name"}),
    ],
)
def test_registration_certificates_that_are_refused(change: dict[str, str], refused: set[str]) -> None:
    assert refused_inputs("meldebescheinigung", {**CERTIFICATE_MINIMAL, **change}) == refused


CONDUCT_MINIMAL = {
    **PERSON,
    "kind": "simple",
    "recipient": "me",
    "purpose": "work",
    "birth_place": "Vechta",
    "nationality": "DE",
    "way": "in_person",
    "prepared_only": "yes",
}
CONDUCT_COMPLETE = {
    **CONDUCT_MINIMAL,
    "kind": "extended",
    "recipient": "court_first",
    "authority_name": "Landkreis Beispiel",
    "authority_address.street": "Am Kreishaus",
    "authority_address.house_number": "1",
    "authority_address.postcode": "49377",
    "authority_address.city": "Vechta",
    "authority_reference": "51-Pflege 7",
    "court": "Amtsgericht Vechta",
    "request": ["d1"],
    "purpose": "volunteer",
    "birth_name": "Muster",
    "birth_date": "00.00.1960",
    "way": "certified",
    "email": "anne@beispiel.example",
}


def test_a_complete_preparation_of_a_certificate_of_conduct() -> None:
    filing = file_form("fuehrungszeugnis", CONDUCT_COMPLETE)
    assert filing.errors == {}
    assert {"authority", "court", "request"} <= set(filing.pages)
    assert filing.answers["birth_date"] == "1960-00-00"


def test_a_minimal_preparation_of_a_certificate_of_conduct() -> None:
    filing = file_form("fuehrungszeugnis", CONDUCT_MINIMAL)
    assert filing.errors == {}
    assert not {"authority", "court", "request"} & set(filing.pages)


def test_the_certificate_of_conduct_says_first_that_this_is_no_application_and_where_it_is() -> None:
    notice = catalogue()["fuehrungszeugnis"].notice
    assert notice is not None
    assert notice.kind == "warning"
    assert notice.links[0].url == "https://www.fuehrungszeugnis.bund.de"
    assert len(notice.links) == 3
    assert "noch nicht stellen" in notice.text["de"]


@pytest.mark.parametrize(
    ("change", "refused"),
    [
        ({"birth_date": "21.11.2012"}, {"birth_date"}),
        ({"recipient": "authority"}, {"authority_name", "authority_address", "authority_reference"}),
        ({"prepared_only": ""}, {"prepared_only"}),
        ({"nationality": "XX"}, {"nationality"}),
        ({"way": "online"}, {"way"}),
    ],
)
def test_preparations_that_are_refused(change: dict[str, str], refused: set[str]) -> None:
    assert refused_inputs("fuehrungszeugnis", {**CONDUCT_MINIMAL, **change}) == refused


LOSS_MINIMAL = {
    **PERSON,
    "what": "lost",
    "documents": ["passport"],
    "date": "19.11.2026",
    "place": "Bremen",
    "police_report": "no",
    "birth_place": "Vechta",
    "reporter": "holder",
    "truth": "yes",
}
LOSS_COMPLETE = {
    **LOSS_MINIMAL,
    "what": "stolen",
    "documents": ["id_card", "passport"],
    "card_number": "l01x 00t47",
    "passport_number": "C01X00T47",
    "issuer": "Stadt Vechta",
    "how": "Aus der Tasche\nim Zug",
    "police_report": "yes",
    "police_station": "Bundespolizei Bremen",
    "police_number": "2026/1234",
    "eid": "not_yet",
    "reporter": "guardian",
    "representative_given_names": "Bea",
    "representative_family_name": "Beispiel",
    "email": "anne@beispiel.example",
}


def test_a_complete_report_of_a_theft() -> None:
    filing = file_form("ausweis-verlust", LOSS_COMPLETE)
    assert filing.errors == {}
    assert filing.answers["card_number"] == "L01X00T47"
    assert "call_now" in filing.pages


def test_a_minimal_report_of_a_loss() -> None:
    filing = file_form("ausweis-verlust", LOSS_MINIMAL)
    assert filing.errors == {}
    assert "eid" not in filing.pages  # A passport has no online function.


def test_a_document_that_was_found_again() -> None:
    found = {
        **PERSON,
        "what": "found",
        "documents": ["id_card"],
        "found_date": "19.11.2026",
        "found_place": "Zu Hause",
        "birth_place": "Vechta",
        "reporter": "holder",
        "truth": "yes",
    }
    filing = file_form("ausweis-verlust", found)
    assert filing.errors == {}
    assert not {"circumstances", "police", "eid"} & set(filing.pages)


def test_the_report_says_first_that_it_does_not_block_the_online_function() -> None:
    notice = catalogue()["ausweis-verlust"].notice
    assert notice is not None
    assert notice.kind == "warning"
    assert "sperrt die Online-Funktion nicht" in notice.text["de"]
    assert notice.links[0].url == "tel:+49116116"


@pytest.mark.parametrize(
    ("change", "refused"),
    [
        ({"date": "21.11.2026"}, {"date"}),
        ({"documents": []}, {"documents"}),
        ({"documents": ["id_card"]}, {"eid"}),
        ({"passport_number": "12"}, {"passport_number"}),
        ({"police_report": "yes"}, {"police_station"}),
        ({"reporter": "parent"}, {"representative_given_names", "representative_family_name"}),
        ({"what": "found"}, {"found_date", "found_place"}),
        ({"truth": ""}, {"truth"}),
    ],
)
def test_reports_that_are_refused(change: dict[str, str | list[str]], refused: set[str]) -> None:
    assert refused_inputs("ausweis-verlust", {**LOSS_MINIMAL, **change}) == refused


VOTE_MINIMAL = {**PERSON, "election": "local", "run_off": "no", "delivery": "home", "own_request": "yes"}
VOTE_COMPLETE = {
    **VOTE_MINIMAL,
    "election": "bundestag",
    "how": "postal",
    "district": "012",
    "roll_number": "345",
    "delivery": "other",
    "recipient": "Hotel Beispiel",
    "other_address.city": "Palma",
    "other_address.country": "ES",
    "email": "anne@beispiel.example",
}


def test_a_complete_application_for_a_postal_vote() -> None:
    filing = file_form("briefwahl", VOTE_COMPLETE)
    assert filing.errors == {}
    assert "run_off" not in filing.pages
    assert filing.answers["other_address"] == {"city": "Palma", "country": "ES"}


def test_a_minimal_application_for_a_postal_vote() -> None:
    filing = file_form("briefwahl", VOTE_MINIMAL)
    assert filing.errors == {}
    # With local elections a polling card is good for voting by post only (sections 23 and 30 NKWO).
    assert "how" not in filing.pages


def test_nobody_is_asked_why() -> None:
    fields = [field.key for step in catalogue()["briefwahl"].steps for field in step.fields]
    assert not {"reason", "why", "grounds"} & set(fields)


@pytest.mark.parametrize(
    ("change", "refused"),
    [
        ({"birth_date": ""}, {"birth_date"}),
        ({"birth_date": "1.1.2015"}, {"birth_date"}),
        ({"election": "bundestag"}, {"how"}),
        ({"delivery": "other"}, {"other_address"}),
        ({"own_request": ""}, {"own_request"}),
        ({"residence.house_number": ""}, {"residence.house_number"}),
        ({"election": "pope"}, {"election"}),
    ],
)
def test_applications_for_a_postal_vote_that_are_refused(change: dict[str, str], refused: set[str]) -> None:
    assert refused_inputs("briefwahl", {**VOTE_MINIMAL, **change}) - {"run_off"} == refused
