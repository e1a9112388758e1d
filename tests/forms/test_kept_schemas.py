"""Schemas are kept for the very same questions, and speak the language of the moment."""

from __future__ import annotations

from kreisportal.forms import check_answers
from kreisportal.forms.fieldtypes import FIELD_TYPES
from kreisportal.forms.fieldtypes.loading import schema_for
from kreisportal.i18n import language_by_path, speaking
from tests.forms.making import form, question, step


def test_the_same_questions_have_the_same_schema_and_equal_ones_their_own() -> None:
    fields, others = (form(step("one", question("a", "text"))).steps[0].fields for _ in range(2))
    assert fields == others
    assert schema_for(fields, FIELD_TYPES) is schema_for(list(fields), FIELD_TYPES)
    assert schema_for(fields, FIELD_TYPES) is not schema_for(others, FIELD_TYPES)


def test_a_kept_schema_changes_its_language() -> None:
    definition = form(step("one", question("a", "text"), question("b", "date")))
    german = check_answers(definition, {"b": "99.99.2026"})
    english = language_by_path("en")
    assert english is not None
    with speaking(english):
        spoken = check_answers(definition, {"b": "99.99.2026"})
    assert german["one"]["a"] == ["Füllen Sie „A“ aus."]
    assert spoken["one"]["a"] == ["Fill in “A (en)”."]
    assert spoken["one"]["b"] != german["one"]["b"]
    assert check_answers(definition, {"b": "99.99.2026"}) == german
