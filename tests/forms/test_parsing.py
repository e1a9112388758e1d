"""Sending a page: what is kept, what is said, what the buttons do, what is ignored."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kreisportal.forms import check_answers, parse_step, present_step, summary
from kreisportal.forms.fieldtypes import FIELD_TYPES
from tests.forms.making import choices, form, posted, question, step, texts

CHILD = {
    "item": texts("Kind"),
    "fields": [question("name", "name"), question("born", "date", required=False)],
}

EVERYTHING = form(
    step(
        "all",
        *(
            question(
                kind,
                kind,
                **({"choices": choices("a", "b")} if kind in ("choice", "multiple") else {}),
                **(CHILD if kind == "group" else {}),
            )
            for kind in FIELD_TYPES
        ),
    )
)
COMPLETE = posted(
    text="Rex",
    textarea="eins\nzwei",
    name="Änne",
    date__day="24",
    date__month="12",
    date__year="1980",
    number="3",
    money="12,50",
    choice="a",
    multiple=["a", "b"],
    yes_no="no",
    declaration="yes",
    country="DE",
    address__street="Große Straße",
    address__house_number="1",
    address__postcode="49377",
    address__city="Vechta",
    email="anna@a.example",
    phone="04441 8980",
    iban="DE89370400440532013000",
    file="d1",
    group__0__name="Anna",
)
DOCUMENTS = {"d1": "Ausweis.pdf"}


def test_a_complete_page_has_no_errors() -> None:
    result = parse_step(EVERYTHING, "all", COMPLETE, {}, DOCUMENTS)
    assert result.ok
    assert set(result.values) == set(FIELD_TYPES)
    assert result.cleared == ()
    assert check_answers(EVERYTHING, result.merged({})) == {}


def test_an_empty_page_asks_for_everything_in_order_and_keeps_nothing() -> None:
    result = parse_step(EVERYTHING, "all", {}, {})
    assert list(result.errors) == list(FIELD_TYPES)
    assert result.values == {}


def test_what_was_typed_is_kept_when_something_is_wrong() -> None:
    result = parse_step(
        EVERYTHING, "all", posted(name="Anna2", date__day="40", email="anna", group__0__name="<b>"), {}
    )
    assert result.raw["name"] == "Anna2"
    assert result.raw["date"] == {"day": "40", "month": "", "year": ""}
    assert result.raw["email"] == "anna"
    assert result.raw["group"][0]["name"] == "<b>"


def test_inputs_nobody_offered_are_ignored() -> None:
    definition = form(step("one", question("a", "text")), step("two", question("b", "text")))
    result = parse_step(definition, "one", posted(a="x", b="y", tenant="1", status="done", a__b="z"), {})
    assert (result.values, result.raw) == ({"a": "x"}, {"a": "x"})


def test_a_step_that_does_not_exist_or_apply_gives_nothing() -> None:
    definition = form(
        step("one", question("a", "yes_no")),
        step("two", question("b", "text"), when={"field": "a", "is": True}),
    )
    assert parse_step(definition, "none", posted(a="x"), {}).values == {}
    assert parse_step(definition, "two", posted(b="x"), {"a": False}).values == {}
    assert parse_step(definition, "two", posted(b="x"), {"a": True}).values == {"b": "x"}


def test_an_answer_that_was_emptied_is_taken_out() -> None:
    definition = form(step("one", question("a", "text", required=False), question("b", "text")))
    result = parse_step(definition, "one", posted(a="", b="new"), {"a": "old", "b": "old", "c": "other"})
    assert result.cleared == ("a",)
    assert result.merged({"a": "old", "b": "old", "c": "other"}) == {"b": "new", "c": "other"}


def test_rules_speak_at_their_field_once_the_answers_are_right() -> None:
    rule = {
        "check": {"field": "end", "not_before": {"field": "start"}},
        "at": "end",
        "message": texts("Das Ende liegt zu früh."),
    }
    definition = form(
        step("one", question("start", "date"), question("end", "date", required=False), rules=[rule])
    )
    start = {"start": ["24.12.2026"]}
    assert parse_step(definition, "one", {**start, "end": ["23.12.2026"]}, {}).errors == {
        "end": ["Das Ende liegt zu früh."]
    }
    assert parse_step(definition, "one", {**start, "end": ["24.12.2026"]}, {}).ok
    assert parse_step(definition, "one", start, {}).ok
    assert list(parse_step(definition, "one", {"end": ["23.12.2026"]}, {}).errors) == ["start"]


def test_a_rule_may_ask_for_one_of_several() -> None:
    either = {"any": [{"field": "email", "filled": True}, {"field": "phone", "filled": True}]}
    rule = {"check": either, "at": "email", "message": texts("Eins von beiden.")}
    definition = form(
        step(
            "one",
            question("email", "email", required=False),
            question("phone", "phone", required=False),
            rules=[rule],
        )
    )
    assert parse_step(definition, "one", {}, {}).errors == {"email": ["Eins von beiden."]}
    assert parse_step(definition, "one", posted(phone="04441 8980"), {}).ok
    assert list(parse_step(definition, "one", posted(phone="x"), {}).errors) == ["phone"]
    assert check_answers(definition, {}) == {"one": {"email": ["Eins von beiden."]}}


# Groups and files without JavaScript

GROUPS = form(
    step(
        "one",
        question("children", "group", **CHILD, limits={"max": 3}),
        question("papers", "file", required=False),
    )
)


def test_adding_shows_one_more_and_scolds_nobody() -> None:
    result = parse_step(
        GROUPS, "one", posted(children__0__name="Anna", children__0__born__day="1", _add="children"), {}
    )
    assert result.changed
    assert not result.ok
    assert result.errors == {}
    assert [each["name"] for each in result.raw["children"]] == ["Anna", ""]
    view = present_step(GROUPS, "one", {}, raw=result.raw)
    assert [instance.title for instance in view.fields[0].instances] == ["Kind 1", "Kind 2"]
    assert view.fields[0].instances[0].fields[1].parts[0].value == "1"


def test_adding_stops_at_the_limit() -> None:
    names = {f"children.{index}.name": ["Anna"] for index in range(3)}
    result = parse_step(GROUPS, "one", {**names, "_add": ["children"]}, {})
    assert result.changed
    assert len(result.raw["children"]) == 3
    assert present_step(GROUPS, "one", {}, raw=result.raw).fields[0].add_label == ""


def test_removing_takes_the_right_one() -> None:
    names = posted(children__0__name="Anna", children__1__name="Ben", children__2__name="Cem")
    result = parse_step(GROUPS, "one", {**names, "_remove": ["children.1"]}, {})
    assert [each["name"] for each in result.raw["children"]] == ["Anna", "Cem"]


def test_removing_a_file() -> None:
    files = {"papers": ["a", "b"], "_remove": ["papers.0"], "children.0.name": ["Anna"]}
    result = parse_step(GROUPS, "one", files, {}, {"a": "a.pdf", "b": "b.pdf"})
    assert result.raw["papers"] == [{"id": "b", "name": "b.pdf"}]


@pytest.mark.parametrize(
    "button",
    [
        {"_add": "papers"},
        {"_add": "nobody"},
        {"_remove": "children"},
        {"_remove": "nobody.1"},
        {"_remove": "children.x"},
    ],
)
def test_buttons_that_do_not_exist_do_nothing(button: dict[str, str]) -> None:
    result = parse_step(GROUPS, "one", posted(children__0__name="Anna", **button), {})
    assert not result.changed
    assert result.ok


# Whatever is posted

_names = st.sampled_from(
    [
        *FIELD_TYPES,
        *(
            f"{key}.{part}"
            for key in ("date", "address", "group", "file")
            for part in (
                "day",
                "month",
                "year",
                "street",
                "house_number",
                "postcode",
                "city",
                "0",
                "0.name",
                "1.born.day",
                "9999.name",
                "-1.name",
                "x",
            )
        ),
        "_add",
        "_remove",
        "",
    ]
)
_values = st.one_of(
    st.text(max_size=40),
    st.text(st.characters(categories=["Cs", "Cc", "Nd", "No"]), max_size=10),
    st.sampled_from(
        [
            "yes",
            "no",
            "a",
            "24.12.2026",
            "1.234,56",
            "group",
            "group.0",
            "file.0",
            "d1",
            "DE",
            "\x00",
            "\ud800",
            "9" * 400,
            "x" * 30_000,
        ]
    ),
    st.from_regex(r"[0-9.,\-+ ]{1,12}"),
)
_pages = st.dictionaries(_names, st.lists(_values, max_size=3), max_size=25)


@settings(max_examples=400, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(_pages)
def test_nothing_that_is_posted_raises_or_breaks_the_page(page: dict[str, list[str]]) -> None:
    result = parse_step(EVERYTHING, "all", page, {}, DOCUMENTS)
    str([result.raw, result.values, result.errors]).encode()  # Everything can be stored and sent as UTF-8.
    assert "\x00" not in str(result.raw)
    present_step(EVERYTHING, "all", {}, raw=result.raw, errors=result.errors)
    summary(EVERYTHING, result.merged({}))


@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(_pages)
def test_what_was_accepted_is_accepted_again(page: dict[str, list[str]]) -> None:
    """Stored values pass the check of the whole form; typing them again as they are shown stores the same."""
    answers = parse_step(EVERYTHING, "all", {**COMPLETE, **page}, {}, DOCUMENTS).values
    errors = check_answers(EVERYTHING, dict(answers)).get("all", {})
    assert not set(errors) & set(answers), errors
    view = present_step(EVERYTHING, "all", dict(answers))
    again = parse_step(EVERYTHING, "all", _typed_again(view), {}, DOCUMENTS).values
    assert {key: again.get(key) for key in answers} == dict(answers)


def _typed_again(view: Any) -> dict[str, list[str]]:
    """What a browser would send for a page that nobody changed."""
    inputs: dict[str, list[str]] = {}
    for field in [
        *view.fields,
        *(inner for each in view.fields for one in each.instances for inner in one.fields),
    ]:
        inputs[field.name] = [option.value for option in field.options if option.chosen]
        inputs[field.name] += [document.id for document in field.documents]
        if field.value:
            inputs[field.name] = [field.value]
        for part in field.parts:
            inputs[part.name] = [part.value]
    return inputs
