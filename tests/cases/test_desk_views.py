"""Every act at the desk through its page: done once, seen in the history, refused with words and nothing lost."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from werkzeug.test import TestResponse

from kreisportal.access.roles import Role
from kreisportal.cases import by_applicant
from kreisportal.kernel import clock
from tests.cases.house import CONTENT, CaseFacts, Desk, House
from tests.cases.test_work import column

Desks = Callable[..., Desk]

ACTS = (
    "uebernehmen",
    "uebergeben",
    "gelesen",
    "notiz",
    "rueckfrage",
    "stand",
    "frist",
    "entscheiden",
    "weitergeben",
)


def address(case: CaseFacts, rest: str = "") -> str:
    """The address of a case's page at the desk, or of something below it."""
    return f"/de/vorgaenge/{case.id}" + (f"/{rest}" if rest else "")


def page_of(at: Desk, case: CaseFacts) -> TestResponse:
    """A case's page."""
    page = at.browser.get(address(case))
    assert page.status_code == 200, page.status
    return page


def send(
    at: Desk, case: CaseFacts, act: str, page: TestResponse | None = None, **values: object
) -> TestResponse:
    """Fill in and send the form of an act."""
    return at.browser.submit(page or page_of(at, case), values, f"/{act}")


def kinds(house: House, case: CaseFacts) -> list[str]:
    """What happened to a case at its first town."""
    return [kind for kind, _, _ in house.events(case.id, case.tenant.id)]


def test_the_page_shows_answers_documents_history_and_what_can_be_done(house: House, desk: Desks) -> None:
    case, at = house.case(files=1), desk()
    page = page_of(at, case).text
    for text in (
        case.number,
        "Änne Łucja Beispiel-Øster",
        "Wölfchen",
        "Nachweis 0.pdf",
        "Anmeldung eingegangen",
    ):
        assert text in page, text
    assert f"{case.email} (noch nicht bestätigt, dorthin gehen keine Mails)" in page
    for act in (
        "uebernehmen",
        "rueckfrage",
        "weitergeben",
        "entscheiden",
        "uebergeben",
        "notiz",
        "stand",
        "frist",
    ):
        assert f'action="{address(case, act)}"' in page, act
    assert "nicht unversehrt" not in page


def test_a_chain_that_was_tampered_with_is_told(house: House, desk: Desks) -> None:
    case, at = house.case(), desk()
    house.rows("UPDATE case_events SET data = '{\"via\": 1}' WHERE case_id = %s RETURNING 1", case.id)
    assert "Der Verlauf dieses Vorgangs ist nicht unversehrt" in page_of(at, case).text


def test_taking_handing_over_and_back(house: House, desk: Desks) -> None:
    case, at = house.case(), desk(name="Frieda Frisch")
    assert send(at, case, "uebernehmen").status_code == 303
    assert column(house, case, "assignee_id") == at.person.id
    page = page_of(at, case)
    assert "bei Frieda Frisch" in page.text
    assert f'action="{address(case, "uebernehmen")}"' not in page.text
    colleague = house.person(name="Gustav Gern")
    assert send(at, case, "uebergeben", page, person=str(colleague.id)).status_code == 303
    assert "Übergeben an Gustav Gern" in page_of(at, case).text
    send(at, case, "uebergeben", person="")
    assert column(house, case, "assignee_id") is None
    assert kinds(house, case) == ["submitted", "taken", "handed-over", "handed-over"]


@pytest.mark.parametrize("chosen", ["niemand", "00000000-0000-4000-8000-000000000000"])
def test_handing_over_to_nobody_is_no_page(house: House, desk: Desks, chosen: str) -> None:
    case, at = house.case(), desk()
    assert send(at, case, "uebergeben", person=chosen).status_code == 404
    assert kinds(house, case) == ["submitted"]


def test_a_note_is_for_colleagues_and_a_question_for_the_applicant(house: House, desk: Desks) -> None:
    case, at = house.case(confirmed=True), desk()
    send(at, case, "notiz", notiz="Zweiter <b>Hund</b>?")
    send(at, case, "rueckfrage", frage="Welche\r\n\r\nRasse?")
    page = page_of(at, case).text
    assert "Zweiter &lt;b&gt;Hund&lt;/b&gt;?" in page
    assert column(house, case, "state") == "waiting"
    texts = "SELECT content->>'text' FROM case_events WHERE case_id = %s AND kind IN ('note', 'question') ORDER BY sequence"
    assert house.rows(texts, case.id) == [("Zweiter <b>Hund</b>?",), ("Welche\n\nRasse?",)]
    assert house.mails(case.id)[-1] == ("case_news", case.email)


