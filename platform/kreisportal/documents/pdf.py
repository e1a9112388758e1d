"""Papers as PDF: the applicant's copy of what was sent, and the office's decision as a letter.

Both are given in the current language. They are accessible and fit for the archive (see typesetting).
"""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

import segno
from babel.dates import format_date, format_time
from babel.numbers import format_decimal

from kreisportal.documents.typesetting import is_visible, typeset
from kreisportal.i18n import current_language, gettext
from kreisportal.kernel.clock import LOCAL_ZONE

_COLOUR = re.compile(r"#[0-9A-Fa-f]{6}\Z")
_PNG = b"\x89PNG\r\n\x1a\n"
_JPEG = b"\xff\xd8\xff"
# With more than this a printed QR code of 44 mm gets too fine for the camera of an old phone.
_LONGEST_QR = 1_200


@dataclass(frozen=True, slots=True)
class Letterhead:
    """Whose paper it is.

    ``name`` is the authority's, ``lines`` its address and ways to reach it, a few words each. ``mark`` is
    its mark as the bytes of an SVG, PNG or JPEG, ``accent`` its colour as ``#rrggbb``: a line, never text.
    """

    name: str
    lines: tuple[str, ...] = ()
    mark: bytes | None = None
    accent: str = "#1c4f7c"

    def __post_init__(self) -> None:
        if not _COLOUR.match(self.accent):
            raise ValueError(f"not a colour as #rrggbb: {self.accent!r}")


@dataclass(frozen=True, slots=True)
class AnswerSection:
    """A part of the answers under a title: rows of a question's label and the answer in words."""

    title: str
    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class AttachedFile:
    """A document that was sent along; ``size`` in bytes, ``sha256`` in 64 hexadecimal letters."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class PrintedReceipt:
    """A receipt's code, the address of the page that checks it, as shown and as the QR code opens it."""

    code: str
    address: str
    link: str


@dataclass(frozen=True, slots=True)
class ApplicationCopy:
    """All that an applicant sent. ``title`` names the matter, ``recipient`` the responsible authority."""

    letterhead: Letterhead
    title: str
    number: str
    received_at: datetime
    recipient: str
    sections: tuple[AnswerSection, ...]
    files: tuple[AttachedFile, ...] = ()
    receipt: PrintedReceipt | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DecisionLetter:
    """An office's decision.

    ``recipient`` are the lines of the address, ``return_address`` the sender in one line above them,
    ``contact`` rows of label and value beside them. ``paragraphs`` are plain text from the salutation on;
    ``signature`` is who answers for it, line by line; ``remedies`` say how to contest the decision.
    """

    letterhead: Letterhead
    recipient: tuple[str, ...]
    return_address: str
    subject: str
    number: str
    day: date
    paragraphs: tuple[str, ...]
    contact: tuple[tuple[str, str], ...] = ()
    closing: str = ""
    signature: tuple[str, ...] = ()
    enclosures: tuple[str, ...] = ()
    remedies: tuple[str, ...] = ()


def application_copy(copy: ApplicationCopy) -> bytes:
    """The PDF of ``copy``. The same copy gives the same bytes. Raises PaperError."""
    received = copy.received_at.astimezone(LOCAL_ZONE)
    data: dict[str, object] = {
        **common_data(copy.letterhead, copy.title, copy.number),
        "words": _copy_words(),
        "facts": [
            [gettext("Nummer"), copy.number],
            [gettext("Eingegangen"), _moment(received)],
            [gettext("Zuständig"), copy.recipient],
        ],
        "sections": [{"title": section.title, "rows": section.rows} for section in copy.sections],
        "files": [
            {"name": file.name, "size": _size(file.size), "sha256": file.sha256} for file in copy.files
        ],
        "receipt": _receipt(copy.receipt),
        "notes": copy.notes,
    }
    return typeset("application_copy", data, copy.received_at, _mark(copy.letterhead.mark))


