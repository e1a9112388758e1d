"""The kinds of files that are accepted, and how much of one."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

_MEBIBYTE = 1024 * 1024


class Kind(Enum):
    """A kind of file, with the media type it is sent as and the extension it is saved under."""

    PDF = ("application/pdf", "pdf")
    JPEG = ("image/jpeg", "jpg")
    PNG = ("image/png", "png")
    DOCX = ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", "docx")
    ODT = ("application/vnd.oasis.opendocument.text", "odt")
    TXT = ("text/plain; charset=utf-8", "txt")

    def __init__(self, media_type: str, extension: str) -> None:
        self.media_type = media_type
        self.extension = extension


@dataclass(frozen=True, slots=True)
class Limits:
    """How large a file may be.

    ``bytes`` and ``text_bytes`` count the file itself, ``pixels`` width × height of an image.
    ``unpacked_bytes`` is what may come out of a packed document (DOCX, ODT, a PDF's object streams),
    ``entries`` the files in it, ``ratio`` how many times larger than packed one of them may become.
    """

    bytes: int = 20 * _MEBIBYTE
    text_bytes: int = _MEBIBYTE
    # A phone takes 12 to 50 million; beyond 80 an old office computer cannot show it.
    pixels: int = 80_000_000
    unpacked_bytes: int = 100 * _MEBIBYTE
    entries: int = 2_000
    # Uniform XML deflates up to about 1:200 in honest documents; deflate itself ends at 1:1032.
    ratio: int = 400


@dataclass(frozen=True, slots=True)
class Inspected:
    """An accepted file: its kind by content, ``size`` in bytes, and width and height of an image."""

    kind: Kind
    size: int
    pixel_size: tuple[int, int] | None = None

    @property
    def media_type(self) -> str:
        """What the file is sent as."""
        return self.kind.media_type

    @property
    def extension(self) -> str:
        """What its name ends with, without a dot."""
        return self.kind.extension
