"""Typed text, names and ways to reach a person: what is stored, shown and refused."""

from __future__ import annotations

import pytest

from tests.forms.answering import accepted, refused, shown
from tests.forms.making import texts


def test_a_line_is_tidied() -> None:
    assert accepted("text", "  Große\u00a0 \u200bStraße\r\n5 ") == "Große Straße 5"


def test_several_lines_keep_their_lines() -> None:
    assert accepted("textarea", " eins\r\nzwei\rdrei ") == "eins\nzwei\ndrei"


def test_letters_with_loose_marks_are_joined() -> None:
    assert accepted("text", "Mu\u0308ller") == "Müller"


@pytest.mark.parametrize("text", ["a\x00b", "a\ud800b", "\x1b[31m", "\ufffd", "\uffff"])
@pytest.mark.parametrize("kind", ["text", "textarea", "name", "email", "phone", "iban", "number", "money"])
def test_what_no_database_can_hold_is_refused_clearly(kind: str, text: str) -> None:
    assert "Ein Zeichen lässt sich nicht speichern" in refused(kind, text)["answer"][0]


def test_too_long_and_too_short() -> None:
    assert refused("text", "x" * 11, limits={"max_length": 10}) == {
        "answer": ["Kürzen Sie „Answer“ auf höchstens 10 Zeichen. Es sind jetzt 11."]
    }
    assert refused("text", "x", limits={"min_length": 2})["answer"] == [
        "Geben Sie bei „Answer“ mindestens 2 Zeichen ein."
    ]
    assert accepted("text", "x" * 10, limits={"max_length": 10}) == "x" * 10


def test_a_pattern_and_its_own_sentence() -> None:
    limits = {"pattern": "[0-9]{15}", "compact": True}
    assert accepted("text", "276 0981.0123-4567", limits=limits) == "276098101234567"
    assert refused("text", "123", limits=limits)["answer"] == [
        "Prüfen Sie, ob „Answer“ richtig geschrieben ist."
    ]
    assert refused("text", "123", limits=limits, messages={"invalid": texts("15 Ziffern, bitte")})[
        "answer"
    ] == ["15 Ziffern, bitte"]


def test_something_missing_is_asked_for_by_its_short_name() -> None:
    assert refused("text", "  ", short=texts("Rasse"))["answer"] == ["Füllen Sie „Rasse“ aus."]
    assert refused("text", "", messages={"missing": texts("Wie heißt er?")})["answer"] == ["Wie heißt er?"]
    assert accepted("text", "", required=False) is None


def test_names() -> None:
    assert accepted("name", " Nguyễn  Thị ") == "Nguyễn Thị"
    assert accepted("name", "-") == "-"
    assert "„2“" in refused("name", "Anna2")["answer"][0]
    assert "lateinischen Buchstaben" in refused("name", "Иван")["answer"][0]
    assert "mindestens einen Buchstaben" in refused("name", "...")["answer"][0]


@pytest.mark.parametrize(
    ("typed", "stored"),
    [("Anna@Example.DE", "Anna@example.de"), ("anna+hund@bücher.example", "anna+hund@bücher.example")],
)
def test_email_addresses(typed: str, stored: str) -> None:
    assert accepted("email", typed) == stored


@pytest.mark.parametrize(
    "typed",
    [
        "anna",
        "a@b",
        "a b@c.example",
        "@c.example",
        "a@",
        "a@b..example",
        f"{'x' * 65}@a.example",
        "a@a.example\nBcc: x@y.example",
    ],
)
def test_no_email_addresses(typed: str) -> None:
    assert refused("email", typed)["answer"] == [
        "Geben Sie eine E-Mail-Adresse in der Form name@example.org ein."
    ]


@pytest.mark.parametrize(
    "typed", ["04441 898-0", "(04441) 8980", "+49 4441 8980", "0049 4441 8980", "04441/8980"]
)
def test_telephone_numbers(typed: str) -> None:
    assert accepted("phone", typed) == "+4944418980"


def test_a_foreign_number_and_its_display() -> None:
    assert shown("phone", accepted("phone", "+31 20 794 0799")) == "+31 20 794 0799"
    assert shown("phone", "+4944418980") == "+49 4441 8980"


@pytest.mark.parametrize("typed", ["12", "abc", "+999 1234567", "0" * 40, "04441 8980 ext. 5"])
def test_no_telephone_numbers(typed: str) -> None:
    assert "mit Vorwahl" in refused("phone", typed)["answer"][0]


def test_ibans() -> None:
    assert accepted("iban", "de89 3704 0044 0532 0130 00") == "DE89370400440532013000"
    assert shown("iban", "DE89370400440532013000") == "DE89 3704 0044 0532 0130 00"
    assert accepted("iban", "NL91ABNA0417164300") == "NL91ABNA0417164300"


@pytest.mark.parametrize(
    "typed", ["DE89370400440532013001", "DE89", "hallo", "DE" + "٨" * 20, "XX89370400440532013000"]
)
def test_no_ibans(typed: str) -> None:
    assert "Diese IBAN stimmt nicht" in refused("iban", typed)["answer"][0]


def test_a_german_account_may_be_asked_for() -> None:
    assert (
        "deutschen Kontos" in refused("iban", "NL91ABNA0417164300", limits={"german_only": True})["answer"][0]
    )
