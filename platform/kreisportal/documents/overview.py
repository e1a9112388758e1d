"""A paper that tells a person what is held about them, section by section."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from kreisportal.documents.pdf import Letterhead, common_data
from kreisportal.documents.typesetting import typeset
from kreisportal.i18n import gettext
from kreisportal.i18n.dates import moment_text

Section = tuple[str, Sequence[tuple[str, str]]]
"""A title, and rows of label and value."""


@dataclass(frozen=True, slots=True)
class Overview:
    """What is held about a person, as it was at ``moment``. ``paragraphs`` say what this is."""

    letterhead: Letterhead
    title: str
    moment: datetime
    paragraphs: tuple[str, ...]
    sections: Sequence[Section]


def overview_paper(overview: Overview) -> bytes:
    """The PDF of an overview, in the current language. Raises PaperError."""
    data: dict[str, object] = {
        **common_data(overview.letterhead, overview.title, moment_text(overview.moment)),
        "words": {
            "page": gettext("Seite %(page)s von %(pages)s"),
            "nothing": gettext("Nichts."),
            "substitutes": gettext(
                "Einige Zeichen lassen sich hier nicht darstellen. Sie stehen mit ihrer Nummer im "
                "Unicode-Standard, zum Beispiel [U+1F600]. In den anderen Dateien stehen die Zeichen selbst."
            ),
        },
        "paragraphs": overview.paragraphs,
        "sections": [{"title": title, "rows": rows} for title, rows in overview.sections],
    }
    return typeset("overview", data, overview.moment)
