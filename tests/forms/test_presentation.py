"""Pages: every type of field with label, hint, error and autofill; the error summary; nothing unescaped."""

from __future__ import annotations

from typing import Any

import pytest

from kreisportal.forms import FormDefinition, parse_step, present_notice, present_step
from kreisportal.forms.fieldtypes import FIELD_TYPES
from kreisportal.i18n import speaking
from kreisportal.i18n.languages import ENGLISH
from kreisportal.kernel.errors import NotFoundError
from tests.forms.making import choices, form, posted, question, step, texts
from tests.forms.pages import Page, check_accessible, render, render_note

INNER = [
    question("name", "name", help=texts("Wie im Ausweis")),
    question("home", "address"),
    question("how", "choice", choices=choices("a", "b")),
]


def everything(**more: Any) -> FormDefinition:
    """A form with a field of every type, each with hint and reason."""
    fields = []
    for kind in FIELD_TYPES:
        extra: dict[str, Any] = {"help": texts(f"Hinweis {kind}"), "why": texts(f"Grund {kind}"), **more}
        if kind in ("choice", "multiple"):
            extra["choices"] = [{**each, "help": texts("Mehr dazu")} for each in choices("a", "b")]
        if kind == "group":
            extra |= {"item": texts("Kind"), "fields": INNER}
        if kind == "declaration":
            extra.pop("required", None)
        fields.append(question(kind, kind, **extra))
    fields.append(question("long", "choice", choices=choices(*"abcdefghij"), **more))
    fields.append(question("abroad", "address", limits={"abroad": True}, **more))
    return form(
        step(
            "all",
            *fields,
            help=texts("Bitte\n\nsorgfältig"),
            why=texts("Darum"),
            notes=[{"text": texts("Achtung"), "kind": "warning"}],
        )
    )


def test_every_type_is_accessible_when_empty() -> None:
    page = Page(render(present_step(everything(), "all", {})))
    check_accessible(page)
    assert "(freiwillig)" not in page.text.replace("Familie …“ (freiwillig)", "")
    assert "aria-invalid" not in str(page.elements)


def test_every_type_is_accessible_with_errors() -> None:
    definition = everything()
    result = parse_step(
        definition,
        "all",
        posted(date__day="40", date__month="1", date__year="1", address__city="x", group__0__home__city="x"),
        {},
    )
    view = present_step(definition, "all", {}, raw=result.raw, errors=result.errors)
    page = Page(render(view))
    check_accessible(page)
    assert len(page.every("a")) == sum(len(sentences) for sentences in result.errors.values())
    for sentences in result.errors.values():
        assert sentences[0] in page.text


def test_optional_questions_say_so() -> None:
    page = Page(render(present_step(everything(required=False), "all", {})))
    check_accessible(page)
    optional = [kind for kind in FIELD_TYPES if kind != "declaration"]
    # Both addresses add their optional part; the long choice and the second address follow the types.
    assert page.text.count("(freiwillig)") == len(optional) + 4


def test_an_error_is_described_at_its_input() -> None:
    definition = form(step("one", question("a", "text", help=texts("Hinweis")), question("b", "date")))
    result = parse_step(definition, "one", posted(b__day="1", b__month="1"), {})
    page = Page(render(present_step(definition, "one", {}, raw=result.raw, errors=result.errors)))
    assert page.by_id("f-a")["aria-describedby"] == "f-a-hint f-a-error"
    assert page.by_id("f-a")["aria-invalid"] == "true"
    assert page.by_id("f-b-year")["aria-describedby"] == "f-b-year-error"
    assert "aria-invalid" not in page.by_id("f-b-day")
    assert [attributes["href"] for attributes in page.every("a")] == ["#f-a", "#f-b-year"]


def test_the_summary_leads_to_the_first_input_of_a_question() -> None:
    definition = form(
        step(
            "one",
            question("a", "yes_no"),
            question("b", "date"),
            question("c", "address"),
            question("d", "group", item=texts("x"), fields=INNER),
        )
    )
    result = parse_step(definition, "one", {}, {})
    view = present_step(definition, "one", {}, raw=result.raw, errors=result.errors)
    assert [link.target for link in view.errors] == ["f-a-yes", "f-b-day", "f-c-street", "f-d"]


