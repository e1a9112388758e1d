"""Choices, addresses, files and repeated groups."""

from __future__ import annotations

from typing import Any

import pytest

from kreisportal.forms.fieldtypes import FIELD_TYPES, Posted, field_type
from kreisportal.forms.fieldtypes.choices import countries
from kreisportal.forms.fieldtypes.loading import load_fields
from tests.forms.answering import accepted, refused, shown
from tests.forms.making import choices, field, question, texts


def test_one_of_several() -> None:
    offered = choices("red", "blue")
    assert accepted("choice", "red", choices=offered) == "red"
    assert shown("choice", "red", choices=offered) == "Red"
    assert refused("choice", "green", choices=offered)["answer"] == [
        "Wählen Sie bei „Answer“ eine Antwort aus."
    ]


def test_several_of_several_in_the_order_of_the_form() -> None:
    offered = choices("red", "blue", "green")
    assert accepted("multiple", {"": ["green", "red", "red"]}, choices=offered) == ["red", "green"]
    assert shown("multiple", ["red", "green"], choices=offered) == "Red\nGreen"
    assert refused("multiple", {"": ["pink"]}, choices=offered)
    assert refused("multiple", {"": ["red"]}, choices=offered, limits={"min": 2})["answer"] == [
        "Wählen Sie mindestens so viele Antworten aus: 2."
    ]
    assert refused("multiple", {"": ["red", "blue"]}, choices=offered, limits={"max": 1})["answer"] == [
        "Wählen Sie höchstens so viele Antworten aus: 1."
    ]
    assert refused("multiple", {}, choices=offered)["answer"] == [
        "Wählen Sie bei „Answer“ mindestens eine Antwort aus."
    ]


def test_no_is_an_answer() -> None:
    assert accepted("yes_no", "no") is False
    assert shown("yes_no", False) == "Nein"
    assert refused("yes_no", "")["answer"] == ["Wählen Sie bei „Answer“ Ja oder Nein."]
    assert refused("yes_no", "maybe")


def test_a_declaration_must_be_accepted() -> None:
    assert accepted("declaration", "yes") is True
    assert refused("declaration", "")["answer"] == ["Bestätigen Sie diese Erklärung: „Answer“"]
    assert refused("declaration", "no")


def test_countries() -> None:
    assert accepted("country", "TR") == "TR"
    assert shown("country", "TR") == "Türkei"
    assert refused("country", "XXA")
    assert accepted("country", "XXA", limits={"nationality": True}) == "XXA"
    assert refused("country", "EU")
    codes = [code for code, _ in countries()]
    assert codes[0] == "DE"
    assert len(codes) == len(set(codes)) == 250  # The 249 of ISO 3166-1 and Kosovo.
    assert (
        codes.index("AF") < codes.index("EG") < codes.index("AL")
    )  # Afghanistan, Ägypten, Albanien: ä is an a.


HOME = {".street": "Große Straße", ".house_number": "12a", ".postcode": "49377", ".city": "Vechta"}


def test_addresses() -> None:
    stored = accepted("address", HOME)
    assert stored == {"street": "Große Straße", "house_number": "12a", "postcode": "49377", "city": "Vechta"}
    assert (
        shown("address", {**stored, "addition": "bei Beispiel"})
        == "Große Straße 12a\nbei Beispiel\n49377 Vechta"
    )


@pytest.mark.parametrize(
    ("typed", "number"), [("Große Straße 12a", "12a"), ("Große Str. 12 a", "12 a"), ("Am Markt 3-5", "3-5")]
)
def test_a_house_number_that_the_browser_put_to_the_street(typed: str, number: str) -> None:
    stored = accepted("address", {**HOME, ".street": typed, ".house_number": ""})
    assert stored["house_number"] == number
    assert stored["street"] == typed.removesuffix(f" {number}")


def test_a_street_named_after_a_day_keeps_its_number() -> None:
    assert refused("address", {**HOME, ".street": "Straße des 17. Juni", ".house_number": ""}) == {
        "answer.house_number": ["Geben Sie die Hausnummer ein."]
    }


