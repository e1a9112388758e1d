"""The papers of a case: the copy of what was sent, the letter with the decision, each from what was kept then."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from pypdf import PdfReader

from kreisportal.cases import work
from tests.cases.citizen import open_case
from tests.cases.house import CONTENT, CaseFacts, House
from tests.support.browser import Browser

Citizens = Callable[..., Browser]

REMEDIES = {"de": "Widerspruch binnen eines Monats.", "en": "Objection within a month."}


def text_of(pdf: bytes) -> str:
    """The text of a PDF, in which line ends are spaces."""
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages).split())


def decide(house: House, case: CaseFacts) -> None:
    """Let the office decide."""
    context = house.staff()
    with house.acting(context) as session:
        work.decide(
            session,
            context,
            case.id,
            "refused",
            "Erster Absatz.\n\nZweiter Absatz.",
            [],
            90,
            signed="Doris Decker",
            remedies=REMEDIES,
        )


def paper(browser: Browser, case: CaseFacts, name: str, language: str = "de") -> str:
    """The text of a case's paper."""
    answer = browser.get(f"/{language}/vorgang/{case.id}/{name}")
    assert answer.status_code == 200, answer.status
    return text_of(answer.data)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (
            "de",
            ("Hund anmelden", "Stadt Vechta", "Dackel", "49377 Vechta", "24.12.1980", "Hundemarke"),
        ),
        ("en", ("Register a dog", "Town of Vechta", "Dackel", "49377 Vechta", "1980", "dog tag")),
    ],
)
def test_the_copy_holds_all_that_was_sent(
    house: House, citizen: Citizens, language: str, words: tuple[str, ...]
) -> None:
    case, browser = house.case(files=1), citizen()
    open_case(browser, case)
    text = paper(browser, case, "kopie.pdf", language)
    receipt = house.value("SELECT receipt FROM cases WHERE id = %s", case.id)
    for word in (*words, case.number, "Wölfchen", "Nachweis 0.pdf", "Beispiel-Øster"):
        assert word in text, word
    assert receipt[:20] in text.replace(" ", "")
    assert case.secret not in text


def test_files_that_came_later_are_not_said_to_have_been_sent_with_it(
    house: House, citizen: Citizens
) -> None:
    case, browser = house.case(), citizen()
    page = open_case(browser, case)
    upload = (io.BytesIO(CONTENT), "Nachgereicht.pdf")
    browser.submit(page, {"nachricht": "Anbei.", "dateien": upload}, "/nachricht")
    assert "Nachgereicht" not in paper(browser, case, "kopie.pdf")


def test_the_letter_says_what_was_decided_by_whom_and_how_to_contest_it(
    house: House, citizen: Citizens
) -> None:
    case, browser = house.case(), citizen()
    open_case(browser, case)
    decide(house, case)
    text = paper(browser, case, "bescheid.pdf")
    for word in (
        "Änne Łucja Beispiel-Øster",
        "Große Straße 12a",
        "49377 Vechta",
        case.number,
        "Guten Tag Änne Łucja Beispiel-Øster,",
        "Ihrem Anliegen wurde nicht entsprochen.",
        "Erster Absatz. Zweiter Absatz.",
        "Doris Decker",
        "Widerspruch binnen eines Monats.",
    ):
        assert word in text, word
    english = paper(browser, case, "bescheid.pdf", "en")
    assert "Objection within a month." in english
    assert "Widerspruch binnen" not in english


def test_the_letter_stays_what_it_was_whatever_becomes_of_who_wrote_it(
    house: House, citizen: Citizens
) -> None:
    case, browser = house.case(), citizen()
    open_case(browser, case)
    decide(house, case)
    before = paper(browser, case, "bescheid.pdf")
    staff = "SELECT staff_id FROM case_events WHERE case_id = %s AND kind = 'decided'"
    house.rows(
        "UPDATE staff SET active = false, name = 'Jemand anders' WHERE id = %s RETURNING 1",
        house.value(staff, case.id),
    )
    assert paper(browser, case, "bescheid.pdf") == before


def test_who_gave_no_address_gets_a_letter_by_number(house: House, citizen: Citizens) -> None:
    case, browser = house.case(), citizen()
    open_case(browser, case)
    decide(house, case)
    gone = "UPDATE cases SET answers = '{}', applicant_name = NULL WHERE id = %s RETURNING 1"
    house.rows(gone, case.id)
    text = paper(browser, case, "bescheid.pdf")
    assert "Guten Tag, " in text
    assert case.number in text