def test_what_was_typed_stands_in_the_inputs_escaped() -> None:
    nasty = '"><script>alert(1)</script>'
    definition = form(
        step(
            "one",
            question("a", "text"),
            question("b", "textarea"),
            question("c", "file"),
            question("d", "date"),
        )
    )
    result = parse_step(definition, "one", posted(a=nasty, b=nasty, c="i", d__day=nasty), {}, {"i": nasty})
    html = render(present_step(definition, "one", {}, raw=result.raw, errors=result.errors))
    page = Page(html)
    assert "<script" not in html
    assert page.by_id("f-a")["value"] == nasty
    assert page.by_id("f-d-day")["value"] == nasty
    assert page.text.count(nasty) == 3


def test_answers_stand_in_the_inputs() -> None:
    answers = {
        "choice": "b",
        "multiple": ["a"],
        "yes_no": False,
        "declaration": True,
        "country": "TR",
        "long": "c",
        "textarea": "\neins",
    }
    page = Page(render(present_step(everything(), "all", answers)))
    chosen = [attributes["id"] for attributes in page.every("input") if "checked" in attributes]
    assert chosen == ["f-choice-b", "f-multiple-a", "f-yes_no-no", "f-declaration"]
    assert [attributes["value"] for attributes in page.every("option") if "selected" in attributes] == [
        "TR",
        "c",
        "DE",  # The list of an address begins with Germany chosen.
    ]


def test_autofill_follows_from_the_prefill_key() -> None:
    definition = form(
        step(
            "one",
            question("a", "name", prefill="person.given_names"),
            question("b", "date", prefill="person.birth_date"),
            question("c", "address", prefill="person.address"),
            question("d", "email", prefill="contact.email"),
            question("e", "phone", prefill="contact.phone"),
            question("f", "text"),
            question("g", "address", prefill="business.address"),
        )
    )
    page = Page(render(present_step(definition, "one", {})))
    tokens = {str(attributes["name"]): attributes.get("autocomplete") for attributes in page.every("input")}
    assert tokens["a"] == "given-name"
    assert tokens["b.day"] == "bday-day"
    assert (tokens["c.street"], tokens["c.postcode"], tokens["c.city"]) == (
        "address-line1",
        "postal-code",
        "address-level2",
    )
    assert (tokens["d"], tokens["e"], tokens["f"]) == ("email", "tel", None)
    assert tokens["g.postcode"] is None  # HTML has no token for the address of a business.
    assert tokens["c.house_number"] is None


def test_keyboards_fit_the_question() -> None:
    page = Page(render(present_step(everything(), "all", {})))
    modes = {
        key: page.by_id(f"f-{key}").get("inputmode")
        for key in (
            "number",
            "money",
            "email",
            "phone",
            "address-postcode",
            "abroad-postcode",
            "date-day",
            "text",
        )
    }
    assert modes == {
        "number": "numeric",
        "money": "decimal",
        "email": "email",
        "phone": "tel",
        "address-postcode": "numeric",
        "abroad-postcode": None,
        "date-day": "numeric",
        "text": None,
    }
    assert page.by_id("f-email")["type"] == "email"


def test_a_lonely_question_is_not_said_twice() -> None:
    definition = form(
        {
            "key": "one",
            "title": texts("Wie heißt der Hund?"),
            "fields": [{"key": "a", "type": "text", "label": texts("Wie heißt der Hund?")}],
        }
    )
    page = Page(render(present_step(definition, "one", {})))
    assert page.every("label")[0]["class"] == "kp-hidden"


