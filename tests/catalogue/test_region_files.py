"""The catalogue's files in the browser: taken out, given back, seen before they are read in, and faults told."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator
from html import unescape

import psycopg
import pytest
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from kreisportal.catalogue import reading_files
from kreisportal.staff.sign_in import Locksmith
from kreisportal.web.program import Program
from tests.support.browser import Browser, forms_of
from tests.support.server import DatabaseCopy
from tests.support.staff import add_region_person, sign_in

PAGE = "/de/katalog-dateien/"
DOG = "services/hund-anmelden.yaml"
Client = Callable[..., Browser]


@pytest.fixture(scope="module")
def superuser(region: DatabaseCopy) -> Iterator[psycopg.Connection]:
    """Looks behind row security."""
    with region.superuser() as connection:
        yield connection


@pytest.fixture
def operator(program: Program, locksmith: Locksmith, client: Client) -> Browser:
    """A browser with somebody who runs the whole region."""
    browser = client("region.localhost")
    assert sign_in(browser, add_region_person(program.database, locksmith, None)).status_code == 303
    return browser


def taken_out(browser: Browser) -> dict[str, bytes]:
    """The files that the page gives."""
    answer = browser.get(f"{PAGE}katalog.zip")
    assert answer.headers["Content-Type"] == "application/zip"
    assert answer.headers["Cache-Control"] == "no-store"
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def archive_of(files: dict[str, bytes], folder: str = "") -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in files.items():
            archive.writestr(folder + name, content)
    return buffer.getvalue()


def give(browser: Browser, content: bytes) -> TestResponse:
    """Send an archive with the page's form; put together here, since Werkzeug leaves large ones open."""
    form = next(form for form in forms_of(browser.get(PAGE).text) if "files" in form.names)
    boundary, body = encode_multipart(
        {"csrf_token": form.values["csrf_token"], "files": FileStorage(io.BytesIO(content), "katalog.zip")}
    )
    kind = f'multipart/form-data; boundary="{boundary}"'
    return browser.post(PAGE, input_stream=io.BytesIO(body), content_type=kind, content_length=len(body))


def with_dog(files: dict[str, bytes], old: str, new: str) -> dict[str, bytes]:
    assert old.encode() in files[DOG]
    return {**files, DOG: files[DOG].replace(old.encode(), new.encode())}


def test_what_is_taken_out_changes_nothing_when_it_is_given(operator: Browser) -> None:
    files = taken_out(operator)
    assert {"topics.yaml", "words.yaml", DOG, "forms/hund-anmelden.yaml"} <= set(files)
    page = operator.follow(give(operator, archive_of(files)))
    assert "Die Dateien sagen dasselbe wie der Katalog." in page.text
    done = operator.follow(operator.submit(page, action="/uebernehmen"))
    assert "Es gab nichts zu ändern." in done.text
    again = operator.follow(operator.submit(page, action="/uebernehmen"))
    assert "Es gab nichts zu ändern." in again.text


def test_a_change_is_seen_before_it_is_read_in(
    operator: Browser, client: Client, superuser: psycopg.Connection
) -> None:
    files = with_dog(taken_out(operator), "de: Hund anmelden", "de: Hund melden")
    page = operator.follow(give(operator, archive_of(files, "catalogue/")))
    assert "1 Eintrag wird anders." in page.text
    assert "<ins>melden</ins>" in page.text
    portal = client("vechta.localhost")
    assert "Hund melden" not in portal.get("/de/leistungen/hund-anmelden").text
    done = operator.follow(operator.submit(page, action="/uebernehmen"))
    assert "Eingelesen: 1 Eintrag ist anders." in done.text
    assert "Hund melden" in portal.get("/de/leistungen/hund-anmelden").text
    assert "Dateien des Katalogs eingelesen" in operator.get("/de/protokoll/").text
    (row,) = superuser.execute(
        "SELECT origin, staff_id IS NOT NULL FROM catalogue_releases WHERE id > 1"
    ).fetchall()
    assert row == ("files", True)


def test_files_can_be_put_away(operator: Browser) -> None:
    files = with_dog(taken_out(operator), "minutes: 5", "minutes: 6")
    page = operator.follow(give(operator, archive_of(files)))
    gone = operator.follow(operator.submit(page, action="/verwerfen"))
    assert "Das ändern Ihre Dateien" not in gone.text


def test_a_fault_is_told_with_file_line_and_field(operator: Browser) -> None:
    files = with_dog(taken_out(operator), "level: municipality", "level: planet")
    refused = give(operator, archive_of(files))
    assert refused.status_code == 422
    assert "In den Dateien ist 1 Fehler. Es wurde nichts geändert." in refused.text
    for told in ("hund-anmelden.yaml", 'data-label="Zeile">6<', 'data-label="Feld">level<'):
        assert told in refused.text


def test_the_browsers_text_stays_unless_the_files_shall_win(operator: Browser) -> None:
    files = taken_out(operator)
    page = operator.get("/de/katalog/abfallkalender/texte/law")
    fields = {"reviewed_by": "Neue Redaktion"}
    for name in ("responsibility.de", "responsibility.en", "legal_basis", "remedies.de", "remedies.en"):
        fields[name] = _area(page.text, name)
    operator.submit(page, {**fields, "reviewed_on": "2026-12-01"}, "/texte/law")
    operator.submit(operator.get("/de/katalog/abfallkalender/aenderungen"), action="/veroeffentlichen")
    page = operator.follow(give(operator, archive_of(files)))
    assert "Im Browser geändert, die Dateien sagen etwas anderes" in page.text
    operator.submit(page, {"vorrang": "browser"}, "/uebernehmen")
    assert b"Neue Redaktion" in taken_out(operator)["services/abfallkalender.yaml"]
    page = operator.follow(give(operator, archive_of(files)))
    operator.submit(page, {"vorrang": "dateien"}, "/uebernehmen")
    assert taken_out(operator) == files


def _area(page: str, name: str) -> str:
    return unescape(page.partition(f'name="{name}"')[2].partition(">")[2].partition("</textarea>")[0])


@pytest.mark.parametrize(
    "content",
    [b"", b"PK\x03\x04 no archive", archive_of({"readme.txt": b"x"}), archive_of({"../topics.yaml": b"[]"})],
)
def test_what_is_no_catalogue_is_refused(operator: Browser, content: bytes) -> None:
    assert give(operator, content).status_code == 422


def test_an_archive_that_unpacks_to_too_much_is_refused(
    operator: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading_files, "_LARGEST_UNPACKED", 1000)
    assert "more than" in give(operator, archive_of({"topics.yaml": b"#" * 2000})).text


def test_a_district_admin_takes_out_and_reads_nothing_in(
    program: Program, locksmith: Locksmith, client: Client
) -> None:
    browser = client("region.localhost")
    district = program.keeper.current.registry.by_slug["landkreis-vechta"]
    assert sign_in(browser, add_region_person(program.database, locksmith, district)).status_code == 303
    page = browser.get(PAGE)
    assert (page.status_code, 'type="file"' in page.text) == (200, False)
    assert DOG in taken_out(browser)
