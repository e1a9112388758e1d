"""A picture made anew from its pixels, so that nothing else that came with the file stays: places, dates, hidden parts."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator

from PIL import Image, ImageOps, UnidentifiedImageError

from kreisportal.documents.errors import Reason, RefusedFileError
from kreisportal.documents.image_inspection import MALFORMED

_FORMATS = ("PNG", "JPEG", "WEBP")
# A decoded pixel takes four bytes: 64 MB at most.
MOST_PIXELS = 16_000_000
_COLOURS = (256, 64, 16)
_SMALLER = 0.75
_SMALLEST = 32


def small_png(data: bytes, across: int, most_bytes: int) -> tuple[bytes, int, int]:
    """A PNG, JPEG or WebP as a PNG of ``across`` pixels at most and not more than ``most_bytes``; with width and height.

    Raises RefusedFileError for anything else, for a damaged picture and for one of too many pixels.
    """
    picture = decoded(data, "RGBA")
    while across >= _SMALLEST:
        picture.thumbnail((across, across), Image.Resampling.LANCZOS)
        for content in _encodings(picture):
            if len(content) <= most_bytes:
                return content, picture.width, picture.height
        across = int(across * _SMALLER)
    raise RefusedFileError(Reason.TOO_MANY_PIXELS)


def decoded(data: bytes, mode: str, most_of_photo: int = MOST_PIXELS, needed: int = 0) -> Image.Image:
    """A PNG, JPEG or WebP as pixels, upright, in ``mode``. Raises RefusedFileError as ``small_png`` says.

    A JPEG may have ``most_of_photo`` pixels where only ``needed`` across are wanted: it is read in a smaller size.
    """
    with warnings.catch_warnings():
        # Pillow warns of what it takes for a decompression bomb, and goes on.
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        try:
            with Image.open(io.BytesIO(data), formats=_FORMATS) as image:
                if image.width * image.height > most_of_photo:
                    raise RefusedFileError(Reason.TOO_MANY_PIXELS)
                if needed:
                    image.draft("RGB", (needed, needed))
                if image.width * image.height > MOST_PIXELS:
                    raise RefusedFileError(Reason.TOO_MANY_PIXELS)
                # Phones turn a picture by a note in the file, which goes away here.
                return ImageOps.exif_transpose(image).convert(mode)
        except (Image.DecompressionBombWarning, Image.DecompressionBombError):
            raise RefusedFileError(Reason.TOO_MANY_PIXELS) from None
        except UnidentifiedImageError:
            raise RefusedFileError(Reason.KIND) from None
        except MALFORMED:
            raise RefusedFileError(Reason.DAMAGED) from None


def _encodings(picture: Image.Image) -> Iterator[bytes]:
    """The picture as it is, then with fewer and fewer colours. A new one, so that nothing but pixels comes along."""
    plain = Image.frombytes("RGBA", picture.size, picture.tobytes())
    yield _png(plain)
    for colours in _COLOURS:
        yield _png(plain.quantize(colours, Image.Quantize.FASTOCTREE))


def _png(image: Image.Image) -> bytes:
    content = io.BytesIO()
    image.save(content, "PNG", optimize=True)
    return content.getvalue()
