"""Marks: shapes are let through, everything that could act or reach out is not."""

from __future__ import annotations

import base64
import re
from pathlib import Path

import pytest

from kreisportal.tenancy.definition_mark import drawing_of, faults_of_mark, read_mark, tidied_mark
from tests.documents import samples

GOOD = """\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 40" aria-hidden="true">
  <title>Zeichen</title>
  <g transform="rotate(-45 20 20)"><rect width="40" height="40" rx="8" fill="#0b5d4e"/></g>
  <path d="M9 11 L20 30" stroke="currentColor" stroke-width="5"></path>
</svg>
"""


def faults_of(tmp_path: Path, source: str) -> list[str]:
    file = tmp_path / "mark.svg"
    file.write_text(source, encoding="utf-8")
    return [fault.removeprefix(f"{file}:") for fault in read_mark(file)[1]]


def test_a_plain_drawing_is_read(tmp_path: Path) -> None:
    file = tmp_path / "mark.svg"
    file.write_text(GOOD, encoding="utf-8")
    assert read_mark(file) == (GOOD.strip(), [])


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("<title>Zeichen</title>", "<script>alert(1)</script>", 2),
        ("<title>Zeichen</title>", "<style>*{}</style>", 2),
        ("<title>Zeichen</title>", "<foreignObject></foreignObject>", 2),
        ("<title>Zeichen</title>", "<!-- note -->", 2),
        ("<title>Zeichen</title>", "<title>a &amp; b</title>", 2),
        ("<title>Zeichen</title>", "<image href='x'/>", 2),
        ('fill="#0b5d4e"', 'onload="alert(1)"', 3),
        ('fill="#0b5d4e"', 'style="fill:red"', 3),
        ('fill="#0b5d4e"', 'fill="url(#a)" href="x"', 3),
        ('fill="#0b5d4e"', 'fill="https://example.org/x"', 3),
        ('fill="#0b5d4e"', "fill=red", 3),
        ('xmlns="http://www.w3.org/2000/svg"', 'xmlns="http://www.w3.org/1999/xhtml"', 1),
        ("</g>", "</path>", 3),
        ("</g>", "", 5),
        ("</svg>", "</svg><svg></svg>", 5),
        ("</svg>", "", 4),
        ("<svg ", "<?xml version='1.0'?><svg ", 1),
        ("<svg ", "<g ", 1),
    ],
)
def test_what_is_no_shape_is_refused(tmp_path: Path, old: str, new: str, line: int) -> None:
    assert old in GOOD
    faults = faults_of(tmp_path, GOOD.replace(old, new, 1))
    assert faults
    assert {fault.split(":")[0] for fault in faults} == {str(line)}


def test_a_closing_tag_alone_is_refused(tmp_path: Path) -> None:
    assert faults_of(tmp_path, "</svg>")


def test_a_mark_is_small_and_utf8(tmp_path: Path) -> None:
    assert faults_of(tmp_path, GOOD + " " * 9000) == ["1: mark: is larger than 8192 bytes."]
    file = tmp_path / "mark.svg"
    file.write_bytes(b"<svg \xff></svg>")
    assert read_mark(file) == ("", [f"{file}:1: mark: must be UTF-8."])


PICTURE = drawing_of(samples.image("PNG", (40, 30)), 40, 30)


def test_a_picture_is_a_drawing_that_holds_it() -> None:
    assert faults_of_mark(PICTURE) == []


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/x.png",
        "data:image/svg+xml;base64,PHN2Zy8+",
        "data:image/png;base64,PHN2Zy8+",
        "data:text/html;base64,PHN2Zy8+",
        "#self",
        "data:image/png;base64," + base64.b64encode(samples.image("PNG", (193, 10))).decode(),
        "data:image/png;base64," + base64.b64encode(samples.image("PNG")[:16]).decode(),
    ],
)
def test_a_picture_reaches_out_for_nothing_and_is_small(address: str) -> None:
    assert faults_of_mark(re.sub(r'href="[^"]*"', f'href="{address}"', PICTURE))


def test_only_a_picture_has_an_address() -> None:
    assert faults_of_mark(PICTURE.replace("<image", "<rect"))


def test_what_drawing_programs_write_around_a_drawing_goes() -> None:
    around = f'\ufeff<?xml version="1.0" encoding="UTF-8"?>\n<!-- made\nby hand -->\n{GOOD}\n<!-- end -->'
    assert tidied_mark(around) == GOOD.strip()
    assert faults_of_mark(tidied_mark(f"<!DOCTYPE svg>{GOOD}"))
