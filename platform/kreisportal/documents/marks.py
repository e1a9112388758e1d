"""A town's mark as somebody sends it: a drawing of simple shapes, or a picture, which becomes a small one."""

from __future__ import annotations

from typing import IO

from kreisportal.documents.errors import FileTooLargeError, Reason, RefusedFileError
from kreisportal.documents.pictures import small_png
from kreisportal.i18n import gettext
from kreisportal.tenancy.definition_mark import (
    LARGEST_PICTURE,
    MOST_PIXELS_ACROSS,
    drawing_of,
    tidied_mark,
)

LARGEST_UPLOAD = 2 * 1024 * 1024
_SVG_BEGINS = (b"<", b"\xef\xbb\xbf<")


def mark_of(stream: IO[bytes]) -> str:
    """The mark of a file that was sent, as a drawing, which may still hold more than a mark may. Raises RefusedFileError
    for what is neither a drawing nor a PNG, JPEG or WebP, and for what is too large.
    """
    data = stream.read(LARGEST_UPLOAD + 1)
    if len(data) > LARGEST_UPLOAD:
        raise FileTooLargeError(LARGEST_UPLOAD)
    if not data:
        raise RefusedFileError(Reason.EMPTY)
    if data.lstrip().startswith(_SVG_BEGINS):
        try:
            return tidied_mark(data.decode("utf-8"))
        except UnicodeDecodeError:
            raise RefusedFileError(Reason.DAMAGED) from None
    return drawing_of(*small_png(data, MOST_PIXELS_ACROSS, LARGEST_PICTURE))


def refusal_of(error: RefusedFileError) -> str:
    """Why a file is no mark, as a sentence."""
    if error.reason is Reason.KIND:
        return gettext("Laden Sie ein Bild hoch: PNG, JPEG, WebP oder SVG.")
    return error.sentence
