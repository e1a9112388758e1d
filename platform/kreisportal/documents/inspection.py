"""Looking into a file before it is accepted: what it is by content, never by name, and whether it is safe.

Only what is on the list (kinds.Kind) comes through. This finds what is obvious; what is not is the task
of the scanner (malware), of sending files as downloads only, and of an office's own protection.
"""

from __future__ import annotations

import os
from typing import BinaryIO

import filetype

from kreisportal.documents.errors import FileTooLargeError, Reason, RefusedFileError
from kreisportal.documents.image_inspection import inspect_image
from kreisportal.documents.kinds import Inspected, Kind, Limits
from kreisportal.documents.office_inspection import inspect_office
from kreisportal.documents.pdf_inspection import inspect_pdf
from kreisportal.documents.text_inspection import inspect_text

_HEAD = 4096
_PDF = b"%PDF-"
_JPEG = b"\xff\xd8\xff"
_PNG = b"\x89PNG\r\n\x1a\n"
_ZIP = b"PK\x03\x04"
# Compound files: Word and Excel before 2007, and newer ones with a password.
_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def inspect(stream: BinaryIO, limits: Limits | None = None) -> Inspected:
    """What the whole of ``stream`` (seekable) is. Its position is the beginning again afterwards.

    Raises RefusedFileError with the reason and a sentence for the person, FileTooLargeError among them.
    """
    limits = limits or Limits()
    try:
        return _inspect(stream, limits)
    finally:
        stream.seek(0)


def _inspect(stream: BinaryIO, limits: Limits) -> Inspected:
    size = stream.seek(0, os.SEEK_END)
    if size == 0:
        raise RefusedFileError(Reason.EMPTY)
    if size > limits.bytes:
        raise FileTooLargeError(limits.bytes)
    stream.seek(0)
    head = stream.read(_HEAD)
    stream.seek(0)
    if head.startswith(_PDF):
        inspect_pdf(stream.read(), limits)
        return Inspected(Kind.PDF, size)
    if head.startswith(_JPEG):
        return Inspected(Kind.JPEG, size, inspect_image(stream, Kind.JPEG, limits))
    if head.startswith(_PNG):
        return Inspected(Kind.PNG, size, inspect_image(stream, Kind.PNG, limits))
    if head.startswith(_ZIP):
        return Inspected(inspect_office(stream, size, limits), size)
    if head.startswith(_COMPOUND):
        raise RefusedFileError(Reason.OLD_OFFICE)
    return _inspect_rest(stream, head, size, limits)


def _inspect_rest(stream: BinaryIO, head: bytes, size: int, limits: Limits) -> Inspected:
    """Text has no signature: it is what is left, if it reads as nothing but text."""
    if b"\0" in head:
        found = filetype.guess(head)
        raise RefusedFileError(Reason.HEIC if found and found.extension == "heic" else Reason.KIND)
    if size > limits.text_bytes:
        raise FileTooLargeError(limits.text_bytes)
    inspect_text(stream.read())
    return Inspected(Kind.TXT, size)
