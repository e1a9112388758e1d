"""How forms are spoken of: what is no application is not called one, and a preparation is nothing done."""

from __future__ import annotations

import dataclasses

import pytest

from kreisportal.forms.wording import KINDS, words_for
from kreisportal.i18n import language_by_path, speaking
from tests.forms.filing import catalogue
from tests.forms.making import faults, form, question, step

SPOKEN = {
    "registration": ["gewerbe-anmelden", "hund-anmelden", "kita-anmeldung", "sperrmuell"],
    "report": [
        "ausweis-verlust",
        "barriere-melden",
        "brauchtumsfeuer",
        "gewerbe-abmelden",
        "gewerbe-ummelden",
        "hund-abmelden",
        "maengelmelder-illegale-abfallablagerung",
        "maengelmelder-strassenbeleuchtung",
        "maengelmelder-strassenschaden",
        "wahlhelfer-meldung",
    ],
    "request": ["fundsache-suchen"],
    "idea": ["ideen-und-anregungen"],
    "preparation": ["fuehrungszeugnis", "wohnsitz-ummelden"],
}


def words(kind: str, path: str) -> dict[str, str]:
    language = language_by_path(path)
    assert language is not None
    with speaking(language):
        return dataclasses.asdict(words_for(kind))


@pytest.mark.parametrize("kind", KINDS)
def test_only_an_application_is_called_one(kind: str) -> None:
    for path, name in (("de", "Antrag"), ("en", "application"), ("de-simple", "Antrag")):
        texts = words(kind, path)
        assert (name in " ".join(texts.values())) is (kind == "application"), path
        assert all(texts.values())


def test_every_kind_is_spoken_of_in_its_own_words() -> None:
    for path in ("de", "en"):
        for name in ("begin", "arrived", "yours", "goes_to", "received", "withdraw"):
            assert len({words(kind, path)[name] for kind in KINDS}) == len(KINDS), (path, name)


def test_a_preparation_says_that_nothing_is_done_yet() -> None:
    assert words("preparation", "de")["begin"] == "Online vorbereiten"
    assert "noch nichts beantragt oder gemeldet" in words("preparation", "de")["binding"]
    assert "does not apply for or register anything yet" in words("preparation", "en")["binding"]


def test_the_catalogues_forms_are_of_the_kind_that_they_are() -> None:
    found = {key: definition.kind for key, definition in catalogue().items()}
    named = {key: kind for kind, keys in SPOKEN.items() for key in keys}
    assert found == {key: named.get(key, "application") for key in found}


def test_whatever_needs_a_visit_afterwards_is_a_preparation() -> None:
    for key, definition in catalogue().items():
        waiting = "liegen bei der Meldebehörde bereit" in definition.outcome["de"]
        assert (definition.kind == "preparation") is waiting, key


def test_a_preparation_has_a_notice_that_says_what_is_still_to_come() -> None:
    for key in SPOKEN["preparation"]:
        notice = catalogue()[key].notice
        assert notice is not None, key
        assert notice.title, key


def test_what_is_no_application_is_not_decided() -> None:
    over = {kind: words(kind, "de")["over"] for kind in KINDS}
    assert {kind for kind, word in over.items() if word == "Entschieden"} == {"application", "registration"}
    assert set(over.values()) == {"Entschieden", "Abgeschlossen"}


def test_a_kind_that_nobody_knows_is_refused_and_the_usual_one_is_not_written() -> None:
    only = step("one", question("a", "text"))
    assert "kind" not in form(only).to_data()
    assert form(only, kind="report").to_data()["kind"] == "report"
    assert any(fault.startswith("kind: ") for fault in faults(only, kind="wish"))
