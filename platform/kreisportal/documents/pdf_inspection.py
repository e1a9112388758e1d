"""PDF files: whole, readable for everybody, and without programs inside as far as one can see."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from kreisportal.documents.errors import Reason, RefusedFileError
from kreisportal.documents.kinds import Limits

_TAIL = 4096
_OBJECT_STREAM_BYTES = 16 * 1024 * 1024
_AFTER_NAME = rb"(?=[\s/<>\[\](){}%\x00]|\Z)"
# Names of this length do not come up by chance in packed data, so they are searched for everywhere.
_ACTIVE = re.compile(
    rb"/(?:JavaScript|Launch|EmbeddedFiles?|RichMedia|SubmitForm|ImportData|Rendition)" + _AFTER_NAME
)
# Short names are searched for only where names stand.
_ACTIVE_SHORT = re.compile(rb"/(?:JS|XFA|GoToE)" + _AFTER_NAME)
_ENCRYPT = re.compile(rb"/Encrypt" + _AFTER_NAME)
_ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")
_STREAM = re.compile(rb"(?<!end)stream[ \t]*(?:\r\n|\n|\r)")
_FIRST = re.compile(rb"/First" + _AFTER_NAME)
_ONLY_FLATE = re.compile(
    rb"/Filter\s*(?:\[\s*/(?:FlateDecode|Fl)\s*\]|/(?:FlateDecode|Fl)" + _AFTER_NAME + rb")"
)


@dataclass(frozen=True, slots=True)
class _Stream:
    dictionary: bytes
    body: bytes


def inspect_pdf(data: bytes, limits: Limits) -> None:
    """Accept ``data`` as PDF or raise RefusedFileError.

    It is refused when it is protected by a password, and when it names scripts, actions that start or
    send something, forms of the XFA kind, or embedded files. The search covers the plain parts, names
    written with ``#xx``, and packed object streams. It is a search for what is obvious, not a reading of
    the PDF: who takes pains can hide something from it (by misleading stream lengths, for example), so
    it does not replace a scanner.
    """
    if b"%%EOF" not in data[-_TAIL:]:
        raise RefusedFileError(Reason.DAMAGED)
    plain, streams = _split(data)
    plain = _unescape(plain)
    if _ENCRYPT.search(plain):
        raise RefusedFileError(Reason.PROTECTED)
    if _ACTIVE.search(_unescape(data)) or _ACTIVE_SHORT.search(plain):
        raise RefusedFileError(Reason.ACTIVE)
    for content in _object_streams(streams, limits):
        if _ACTIVE.search(content) or _ACTIVE_SHORT.search(content):
            raise RefusedFileError(Reason.ACTIVE)


def _split(data: bytes) -> tuple[bytes, list[_Stream]]:
    """What stands outside of streams, and the streams, each with the dictionary before it."""
    outside, streams = [], []
    position = 0
    while found := _STREAM.search(data, position):
        before = data[position : found.start()]
        outside.append(before)
        end = data.find(b"endstream", found.end())
        end = len(data) if end == -1 else end
        streams.append(_Stream(before[before.rfind(b"obj") + 3 :], data[found.end() : end]))
        position = end
    outside.append(data[position:])
    return b"\n".join(outside), streams


def _object_streams(streams: list[_Stream], limits: Limits) -> Iterator[bytes]:
    """The content of the streams that hold objects. Readers know them by /First, so that counts here."""
    left = limits.unpacked_bytes
    for stream in streams:
        dictionary = _unescape(stream.dictionary)
        if not _FIRST.search(dictionary):
            continue
        content = _unpack(dictionary, stream.body, min(left, _OBJECT_STREAM_BYTES))
        left -= len(content)
        yield _unescape(content)


def _unpack(dictionary: bytes, body: bytes, limit_bytes: int) -> bytes:
    """An object stream's content. Anything but the usual packing is refused: it cannot be looked through."""
    if b"/Filter" not in dictionary:
        return body
    if not _ONLY_FLATE.search(dictionary) or b"/Predictor" in dictionary:
        raise RefusedFileError(Reason.ARCHIVE)
    unpacker = zlib.decompressobj()
    try:
        content = unpacker.decompress(body, max(1, limit_bytes))
    except zlib.error:
        raise RefusedFileError(Reason.DAMAGED) from None
    if unpacker.unconsumed_tail:
        raise RefusedFileError(Reason.ARCHIVE)
    return content


def _unescape(data: bytes) -> bytes:
    """``data`` with the letters that a name may be written with as ``#4a``."""
    return _ESCAPED.sub(lambda match: bytes([int(match[1], 16)]), data)
