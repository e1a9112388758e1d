"""What holds for every form of the catalogue."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

import pytest

from kreisportal.forms import FormDefinition, present_notice, present_step, summary
from kreisportal.forms.definition import Field
from kreisportal.i18n import LANGUAGES, speaking
from kreisportal.kernel.clock import frozen
from tests.forms.filing import TODAY, catalogue
from tests.forms.pages import Page, check_accessible, render, render_note

KEYS = [
    "ausweis-verlust",
    "barriere-melden",
    "bewohnerparkausweis",
    "brauchtumsfeuer",
    "briefwahl",
    "eheurkunde",
    "fuehrungszeugnis",
    "fundsache-suchen",
    "geburtsurkunde",
    "gewerbe-abmelden",
    "gewerbe-anmelden",
    "gewerbe-ummelden",
    "hund-abmelden",
    "hund-anmelden",
    "ideen-und-anregungen",
    "kita-anmeldung",
    "maengelmelder-illegale-abfallablagerung",
    "maengelmelder-strassenbeleuchtung",
    "maengelmelder-strassenschaden",
    "meldebescheinigung",
    "sondernutzung-strassen",
    "sperrmuell",
    "sterbeurkunde",
    "vereinsfoerderung",
    "wahlhelfer-meldung",
    "wohnsitz-ummelden",
    "wunschkennzeichen-reservieren",
]


def every_field(definition: FormDefinition) -> Iterator[Field]:
    """All fields, those inside groups too."""
    for step in definition.steps:
        for field in step.fields:
            yield field
            yield from field.fields


def test_the_forms_are_there() -> None:
    assert sorted(catalogue()) == KEYS


@pytest.mark.parametrize("key", KEYS)
def test_the_form_survives_the_database(key: str) -> None:
    definition = catalogue()[key]
    again = FormDefinition.from_data(definition.to_data())
    assert again == definition
    assert again.digest() == definition.digest()


@pytest.mark.parametrize("key", KEYS)
def test_every_question_names_its_source(key: str) -> None:
    assert [field.key for field in every_field(catalogue()[key]) if not field.source] == []


@pytest.mark.parametrize("key", KEYS)
def test_questions_inside_a_group_of_one_page_are_few(key: str) -> None:
    """One question at a time or one small group that belongs together."""
    assert [step.key for step in catalogue()[key].steps if len(step.fields) > 4] == []


@pytest.mark.parametrize("key", KEYS)
def test_people_can_be_reached_but_need_not(key: str) -> None:
    by_prefill = {field.prefill: field for field in every_field(catalogue()[key])}
    assert not by_prefill["contact.email"].required
    assert not by_prefill["contact.phone"].required


@pytest.mark.parametrize("key", KEYS)
def test_texts_keep_the_typography(key: str) -> None:
    text = catalogue()[key].to_json()
    assert " - " not in text, "a dash between spaces is –"
    assert not re.search(r"(?<=[a-zäöüß]) (?=[,.;:!?](?:\s|$))", text), "a space before a sign"
    assert "..." not in text
    assert not re.search(r"\bdu\b|\bdein", text, re.I), "people are addressed with Sie"


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("language", LANGUAGES, ids=lambda language: language.path)
def test_every_page_is_accessible_in_every_language(key: str, language: object) -> None:
    definition = catalogue()[key]
    with frozen(TODAY), speaking(language):  # type: ignore[arg-type]
        notice = present_notice(definition.notice)
        if notice is not None:
            check_accessible(Page(render_note(notice)))
        for step in definition.steps:
            plain = FormDefinition.from_data(
                {**definition.to_data(), "steps": [_unconditional(definition, step.key)]}
            )
            check_accessible(Page(render(present_step(plain, step.key, {}))))
        assert summary(definition, {})


def _unconditional(definition: FormDefinition, key: str) -> dict[str, object]:
    """The data of a step without conditions, rules and level of trust, so that it can stand alone."""
    data = next(step for step in definition.to_data()["steps"] if step["key"] == key)
    parts = {
        name: [
            {k: v for k, v in part.items() if k not in ("when", "prefill_when")}
            for part in data.get(name, [])
        ]
        for name in ("fields", "notes")
    }
    return {
        **{name: value for name, value in data.items() if name not in ("when", "rules", "trust")},
        **parts,
    }


@pytest.mark.parametrize("key", KEYS)
def test_bounds_hold_on_a_leap_day_too(key: str) -> None:
    from kreisportal.forms.moments import resolve_day

    for field in every_field(catalogue()[key]):
        for end in ("min", "max"):
            if field.type == "date" and end in field.limits:
                with frozen(TODAY.replace(year=2028, month=2, day=29)):
                    assert isinstance(resolve_day(field.limits[end]), date)
