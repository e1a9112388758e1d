"""What is accepted and what is refused, by content and never by name."""

from __future__ import annotations

import io
import random
import struct
import zipfile
import zlib
from collections.abc import Callable
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfWriter
from pypdf.generic import DictionaryObject, NameObject, TextStringObject

from kreisportal.documents.errors import FileTooLargeError, Reason, RefusedFileError
from kreisportal.documents.inspection import inspect
from kreisportal.documents.kinds import Inspected, Kind, Limits
from kreisportal.i18n import LANGUAGES, speaking
from kreisportal.i18n.languages import ENGLISH
from tests.documents.samples import (
    archive,
    docx_parts,
    image,
    odt_parts,
    pdf,
    pdf_with_object_stream,
)

OOXML = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def look(data: bytes, limits: Limits | None = None) -> Inspected:
    return inspect(io.BytesIO(data), limits)


def refusal(data: bytes, limits: Limits | None = None) -> Reason:
    with pytest.raises(RefusedFileError) as caught:
        look(data, limits)
    return caught.value.reason


def test_every_kind_is_known_by_its_content() -> None:
    assert look(pdf()).kind is Kind.PDF
    assert look(image("JPEG")) == Inspected(Kind.JPEG, len(image("JPEG")), (40, 30))
    assert look(image("PNG", (3, 5))).pixel_size == (3, 5)
    assert look(archive(docx_parts())).kind is Kind.DOCX
    assert look(archive(odt_parts())).kind is Kind.ODT
    assert look("Grüße\r\n\tÁçë – 5 < 7 & b > a\n".encode()).kind is Kind.TXT
    assert look(b"\xef\xbb\xbfMit BOM").media_type == "text/plain; charset=utf-8"
    assert look(b"BMW zu verkaufen").extension == "txt"


def test_the_stream_stands_at_its_beginning_afterwards() -> None:
    for data in (pdf(), b"\0"):
        stream = io.BytesIO(data)
        stream.seek(2)
        with suppress(RefusedFileError):
            inspect(stream)
        assert stream.tell() == 0


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", Reason.EMPTY),
        (b"MZ\x90\0\3\0\0\0", Reason.KIND),
        (b"GIF89a\x01\0\x01\0\0", Reason.KIND),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", Reason.HEIC),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, Reason.OLD_OFFICE),
        ("Umlaut: ä".encode("latin-1"), Reason.NOT_PLAIN_TEXT),
        ("Grüße".encode("utf-16"), Reason.KIND),
        (b"Ring\x07", Reason.NOT_PLAIN_TEXT),
        ("Seite\x85".encode(), Reason.NOT_PLAIN_TEXT),
        (b"{\\rtf1 Hallo}", Reason.NOT_PLAIN_TEXT),
        (b"%!PS-Adobe-3.0", Reason.NOT_PLAIN_TEXT),
        (b"#!/bin/sh\n", Reason.NOT_PLAIN_TEXT),
    ],
)
def test_what_is_not_on_the_list_is_refused(data: bytes, reason: Reason) -> None:
    assert refusal(data) is reason


@pytest.mark.parametrize(
    "markup",
    [
        "<!DOCTYPE html><title>x</title>",
        "\ufeff \n<html>",
        "<svg xmlns='http://www.w3.org/2000/svg' onload='x()'/>",
        "<?xml version='1.0'?><svg/>",
        "Guten Tag\n<SCRIPT>x()</SCRIPT>",
        "Hallo <img src=x onerror=x()>",
        "<!-- a comment --><p>x",
        "</body >",
    ],
)
def test_pages_and_drawings_are_no_text(markup: str) -> None:
    assert refusal(markup.encode()) is Reason.NOT_PLAIN_TEXT


def test_sizes_are_limited() -> None:
    with pytest.raises(FileTooLargeError) as caught:
        look(image("PNG"), Limits(bytes=50))
    assert caught.value.limit_bytes == 50
    with pytest.raises(FileTooLargeError):
        look(b"text", Limits(text_bytes=3))
    assert look(b"text", Limits(text_bytes=4)).size == 4


@pytest.mark.parametrize("image_format", ["JPEG", "PNG"])
def test_pixels_are_limited(image_format: str) -> None:
    data = image(image_format, (100, 50))
    assert refusal(data, Limits(pixels=4_999)) is Reason.TOO_MANY_PIXELS
    assert look(data, Limits(pixels=5_000)).pixel_size == (100, 50)


