"""What comes with forms that no definition describes: texts, and files, which are taken in one by one."""

from __future__ import annotations

from collections.abc import Collection

from flask import request
from sqlalchemy.orm import Session

from kreisportal.documents.errors import RefusedFileError, StorageFullError
from kreisportal.documents.kinds import Kind
from kreisportal.documents.service import Owner, take_in
from kreisportal.i18n import gettext
from kreisportal.kernel.errors import UnavailableError
from kreisportal.web.program import program

_MOST_LOOKED_AT = 60


def posted_text(name: str) -> str:
    """A text as it was typed, without white space around it; whole, however long."""
    return request.form.get(name, "").replace("\r\n", "\n").strip()


def too_long(text: str, most: int) -> list[str]:
    """The sentence for a text of more than ``most`` characters; none for others."""
    if len(text) <= most:
        return []
    return [
        gettext(
            "Kürzen Sie den Text auf höchstens %(most)s Zeichen. Jetzt sind es %(length)s.",
            most=most,
            length=len(text),
        )
    ]


def take_in_posted(
    session: Session,
    owner: Owner,
    name: str,
    most: int,
    *,
    wanted: Collection[Kind] = tuple(Kind),
    too_many: str = "",
) -> tuple[list[str], list[str]]:
    """Take in the files that were posted as ``name``: the ids of those kept, and why others were not, by their names.

    Of more than ``most`` the rest is refused, so that nobody believes it has been sent; ``too_many`` is what is said of
    it where something better can be said than that it is too much.
    """
    too_many = too_many or gettext("Das ist eine Datei zu viel. Fassen Sie mehrere zusammen.")
    taken: list[str] = []
    refused: list[str] = []
    files = [file for file in request.files.getlist(name) if file.filename]
    for number, file in enumerate(files):
        # Those that are refused take no room, but nobody looks through any number of them.
        if len(taken) >= most or number >= _MOST_LOOKED_AT:
            refused.append(f"{file.filename}: {too_many}")
            continue
        try:
            row = take_in(session, program().intake, owner, file.stream, file.filename or "", wanted)  # type: ignore[arg-type]
        except RefusedFileError as error:
            refused.append(f"{file.filename}: {error.sentence}")
        except UnavailableError as error:
            refused.append(f"{file.filename}: {_for_now(error)}")
        else:
            taken.append(str(row.id))
    return taken, refused


def _for_now(error: UnavailableError) -> str:
    """What to say of a file that nobody could look through or keep at this moment."""
    if isinstance(error, StorageFullError):
        return gettext("Für die Datei ist gerade kein Platz. Reichen Sie sie später nach.")
    return gettext(
        "Die Datei lässt sich gerade nicht prüfen. Versuchen Sie es in einigen Minuten noch einmal."
    )
