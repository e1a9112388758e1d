"""What the status page tells an applicant: how far it is, by when, what was written, what is asked."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta

import pytest

from kreisportal.cases import by_applicant, work
from kreisportal.cases.status import CaseState
from kreisportal.cases.wording import status_text
from kreisportal.i18n import language_by_path
from kreisportal.i18n.languages import speaking
from kreisportal.kernel import clock
from tests.cases.citizen import open_case
from tests.cases.house import CONTENT, CaseFacts, House
from tests.cases.test_work import ACTS, do
from tests.support.browser import Browser

Citizens = Callable[..., Browser]


def page_of(citizen: Citizens, case: CaseFacts, slug: str = "vechta") -> str:
    """The case's status page."""
    return open_case(citizen(slug), case).text


def test_the_steps_follow_what_happened(house: House, citizen: Citizens) -> None:
    case = house.case("lohne")
    worker = house.staff("lohne")
    words = ["Eingegangen", "In Bearbeitung", "Entschieden"]

    def shown(slug: str = "lohne") -> str:
        return page_of(citizen, case, slug).partition("Wo es steht</h2>")[2].partition("</ol>")[0]

    def order(part: str, steps: list[str]) -> None:
        places = [part.index(step) for step in steps]
        assert places == sorted(places), steps

    order(shown(), words)
    do(house, worker, case, ACTS["question"])
    order(shown(), ["Eingegangen", "In Bearbeitung", "Wir warten auf Ihre Antwort", "Entschieden"])
    house.pass_on(case, "lohne", "landkreis-vechta")
    order(shown(), ["Eingegangen", "An die zuständige Behörde weitergegeben", "In Bearbeitung"])


def test_a_withdrawn_case_waits_for_no_decision(house: House, citizen: Citizens) -> None:
    case = house.case()
    with house.acting(case.context) as session:
        by_applicant.withdraw(session, case.context, case.id, 30)
    part = page_of(citizen, case).partition("Wo es steht</h2>")[2].partition("</ol>")[0]
    assert "Von Ihnen zurückgezogen" in part
    assert "Entschieden" not in part


@pytest.mark.parametrize(
    ("kind", "days", "sentence"),
    [
        (None, 3, "Die Behörde möchte bis zum "),
        ("taken", 3, "Die Behörde möchte bis zum "),
        (None, -1, "Die Antwort dauert länger als geplant."),
        ("question", 3, None),
        ("question", -1, None),
        ("decided", 3, None),
    ],
)
def test_by_when_is_said_only_while_the_office_has_it_in_hand(
    house: House, citizen: Citizens, kind: str | None, days: int, sentence: str | None
) -> None:
    case = house.case()
    if kind:
        do(house, house.staff(), case, ACTS[kind])
    day = clock.today() + timedelta(days=days)
    house.rows("UPDATE cases SET due_on = %s WHERE id = %s RETURNING 1", day, case.id)
    page = page_of(citizen, case)
    for each in ("Die Behörde möchte bis zum ", "Die Antwort dauert länger als geplant."):
        assert (each in page) == (each == sentence), each


def test_only_the_newest_question_is_open_and_all_are_in_the_messages(
    house: House, citizen: Citizens
) -> None:
    case, worker = house.case(), house.staff()
    for question in ("Erste Frage?", "Zweite Frage?"):
        with house.acting(worker) as session:
            work.ask(session, worker, case.id, question)
    page = page_of(citizen, case)
    asked, _, rest = page.partition("Wo es steht</h2>")
    assert ("Zweite Frage?" in asked, "Erste Frage?" in asked) == (True, False)
    assert ("Zweite Frage?" in rest, "Erste Frage?" in rest) == (True, True)
    with house.acting(case.context) as session:
        by_applicant.answer(session, case.context, case.id, "Erste Antwort.", [])
    page = page_of(citizen, case)
    assert "hat eine Frage an Sie" not in page
    assert "Erste Antwort." in page


def test_files_of_the_application_and_of_messages_are_kept_apart(house: House, citizen: Citizens) -> None:
    case, browser = house.case(files=1), citizen()
    page = open_case(browser, case)
    upload = (io.BytesIO(CONTENT), "Nachgereicht.pdf")
    browser.submit(page, {"nachricht": "Anbei.", "dateien": upload}, "/nachricht")
    text = browser.get(f"/de/vorgang/{case.id}").text
    own = text.partition("Ihre Dateien</h3>")[2].partition("</ul>")[0]
    assert ("Nachweis 0.pdf" in own, "Nachgereicht.pdf" in own) == (True, False)
    assert text.count(">Nachgereicht.pdf<") == 1


def test_a_service_that_the_catalogue_has_no_more_is_named_by_its_key(
    house: House, citizen: Citizens
) -> None:
    case, browser = house.case(), citizen()
    open_case(browser, case)
    house.rows("UPDATE cases SET service_key = 'hundemarke-alt' WHERE id = %s RETURNING 1", case.id)
    assert "<h1>hundemarke-alt</h1>" in browser.get(f"/de/vorgang/{case.id}").text


@pytest.mark.parametrize("language", ["de", "en"])
def test_every_state_has_words_in_every_language(language: str) -> None:
    spoken = language_by_path(language)
    assert spoken is not None
    with speaking(spoken):
        words = [status_text(state.value) for state in CaseState]
    assert len(set(words)) == len(words)
    assert ("Eingegangen" in words) == (language == "de")
