"""What forms may propose, a profile can keep; a group says which of its people a profile may have."""

from __future__ import annotations

from kreisportal.accounts.account_profile import questions
from kreisportal.forms import PREFILL_KEYS, part_of, parts_of_group, prefill_step
from kreisportal.forms.definition import Field
from tests.forms.filing import catalogue
from tests.forms.making import form, question, step

_ALWAYS_THERE = {"contact.email", "child.kinship"}


def _keys(fields: tuple[Field, ...]) -> set[str]:
    asked = [each for field in fields for each in (field, *field.fields)]
    keys = {each.prefill for each in asked} | {case.key for each in asked for case in each.prefill_when}
    return keys - {""}


def test_every_key_that_a_form_of_the_catalogue_asks_by_can_be_kept() -> None:
    kept = {
        key for name in ("details", "entries") for each in questions(name).steps for key in _keys(each.fields)
    }
    asked = {key for each in catalogue().values() for page in each.steps for key in _keys(page.fields)}
    assert asked - kept - _ALWAYS_THERE == set()
    assert asked <= PREFILL_KEYS.keys()


def test_forms_that_ask_for_a_dog_child_or_business_ask_by_the_profile() -> None:
    wanted = {
        "hund-anmelden": "dog",
        "hund-abmelden": "dog",
        "kita-anmeldung": "child",
        "wohnsitz-ummelden": "child",
        **dict.fromkeys(("gewerbe-anmelden", "gewerbe-ummelden", "gewerbe-abmelden"), "business"),
    }
    for key, part in wanted.items():
        keys = {found for page in catalogue()[key].steps for found in _keys(page.fields)}
        assert part in {part_of(found) for found in keys}, key
    people = {found for page in catalogue()["gewerbe-anmelden"].steps for found in _keys(page.fields)}
    assert "member" in {part_of(found) for found in people}


def test_a_group_that_needs_somebody_begins_with_whom_is_known() -> None:
    inner = [question("given", "name", prefill="person.given_names"), question("other", "text")]
    known = {"person.given_names": "Anna"}
    needed = form(
        step("who", question("people", "group", fields=inner, item={"de": "Person", "en": "Person"}))
    )
    assert prefill_step(needed.steps[0], {}, known) == {"people": [{"given": "Anna"}]}
    assert prefill_step(needed.steps[0], {"people": []}, known) == {}
    assert prefill_step(needed.steps[0], {}, {}) == {}
    free = form(
        step(
            "who",
            question("people", "group", required=False, fields=inner, item={"de": "Person", "en": "Person"}),
        )
    )
    assert prefill_step(free.steps[0], {}, known) == {}
    assert parts_of_group(free.steps[0].fields[0]) == []