def png_of(width: int, height: int) -> bytes:
    """A PNG that says it has that size, and has next to no data."""

    def chunk(name: bytes, content: bytes) -> bytes:
        body = name + content
        return struct.pack(">I", len(content)) + body + struct.pack(">I", zlib.crc32(body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = [chunk(b"IHDR", header), chunk(b"IDAT", zlib.compress(b"\0" * 99)), chunk(b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


@pytest.mark.parametrize("side", [9_500, 60_000])
def test_a_decompression_bomb_is_refused_unopened(side: int) -> None:
    # Pillow warns of the first and raises on the second; both are the same to us, whatever our limit.
    assert refusal(png_of(side, side), Limits(pixels=10**12)) is Reason.TOO_MANY_PIXELS


@pytest.mark.parametrize("image_format", ["JPEG", "PNG"])
def test_half_an_image_is_refused(image_format: str) -> None:
    data = image(image_format, (300, 300))
    assert refusal(data[: len(data) // 2]) is Reason.DAMAGED
    assert refusal(data[:20]) is Reason.DAMAGED


def test_a_photo_may_carry_a_film_behind_it() -> None:
    assert look(image("JPEG") + b"\0\0\0\x18ftypmp42 film").kind is Kind.JPEG


def test_half_a_pdf_is_refused() -> None:
    assert refusal(pdf()[:-40]) is Reason.DAMAGED


def test_a_pdf_starts_with_its_mark() -> None:
    assert refusal(b"\0" + pdf()) is Reason.KIND


def with_javascript(writer: PdfWriter) -> None:
    script = DictionaryObject(
        {NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject("app.alert('x')")}
    )
    writer.root_object[NameObject("/OpenAction")] = script


def with_attachment(writer: PdfWriter) -> None:
    writer.add_attachment("x.exe", b"MZ")


def with_password(writer: PdfWriter) -> None:
    writer.encrypt("", "owner", algorithm="RC4-128")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (with_javascript, Reason.ACTIVE),
        (with_attachment, Reason.ACTIVE),
        (with_password, Reason.PROTECTED),
    ],
)
def test_a_real_pdf_with_something_in_it_is_refused(
    change: Callable[[PdfWriter], None], reason: Reason
) -> None:
    writer = PdfWriter()
    writer.add_blank_page(200, 200)
    change(writer)
    assert refusal(pdf(writer)) is reason


@pytest.mark.parametrize(
    "action",
    [
        b"<< /S /JavaScript /JS (x) >>",
        b"<< /S /J#61va#53cript >>",
        b"<</JS(x)>>",
        b"<< /S /Launch /F (cmd.exe) >>",
        b"<< /XFA 5 0 R >>",
        b"<< /S/SubmitForm>>",
        b"<</EF<</F 1 0 R>>/Type/EmbeddedFile>>",
        b"[/RichMedia]",
    ],
)
@pytest.mark.parametrize("packed", [True, False])
def test_active_content_is_found_in_plain_and_in_packed_objects(action: bytes, packed: bool) -> None:
    assert look(pdf_with_object_stream(b"1 0 << /Type /Page >>", packed=packed)).kind is Kind.PDF
    assert refusal(pdf_with_object_stream(b"1 0 " + action, packed=packed)) is Reason.ACTIVE
    assert refusal(pdf().replace(b"/Type", action + b"/Type", 1)) is Reason.ACTIVE


def test_similar_names_and_chance_are_no_active_content() -> None:
    harmless = b"<< /JSFont 1 /LaunchPad 2 /EncryptMetadataX 3 /Title (JavaScript) >>"
    assert look(pdf().replace(b"/Type", harmless + b"/Type", 1)).kind is Kind.PDF
    # A packed picture may hold any bytes, the short names among them.
    picture = b"1 0 obj <</Subtype/Image>>\nstream\n\x93/JS \x01/XFA(\nendstream\n"
    assert look(pdf().replace(b"1 0 obj", picture + b"1 0 obj", 1)).kind is Kind.PDF


def test_object_streams_that_cannot_be_looked_through_are_refused() -> None:
    content = b"1 0 << /Type /Page >>"
    assert refusal(pdf_with_object_stream(content, b"/DecodeParms << /Predictor 12 >> ")) is Reason.ARCHIVE
    unusual = pdf_with_object_stream(content).replace(b"/FlateDecode", b"/LZWDecode")
    assert refusal(unusual) is Reason.ARCHIVE
    two = pdf_with_object_stream(content).replace(b"/FlateDecode", b"[/ASCIIHexDecode /FlateDecode]")
    assert refusal(two) is Reason.ARCHIVE
    broken = pdf_with_object_stream(content, b"/Filter /FlateDecode ", packed=False)
    assert refusal(broken) is Reason.DAMAGED
    bomb = pdf_with_object_stream(b" " * 20_000_000)
    assert refusal(bomb) is Reason.ARCHIVE
    assert refusal(pdf_with_object_stream(b" " * 2_000), Limits(unpacked_bytes=1_000)) is Reason.ARCHIVE


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("word/vbaProject.bin", b"x", Reason.ACTIVE),
        ("word/VBAPROJECT.BIN", b"x", Reason.ACTIVE),
        ("word/vbaData.xml", b"x", Reason.ACTIVE),
        ("word/activeX/activeX1.xml", b"x", Reason.ACTIVE),
        ("word/embeddings/oleObject1.bin", b"x", Reason.ACTIVE),
        ("word/media/setup.exe", b"x", Reason.ACTIVE),
        ("/etc/passwd", b"x", Reason.ARCHIVE),
        ("word/../../x", b"x", Reason.ARCHIVE),
        ("word\\..\\x", b"x", Reason.ARCHIVE),
        ("C:x", b"x", Reason.ARCHIVE),
        ("WORD/DOCUMENT.XML", b"x", Reason.ARCHIVE),
        ("word/bomb.xml", b" " * 5_000_000, Reason.ARCHIVE),
    ],
)
def test_a_word_document_with_something_in_it_is_refused(name: str, content: bytes, reason: Reason) -> None:
    assert refusal(archive({**docx_parts(), name: content})) is reason


def test_a_document_that_fetches_its_template_is_refused() -> None:
    relation = (
        f'<Relationship Id="a" Type="{OOXML}/{{}}" Target="https://x.example/a" TargetMode="External"/>'
    )
    template = archive(docx_parts(relations=relation.format("attachedTemplate")))
    assert refusal(template) is Reason.ACTIVE
    link = archive(docx_parts(relations=relation.format("hyperlink")))
    assert look(link).kind is Kind.DOCX


def test_a_document_that_says_it_has_macros_is_refused() -> None:
    macros = "application/vnd.ms-word.document.macroEnabled.main+xml"
    assert refusal(archive(docx_parts(main=macros))) is Reason.ACTIVE


def test_other_archives_are_refused() -> None:
    spreadsheet = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
    assert refusal(archive(docx_parts(main=spreadsheet))) is Reason.KIND
    assert refusal(archive({"a.txt": "x"})) is Reason.KIND
    assert refusal(archive({**odt_parts(), "mimetype": "application/epub+zip"})) is Reason.KIND
    assert refusal(archive(docx_parts())[:-30]) is Reason.DAMAGED
    assert refusal(archive(docx_parts(), zipfile.ZIP_LZMA)) is Reason.ARCHIVE


def test_an_archive_is_limited_in_number_and_size() -> None:
    assert refusal(archive(docx_parts()), Limits(entries=4)) is Reason.ARCHIVE
    assert refusal(archive(docx_parts()), Limits(unpacked_bytes=500)) is Reason.ARCHIVE


def test_an_archive_that_lies_about_its_sizes_is_refused() -> None:
    data = bytearray(archive({**docx_parts(), "word/big.xml": random.Random(1).randbytes(3_000)}))
    entry = data.rfind(b"word/big.xml") - 46
    assert data[entry : entry + 4] == b"PK\x01\x02"
    struct.pack_into("<I", data, entry + 24, 10)
    assert refusal(bytes(data)) is Reason.DAMAGED


def test_entries_that_overlap_are_refused() -> None:
    data = bytearray(archive({**docx_parts(), "word/a.xml": b"a" * 99}, zipfile.ZIP_STORED))
    entry = data.rfind(b"word/a.xml") - 46
    struct.pack_into("<II", data, entry + 20, 90_000, 90_000)
    assert refusal(bytes(data)) is Reason.ARCHIVE


def test_protected_and_programmed_libreoffice_texts_are_refused() -> None:
    assert refusal(archive(odt_parts("<manifest:encryption-data/>"))) is Reason.PROTECTED
    assert refusal(archive({**odt_parts(), "Basic/Standard/Module1.xml": "x"})) is Reason.ACTIVE
    assert refusal(archive({**odt_parts(), "Scripts/python/x.py": "x"})) is Reason.ACTIVE


def test_entities_are_not_even_read() -> None:
    laughs = '<!DOCTYPE x [<!ENTITY a "ha">]><manifest>&a;</manifest>'
    assert refusal(archive({**odt_parts(), "META-INF/manifest.xml": laughs})) is Reason.ARCHIVE


def test_every_refusal_is_translated() -> None:
    for reason in set(Reason) - {Reason.TOO_LARGE}:
        german = RefusedFileError(reason).sentence
        with speaking(ENGLISH):
            assert RefusedFileError(reason).sentence != german


def test_every_refusal_says_what_to_do_in_every_language() -> None:
    for language in LANGUAGES:
        with speaking(language):
            for reason in set(Reason) - {Reason.TOO_LARGE}:
                assert len(RefusedFileError(reason).sentence) > 30
            assert "20 MB" in FileTooLargeError(20 * 1024 * 1024).sentence
            assert "3 " in FileTooLargeError(3 * 1024).sentence


@given(st.data())
def test_damage_never_ends_in_another_error(data: st.DataObject) -> None:
    sample = bytearray(data.draw(st.sampled_from(SAMPLES)))
    for _ in range(data.draw(st.integers(1, 8))):
        position = data.draw(st.integers(0, len(sample) - 1))
        sample[position] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(sample)))
    with suppress(RefusedFileError):
        look(bytes(sample[:cut] if data.draw(st.booleans()) else sample))


SAMPLES = [pdf(), image("JPEG"), image("PNG"), archive(docx_parts()), archive(odt_parts()), b"Text"]
