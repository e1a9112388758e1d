"""Every text of the room has an English translation with the same placeholders, and none is left over."""

from __future__ import annotations

import re
from pathlib import Path

from babel.messages.extract import extract
from babel.messages.pofile import read_po

ROOM = Path(__file__).parents[2] / "platform" / "kreisportal" / "forms"


def used() -> set[str]:
    """All texts that the room's modules and templates translate."""
    found: set[str] = set()
    for path in ROOM.rglob("*.py"):
        with path.open("rb") as stream:
            found |= {
                str(message) for _, message, _, _ in extract("python", stream, keywords={"gettext": None})
            }
    for path in ROOM.rglob("*.html"):
        with path.open("rb") as stream:
            messages = extract(
                "jinja2.ext:babel_extract", stream, keywords={"_": None}, options={"silent": "false"}
            )
            found |= {str(message) for _, message, _, _ in messages}
    return found


def test_english_is_complete() -> None:
    with (ROOM / "locale" / "en.po").open("rb") as stream:
        translated = {str(message.id): str(message.string) for message in read_po(stream) if message.id}
    assert set(translated) == used()
    for german, english in translated.items():
        assert english
        assert sorted(re.findall(r"%\(\w+\)s", german)) == sorted(re.findall(r"%\(\w+\)s", english)), german