def test_buttons_of_groups_and_files() -> None:
    definition = form(
        step("one", question("d", "group", item=texts("Kind"), fields=INNER), question("c", "file"))
    )
    raw = {"d": [{"name": "Anna"}, {"name": "Ben"}], "c": [{"id": "7", "name": "a.pdf"}]}
    page = Page(render(present_step(definition, "one", {}, raw=raw)))
    check_accessible(page)
    assert [(b["name"], b["value"]) for b in page.every("button")] == [
        ("_remove", "d.0"),
        ("_remove", "d.1"),
        ("_add", "d"),
        ("_remove", "c.0"),
    ]
    hidden = [attributes for attributes in page.every("input") if attributes["type"] == "hidden"]
    assert [(attributes["name"], attributes["value"]) for attributes in hidden] == [("c", "7")]
    assert page.by_id("f-c")["accept"] == ".pdf,application/pdf,.jpg,.jpeg,image/jpeg,.png,image/png"
    assert present_step(definition, "one", {}).has_files
    assert [b["name"] for b in Page(render(present_step(definition, "one", {}))).every("button")] == ["_add"]


def test_a_file_question_says_beforehand_what_fits() -> None:
    definition = form(
        step(
            "one",
            question("many", "file", help=texts("Hinweis"), limits={"max": 3}),
            question("one", "file", limits={"max": 1, "accept": ["jpeg", "png"]}),
            question("text", "file", limits={"max": 2, "accept": ["pdf", "heic"]}),
            question("other", "text"),
        )
    )
    page = Page(render(present_step(definition, "one", {}, file_size="10 MB")))
    check_accessible(page)
    assert page.by_id("f-many")["aria-describedby"] == "f-many-hint f-many-fits"
    assert page.by_id("f-one")["aria-describedby"] == "f-one-fits"
    assert "aria-describedby" not in page.by_id("f-other")
    assert page.text.count("10 MB") == 5
    assert "PDF, JPEG oder PNG, höchstens 3 Dateien, jede höchstens 10 MB." in page.text
    assert "JPEG oder PNG, eine Datei, höchstens 10 MB" in page.text
    assert "HEIC" not in page.text
    with speaking(ENGLISH):
        english = Page(render(present_step(definition, "one", {}, file_size="10 MB"))).text
    assert "PDF, JPEG or PNG, 3 files at most, each 10 MB at most." in english
    assert "JPEG or PNG, one file, 10 MB at most" in english


def test_what_fits_is_said_without_a_size_that_nobody_knows() -> None:
    definition = form(step("one", question("a", "file"), question("b", "file", limits={"max": 1})))
    page = Page(render(present_step(definition, "one", {})))
    assert "PDF, JPEG oder PNG, höchstens 5 Dateien" in page.text
    assert "PDF, JPEG oder PNG, eine Datei" in page.text
    assert "jede" not in page.text


def test_known_values_are_proposed_and_answers_go_first() -> None:
    definition = form(
        step(
            "one",
            question("a", "name", prefill="person.given_names"),
            question("b", "name", prefill="person.family_name"),
        )
    )
    view = present_step(
        definition, "one", {"b": "Alt"}, known={"person.given_names": "Anna", "person.family_name": "Neu"}
    )
    assert [field.value for field in view.fields] == ["Anna", "Alt"]


def test_a_step_that_does_not_apply_is_not_found() -> None:
    definition = form(
        step("one", question("a", "yes_no")),
        step("two", question("b", "text"), when={"field": "a", "is": True}),
    )
    with pytest.raises(NotFoundError):
        present_step(definition, "two", {})
    with pytest.raises(NotFoundError):
        present_step(definition, "none", {})
    assert (
        present_step(definition, "two", {"a": True}).number,
        present_step(definition, "two", {"a": True}).total,
    ) == (2, 2)


def test_the_notice_before_the_first_field() -> None:
    links = [
        {"label": texts("Online"), "url": "https://a.example/x"},
        {"label": texts("Im Rathaus"), "text": texts("Mit Ausweis")},
    ]
    definition = form(
        step("one", question("a", "text")),
        notice={"kind": "warning", "text": texts("Eins\n\nZwei"), "links": links},
    )
    view = present_notice(definition.notice)
    assert view is not None
    page = Page(render_note(view))
    assert [attributes["href"] for attributes in page.every("a")] == ["https://a.example/x"]
    assert "Im Rathaus" in page.text
    assert view.paragraphs == ("Eins", "Zwei")
    assert present_notice(None) is None
