"""Photos and pictures: whole, and not larger than a screen and a memory can take."""

from __future__ import annotations

import struct
import warnings
import zlib
from typing import BinaryIO

from PIL import Image

from kreisportal.documents.errors import Reason, RefusedFileError
from kreisportal.documents.kinds import Kind, Limits

_START_OF_SCAN = 0xDA
_END_OF_IMAGE = b"\xff\xd9"
# What Pillow's readers raise on malformed input; a bare Exception would also hide our own mistakes.
MALFORMED = (
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    LookupError,
    ArithmeticError,
    TypeError,
    AttributeError,
    struct.error,
    zlib.error,
)


def inspect_image(stream: BinaryIO, kind: Kind, limits: Limits) -> tuple[int, int]:
    """Width and height of a whole JPEG or PNG, or RefusedFileError.

    The picture is not decoded: the pixels of a small file can fill the memory. A PNG is checked by the
    checksums of its parts, a JPEG by its structure up to its end.
    """
    with warnings.catch_warnings():
        # Pillow warns of what it takes for a decompression bomb, and goes on.
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        try:
            with Image.open(stream, formats=[kind.name]) as image:
                width, height = image.size
                if width * height > limits.pixels:
                    raise RefusedFileError(Reason.TOO_MANY_PIXELS)
                image.verify()
        except (Image.DecompressionBombWarning, Image.DecompressionBombError):
            raise RefusedFileError(Reason.TOO_MANY_PIXELS) from None
        except MALFORMED:
            raise RefusedFileError(Reason.DAMAGED) from None
    if kind is Kind.JPEG:
        stream.seek(0)
        if not _is_whole_jpeg(stream.read()):
            raise RefusedFileError(Reason.DAMAGED)
    return width, height


def _is_whole_jpeg(data: bytes) -> bool:
    """Whether the segments lead to a scan and the scan to the end marker.

    Bytes may follow the end: phones append a short film there.
    """
    position = 2
    while position + 4 <= len(data) and data[position] == 0xFF:
        marker = data[position + 1]
        if marker == 0xFF:
            position += 1
            continue
        if marker == _START_OF_SCAN:
            return data.find(_END_OF_IMAGE, position) != -1
        (length,) = struct.unpack_from(">H", data, position + 2)
        position += 2 + length
    return False
