"""The name a file is saved under."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kreisportal.documents.kinds import Kind
from kreisportal.documents.names import download_name
from kreisportal.i18n import speaking
from kreisportal.i18n.languages import ENGLISH


@pytest.mark.parametrize(
    ("original", "name"),
    [
        ("Müllgebühren 2026.pdf", "Müllgebühren 2026.pdf"),
        ("Mu\u0308ll.PDF", "Müll.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\Eigene Dateien\\Antrag.docx", "Antrag.pdf"),
        ("antrag.pdf.exe", "antrag.pdf"),
        ("Rechnung 12.2025.pdf", "Rechnung 12.2025.pdf"),
        ("\u202efdp.exe", "fdp.pdf"),
        ("a\u200bb\r\nSet-Cookie: x.pdf", "ab Set-Cookie_ x.pdf"),
        ("a\"b;c%22'd.pdf", "a_b_c_22_d.pdf"),
        ("...", "Dokument.pdf"),
        ("", "Dokument.pdf"),
        (".htaccess", "htaccess.pdf"),
        ("con.pdf", "_con.pdf"),
        ("Ł̦ukasz\ud800.pdf", "Ł̦ukasz.pdf"),
    ],
)
def test_names(original: str, name: str) -> None:
    assert download_name(original, Kind.PDF) == name


def test_the_extension_is_that_of_the_content() -> None:
    assert download_name("bild.png", Kind.JPEG) == "bild.jpg"


def test_a_nameless_file_is_called_in_the_reader_s_language() -> None:
    with speaking(ENGLISH):
        assert download_name("", Kind.TXT) == "Document.txt"


def test_a_long_name_is_cut_between_letters() -> None:
    name = download_name("x" * 179 + "C\u0328\u0306" + "y" * 50, Kind.PDF)
    assert name == "x" * 179 + ".pdf"


@given(st.text(), st.sampled_from(Kind))
def test_any_name_is_safe(original: str, kind: Kind) -> None:
    name = download_name(original, kind)

    assert name.endswith(f".{kind.extension}")
    assert 0 < len(name.encode()) <= 200
    assert not set(name) & set("/\\<>:\"|?*%;'\r\n")
    assert not {unicodedata.category(letter) for letter in name} & {"Cc", "Cf", "Cs", "Co", "Cn"}
    assert name[0] not in " ."