def test_state_and_due_date(house: House, desk: Desks) -> None:
    case, at = house.case(), desk()
    send(at, case, "stand", stand="in_progress")
    day = clock.today() + timedelta(days=20)
    send(at, case, "frist", frist=day.isoformat())
    assert (column(house, case, "state"), column(house, case, "due_on")) == ("in_progress", day)
    page = page_of(at, case).text
    assert "Stand geändert: In Bearbeitung" in page
    assert "Frist geändert:" in page


@pytest.mark.parametrize("outcome", ["granted", "refused", "done"])
def test_a_decision_with_a_file_is_what_the_applicant_reads(house: House, desk: Desks, outcome: str) -> None:
    case, at = house.case(confirmed=True), desk(name="Doris Decker")
    upload = (io.BytesIO(CONTENT), "Bescheid.pdf")
    answer = send(at, case, "entscheiden", ergebnis=outcome, bescheid="So ist es.", dateien=upload)
    assert answer.status_code == 303
    (row,) = house.rows("SELECT id, kind, name, is_public FROM documents WHERE case_id = %s", case.id)
    assert row[1:] == ("decision", "Bescheid.pdf", True)
    ((data, content),) = house.rows(
        "SELECT data, content FROM case_events WHERE case_id = %s AND kind = 'decided'", case.id
    )
    assert data == {"outcome": outcome, "documents": [str(row[0])], "state": "decided"}
    assert (content["text"], content["signed"]) == ("So ist es.", "Doris Decker")
    assert bool(content["remedies"]) == (outcome != "done")
    assert house.mails(case.id)[-1] == ("case_decided", case.email)
    days = house.program.keeper.current.catalogue.services["hund-anmelden"].retention_days
    assert column(house, case, "delete_on") == clock.today() + timedelta(days=days)
    page = page_of(at, case).text
    assert "Wird am " in page
    assert at.browser.get(address(case, f"dokument/{row[0]}"), buffered=True).data == CONTENT
    letter = at.browser.get(address(case, "bescheid.pdf"))
    assert (letter.mimetype, letter.data[:5]) == ("application/pdf", b"%PDF-")
    assert letter.headers["Content-Disposition"] == f'attachment; filename="{case.number}-Bescheid.pdf"'


def test_a_refused_file_decides_nothing_and_loses_no_word(house: House, desk: Desks) -> None:
    case, at = house.case(confirmed=True), desk()
    upload = (io.BytesIO(b"MZ\x90\x00 kein Bescheid"), "Bescheid.exe")
    answer = send(at, case, "entscheiden", ergebnis="granted", bescheid="Ein langer Text.", dateien=upload)
    assert answer.status_code == 422
    assert "Ein langer Text." in answer.text
    assert "Bescheid.exe" in answer.text
    assert column(house, case, "state") == "new"
    assert house.rows("SELECT 1 FROM documents WHERE case_id = %s", case.id) == []
    assert "case_decided" not in dict(house.mails(case.id))


@pytest.mark.parametrize(
    ("act", "field", "values"),
    [
        ("notiz", "notiz", {"notiz": "  "}),
        ("notiz", "notiz", {"notiz": "x" * 20_001}),
        ("rueckfrage", "frage", {"frage": ""}),
        ("stand", "stand", {"stand": "decided"}),
        ("stand", "stand", {"stand": ""}),
        ("frist", "frist", {"frist": ""}),
        ("frist", "frist", {"frist": "31.12.2030"}),
        ("frist", "frist", {"frist": "2020-01-01"}),
        ("frist", "frist", {"frist": "2999-01-01"}),
        ("entscheiden", "bescheid", {"ergebnis": "granted", "bescheid": ""}),
        ("entscheiden", "ergebnis", {"ergebnis": "perhaps", "bescheid": "Vielleicht."}),
        ("weitergeben", "behoerde", {"behoerde": "vechta", "grund": "An uns selbst."}),
        ("weitergeben", "behoerde", {"behoerde": "nirgends", "grund": "Weg damit."}),
        ("weitergeben", "grund", {"behoerde": "landkreis-vechta", "grund": ""}),
    ],
)
def test_what_is_missing_or_wrong_is_said_at_the_field_and_nothing_is_done(
    house: House, desk: Desks, act: str, field: str, values: dict[str, str]
) -> None:
    case, at = house.case(), desk()
    answer = send(at, case, act, **values)
    assert answer.status_code == 422
    (summary,) = re.findall(r'<[^>]*role="alert".*?</ul>', answer.text, re.DOTALL)
    assert re.findall(r'href="#([^"]+)"', summary) == [field]
    assert kinds(house, case) == ["submitted"]


