"""Canaries: made-up words, new in every run, that lie in a town's data and must not be seen outside of it."""

from __future__ import annotations

import base64
import binascii
import contextlib
import io
import re
import secrets
import zlib
from collections.abc import Iterable
from functools import lru_cache
from urllib.parse import unquote
from zipfile import ZipFile

from pypdf import PdfReader, PdfWriter

from tests.documents.samples import pdf

# Letters that stand together in no language of the pages; names take letters only.
_LETTERS = "bcdfghjkmnpqrtvwxz"
_BASE64 = re.compile(r"[A-Za-z0-9_-]{24,}")


def _random(length: int) -> str:
    return "".join(secrets.choice(_LETTERS) for _ in range(length))


class Words:
    """The canaries of one owner: all begin alike, so that one look tells whether there is any."""

    def __init__(self, owner: str) -> None:
        self.owner = owner
        self.start = _random(7)
        self.labels: dict[str, str] = {}
        self.marks: dict[str, str] = {}
        self._pattern = re.compile(f"{self.start}[{_LETTERS}]{{8}}")

    def word(self, label: str) -> str:
        """A new canary."""
        word = self.start + _random(8)
        self.labels[word] = label
        return word.capitalize()

    def mark(self, label: str, *values: object) -> None:
        """What identifies something of the owner's, though it is no word: numbers, secrets, ids."""
        self.marks.update({str(value).lower(): label for value in values})

    def file(self, label: str) -> bytes:
        """A file with a canary inside."""
        writer = PdfWriter()
        writer.add_blank_page(200, 200)
        writer.add_metadata({"/Title": self.word(label)})
        return pdf(writer)

    def found(self, text: str, *, said: str = "") -> set[str]:
        """The labels of all canaries and marks in a text, except those that are ``said`` by who asked for it."""
        text, said = _small(text), _small(said)
        found = {label for mark, label in self.marks.items() if mark in text and mark not in said}
        if self.start in text:
            words = set(self._pattern.findall(text)) - set(self._pattern.findall(said))
            found |= {self.labels.get(word, "unknown") for word in words}
        return found


@lru_cache(maxsize=4)
def _small(text: str) -> str:
    """In small letters; everybody's words are looked for in the same text."""
    return text.lower()


def readable(content: bytes, media_type: str) -> str:
    """All that can be read in an answer: text as it is, that of a PDF beside its bytes, and all that a ZIP holds."""
    text = content.decode("utf-8", "replace")
    if media_type == "application/zip" and content:
        with ZipFile(io.BytesIO(content)) as archive:
            return "\n".join([*archive.namelist(), *(_entry(archive, name) for name in archive.namelist())])
    if media_type != "application/pdf" or not content:
        return text
    reader = PdfReader(io.BytesIO(content))
    pages = "".join(page.extract_text() for page in reader.pages)
    # A word that is too long for its line is broken.
    return f"{reader.metadata} {pages} " + pages.replace("\n", "").replace("\u00ad", "").replace("-", "")


def _entry(archive: ZipFile, name: str) -> str:
    return readable(archive.read(name), "application/pdf" if name.endswith(".pdf") else "text/plain")


def headers_read(headers: Iterable[tuple[str, str]]) -> str:
    """Headers as text, and what they hold in other spellings: percent signs, and the cookie that only looks sealed."""
    plain = "\n".join(f"{name}: {value}" for name, value in headers)
    unpacked = [_unpacked(part) for part in _BASE64.findall(plain)]
    return "\n".join([plain, unquote(plain), *unpacked])


def _unpacked(part: str) -> str:
    try:
        data = base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
    except (ValueError, binascii.Error):
        return ""
    with contextlib.suppress(zlib.error):
        data = zlib.decompress(data)
    return data.decode("utf-8", "replace")
