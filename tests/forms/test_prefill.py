"""What is known fills a question that has no answer yet, as a proposal, and browsers are told what they may fill in."""

from __future__ import annotations

from kreisportal.forms.fieldtypes import FIELD_TYPES
from kreisportal.forms.prefill import PREFILL_KEYS, asking, autocomplete, prefill_step
from tests.forms.making import choices, field, form, question, step

KNOWN = {"person.given_names": "Anna", "contact.email": None, "person.family_name": "Muster"}


def test_known_values_are_proposed_for_questions_without_an_answer_only() -> None:
    made = form(
        step(
            "who",
            question("given", "name", prefill="person.given_names"),
            question("family", "name", prefill="person.family_name"),
            question("mail", "email", prefill="contact.email"),
            question("other", "text"),
        )
    )
    assert prefill_step(made.steps[0], {}, KNOWN) == {"given": "Anna", "family": "Muster"}
    assert prefill_step(made.steps[0], {"given": "Änne"}, KNOWN) == {"family": "Muster"}
    # An answer that was left empty on purpose is an answer.
    assert prefill_step(made.steps[0], {"given": ""}, KNOWN) == {"family": "Muster"}
    assert prefill_step(made.steps[0], {}, {}) == {}


def test_which_key_counts_may_depend_on_an_earlier_answer() -> None:
    when = {each: {"field": "whose", "is": each} for each in ("mine", "childs")}
    cases = [
        {"key": "person.given_names", "when": when["mine"]},
        {"key": "child.given_names", "when": when["childs"]},
    ]
    whose = question("whose", "choice", choices=choices("mine", "childs", "others"))
    made = form(
        step("whose", whose),
        step("who", question("given", "name", prefill_when=cases), question("x", "text")),
    )
    known = {**KNOWN, "child.given_names": "Bo"}

    def proposed(answers: dict[str, str]) -> dict[str, str]:
        return prefill_step(asking(made, answers).steps[1], answers, known)

    assert proposed({"whose": "mine"}) == {"given": "Anna"}
    assert proposed({"whose": "childs"}) == {"given": "Bo"}
    assert proposed({"whose": "others"}) == proposed({}) == {}
    assert prefill_step(made.steps[1], {"whose": "mine"}, known) == {}, "it is decided by the answers only"
    plain = form(step("who", question("given", "name", prefill="person.given_names")))
    assert asking(plain, {}) is plain


def test_the_browser_is_told_what_it_may_fill_in() -> None:
    assert autocomplete(field("name", prefill="person.given_names")) == "given-name"
    assert autocomplete(field("email", prefill="contact.email")) == "email"
    assert autocomplete(field("text")) == ""
    # A browser knows the person's name, not the dog's.
    assert autocomplete(field("text", prefill="dog.name")) == ""


def test_every_key_is_for_types_that_there_are() -> None:
    for key, prefill in PREFILL_KEYS.items():
        assert prefill.types, key
        assert set(prefill.types) <= FIELD_TYPES.keys(), key
