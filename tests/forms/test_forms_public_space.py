"""wunschkennzeichen-reservieren, brauchtumsfeuer, sondernutzung-strassen and vereinsfoerderung."""

from __future__ import annotations

import pytest

from tests.forms.filing import PERSON, file_form, refused_inputs

PLATE_MINIMAL = {
    **PERSON,
    "vehicle": "car",
    "plate_kind": "normal",
    "wish1": "AB 123",
    "similar": "ask",
    "keeper_kind": "person",
}
PLATE_COMPLETE = {
    **PLATE_MINIMAL,
    "vehicle": "motorbike",
    "plate_kind": "season",
    "season_from": "4",
    "season_to": "10",
    "short1": "a-123",
    "short2": "AB 12",
    "short3": "X 1",
    "keeper_kind": "company",
    "company_name": "Beispiel GmbH",
    "email": "anne@beispiel.example",
}


def test_a_complete_wish_for_a_number_plate() -> None:
    filing = file_form("wunschkennzeichen-reservieren", PLATE_COMPLETE)
    assert filing.errors == {}
    assert filing.answers["short1"] == "A123"
    assert {"wishes", "person"} & set(filing.pages) == set()


def test_a_minimal_wish_for_a_number_plate() -> None:
    filing = file_form("wunschkennzeichen-reservieren", PLATE_MINIMAL)
    assert filing.errors == {}
    assert filing.answers["wish1"] == "AB123"
    assert not {"season", "short_wishes", "company"} & set(filing.pages)


@pytest.mark.parametrize("wish", ["A 1", "Z 9999", "AB 999", "ka 1", "SB 18", "H 1"])
def test_numbers_that_can_be_wished_for(wish: str) -> None:
    assert file_form("wunschkennzeichen-reservieren", {**PLATE_MINIMAL, "wish1": wish}).errors == {}


@pytest.mark.parametrize(
    "wish",
    [
        "HJ 1", "KZ 12", "NS 123", "SA 1", "ss 99",  # blocked
        "AB 1234", "A 12345", "ABC 1",  # more than the eight characters of a plate leave behind VEC or CLP
        "A 01", "AB 0", "AB", "123", "Ä 12", "ÖL 1",
        "VEC-AB 123", "AB 123 E",
    ],
)  # fmt: skip
def test_numbers_that_cannot_be_wished_for(wish: str) -> None:
    assert refused_inputs("wunschkennzeichen-reservieren", {**PLATE_MINIMAL, "wish1": wish}) == {"wish1"}


@pytest.mark.parametrize("kind", ["electric", "historic", "season"])
def test_the_letter_behind_the_number_takes_a_place(kind: str) -> None:
    wish = {**PLATE_COMPLETE, "plate_kind": kind}
    assert refused_inputs("wunschkennzeichen-reservieren", {**wish, "short1": "AB 123"}) == {"short1"}
    assert refused_inputs("wunschkennzeichen-reservieren", {**wish, "short1": "HJ 12"}) == {"short1"}


@pytest.mark.parametrize(
    ("change", "refused"),
    [
        ({"wish2": "ab-123"}, {"wish2"}),
        ({"plate_kind": "season", "short1": "A 1", "season_from": "4", "season_to": "4"}, {"season_to"}),
        (
            {"plate_kind": "season", "short1": "A 1", "season_from": "0", "season_to": "13"},
            {"season_from", "season_to"},
        ),
        ({"keeper_kind": "company"}, {"company_name"}),
        ({"family_name": ""}, {"family_name"}),
        ({"residence.city": ""}, {"residence.city"}),
    ],
)
def test_wishes_that_are_refused(change: dict[str, str], refused: set[str]) -> None:
    assert refused_inputs("wunschkennzeichen-reservieren", {**PLATE_MINIMAL, **change}) == refused


