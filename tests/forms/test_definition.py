"""Definitions as data: round trip, canonical form, faults that name their place."""

from __future__ import annotations

import copy
import json
from dataclasses import FrozenInstanceError
from typing import Any

import pytest

from kreisportal.forms import FormDefinition, needed_trust
from kreisportal.kernel.errors import DefinitionError
from tests.forms.making import choices, faults, form, form_data, question, step, texts


def rich() -> dict[str, Any]:
    """A form that uses everything the format has."""
    return form_data(
        step(
            "one",
            question("reason", "choice", choices=choices("moved", "died"), why=texts("Darum"), source="§ 1"),
            question(
                "children", "group", item=texts("Kind"), limits={"max": 3}, fields=[question("name", "name")]
            ),
            notes=[
                {
                    "text": texts("Achtung"),
                    "kind": "warning",
                    "links": [{"label": texts("Dort"), "url": "https://a.example"}],
                }
            ],
        ),
        step(
            "two",
            question(
                "day", "date", limits={"max": "today"}, required=False, messages={"missing": texts("Wann?")}
            ),
            question("end", "date", required=False, when={"field": "reason", "in": ["moved"]}),
            question(
                "who",
                "name",
                prefill_when=[{"key": "person.given_names", "when": {"field": "reason", "is": "moved"}}],
            ),
            when={
                "all": [{"field": "reason", "is": "moved"}, {"not": {"field": "children", "filled": False}}]
            },
            rules=[
                {
                    "check": {"field": "end", "not_before": {"field": "day"}},
                    "at": "end",
                    "message": texts("Später"),
                }
            ],
        ),
        notice={"text": texts("Vorher lesen")},
        needed=[texts("Ausweis")],
        trust="basic",
    )


def test_a_definition_survives_the_database() -> None:
    definition = FormDefinition.from_data(rich())
    stored = json.loads(json.dumps(definition.to_data()))
    again = FormDefinition.from_data(stored)
    assert again == definition
    assert again.digest() == definition.digest()


def test_to_data_keeps_what_was_written_and_leaves_out_what_is_usual() -> None:
    data = rich()
    written = FormDefinition.from_data(data).to_data()
    assert written["steps"][1]["when"] == data["steps"][1]["when"]
    assert written["steps"][1]["rules"] == data["steps"][1]["rules"]
    assert "required" not in written["steps"][0]["fields"][0]
    assert written["steps"][1]["fields"][0]["required"] is False


def test_the_digest_depends_on_content_and_not_on_order_of_keys() -> None:
    data = rich()
    turned = dict(reversed(list(data.items())))
    assert FormDefinition.from_data(turned).digest() == FormDefinition.from_data(data).digest()
    other = copy.deepcopy(data)
    other["steps"][0]["fields"][0]["label"]["en"] = "Why?"
    assert FormDefinition.from_data(other).digest() != FormDefinition.from_data(data).digest()


def test_a_definition_cannot_be_changed() -> None:
    definition = form(step("one", question("a", "text")))
    with pytest.raises(FrozenInstanceError):
        definition.key = "other"  # type: ignore[misc]
    with pytest.raises(TypeError):
        definition.title["de"] = "Anders"  # type: ignore[index]


def test_fields_and_steps_are_found_by_key() -> None:
    definition = FormDefinition.from_data(rich())
    assert definition.step("two") is definition.steps[1]
    assert definition.field("reason") is definition.steps[0].fields[0]
    assert definition.step("none") is None
    assert definition.field("name") is None


def test_from_data_names_the_part_that_is_wrong() -> None:
    data = form_data(step("one", question("a", "colour")))
    with pytest.raises(DefinitionError) as caught:
        FormDefinition.from_data(data)
    assert caught.value.faults[0].startswith("probe: steps[0].fields[0].type: must be one of text,")


