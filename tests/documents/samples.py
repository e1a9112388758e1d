"""Small files of every kind for the tests, made on the spot."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Mapping

from PIL import Image
from pypdf import PageObject, PdfWriter

DOCX_MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
_TYPES = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Override PartName="/word/document.xml" ContentType="{main}"/>{more}</Types>'
)
_RELATIONS = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{relations}</Relationships>'
)
_MANIFEST = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
    '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml">{inside}'
    "</manifest:file-entry></manifest:manifest>"
)


def image(image_format: str, size: tuple[int, int] = (40, 30)) -> bytes:
    """A picture of one colour in Pillow's ``image_format``."""
    stream = io.BytesIO()
    Image.new("RGB", size, (10, 90, 60)).save(stream, image_format)
    return stream.getvalue()


def pdf(writer: PdfWriter | None = None) -> bytes:
    """A PDF of one blank page, or what ``writer`` holds."""
    if writer is None:
        writer = PdfWriter()
        writer.add_blank_page(200, 200)
    stream = io.BytesIO()
    writer.write(stream)
    return stream.getvalue()


def pdf_with_object_stream(content: bytes, dictionary: bytes = b"", packed: bool = True) -> bytes:
    """A PDF whose object stream holds ``content``; ``dictionary`` is written into its dictionary."""
    body = zlib.compress(content) if packed else content
    how = b"/Filter /FlateDecode " if packed else b""
    return (
        b"%PDF-1.7\n1 0 obj\n<< /Type /ObjStm /N 1 /First 4 "
        + how
        + dictionary
        + b"/Length "
        + str(len(body)).encode()
        + b" >>\nstream\n"
        + body
        + b"\nendstream\nendobj\nstartxref\n0\n%%EOF\n"
    )


def archive(parts: Mapping[str, bytes | str], packing: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A ZIP archive of ``parts``."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", packing) as packed:
        for name, content in parts.items():
            packed.writestr(name, content)
    return stream.getvalue()


def docx_parts(main: str = DOCX_MAIN, more: str = "", relations: str = "") -> dict[str, bytes | str]:
    """The parts of a small Word document; ``more`` content types, ``relations`` of the document."""
    return {
        "[Content_Types].xml": _TYPES.format(main=main, more=more),
        "_rels/.rels": _RELATIONS.format(relations=""),
        "word/document.xml": "<w:document xmlns:w='x'>Guten Tag</w:document>",
        "word/_rels/document.xml.rels": _RELATIONS.format(relations=relations),
        "word/printerSettings/printerSettings1.bin": b"A4",
    }


def odt_parts(manifest: str = "") -> dict[str, bytes | str]:
    """The parts of a small LibreOffice text; ``manifest`` is written into its manifest."""
    return {
        "mimetype": "application/vnd.oasis.opendocument.text",
        "content.xml": "<office/>",
        "META-INF/manifest.xml": _MANIFEST.format(inside=manifest),
    }


def places_of_text(page: PageObject) -> list[tuple[str, float, float]]:
    """The pieces of text on a page with the place of their beginning, in points from the lower left."""
    found = []

    def note(text: str, outer: list[float], inner: list[float], _font: object, _size: object) -> None:
        if text.strip():
            x = inner[4] * outer[0] + inner[5] * outer[2] + outer[4]
            y = inner[4] * outer[1] + inner[5] * outer[3] + outer[5]
            found.append((text.strip(), x, y))

    page.extract_text(visitor_text=note)
    return found