FIRE_MINIMAL = {
    **PERSON,
    "occasion": "easter",
    "open_to_all": "yes",
    "day": "27.3.2027",
    "from_time": "19:30",
    "to_time": "23 Uhr",
    "place": "Am Schützenhaus 1",
    "place_details": "Wiese hinter dem Haus",
    "land": "own",
    "height": "2,5",
    "diameter": "4",
    "material": ["cuttings"],
    "to_buildings": "100",
    "to_roads": "60",
    "to_woods": "500",
    "to_lines": "500",
    "organiser": "Schützenverein Beispiel",
    "visitors": "150",
    "sales": "no",
    "mobile": "0171 1234567",
    "animals": "yes",
    "fire_safety": "yes",
    "clear_up": "yes",
}
FIRE_COMPLETE = {
    **FIRE_MINIMAL,
    "map": ["d2"],
    "land": "agreed",
    "owner_name": "Hof Beispiel, Langförden",
    "material": ["wood", "cuttings"],
    "sales": "yes",
    "second_person": "Bea Beispiel, 0171 7654321",
    "email": "anne@beispiel.example",
}


def test_a_complete_notice_of_a_fire() -> None:
    filing = file_form("brauchtumsfeuer", FIRE_COMPLETE)
    assert filing.errors == {}
    assert {"owner", "sales_note"} <= set(filing.pages)
    assert filing.answers["mobile"] == "+491711234567"


def test_a_minimal_notice_of_a_fire() -> None:
    filing = file_form("brauchtumsfeuer", FIRE_MINIMAL)
    assert filing.errors == {}
    assert not {"owner", "sales_note"} & set(filing.pages)


@pytest.mark.parametrize(
    ("change", "refused"),
    [
        ({"open_to_all": "no"}, {"open_to_all"}),
        ({"day": "19.11.2026"}, {"day"}),
        ({"from_time": "abends"}, {"from_time"}),
        ({"to_time": "25:00"}, {"to_time"}),
        ({"material": ["tyres"]}, {"material"}),
        ({"height": "20"}, {"height"}),
        ({"to_buildings": "0"}, {"to_buildings"}),
        ({"land": "agreed"}, {"owner_name"}),
        ({"birth_date": "21.11.2008"}, {"birth_date"}),
        ({"mobile": ""}, {"mobile"}),
        ({"animals": ""}, {"animals"}),
    ],
)
def test_notices_of_a_fire_that_are_refused(change: dict[str, str | list[str]], refused: set[str]) -> None:
    assert refused_inputs("brauchtumsfeuer", {**FIRE_MINIMAL, **change}) == refused


USE_MINIMAL = {
    **PERSON,
    "residence.country": "DE",
    "use": "skip",
    "description": "Container 7 Kubikmeter",
    "place": "Große Straße 12",
    "surface": ["parking"],
    "length": "4",
    "width": "2,20",
    "start": "1.12.2026",
    "end": "1.12.2026",
    "traffic": "none",
    "applicant": "person",
    "liability": "yes",
    "wait": "yes",
}
USE_COMPLETE = {
    **USE_MINIMAL,
    "use": "seating",
    "tables": "6",
    "chairs": "24",
    "surface": ["square", "pavement"],
    "free_width": "1,80",
    "end": "31.10.2027",
    "times": "10 bis 22 Uhr",
    "traffic": "narrow",
    "sketch": ["d2"],
    "applicant": "club",
    "organisation": "Café Miteinander e. V.",
    "charitable": "yes",
    "email": "anne@beispiel.example",
}


def test_a_complete_application_to_use_a_square() -> None:
    filing = file_form("sondernutzung-strassen", USE_COMPLETE)
    assert filing.errors == {}
    assert {"order", "organisation"} <= set(filing.pages)
    assert filing.answers["width"] == "2.2"


def test_a_minimal_application_for_a_skip() -> None:
    filing = file_form("sondernutzung-strassen", USE_MINIMAL)
    assert filing.errors == {}
    assert not {"tables", "chairs", "posters"} & set(filing.answers)
    assert not {"order", "organisation"} & set(filing.pages)