@pytest.mark.parametrize("act", sorted(set(ACTS) - {"notiz"}))
def test_what_happened_since_the_page_was_shown_is_seen_first(house: House, desk: Desks, act: str) -> None:
    case, at = house.case(), desk()
    with house.acting(case.context) as session:
        by_applicant.answer(session, case.context, case.id, "Der Hund ist gestorben.", [])
    values = _right(act)
    answer = at.browser.submit(page_of(at, case), {**values, "gesehen": "1"}, f"/{act}")
    assert answer.status_code == 409
    assert "Inzwischen ist etwas dazugekommen" in answer.text
    assert "Der Hund ist gestorben." in answer.text
    assert kinds(house, case) == ["submitted", "message"]
    assert at.browser.submit(answer, values, f"/{act}").status_code == 303


def _right(act: str) -> dict[str, str]:
    """What an act takes."""
    return {
        "rueckfrage": {"frage": "Wie alt?"},
        "stand": {"stand": "in_progress"},
        "frist": {"frist": (clock.today() + timedelta(days=9)).isoformat()},
        "entscheiden": {"ergebnis": "done", "bescheid": "Gut."},
        "weitergeben": {"behoerde": "cloppenburg", "grund": "Dort."},
        "notiz": {"notiz": "Merken."},
    }.get(act, {})


def test_a_note_is_taken_whatever_happened(house: House, desk: Desks) -> None:
    case, at = house.case(), desk()
    page = page_of(at, case)
    with house.acting(case.context) as session:
        by_applicant.answer(session, case.context, case.id, "Noch etwas.", [])
    assert send(at, case, "notiz", page, notiz="Merken.").status_code == 303


@pytest.mark.parametrize("act", sorted(set(ACTS) - {"notiz", "gelesen"}))
def test_a_closed_case_says_so_and_shows_what_was_typed(house: House, desk: Desks, act: str) -> None:
    case, at = house.case(), desk()
    page = page_of(at, case)
    with house.acting(case.context) as session:
        by_applicant.withdraw(session, case.context, case.id, 30)
    values = {**_right(act), "gesehen": "2"}
    answer = at.browser.submit(page, values, f"/{act}")
    assert answer.status_code == 409
    assert "inzwischen abgeschlossen" in answer.text
    typed = values.get("frage") or values.get("bescheid") or values.get("grund")
    assert typed is None or f'<p class="kp-lines">{typed}</p>' in answer.text
    assert kinds(house, case) == ["submitted", "withdrawn"]


@pytest.mark.parametrize("act", ACTS)
def test_another_towns_desk_knows_no_such_case(house: House, desk: Desks, act: str) -> None:
    own, case = house.case("cloppenburg"), house.case()
    stranger = desk("cloppenburg")
    token = page_of(stranger, own).text.split('name="csrf_token" value="')[1].split('"')[0]
    answer = stranger.browser.post(address(case, act), {**_right(act), "csrf_token": token, "gesehen": "1"})
    assert answer.status_code == 404
    assert case.number not in answer.text
    assert kinds(house, case) == ["submitted"]


@pytest.mark.parametrize("rest", ["", "kopie.pdf", "bescheid.pdf"])
def test_nothing_of_a_case_is_shown_at_another_desk(house: House, desk: Desks, rest: str) -> None:
    case = house.case(files=1)
    stranger = desk("cloppenburg").browser
    assert stranger.get(address(case, rest)).status_code == 404
    assert stranger.get(address(case, f"dokument/{case.files[0]}")).status_code == 404


def test_a_file_is_reached_through_its_own_case_only(house: House, desk: Desks) -> None:
    case, other, at = house.case(files=1), house.case(), desk()
    found = at.browser.get(address(case, f"dokument/{case.files[0]}"), buffered=True)
    assert found.headers["Content-Disposition"].startswith("attachment;")
    assert found.mimetype == "application/pdf"
    assert at.browser.get(address(other, f"dokument/{case.files[0]}")).status_code == 404


def test_the_tenant_admin_reads_no_case(house: House, desk: Desks) -> None:
    case = house.case()
    admin = desk("vechta", Role.TENANT_ADMIN).browser
    assert admin.get("/de/vorgaenge/").status_code == 403
    assert admin.get(address(case)).status_code == 403
    assert case.number not in admin.get(address(case)).text