@pytest.mark.parametrize(
    ("steps", "fault"),
    [
        (
            [step("a", question("x", "text")), step("a", question("y", "text"))],
            "steps[1].key: there is another step 'a'",
        ),
        (
            [step("a", question("x", "text")), step("b", question("x", "text"))],
            "steps[1].fields[0].key: there is another field 'x'",
        ),
        (
            [step("a", question("x", "choice"))],
            "steps[0].fields[0].choices: a choice needs answers to choose from",
        ),
        (
            [step("a", question("x", "text", choices=choices("y")))],
            "steps[0].fields[0].choices: a field of type text has no choices",
        ),
        (
            [step("a", question("x", "choice", choices=choices("y", "y")))],
            "steps[0].fields[0].choices[1].key: there is another choice 'y'",
        ),
        (
            [step("a", question("x", "text", limits={"colour": 1}))],
            "steps[0].fields[0].limits.colour: Unknown field",
        ),
        (
            [step("a", question("x", "number", limits={"min": 3, "max": 1}))],
            "steps[0].fields[0].limits: min is larger than max",
        ),
        (
            [step("a", question("x", "text", limits={"pattern": "("}))],
            "steps[0].fields[0].limits.pattern: is not a regular expression",
        ),
        (
            [step("a", question("x", "date", limits={"min": "gestern"}))],
            "steps[0].fields[0].limits.min: is not a day such as",
        ),
        (
            [step("a", question("x", "text", prefill="person.shoe"))],
            "steps[0].fields[0].prefill: is no prefill key",
        ),
        (
            [step("a", question("x", "date", prefill="contact.email"))],
            "steps[0].fields[0].prefill: contact.email does not fill a field of type date",
        ),
        (
            [
                step("a", question("x", "yes_no")),
                step(
                    "b",
                    question(
                        "y",
                        "date",
                        prefill_when=[{"key": "contact.email", "when": {"field": "x", "is": True}}],
                    ),
                ),
            ],
            "steps[1].fields[0].prefill_when[0]: contact.email does not fill a field of type date",
        ),
        (
            [
                step(
                    "a",
                    question("x", "yes_no"),
                    question(
                        "y",
                        "name",
                        prefill_when=[{"key": "dog.name", "when": {"field": "x", "is": True}}],
                    ),
                )
            ],
            "steps[0].fields[1].prefill_when[0].when: there is no field 'x' in an earlier step",
        ),
        (
            [step("a", question("x", "group", item=texts("x")))],
            "steps[0].fields[0].fields: a group needs fields",
        ),
        (
            [step("a", question("x", "group", item=texts("x"), fields=[question("f", "file")]))],
            "steps[0].fields[0].fields[0].type: a group cannot contain",
        ),
        (
            [step("a", question("x", "declaration", required=False))],
            "steps[0].fields[0].required: a declaration is always required",
        ),
        ([step("a")], "steps[0].fields: a step without fields needs a note"),
        ([step("a", question("X", "text"))], "steps[0].fields[0].key: must be small letters"),
        ([{**step("a", question("x", "text")), "colour": 1}], "steps[0].colour: Unknown field"),
        (
            [step("a", {"key": "x", "type": "text", "label": {"de": "x"}})],
            "steps[0].fields[0].label.en: is missing",
        ),
        (
            [step("a", {"key": "x", "type": "text", "label": {"de": "x", "en": "x", "fr": "x"}})],
            "steps[0].fields[0].label.fr: is no language",
        ),
        (
            [step("a", {"key": "x", "type": "text", "label": "x"})],
            "steps[0].fields[0].label: must be a map of languages",
        ),
        (
            [
                step(
                    "a",
                    question("x", "text"),
                    notes=[{"text": texts("n"), "links": [{"label": texts("l"), "url": "javascript:1"}]}],
                )
            ],
            "steps[0].notes[0].links[0].url: must begin with",
        ),
    ],
)
def test_faults_of_parts(steps: list[dict[str, Any]], fault: str) -> None:
    assert any(each.startswith(fault) for each in faults(*steps)), faults(*steps)


@pytest.mark.parametrize(
    ("condition", "fault"),
    [
        ({"field": "later", "is": "x"}, "there is no field 'later' in an earlier step"),
        ({"field": "same", "filled": True}, "there is no field 'same' in an earlier step"),
        ({"field": "reason", "is": "else"}, "reason has no choice 'else'"),
        ({"field": "reason", "in": ["moved", "else"]}, "reason has no choice 'else'"),
        ({"field": "day", "is": "x"}, "is does not fit the field day of type date"),
        ({"field": "reason", "after": "today"}, "after does not fit the field reason of type choice"),
        ({"field": "day", "at_least": 2}, "at_least does not fit the field day of type date"),
        ({"field": "sure", "is": "yes"}, "sure is true or false"),
        ({"field": "reason", "contains": "moved"}, "contains does not fit the field reason of type choice"),
        ({"field": "day", "before": {"field": "count"}}, "day and count are of different types"),
        ({"any": [{"not": {"field": "later", "is": "x"}}]}, "there is no field 'later' in an earlier step"),
        ({"field": "day", "before": "morgen"}, "'morgen' is not a day such as 2026-12-24 or today-18y"),
        ({"field": "count", "at_least": "2"}, "'2' is not a whole number"),
        ({"field": "day"}, "a condition has a field and one operator"),
        ({"field": "day", "near": "today"}, "there is no operator 'near'"),
        ({"all": []}, "all needs a list of conditions"),
        ({"all": [], "any": []}, "all stands alone in its map"),
        ("day", "a condition is a map"),
    ],
)
def test_faults_of_conditions(condition: Any, fault: str) -> None:
    found = faults(
        step(
            "one",
            question("reason", "choice", choices=choices("moved", "died")),
            question("day", "date"),
            question("count", "number"),
            question("sure", "yes_no"),
        ),
        step("two", question("same", "text"), when=condition),
        step("three", question("later", "text")),
    )
    assert any(each.startswith(f"steps[1].when: {fault}") for each in found), found


def test_a_step_asks_for_a_level_of_trust_and_the_highest_counts() -> None:
    first = step("one", question("kind", "choice", choices=choices("plain", "sure")))
    later = step("two", question("more", "text"), trust="high", when={"field": "kind", "is": "sure"})
    definition = form(first, later, step("three", question("end", "text")), trust="basic")
    assert [needed_trust(definition, {"kind": kind}) for kind in ("plain", "sure")] == ["basic", "high"]
    assert definition.to_data()["steps"][1]["trust"] == "high"
    assert "trust" not in definition.to_data()["steps"][2], "versions of forms without it stay as they are"
    assert faults({**first, "trust": "basic"}) == [
        "steps[0].trust: the first step cannot ask for a level; give it to the form"
    ]
    assert faults(first, {**later, "trust": "sure"})[0].startswith("steps[1].trust: must be one of")


def test_a_rule_shows_its_message_at_a_field_of_its_step() -> None:
    rule = {"check": {"field": "a", "filled": True}, "at": "nowhere", "message": texts("m")}
    found = faults(step("one", question("a", "text"), rules=[rule]))
    assert found == ["steps[0].rules[0].at: there is no field 'nowhere' in this step"]
