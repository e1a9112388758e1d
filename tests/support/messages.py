"""The texts that each room translates, as Babel finds them in modules and templates."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from babel.messages.extract import extract
from babel.messages.pofile import read_po

PROJECT = Path(__file__).parents[2]
PACKAGE = PROJECT / "platform" / "kreisportal"

Message = str | tuple[str, ...]
"""A text, or one with its plural."""

_KEYWORDS = {"gettext": None, "lazy_gettext": None, "_": None, "ngettext": (1, 2)}
_JINJA = {"silent": "false", "newstyle_gettext": "true"}


@dataclass(frozen=True)
class Translation:
    """A text's entry in a file: its translation, and whether somebody has to look at it again."""

    message: Message
    string: Message
    fuzzy: bool


def rooms() -> list[str]:
    """All rooms that have a text to translate or a file of translations."""
    names = (folder.name for folder in PACKAGE.iterdir() if folder.is_dir() and folder.name != "__pycache__")
    return sorted(name for name in names if used(name) or po_file(name).exists())


def po_file(room: str) -> Path:
    """Where a room keeps its English."""
    return PACKAGE / room / "locale" / "en.po"


@cache
def used(room: str) -> dict[Message, str]:
    """The texts that a room's modules and templates translate, with the place of the first use."""
    found: dict[Message, str] = {}
    for file in _sources(room):
        with file.open("rb") as stream:
            method = "python" if file.suffix == ".py" else "jinja2.ext:babel_extract"
            options = {} if file.suffix == ".py" else _JINJA
            for line, message, _, _ in extract(method, stream, keywords=_KEYWORDS, options=options):
                found.setdefault(message, f"{file.relative_to(PROJECT)}:{line}")
    return found


@cache
def translations(room: str) -> list[Translation]:
    """The entries of a room's file of English texts."""
    if not po_file(room).exists():
        return []
    with po_file(room).open("rb") as stream:
        catalogue = read_po(stream, abort_invalid=True)
    return [
        Translation(_plain(entry.id), _plain(entry.string), entry.fuzzy) for entry in catalogue if entry.id
    ]


def _plain(value: object) -> Message:
    return value if isinstance(value, str) else tuple(value)  # type: ignore[arg-type]


def _sources(room: str) -> Iterator[Path]:
    yield from sorted((PACKAGE / room).rglob("*.py"))
    folders = [PACKAGE / room / "templates"]
    if room == "theming":
        # The base theme's templates are the theme's, which has no folder for texts of its own.
        folders.append(PROJECT / "themes" / "base" / "templates")
    for folder in folders:
        yield from sorted(file for file in folder.rglob("*") if file.suffix in (".html", ".txt", ".xml"))
