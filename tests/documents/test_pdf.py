"""The two papers: what is on them, in which language, and that they can be read aloud and archived."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from pypdf import PdfReader

from kreisportal.documents.inspection import inspect
from kreisportal.documents.kinds import Kind
from kreisportal.documents.pdf import (
    AnswerSection,
    ApplicationCopy,
    AttachedFile,
    DecisionLetter,
    Letterhead,
    PrintedReceipt,
    application_copy,
    decision_letter,
)
from kreisportal.i18n import speaking
from kreisportal.i18n.languages import ENGLISH, LANGUAGES, PLAIN_GERMAN
from tests.documents.samples import image, places_of_text

MARK = b"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 9 9'><path d='M0 0h9v9z' fill='#0a5c36'/></svg>"
LETTERHEAD = Letterhead("Stadt Beispiel", ("Marktplatz 1, 12345 Beispiel", "01234 5670"), MARK, "#0a5c36")
CODE = "KP1." + "Ab-_~." * 60
COPY = ApplicationCopy(
    letterhead=LETTERHEAD,
    title="Hund anmelden",
    number="BSP-2026-00042-7",
    received_at=datetime(2026, 12, 24, 10, 15, tzinfo=UTC),
    recipient="Stadt Beispiel",
    sections=(
        AnswerSection("Sie selbst", (("Familienname", "Žižková"), ("Telefon", ""))),
        AnswerSection("Ihr Hund", (("Name", "Bello"), ("Bemerkung", "Zeile eins\nZeile zwei"))),
    ),
    files=(AttachedFile("Impfpass Größe.jpg", 2_345_678, "ab" * 32),),
    receipt=PrintedReceipt(
        CODE, "beispiel.example/quittung", "https://beispiel.example/quittung?code=" + CODE
    ),
    notes=("Nur für Ihre Unterlagen.",),
)
LETTER = DecisionLetter(
    letterhead=LETTERHEAD,
    recipient=("Frau", "Anna Beispiel", "Straße 1", "12345 Beispiel"),
    return_address="Stadt Beispiel · Marktplatz 1 · 12345 Beispiel",
    subject="Bescheid über die Hundesteuer",
    number="BSP-2026-00042-7",
    day=date(2027, 1, 7),
    paragraphs=("Guten Tag Frau Beispiel,", "wir setzen die Steuer auf 84,00 € fest."),
    contact=(("Auskunft", "Herr Muster"),),
    closing="Mit freundlichen Grüßen",
    signature=("Im Auftrag", "Max Muster"),
    enclosures=("Merkblatt",),
    remedies=("Sie können Klage erheben.",),
)


def reader(pdf: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(pdf))


def text_of(pdf: bytes) -> str:
    return "\n".join(page.extract_text() for page in reader(pdf).pages)


def test_the_copy_holds_everything_that_was_sent() -> None:
    text = text_of(application_copy(COPY))
    for part in (
        "Stadt Beispiel",
        "Marktplatz 1, 12345 Beispiel · 01234 5670",
        "Kopie Ihrer Angaben",
        "Hund anmelden",
        "BSP-2026-00042-7",
        "24. Dezember 2026, 11:15 Uhr",
        "Familienname Žižková",
        "Telefon keine Angabe",
        "Zeile eins\nZeile zwei",
        "Impfpass Größe.jpg · 2,3 MB",
        "ab" * 32,
        "beispiel.example/quittung",
        "Nur für Ihre Unterlagen.",
        "Seite 1 von ",
    ):
        assert part in text
    assert CODE in text.replace("\n", "")


def test_the_copy_in_english() -> None:
    with speaking(ENGLISH):
        pdf = application_copy(COPY)
    text = text_of(pdf)
    for part in (
        "Copy of what you sent",
        "24 December 2026, 11:15",
        "not answered",
        "2.3 MB",
        "Page 1 of ",
    ):
        assert part in text
    assert reader(pdf).root_object["/Lang"] == "en-GB"
    # Nothing of the program's own words is left in German.
    for word in ("Seite", "Uhr", "Angabe", "Quittungs", "Hinweise", "Prüfsumme"):
        assert word not in text


def test_the_letter_holds_what_a_letter_needs() -> None:
    text = text_of(decision_letter(LETTER))
    for part in (
        "Stadt Beispiel · Marktplatz 1 · 12345 Beispiel",
        "Frau\nAnna Beispiel\nStraße 1\n12345 Beispiel",
        "Unser Zeichen BSP-2026-00042-7",
        "Datum 7. Januar 2027",
        "Auskunft Herr Muster",
        "Bescheid über die Hundesteuer\nGuten Tag Frau Beispiel,\nwir setzen",
        "Mit freundlichen Grüßen\nIm Auftrag\nMax Muster",
        "Anlagen\n• Merkblatt",
        "Rechtsbehelfsbelehrung\nSie können Klage erheben.",
        "Seite 1 von 1",
    ):
        assert part in text


def test_the_recipient_stands_in_the_window_of_the_envelope() -> None:
    page = reader(decision_letter(LETTER)).pages[0]
    places = {
        text: (x, float(page.mediabox.height) - y)
        for text, x, y in places_of_text(page)
        if text in {"Frau", "12345 Beispiel", LETTER.subject}
    }
    millimetre = 72 / 25.4
    for part in ("Frau", "12345 Beispiel"):
        x, y = places[part]
        # DIN 5008 form B: the address stands 20 to 105 mm from the left and 62.7 to 90 mm from the top.
        assert 20 < x / millimetre < 105
        assert 62.7 < y / millimetre < 90
    assert places[LETTER.subject][1] / millimetre > 98.4


def test_a_long_letter_goes_on_with_its_number_on_every_page() -> None:
    long = replace(LETTER, paragraphs=LETTER.paragraphs + ("Ein Satz, der sich wiederholt. " * 20,) * 12)
    pages = reader(decision_letter(long)).pages
    assert len(pages) == 3
    for number, page in enumerate(pages, 1):
        text = page.extract_text()
        assert f"Seite {number} von 3" in text
        assert "BSP-2026-00042-7" in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_papers_are_accessible_and_fit_for_the_archive(language: object) -> None:
    with speaking(language):  # type: ignore[arg-type]
        papers = {COPY.title: application_copy(COPY), LETTER.subject: decision_letter(LETTER)}
    for title, pdf in papers.items():
        root = reader(pdf).root_object
        assert reader(pdf).metadata["/Title"] == title  # type: ignore[index]
        assert root["/ViewerPreferences"]["/DisplayDocTitle"]
        assert root["/Lang"] in {"de-DE", "en-GB"}
        assert root["/MarkInfo"]["/Marked"]
        assert root["/StructTreeRoot"]["/K"]
        described = root["/Metadata"].get_data().decode()
        for claim in (">2</pdfaid:part>", ">A</pdfaid:conformance>", ">1</pdfuaid:part>"):
            assert claim.lstrip(">") in described


def test_papers_pass_our_own_inspection() -> None:
    for pdf in (application_copy(COPY), decision_letter(LETTER)):
        assert inspect(io.BytesIO(pdf)).kind is Kind.PDF


def test_the_same_copy_gives_the_same_bytes() -> None:
    assert application_copy(COPY) == application_copy(COPY)
    assert decision_letter(LETTER) == decision_letter(LETTER)


@pytest.mark.parametrize("mark", [None, image("PNG"), image("JPEG"), MARK])
def test_any_kind_of_mark(mark: bytes | None) -> None:
    letterhead = replace(LETTERHEAD, mark=mark)
    drawn = application_copy(replace(COPY, letterhead=letterhead, receipt=None))
    images = sum(len(page.images) for page in reader(drawn).pages)
    assert images == (1 if mark in (image("PNG"), image("JPEG")) else 0)
    assert decision_letter(replace(LETTER, letterhead=letterhead))


def test_little_is_enough() -> None:
    bare = Letterhead("Stadt")
    copy = ApplicationCopy(bare, "T", "1", COPY.received_at, "Stadt", ())
    text = text_of(application_copy(copy))
    assert "Ihre Dokumente" not in text
    assert "Quittung" not in text
    letter = DecisionLetter(bare, (), "", "Betreff", "1", LETTER.day, ("Text",))
    assert "Rechtsbehelfsbelehrung" not in text_of(decision_letter(letter))


def test_a_code_too_long_for_a_qr_code_stands_there_as_text() -> None:
    code = "KP1." + "x" * 3_000
    with_text = application_copy(
        replace(COPY, receipt=PrintedReceipt(code, "a.example", "https://a.example/" + code))
    )
    assert code in text_of(with_text).replace("\n", "")


def test_a_colour_is_a_colour() -> None:
    for colour in ("green", "#0a5", '#0a5c36"', "rgb(0,0,0)"):
        with pytest.raises(ValueError, match="colour"):
            Letterhead("Stadt", accent=colour)


def test_sizes_are_given_as_people_read_them() -> None:
    for size, shown in ((1, "1 Bytes"), (999, "999 Bytes"), (84_000, "84 kB"), (20_971_520, "21 MB")):
        files = (AttachedFile("x.pdf", size, "ab" * 32),)
        with speaking(PLAIN_GERMAN):
            assert f"x.pdf · {shown}" in text_of(application_copy(replace(COPY, files=files, receipt=None)))
