"""The format of topics, situations and services: each rule refuses what it should."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from marshmallow import ValidationError

from kreisportal.catalogue.definitions import Level, Place, Service
from kreisportal.catalogue.schemas import ServiceSchema, SituationSchema, TopicSchema
from tests.catalogue.records import service, situation, texts, topic, without

LONG = " ".join(["Wort"] * 26) + "."
AUTHORITY = {"name": texts("Finanzamt"), "url": "https://finanzamt.example/"}


def faults(data: dict[str, Any]) -> dict[str, Any]:
    with pytest.raises(ValidationError) as caught:
        ServiceSchema().load(data)
    assert isinstance(caught.value.messages, dict)
    return caught.value.messages


def test_a_service_becomes_a_definition() -> None:
    found: Service = ServiceSchema().load(service("a", minutes=5, synonyms={"de": ["Wau"]}))
    assert (found.key, found.level, found.place) == ("a", Level.MUNICIPALITY, Place.RESIDENCE)
    assert found.topics == ("thema",)
    assert found.requirements == {"de": ("Erstens.",), "en": ("First.",)}
    assert found.legal_basis[0].name == "Satzung"
    assert (found.minutes, found.retention_days, found.required_by_law) == (5, 3650, False)
    assert found.synonyms == {"de": ("Wau",)}


def test_a_definition_cannot_be_changed_by_accident() -> None:
    found = ServiceSchema().load(service())
    with pytest.raises(dataclasses.FrozenInstanceError):
        found.key = "b"
    assert all(not isinstance(value, list) for value in dataclasses.asdict(found).values())


OPTIONAL = {"leika"}
REQUIRED = sorted(set(service()) - OPTIONAL)


@pytest.mark.parametrize("name", [*REQUIRED, "leika"])
def test_what_a_description_must_have_may_not_be_missing(name: str) -> None:
    assert name in faults(without(service(), name))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("key", "Hund"),
        ("key", "hund--anmelden"),
        ("key", "-hund"),
        ("key", "../hund"),
        ("key", "hünd"),
        ("key", ""),
        ("key", "hund\n"),
        ("leika", ["9911000910400"]),
        ("leika", ["99110009104000\n"]),
        ("leika", ["88110009104000"]),
        ("leika", "99110009104000"),
        ("level", "town"),
        ("place", "moon"),
        ("trust", "much"),
        ("topics", []),
        ("situations", []),
        ("audience", []),
        ("audience", ["dogs"]),
        ("legal_basis", []),
        ("legal_basis", [{"name": "x"}]),
        ("legal_basis", [{"name": "Gesetz", "url": "javascript:alert(1)"}]),
        ("legal_basis", [{"name": "Gesetz", "more": 1}]),
        ("name", {"de": "Nur deutsch"}),
        ("name", {"de": "", "en": "x"}),
        ("name", {"de": "x", "en": "x", "fr": "x"}),
        ("name", "x"),
        ("name", {"de": ["x"], "en": "x"}),
        ("short", {"de": LONG, "en": "x"}),
        ("short", {"de": "Kurz. " + LONG, "en": "x"}),
        ("requirements", {"de": ["x"], "en": []}),
        ("requirements", {"de": ["x"]}),
        ("requirements", {"de": [""], "en": ["x"]}),
        ("requirements", {"de": ["x"], "en": ["x"], "fr": ["x"]}),
        ("synonyms", {"fr": ["x"]}),
        ("synonyms", {"de": "x"}),
        ("minutes", 0),
        ("minutes", 121),
        ("retention_days", 0),
        ("retention_days", 36501),
        ("reviewed_on", "2026-13-01"),
        ("reviewed_on", "2026-02-30"),
        ("reviewed_on", "1.2.2026"),
        ("reviewed_on", "20260201"),
        ("authority", {"name": texts("x")}),
        ("authority", {**AUTHORITY, "url": "ftp://x"}),
        ("form", "Ein Formular"),
        ("related", ["A"]),
        ("unknown", "x"),
        ("tenant", "x"),
    ],
)
def test_what_is_wrong_is_refused_by_name(name: str, value: Any) -> None:
    assert name in faults(service(**{name: value}))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("short", {"de": "Ein kurzer Satz. Und noch einer, z. B. mit Abkürzung.", "en": "x"}),
        ("requirements", {"de": [], "en": []}),
        ("name", {"de": "x", "en": "x", "de-simple": "x"}),
        ("leika", []),
        ("minutes", None),
        ("form", None),
        ("authority", None),
        ("further", texts("Mehr")),
        ("required_by_law", True),
    ],
)
def test_what_is_right_is_accepted(name: str, value: Any) -> None:
    assert ServiceSchema().load(service(**{name: value}))


@pytest.mark.parametrize("level", ["land", "federation", "other"])
def test_an_authority_above_the_district_is_named(level: str) -> None:
    assert "authority" in faults(service(level=level))
    found = ServiceSchema().load(service(level=level, authority=AUTHORITY))
    assert found.authority.url == AUTHORITY["url"]
    assert not found.executed_here


@pytest.mark.parametrize("level", ["municipality", "district"])
def test_towns_and_districts_execute_here(level: str) -> None:
    assert ServiceSchema().load(service(level=level)).executed_here


def test_all_faults_of_a_service_come_at_once() -> None:
    assert set(faults(service(key="X", trust="x", minutes=0, name={"de": "x"}))) == {
        "key",
        "trust",
        "minutes",
        "name",
    }


@pytest.mark.parametrize(
    "data",
    [
        without(topic(), "name"),
        {**topic(), "key": "X"},
        {**topic(), "more": 1},
        {**topic(), "short": {"de": "x"}},
    ],
)
def test_a_topic_is_checked(data: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        TopicSchema().load(data)
    assert TopicSchema().load(topic()).key == "thema"


@pytest.mark.parametrize(
    "data",
    [
        without(situation(), "topic"),
        {**situation(), "kind": "x"},
        {**situation(), "key": "X"},
        {**situation(), "x": 1},
    ],
)
def test_a_situation_is_checked(data: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        SituationSchema().load(data)
    assert SituationSchema().load(situation()).topic == "thema"