def _copy_words() -> dict[str, str]:
    """The words of the copy that are the same for everybody."""
    return {
        "page": gettext("Seite %(page)s von %(pages)s"),
        "copy": gettext("Kopie Ihrer Angaben"),
        "empty": gettext("keine Angabe"),
        "files": gettext("Ihre Dokumente"),
        "checksum": gettext("Prüfsumme (SHA-256)"),
        "receipt": gettext("Quittung"),
        "receipt-says": gettext(
            "Diese Quittung beweist, was wann bei uns eingegangen ist. Sie nennt weder Ihren Namen "
            "noch Ihre Angaben. Jeder kann sie prüfen."
        ),
        "receipt-check": gettext("Zum Prüfen scannen Sie den QR-Code oder öffnen Sie"),
        "qr": gettext("QR-Code, der die Seite zum Prüfen der Quittung öffnet"),
        "code": gettext("Quittungs-Code"),
        "notes": gettext("Hinweise"),
        "substitutes": gettext(
            "Einige Zeichen kann diese Kopie nicht darstellen. Sie stehen hier mit ihrer Nummer im "
            "Unicode-Standard, zum Beispiel [U+1F600]. Gesendet wurden die Zeichen selbst."
        ),
    }


def decision_letter(letter: DecisionLetter) -> bytes:
    """The PDF of ``letter``. The same letter gives the same bytes. Raises PaperError."""
    day = _day(letter.day)
    data: dict[str, object] = {
        **common_data(letter.letterhead, letter.subject, letter.number),
        "words": {
            "page": gettext("Seite %(page)s von %(pages)s"),
            "enclosures": gettext("Anlagen"),
            "remedies": gettext("Rechtsbehelfsbelehrung"),
        },
        "date": day,
        "recipient": letter.recipient,
        "return-line": letter.return_address,
        "facts": [
            [gettext("Unser Zeichen"), letter.number],
            [gettext("Datum"), day],
            *letter.contact,
        ],
        "paragraphs": letter.paragraphs,
        "closing": letter.closing,
        "signature": letter.signature,
        "enclosures": letter.enclosures,
        "remedies": letter.remedies,
    }
    moment = datetime.combine(letter.day, time(12), LOCAL_ZONE)
    return typeset("decision_letter", data, moment, _mark(letter.letterhead.mark))


def common_data(letterhead: Letterhead, title: str, number: str) -> dict[str, object]:
    """What every paper's template is given."""
    language, _, region = current_language().locale.partition("_")
    return {
        "language": language,
        "region": region,
        # A paper needs a title that can be read aloud.
        "title": title if is_visible(title) else number,
        "number": number,
        "letterhead": {
            "name": letterhead.name,
            "lines": letterhead.lines,
            "accent": letterhead.accent,
        },
    }


def _mark(mark: bytes | None) -> dict[str, object] | None:
    """A mark for the template: SVG as text, the other kinds as numbers, since JSON knows no bytes."""
    if mark is None:
        return None
    if mark.startswith(_PNG):
        return {"format": "png", "content": list(mark)}
    if mark.startswith(_JPEG):
        return {"format": "jpg", "content": list(mark)}
    return {"format": "svg", "content": mark.decode("utf-8", "replace")}


def _receipt(receipt: PrintedReceipt | None) -> dict[str, object] | None:
    if receipt is None:
        return None
    qr = _qr(receipt.link) if len(receipt.link) <= _LONGEST_QR else None
    return {"code": receipt.code, "address": receipt.address, "qr": qr}


def _qr(text: str) -> str:
    """A QR code as SVG, with the quiet zone that readers need."""
    drawing = io.BytesIO()
    segno.make_qr(text, error="l", boost_error=False).save(drawing, kind="svg", border=4, light="#fff")
    return drawing.getvalue().decode()


def _day(day: date) -> str:
    return format_date(day, "long", current_language().locale)


def _moment(moment: datetime) -> str:
    clock = format_time(moment, "HH:mm", locale=current_language().locale)
    return gettext("%(day)s, %(time)s Uhr", day=_day(moment.date()), time=clock)


def _size(size: int) -> str:
    """A number of bytes in the unit that a person reads best, in powers of 1000 as phones count."""
    units: Sequence[tuple[int, str]] = ((1_000_000, "MB"), (1_000, "kB"))
    for unit, name in units:
        if size >= unit:
            return f"{format_decimal(round(size / unit, 1), locale=current_language().locale)} {name}"
    return gettext("%(size)s Bytes", size=size)
