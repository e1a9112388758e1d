"""The three maengelmelder-…, ideen-und-anregungen and fundsache-suchen."""

from __future__ import annotations

import pytest

from tests.forms.filing import PERSON, catalogue, file_form, refused_inputs

REPORTS = [
    "maengelmelder-strassenschaden",
    "maengelmelder-strassenbeleuchtung",
    "maengelmelder-illegale-abfallablagerung",
]
PLACE = {"street": "Oyther Straße", "near": "12"}
ROAD = {**PLACE, "damage": "cycle_path", "description": "Wurzel drückt hoch", "hazard": "no"}
LIGHT = {**PLACE, "fault": "dark"}
WASTE = {**PLACE, "waste": ["tyres"], "amount": "boot", "seen_on": "19.11.2026", "witness": "no"}
MINIMAL = dict(zip(REPORTS, (ROAD, LIGHT, WASTE), strict=True))


@pytest.mark.parametrize("key", REPORTS)
def test_a_report_needs_no_name_and_no_address(key: str) -> None:
    filing = file_form(key, MINIMAL[key])
    assert filing.errors == {}
    assert not {"given_names", "family_name", "email", "phone", "residence"} & set(filing.answers)


def test_a_complete_report_of_damage_to_a_road() -> None:
    complete = {
        **ROAD,
        "damage": "road",
        "hazard": "yes",
        "near": "",
        "spot": "Kurz hinter der Brücke",
        "coordinates": "52.7265, 8.2887",
        "photos": ["d2"],
        "email": "anne@beispiel.example",
    }
    filing = file_form("maengelmelder-strassenschaden", complete)
    assert filing.errors == {}
    assert "call_now" in filing.pages
    assert filing.answers["coordinates"] == "52.7265, 8.2887"


def test_a_complete_report_of_a_street_light() -> None:
    complete = {
        **LIGHT,
        "fault": "all_dark",
        "lamp_number": "A 12, A 13",
        "remarks": "Seit gestern",
        "photos": ["d2"],
    }
    filing = file_form("maengelmelder-strassenbeleuchtung", complete)
    assert filing.errors == {}
    assert filing.answers["lamp_number"] == "A 12, A 13"


def test_a_complete_report_of_dumped_waste_by_a_witness() -> None:
    complete = {
        **WASTE,
        "waste": ["hazardous", "household"],
        "description": "Drei Kanister",
        "witness": "yes",
        "observed": "Weißer Lieferwagen, gegen 22 Uhr",
        "testify": "yes",
        "given_names": "Änne",
        "family_name": "Beispiel",
        "photos": ["d2"],
        "phone": "04441 898-0",
    }
    filing = file_form("maengelmelder-illegale-abfallablagerung", complete)
    assert filing.errors == {}
    assert {"call_now", "observed", "name"} <= set(filing.pages)
    assert filing.answers["waste"] == ["household", "hazardous"]


@pytest.mark.parametrize(
    "spelling", ["52.7265, 8.2887", "52,7265 8,2887", "52.7265/8.2887", "52.7265;08.2887"]
)
def test_coordinates_as_map_apps_show_them(spelling: str) -> None:
    assert file_form("maengelmelder-strassenbeleuchtung", {**LIGHT, "coordinates": spelling}).errors == {}


@pytest.mark.parametrize("key", REPORTS)
@pytest.mark.parametrize(
    ("change", "refused"),
    [
        ({"street": ""}, {"street"}),
        ({"near": ""}, {"near"}),
        ({"coordinates": "8.2887, 52.7265"}, {"coordinates"}),
        ({"coordinates": "52.7265"}, {"coordinates"}),
        ({"email": "anne@"}, {"email"}),
    ],
)
def test_reports_that_are_refused(key: str, change: dict[str, str], refused: set[str]) -> None:
    assert refused_inputs(key, {**MINIMAL[key], **change}) == refused


@pytest.mark.parametrize(
    ("change", "refused"),
    [
        ({"waste": []}, {"waste"}),
        ({"seen_on": "21.11.2026"}, {"seen_on"}),
        ({"witness": "yes"}, {"observed", "testify"}),
        (
            {"witness": "yes", "observed": "Ein Auto", "testify": "yes"},
            {"given_names", "family_name", "email"},
        ),
    ],
)
def test_reports_of_dumped_waste_that_are_refused(
    change: dict[str, str | list[str]], refused: set[str]
) -> None:
    assert refused_inputs("maengelmelder-illegale-abfallablagerung", {**WASTE, **change}) == refused