def test_every_missing_part_is_named_in_order() -> None:
    assert list(refused("address", {".addition": "x"})) == [
        "answer.street",
        "answer.house_number",
        "answer.postcode",
        "answer.city",
    ]


@pytest.mark.parametrize("postcode", ["4937", "493777", "D-49377", "٤٩٣٧٧"])
def test_german_postcodes_have_five_digits(postcode: str) -> None:
    assert "fünf Ziffern" in refused("address", {**HOME, ".postcode": postcode})["answer.postcode"][0]


def test_addresses_abroad_follow_their_own_rules() -> None:
    abroad = {".city": "London", ".postcode": "SW1A 2AA", ".country": "GB"}
    stored = accepted("address", abroad, limits={"abroad": True})
    assert shown("address", stored, limits={"abroad": True}) == "SW1A 2AA London\nVereinigtes Königreich"
    assert refused("address", HOME, limits={"abroad": True}) == {
        "answer.country": ["Wählen Sie das Land aus."]
    }
    assert refused("address", {**HOME, ".country": "QQ"}, limits={"abroad": True}) == {
        "answer.country": ["Wählen Sie das Land aus."]
    }


def test_files_are_only_those_that_the_draft_has() -> None:
    answer = field("file", limits={"max": 2})
    page = Posted({"answer": ["a", "x", "b", "a"]}, {"a": "Ausweis.pdf", "b": "Foto.jpg", "c": "nie.pdf"})
    raw = field_type(answer).gather(answer, "answer", page)
    assert raw == [{"id": "a", "name": "Ausweis.pdf"}, {"id": "b", "name": "Foto.jpg"}]
    assert field_type(answer).load(answer, raw) == raw
    assert field_type(answer).display(answer, raw) == "Ausweis.pdf\nFoto.jpg"


def test_too_many_files() -> None:
    answer = field("file", limits={"max": 1})
    raw = [{"id": "a", "name": "a"}, {"id": "b", "name": "b"}]
    values, errors = load_fields([answer], {"answer": raw}, FIELD_TYPES)
    assert values == {}
    assert "höchstens 1" in errors["answer"][0]


GROUP: dict[str, Any] = {
    "item": texts("Kind"),
    "fields": [question("name", "name"), question("born", "date", required=False)],
}


def test_a_group_keeps_its_instances_and_drops_empty_ones() -> None:
    inputs = {".0.name": "Anna", ".0.born.day": "24.12.2020", ".3.name": "", ".7.name": "Ben"}
    stored = accepted("group", inputs, **GROUP)
    assert stored == [{"name": "Anna", "born": "2020-12-24"}, {"name": "Ben"}]
    assert shown("group", stored, **GROUP) == "Kind 1: Anna; 24.12.2020\nKind 2: Ben"


def test_errors_of_an_instance_name_its_inputs() -> None:
    errors = refused("group", {".0.name": "Anna", ".1.born.day": "1"}, **GROUP)
    assert set(errors) == {"answer.1.name", "answer.1.born.month", "answer.1.born.year"}


def test_how_many_there_may_be() -> None:
    names = {f".{index}.name": "Anna" for index in range(4)}
    assert refused("group", names, **GROUP, limits={"max": 3})["answer"] == [
        "Höchstens 3 Einträge sind möglich. Entfernen Sie die übrigen."
    ]
    assert refused("group", {".0.name": "Anna"}, **GROUP, limits={"min": 2})["answer"] == [
        "Mindestens 2 Einträge sind nötig. Fügen Sie weitere hinzu."
    ]
    assert refused("group", {}, **GROUP)["answer"] == ["Füllen Sie „Answer“ aus."]
    assert accepted("group", {}, **GROUP, required=False) is None


def test_a_flood_of_instances_is_cut() -> None:
    answer = field("group", **GROUP, limits={"max": 3})
    page = Posted({f"answer.{index}.name": ["Anna"] for index in range(900)})
    assert len(field_type(answer).gather(answer, "answer", page)) == 5
