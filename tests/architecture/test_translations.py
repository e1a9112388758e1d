"""Every text that a person reads exists in English, with the same placeholders."""

from __future__ import annotations

import ast
import re
from functools import cache

import pytest

from tests.support.messages import PACKAGE, Message, Translation, rooms, translations, used

_PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]")


@cache
def everything() -> dict[Message, Translation]:
    return {entry.message: entry for room in rooms() for entry in translations(room)}


def placeholders(message: Message) -> list[str]:
    last = message if isinstance(message, str) else message[-1]
    return sorted(_PLACEHOLDER.findall(last))


@pytest.mark.parametrize("room", rooms())
def test_every_text_is_translated(room: str) -> None:
    missing = {
        place: message
        for message, place in used(room).items()
        if message not in everything() or not all(everything()[message].string)
    }
    assert not missing, "\n".join(f"{place}: {message}" for place, message in missing.items())


def test_no_text_hides_in_a_formatted_string() -> None:
    """What is translated within an f-string is not found by those who look for texts, and stays German."""
    hidden = [
        f"{file.name}:{call.lineno}"
        for file in PACKAGE.rglob("*.py")
        for string in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(string, ast.JoinedStr)
        for call in ast.walk(string)
        if isinstance(call, ast.Call)
        and getattr(call.func, "id", "") in ("gettext", "ngettext", "lazy_gettext")
    ]
    assert hidden == []


@pytest.mark.parametrize("room", rooms())
def test_no_translation_is_left_over_or_in_doubt(room: str) -> None:
    entries = translations(room)
    assert [entry.message for entry in entries if entry.message not in used(room)] == []
    assert [entry.message for entry in entries if entry.fuzzy] == []


@pytest.mark.parametrize("room", rooms())
def test_translations_keep_the_placeholders(room: str) -> None:
    for entry in translations(room):
        assert placeholders(entry.message) == placeholders(entry.string), entry.message
        assert isinstance(entry.message, str) == isinstance(entry.string, str), entry.message


def test_a_text_means_the_same_in_every_room() -> None:
    """Texts of all rooms lie in one table, where the last room read would win."""
    meanings: dict[Message, set[Message]] = {}
    for room in rooms():
        for entry in translations(room):
            meanings.setdefault(entry.message, set()).add(entry.string)
    assert {message: strings for message, strings in meanings.items() if len(strings) > 1} == {}
