"""A picture of a town for its start page: a wide band, made anew from pixels, so small that a page stays light.

Nothing else that came with the file stays: places, dates, hidden parts.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from enum import StrEnum

from PIL import Image, ImageOps

from kreisportal.documents.errors import FileTooLargeError, Reason, RefusedFileError
from kreisportal.documents.pictures import decoded

LARGEST_UPLOAD = 8 * 1024 * 1024
MOST_BYTES = 40 * 1024
MOST_ACROSS = 1280
LEAST_ACROSS = 640
# A camera takes 12 to 40 million pixels; a JPEG of so many is decoded in a smaller size.
_MOST_OF_PHOTO = 40_000_000
# As wide as high: between these two it is left as it is.
_NARROWEST, _WIDEST = 2.0, 3.0
_ROUNDED = 0.1
_WIDTHS = (MOST_ACROSS, 1040, 840, LEAST_ACROSS)
_QUALITIES = (78, 66, 54, 42)
# For what is nothing but noise; in a picture of anything nobody gets here.
_AT_LAST = ((480, 20), (320, 5), (160, 0))
_RIFF, _WEBP, _PLAIN = b"RIFF", b"WEBP", b"VP8 "
_HEAD = 20


class Cut(StrEnum):
    """Which part stays of a picture that is too high (from above) or too wide (from the left)."""

    START = "start"
    MIDDLE = "middle"
    END = "end"


_CENTRES = {Cut.START: 0.0, Cut.MIDDLE: 0.5, Cut.END: 1.0}


def wide_webp(data: bytes, cut: Cut = Cut.MIDDLE) -> tuple[bytes, int, int]:
    """A PNG, JPEG or WebP as a WebP of ``MOST_ACROSS`` pixels and ``MOST_BYTES`` at most; with width and height.

    It stands upright and is cut where it is not two to three times as wide as high. What was made so before is left as
    it is. Raises RefusedFileError for anything else, a damaged picture, too few or too many pixels.
    """
    if not data:
        raise RefusedFileError(Reason.EMPTY)
    if len(data) > LARGEST_UPLOAD:
        raise FileTooLargeError(LARGEST_UPLOAD)
    picture = decoded(data, "RGBA", _MOST_OF_PHOTO, MOST_ACROSS)
    if _is_made(data, picture):
        return data, picture.width, picture.height
    band = _band(_on_white(picture), _CENTRES[cut])
    if band.width < LEAST_ACROSS:
        raise RefusedFileError(Reason.TOO_FEW_PIXELS)
    for content, made in _tries(band):
        if len(content) <= MOST_BYTES:
            return content, made.width, made.height
    raise RefusedFileError(Reason.TOO_MANY_PIXELS)


def _is_made(data: bytes, picture: Image.Image) -> bool:
    """Whether this is what ``wide_webp`` makes: one part with pixels, and nothing before or behind it."""
    head, size = data[:_HEAD], len(data) - 8
    inner = int.from_bytes(head[16:20], "little")
    return (
        len(data) <= MOST_BYTES
        and (head[:4], head[8:12], head[12:16]) == (_RIFF, _WEBP, _PLAIN)
        and int.from_bytes(head[4:8], "little") == size
        and inner + inner % 2 == len(data) - _HEAD
        and picture.width <= MOST_ACROSS
        and _NARROWEST - _ROUNDED <= picture.width / picture.height <= _WIDEST + _ROUNDED
    )


def _shape(width: int, height: int) -> tuple[int, int]:
    """How much of a picture is shown: all of its width or all of its height."""
    return (
        min(width, max(1, round(height * _WIDEST))),
        min(height, max(1, round(width / _NARROWEST))),
    )


def _band(picture: Image.Image, centre: float) -> Image.Image:
    """What is shown; ``centre`` from 0 (above, left) to 1 (below, right) is where that lies."""
    size = _shape(*picture.size)
    return ImageOps.fit(picture, size, Image.Resampling.LANCZOS, centering=(centre, centre))


def _on_white(picture: Image.Image) -> Image.Image:
    """A new picture, so that nothing but pixels comes along; what is see-through becomes white."""
    plain = Image.new("RGB", picture.size, "white")
    plain.paste(picture, mask=picture.getchannel("A"))
    return plain


def _tries(band: Image.Image) -> Iterator[tuple[bytes, Image.Image]]:
    """The band as fine as possible first, then coarser and smaller."""
    widths = dict.fromkeys(min(width, band.width) for width in _WIDTHS)
    for width, quality in (*((width, quality) for width in widths for quality in _QUALITIES), *_AT_LAST):
        size = (width, max(1, round(band.height * width / band.width)))
        made = band if size == band.size else band.resize(size, Image.Resampling.LANCZOS)
        yield _webp(made, quality), made


def _webp(image: Image.Image, quality: int) -> bytes:
    content = io.BytesIO()
    image.save(content, "WEBP", quality=quality, method=4)
    return content.getvalue()
