"""What can go wrong with a file. Each error says so in a sentence for the person in front of it."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import ClassVar

from kreisportal.i18n import gettext, lazy_gettext
from kreisportal.kernel.errors import KreisportalError, UnavailableError

_MEBIBYTE = 1024 * 1024


class Reason(StrEnum):
    """Why a file is refused. The values stand in logs, figures and tests."""

    EMPTY = "empty"
    TOO_LARGE = "too-large"
    KIND = "kind"
    HEIC = "heic"
    OLD_OFFICE = "old-office"
    DAMAGED = "damaged"
    PROTECTED = "protected"
    ACTIVE = "active"
    TOO_MANY_PIXELS = "too-many-pixels"
    TOO_FEW_PIXELS = "too-few-pixels"
    ARCHIVE = "archive"
    NOT_PLAIN_TEXT = "not-plain-text"
    INFECTED = "infected"


_SENTENCES = {
    Reason.INFECTED: lazy_gettext(
        "In der Datei steckt ein Schadprogramm. Wir haben sie nicht angenommen. Prüfen Sie Ihr Gerät "
        "und laden Sie eine andere Datei hoch."
    ),
    Reason.EMPTY: lazy_gettext("Die Datei ist leer. Wählen Sie eine andere Datei."),
    Reason.KIND: lazy_gettext(
        "Diese Art von Datei nehmen wir nicht an. Laden Sie ein PDF, ein Foto (JPEG oder PNG), "
        "ein Word- oder LibreOffice-Dokument (DOCX, ODT) oder einfachen Text (TXT) hoch."
    ),
    Reason.HEIC: lazy_gettext(
        "Das Foto hat das Format HEIC, das wir nicht öffnen können. Speichern Sie es als JPEG oder "
        "fotografieren Sie neu mit der Einstellung „Maximale Kompatibilität“."
    ),
    Reason.OLD_OFFICE: lazy_gettext(
        "Die Datei stammt aus einem alten oder geschützten Office-Programm. Speichern Sie sie ohne "
        "Kennwort als PDF und laden Sie das PDF hoch."
    ),
    Reason.DAMAGED: lazy_gettext(
        "Die Datei ist beschädigt oder unvollständig. Öffnen Sie sie bei sich, speichern Sie sie neu "
        "und laden Sie sie noch einmal hoch."
    ),
    Reason.PROTECTED: lazy_gettext(
        "Die Datei ist mit einem Kennwort oder gegen Änderungen geschützt. Heben Sie den Schutz auf "
        "und laden Sie die Datei noch einmal hoch."
    ),
    Reason.ACTIVE: lazy_gettext(
        "Die Datei enthält Programme, Makros oder eingebettete Dateien. Öffnen Sie sie, wählen Sie "
        "„Drucken“ und „Als PDF speichern“, und laden Sie das neue PDF hoch."
    ),
    Reason.TOO_MANY_PIXELS: lazy_gettext(
        "Das Bild hat zu viele Bildpunkte. Verkleinern Sie es oder machen Sie ein neues Foto."
    ),
    Reason.TOO_FEW_PIXELS: lazy_gettext(
        "Das Bild ist zu klein und würde unscharf. Wählen Sie eines, das mindestens 640 Bildpunkte breit ist."
    ),
    Reason.ARCHIVE: lazy_gettext(
        "Das Dokument ist ungewöhnlich aufgebaut, deshalb können wir es nicht prüfen. Speichern Sie es "
        "als PDF und laden Sie das PDF hoch."
    ),
    Reason.NOT_PLAIN_TEXT: lazy_gettext(
        "Die Textdatei enthält andere Zeichen als Text oder Befehle für Webseiten. Speichern Sie sie "
        "als PDF und laden Sie das PDF hoch."
    ),
}


class RefusedFileError(KreisportalError):
    """A file that is not accepted. ``reason`` names why, ``sentence`` tells the person what to do."""

    code = "refused-file"
    status = 422

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.value)
        self.reason = reason

    @property
    def sentence(self) -> str:
        """Why, and what to do, in the current language."""
        return str(_SENTENCES[self.reason])


class FileTooLargeError(RefusedFileError):
    """A file has more than ``limit_bytes`` bytes."""

    code = "file-too-large"
    status = 413

    def __init__(self, limit_bytes: int) -> None:
        super().__init__(Reason.TOO_LARGE)
        self.limit_bytes = limit_bytes

    @property
    def sentence(self) -> str:
        """The limit, and what to do, in the current language."""
        if self.limit_bytes >= _MEBIBYTE:
            return gettext(
                "Die Datei ist zu groß. Erlaubt sind höchstens %(limit)s MB. Verkleinern Sie sie oder "
                "teilen Sie sie in mehrere Dateien auf.",
                limit=self.limit_bytes // _MEBIBYTE,
            )
        return gettext(
            "Die Datei ist zu groß. Erlaubt sind höchstens %(limit)s kB. Verkleinern Sie sie oder "
            "teilen Sie sie in mehrere Dateien auf.",
            limit=max(1, self.limit_bytes // 1024),
        )


class UnwantedKindError(RefusedFileError):
    """A file of a kind that is accepted, but not here. ``wanted`` are the names of those that are."""

    code = "unwanted-kind"

    def __init__(self, wanted: Sequence[str]) -> None:
        super().__init__(Reason.KIND)
        self.wanted = tuple(wanted)

    @property
    def sentence(self) -> str:
        """What is wanted, and what to do, in the current language."""
        return gettext(
            "Hier passt nur eine Datei dieser Art: %(kinds)s. Speichern Sie sie so und laden Sie sie noch einmal hoch.",
            kinds=", ".join(self.wanted),
        )


class StorageError(UnavailableError):
    """The place for files cannot be read or written at the moment."""

    code: ClassVar[str] = "storage"


class StorageFullError(StorageError):
    """There is no room left for files. Nothing of the file was kept."""

    code: ClassVar[str] = "storage-full"


class PaperError(KreisportalError):
    """A PDF could not be made. This is a fault of the program or of a town's mark, not of the person."""

    code = "paper"