@pytest.mark.parametrize("key", REPORTS)
def test_a_report_says_first_whom_to_call_in_danger_and_asks_for_photos_without_people(key: str) -> None:
    form = catalogue()[key]
    assert form.notice is not None
    assert form.notice.kind == "warning"
    assert any("11" in link.label["de"] for link in form.notice.links)
    photo = form.step("photo")
    assert photo is not None
    assert "keine Menschen" in photo.help["de"]


IDEA_MINIMAL = {
    "kind": "idea",
    "subject": "Bank am See",
    "request": "Eine Bank am See wäre schön.",
    "to": "administration",
}
IDEA_COMPLETE = {
    **PERSON,
    **IDEA_MINIMAL,
    "kind": "complaint",
    "where": "Stoppelmarkt",
    "attachments": ["d1", "d2"],
    "to": "council",
    "residence.country": "DE",
    "email": "anne@beispiel.example",
}


def test_an_idea_without_a_name() -> None:
    filing = file_form("ideen-und-anregungen", IDEA_MINIMAL)
    assert filing.errors == {}
    assert "council" not in filing.pages


def test_a_complete_suggestion_to_the_council() -> None:
    filing = file_form("ideen-und-anregungen", IDEA_COMPLETE)
    assert filing.errors == {}
    assert filing.answers["residence"]["city"] == "Vechta"


def test_the_council_step_says_that_a_signature_is_needed() -> None:
    """Section 34 NKomVG wants the written form, which this form is not."""
    step = catalogue()["ideen-und-anregungen"].step("council")
    assert step is not None
    assert step.notes[0].kind == "warning"
    assert "unterschreiben" in step.notes[0].text["de"]


@pytest.mark.parametrize(
    ("change", "refused"),
    [
        ({"request": "Bank"}, {"request"}),
        ({"subject": ""}, {"subject"}),
        ({"to": ""}, {"to"}),
        ({"to": "council"}, {"given_names", "family_name", "residence"}),
        ({"phone": "12"}, {"phone"}),
    ],
)
def test_ideas_that_are_refused(change: dict[str, str], refused: set[str]) -> None:
    assert refused_inputs("ideen-und-anregungen", {**IDEA_MINIMAL, **change}) == refused


LOST_MINIMAL = {
    "kind": "keys",
    "description": "Schlüsselbund mit rotem Band",
    "last_had": "18.11.2026",
    "where": "Zwischen Bahnhof und Markt",
    "given_names": "Änne",
    "family_name": "Beispiel",
    "phone": "04441 898-0",
}
LOST_COMPLETE = {
    **LOST_MINIMAL,
    "kind": "bicycle",
    "marks": "Aufkleber am Rahmen",
    "serial": "WX 1234",
    "photos": ["d1", "d2"],
    "noticed": "19.11.2026",
    "email": "anne@beispiel.example",
}


def test_a_complete_search_for_a_bicycle() -> None:
    filing = file_form("fundsache-suchen", LOST_COMPLETE)
    assert filing.errors == {}
    assert filing.answers["serial"] == "WX 1234"


def test_a_minimal_search_for_keys() -> None:
    assert file_form("fundsache-suchen", LOST_MINIMAL).errors == {}


@pytest.mark.parametrize(
    ("change", "refused"),
    [
        ({"kind": ""}, {"kind"}),
        ({"description": ""}, {"description"}),
        ({"last_had": "21.11.2026"}, {"last_had"}),
        ({"noticed": "17.11.2026"}, {"noticed"}),
        ({"phone": ""}, {"email"}),
        ({"where": ""}, {"where"}),
    ],
)
def test_searches_that_are_refused(change: dict[str, str], refused: set[str]) -> None:
    assert refused_inputs("fundsache-suchen", {**LOST_MINIMAL, **change}) == refused


def test_a_barrier_is_reported_without_a_name_and_with_as_much_as_one_likes() -> None:
    assert file_form("barriere-melden", {"barrier": "Der Knopf geht nicht"}).errors == {}
    complete = {
        "barrier": "Der Knopf geht nicht",
        "page": "https://vechta.example/de/",
        "help": "NVDA",
        "screenshot": ["d1"],
        "other": "Die Gebühren als Text",
        "email": "anne@beispiel.example",
    }
    assert file_form("barriere-melden", complete).errors == {}
    assert refused_inputs("barriere-melden", {"barrier": ""}) == {"barrier"}
