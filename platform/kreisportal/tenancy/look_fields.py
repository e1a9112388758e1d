"""What a tenant admin types of the town's look, its start page and its notice, and what the profile says then."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from marshmallow import ValidationError

from kreisportal.i18n import gettext
from kreisportal.kernel.errors import InvalidInputError
from kreisportal.tenancy.definition import HOME_PARTS
from kreisportal.tenancy.definition_fields import check_text
from kreisportal.tenancy.definition_mark import faults_of_mark
from kreisportal.tenancy.definition_schemas import LONGEST_NOTICE

LANGUAGES = ("de", "en")
OF_NOTICE = ("text_de", "text_en", "kind", "from", "until")
_COLOUR = re.compile(r"#?([0-9a-f]{3}|[0-9a-f]{6})")
_KINDS = ("info", "warning")

Typed = Mapping[str, str]
Faults = dict[str, list[str]]


def colour_typed(text: str) -> str:
    """A colour as ``#rrggbb``. Raises InvalidInputError for what names no colour; every colour is taken."""
    found = _COLOUR.fullmatch(text.strip().lower())
    if not found:
        raise InvalidInputError({"colour": [gettext("Wählen Sie eine Farbe, zum Beispiel #1d4f91.")]})
    digits = found[1]
    return "#" + (digits if len(digits) == len("rrggbb") else "".join(digit * 2 for digit in digits))


def mark_faults(svg: str) -> list[str]:
    """What is wrong with a drawing, as sentences; nothing is where there is none."""
    if not svg or not faults_of_mark(svg):
        return []
    return [
        gettext(
            "Diese SVG-Datei enthält mehr als einfache Formen und Farben. Laden Sie das Zeichen als PNG hoch."
        )
    ]


def brand_typed(before: Mapping[str, Any], colour: str, svg: str) -> dict[str, Any]:
    """The brand with a colour and a mark, or the one that it has where ``svg`` is empty. Raises InvalidInputError."""
    faults: Faults = {}
    try:
        colour = colour_typed(colour)
    except InvalidInputError as error:
        faults |= error.messages
    if of_mark := mark_faults(svg):
        faults["mark"] = of_mark
    if faults:
        raise InvalidInputError(faults)
    mark = {"mark": "mark.svg", "mark_svg": svg} if svg else {}
    return {**before, "colour": colour, **mark}


def home_typed_of(part: Mapping[str, Any] | None) -> dict[str, str]:
    """The place of each part of the start page, as the form shows it."""
    order = part["order"] if part else HOME_PARTS
    return {name: str(order.index(name) + 1) for name in HOME_PARTS}


def home_typed(typed: Typed) -> dict[str, Any] | None:
    """The order that was typed as places; None for the usual one. Raises InvalidInputError."""
    faults: Faults = {}
    places: dict[str, str] = {}
    for name in HOME_PARTS:
        place = typed.get(name, "")
        if place not in map(str, range(1, len(HOME_PARTS) + 1)):
            faults[name] = [gettext("Wählen Sie, an welcher Stelle dieser Teil steht.")]
        elif place in places:
            faults[name] = [gettext("An dieser Stelle steht schon ein anderer Teil. Wählen Sie eine andere.")]
        else:
            places[place] = name
    if faults:
        raise InvalidInputError(faults)
    order = [places[place] for place in sorted(places)]
    return None if order == list(HOME_PARTS) else {"order": order}


def notice_typed_of(part: Mapping[str, Any] | None) -> dict[str, str]:
    """A notice as the form shows it; without one all is empty."""
    part = part or {}
    texts = part.get("text", {})
    return {
        **{f"text_{language}": texts.get(language, "") for language in LANGUAGES},
        "kind": part.get("kind", "info"),
        **{name: part.get(name, "") for name in ("from", "until")},
    }


def notice_typed(typed: Typed) -> dict[str, Any] | None:
    """The notice that was typed, or None where all texts are empty. Raises InvalidInputError."""
    words = {name: typed.get(name, "").replace("\r\n", "\n").strip() for name in OF_NOTICE}
    faults: Faults = {}
    texts = {language: words[f"text_{language}"] for language in LANGUAGES if words[f"text_{language}"]}
    for language, text in texts.items():
        sentence = text_fault(text, LONGEST_NOTICE)
        if sentence:
            faults[f"text_{language}"] = [sentence]
    if texts and "de" not in texts:
        faults["text_de"] = [gettext("Schreiben Sie den Text auch auf Deutsch.")]
    if words["kind"] not in _KINDS:
        faults["kind"] = [gettext("Wählen Sie, wie wichtig die Mitteilung ist.")]
    days = {name: day_typed(words[name], name, faults) for name in ("from", "until")}
    opens, closes = days["from"], days["until"]
    if opens and closes and opens > closes:
        faults["until"] = [gettext("Dieser Tag liegt vor dem ersten. Geben Sie einen späteren ein.")]
    if faults:
        raise InvalidInputError(faults)
    dates = {name: day.isoformat() for name, day in days.items() if day}
    return {"text": texts, "kind": words["kind"], **dates} if texts else None


def text_fault(text: str, longest: int) -> str | None:
    """What is wrong with a longer text, as what to do about it."""
    if len(text) > longest:
        return gettext("Kürzen Sie den Text auf %(most)s Zeichen.", most=longest)
    try:
        check_text(text)
    except ValidationError:
        return gettext("Schreiben Sie den Text ohne spitze Klammern und ohne Steuerzeichen.")
    return None


def day_typed(text: str, name: str, faults: Faults) -> date | None:
    """A day as the field for one sends it; none where it is empty, and a sentence in ``faults`` where it is no day."""
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        faults[name] = [
            gettext("Geben Sie einen Tag ein, zum Beispiel 24.12.2026, oder lassen Sie das Feld leer.")
        ]
        return None
