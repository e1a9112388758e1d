"""Texts and files that come with forms: whole or refused by name, and honest about what nobody could look through."""

from __future__ import annotations

import dataclasses
import io
import socket
from collections.abc import Callable

import pytest

from kreisportal.app import create_wsgi
from kreisportal.cases.pages.posted import too_long
from kreisportal.documents.malware import ClamAvScanner
from kreisportal.documents.service import Intake
from tests.cases.citizen import open_case, token_of
from tests.cases.house import CONTENT, CaseFacts, House
from tests.documents.test_malware import BAD, clamd, serving
from tests.support.browser import Browser

Citizens = Callable[..., Browser]


@pytest.mark.parametrize(("length", "refused"), [(0, False), (10, False), (11, True)])
def test_a_text_may_have_just_so_many_letters(length: int, refused: bool) -> None:
    assert bool(too_long("ä" * length, 10)) is refused


def test_who_has_written_too_much_is_told_how_much() -> None:
    (sentence,) = too_long("x" * 1234, 1000)
    assert "1000" in sentence
    assert "1234" in sentence


def send_files(browser: Browser, case: CaseFacts, *files: tuple[bytes, str]) -> str:
    """Send a message with files; the page that follows."""
    page = open_case(browser, case)
    dateien = [(io.BytesIO(content), name) for content, name in files]
    data = {"csrf_token": token_of(page), "nachricht": "Anbei.", "dateien": dateien}
    path = f"/de/vorgang/{case.id}/nachricht"
    answer = browser.post(path, data)
    return answer.text if answer.status_code == 422 else ""


def test_ten_files_are_taken_and_an_eleventh_is_one_too_many(house: House, citizen: Citizens) -> None:
    case = house.case()
    files = [(CONTENT, f"Seite {number}.pdf") for number in range(11)]
    page = send_files(citizen(), case, *files)
    assert "Seite 10.pdf: Das ist eine Datei zu viel." in page
    assert house.rows("SELECT 1 FROM documents WHERE case_id = %s", case.id) == []
    assert send_files(citizen(), case, *files[:10]) == ""
    assert len(house.rows("SELECT 1 FROM documents WHERE case_id = %s", case.id)) == 10


def test_each_refused_file_is_named_with_its_reason(house: House, citizen: Citizens) -> None:
    case = house.case()
    page = send_files(citizen(), case, (b"MZ\x90", "a.exe"), (b"", "leer.pdf"), (CONTENT, "gut.pdf"))
    assert "a.exe: " in page
    assert "leer.pdf: " in page
    assert "gut.pdf: " not in page
    assert "Noch ist nichts gesendet." in page


def scanned_at(house: House, address: str) -> Browser:
    """A browser at a program whose scanner is there."""
    intake = house.program.intake
    scanning = Intake(intake.storage, ClamAvScanner(address, timeout_seconds=5), intake.limits)
    wsgi = create_wsgi(dataclasses.replace(house.program, intake=scanning))
    return Browser(wsgi, "vechta.localhost", "10.9.9.9")


def test_a_file_that_nobody_can_look_through_now_is_asked_for_again_later(house: House) -> None:
    case = house.case()
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        browser = scanned_at(house, f"127.0.0.1:{closed.getsockname()[1]}")
        page = send_files(browser, case, (CONTENT, "Foto.pdf"))
    assert "Foto.pdf: Die Datei lässt sich gerade nicht prüfen." in page
    assert "Anbei." in page
    assert house.rows("SELECT 1 FROM documents WHERE case_id = %s", case.id) == []
    assert len(house.events(case.id)) == 1


def send_scanned(house: House, case: CaseFacts, content: bytes, name: str) -> str:
    """Send a file that ClamAV looks through; the page that follows if it was refused."""
    listener = socket.create_server(("127.0.0.1", 0))
    browser = scanned_at(house, f"127.0.0.1:{listener.getsockname()[1]}")
    with serving(listener, clamd):
        return send_files(browser, case, (content, name))


def test_malware_is_not_kept_anywhere(house: House, files: Callable[[int], set[str]]) -> None:
    case = house.case()
    before = files(case.tenant.id)
    page = send_scanned(house, case, BAD + b" as text", "Rechnung.txt")
    assert "Rechnung.txt: In der Datei steckt ein Schadprogramm." in page
    assert files(case.tenant.id) == before
    assert send_scanned(house, case, b"Nichts dergleichen.", "Brief.txt") == ""
    assert house.rows("SELECT name FROM documents WHERE case_id = %s", case.id) == [("Brief.txt",)]