def test_posters_are_counted_and_not_measured() -> None:
    posters = {**USE_MINIMAL, "use": "posters", "length": "", "width": ""}
    assert refused_inputs("sondernutzung-strassen", posters) == {"posters"}
    filing = file_form("sondernutzung-strassen", {**posters, "posters": "40"})
    assert filing.errors == {}
    assert "size" not in filing.pages


@pytest.mark.parametrize(
    ("change", "refused"),
    [
        ({"start": "19.11.2026"}, {"start"}),
        ({"end": "30.11.2026"}, {"end"}),
        ({"use": "seating"}, {"tables", "chairs"}),
        ({"surface": []}, {"surface"}),
        ({"length": ""}, {"length"}),
        ({"applicant": "business"}, {"organisation", "charitable"}),
        ({"liability": "", "wait": ""}, {"liability", "wait"}),
    ],
)
def test_applications_to_use_a_road_that_are_refused(
    change: dict[str, str | list[str]], refused: set[str]
) -> None:
    assert refused_inputs("sondernutzung-strassen", {**USE_MINIMAL, **change}) == refused


GRANT_MINIMAL = {
    "club_name": "Musikgruppe Beispiel",
    "registered": "no",
    "charitable": "no",
    "members_young": "12",
    "members_adult": "30",
    "purpose": "culture",
    "project_title": "Sommerkonzert",
    "project": "Ein Konzert für alle auf dem Marktplatz",
    "start": "1.7.2027",
    "end": "1.7.2027",
    "early": "no",
    "children": "none",
    "costs.0.name": "Bühne",
    "costs.0.sum": "1.500",
    "total": "1.500,00",
    "requested": "500",
    "own_funds": "1000",
    "iban": "DE89 3704 0044 0532 0130 00",
    "holder": "Musikgruppe Beispiel",
    "given_names": "Änne",
    "family_name": "Beispiel",
    "office_held": "Kassenwartin",
    "club_address.street": "Am Markt",
    "club_address.house_number": "1",
    "club_address.postcode": "49377",
    "club_address.city": "Vechta",
    "authorised": "yes",
    "not_begun": "yes",
    "truth": "yes",
}
GRANT_COMPLETE = {
    **GRANT_MINIMAL,
    "registered": "yes",
    "charitable": "yes",
    "register_court": "Amtsgericht Oldenburg",
    "register_number": "VR 110123",
    "children": "checked",
    "costs.1.name": "Technik",
    "costs.1.sum": "250,50 €",
    "total": "1.750,50",
    "other_grants.0.name": "Landkreis Beispiel",
    "other_grants.0.sum": "250,50",
    "other_grants.0.granted": "no",
    "papers": ["d1", "d2"],
    "email": "anne@beispiel.example",
}


def test_a_complete_application_for_a_grant() -> None:
    filing = file_form("vereinsfoerderung", GRANT_COMPLETE)
    assert filing.errors == {}
    assert filing.answers["costs"][1] == {"name": "Technik", "sum": 25050}
    assert filing.answers["other_grants"][0]["granted"] is False


def test_a_minimal_application_for_a_grant() -> None:
    filing = file_form("vereinsfoerderung", GRANT_MINIMAL)
    assert filing.errors == {}
    assert "register" not in filing.pages


@pytest.mark.parametrize(
    ("change", "refused"),
    [
        ({"start": "19.11.2026"}, {"start"}),
        ({"end": "30.6.2027"}, {"end"}),
        ({"requested": "1.500,01"}, {"requested"}),
        ({"registered": "yes"}, {"register_court", "register_number"}),
        ({"costs.0.sum": "viel"}, {"costs.0.sum"}),
        ({"iban": "DE89 3704 0044 0532 0130 01"}, {"iban"}),
        ({"authorised": "", "not_begun": ""}, {"authorised", "not_begun"}),
    ],
)
def test_applications_for_a_grant_that_are_refused(change: dict[str, str], refused: set[str]) -> None:
    assert refused_inputs("vereinsfoerderung", {**GRANT_MINIMAL, **change}) == refused
