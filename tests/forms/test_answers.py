"""Which steps apply, in which order, and what is dropped."""

from __future__ import annotations

from kreisportal.forms import (
    applicable_answers,
    check_answers,
    first_open_step,
    next_step,
    prefill_step,
    previous_step,
    progress,
    shown_step,
    summary,
    visible_steps,
)
from kreisportal.i18n import language_by_path, speaking
from tests.forms.making import choices, form, question, step, texts

DEFINITION = form(
    step("reason", question("reason", "choice", choices=choices("moved", "died"))),
    step("move", question("place", "text"), when={"field": "reason", "is": "moved"}),
    step(
        "far",
        question("country", "country"),
        question("note", "text", required=False, when={"field": "reason", "is": "died"}),
        when={"field": "place", "is": "abroad"},
    ),
    step("hint", notes=[{"text": texts("Nur wer wegzieht"), "when": {"field": "reason", "is": "moved"}}]),
    step("end", question("sure", "declaration"), when={"not": {"field": "country", "is": "FR"}}),
)
MOVED = {"reason": "moved", "place": "abroad", "country": "FR", "sure": True}


def keys(answers: dict[str, object]) -> list[str]:
    """The keys of the steps that apply."""
    return [shown.step.key for shown in visible_steps(DEFINITION, answers)]


def test_steps_follow_from_the_answers() -> None:
    assert keys({}) == ["reason", "end"]
    assert keys({"reason": "died"}) == ["reason", "end"]
    assert keys({"reason": "moved"}) == ["reason", "move", "hint", "end"]
    assert keys(MOVED) == ["reason", "move", "far", "hint"]


def test_answers_that_no_longer_apply_are_gone_for_all_that_follows() -> None:
    changed = {**MOVED, "reason": "died", "note": "x", "unknown": 1}
    assert keys(changed) == ["reason", "end"]
    assert applicable_answers(DEFINITION, changed) == {"reason": "died", "sure": True}


def test_the_way_through() -> None:
    assert next_step(DEFINITION, MOVED) == "reason"
    assert next_step(DEFINITION, MOVED, "reason") == "move"
    assert next_step(DEFINITION, MOVED, "far") == "hint"
    assert next_step(DEFINITION, MOVED, "hint") is None
    assert next_step(DEFINITION, {"reason": "died"}, "move") == "end"
    assert previous_step(DEFINITION, {"reason": "died"}, "end") == "reason"
    assert previous_step(DEFINITION, MOVED, "reason") is None
    assert progress(DEFINITION, MOVED, "far") == (3, 4)


def test_the_whole_form_is_checked_by_step() -> None:
    assert check_answers(DEFINITION, {"reason": "moved", "place": "abroad"}) == {
        "far": {"country": ["Wählen Sie bei „Country“ ein Land aus."]},
        "end": {"sure": ["Bestätigen Sie diese Erklärung: „Sure“"]},
    }
    assert first_open_step(DEFINITION, {"reason": "moved", "place": "abroad"}) == "far"
    assert check_answers(DEFINITION, {**MOVED, "sure": False}) == {}
    assert first_open_step(DEFINITION, MOVED) is None


def test_stored_values_of_the_wrong_shape_are_errors_and_nothing_worse() -> None:
    for wrong in (1, [], {}, {"a": 1}, [{"a": 1}], True, "\x00", None, 1.5):
        assert check_answers(DEFINITION, {"reason": wrong})["reason"]


def test_a_field_applies_on_its_own_condition() -> None:
    shown = shown_step(DEFINITION, "far", MOVED)
    assert shown is not None
    assert [field.key for field in shown.fields] == ["country"]


def test_prefill_proposes_for_questions_without_an_answer() -> None:
    definition = form(
        step(
            "one",
            question("a", "name", prefill="person.given_names"),
            question("b", "email", prefill="contact.email"),
        )
    )
    known = {"person.given_names": "Anna", "contact.email": "a@b.example", "bank.iban": "DE"}
    assert prefill_step(definition.steps[0], {"b": "old@b.example"}, known) == {"a": "Anna"}


def test_the_summary_in_both_languages() -> None:
    group = question(
        "children",
        "group",
        item=texts("Kind"),
        fields=[question("name", "name"), question("born", "date", required=False)],
    )
    definition = form(
        step(
            "one",
            question("home", "address", short=texts("Anschrift")),
            question("ok", "yes_no", required=False),
        ),
        step("two", group),
    )
    home = {"street": "Am Markt", "house_number": "1", "postcode": "49661", "city": "Cloppenburg"}
    steps = summary(
        definition, {"home": home, "children": [{"name": "Anna", "born": "2020-02-01"}, {"name": "Ben"}]}
    )
    assert [(row.label, row.value, row.answered) for row in steps[0].rows] == [
        ("Anschrift", "Am Markt 1\n49661 Cloppenburg", True),
        ("Ok", "keine Angabe", False),
    ]
    assert [(row.field, row.label, row.value) for row in steps[1].rows] == [
        ("children.0.name", "Kind 1: Name", "Anna"),
        ("children.0.born", "Kind 1: Born", "01.02.2020"),
        ("children.1.name", "Kind 2: Name", "Ben"),
        ("children.1.born", "Kind 2: Born", "keine Angabe"),
    ]
    english = language_by_path("en")
    assert english is not None
    with speaking(english):
        assert summary(definition, {})[0].rows[1] == summary(definition, {})[0].rows[1]
        assert summary(definition, {})[0].title == "One (en)"
        assert summary(definition, {})[0].rows[1].value == "not answered"
