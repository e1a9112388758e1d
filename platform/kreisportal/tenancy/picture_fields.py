"""What a tenant admin types beside a picture of the town, and what the profile says of it then."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kreisportal.i18n import gettext
from kreisportal.kernel.errors import InvalidInputError
from kreisportal.tenancy.look_fields import LANGUAGES, Faults, Typed, text_fault
from kreisportal.tenancy.town_picture import LONGEST_ALT

OF_PICTURE = (*(f"alt_{language}" for language in LANGUAGES), "credit")
FILE_NAME = "picture.webp"
_LONGEST_CREDIT = 100


def picture_typed_of(told: Mapping[str, Any] | None) -> dict[str, str]:
    """What a profile says of a picture, as the form shows it; without one all is empty."""
    told = told or {}
    alt = told.get("alt", {})
    return {
        **{f"alt_{language}": alt.get(language, "") for language in LANGUAGES},
        "credit": told.get("credit", ""),
    }


def picture_typed(typed: Typed, made: Mapping[str, Any] | None) -> dict[str, Any]:
    """The picture with what was typed beside it. Raises InvalidInputError.

    ``made`` are digest, width and height of the file; None where there is no file.
    """
    words = {name: " ".join(typed.get(name, "").split()) for name in OF_PICTURE}
    faults: Faults = {}
    if made is None:
        faults["picture"] = [gettext("Wählen Sie ein Bild aus.")]
    if not words["alt_de"]:
        faults["alt_de"] = [gettext("Beschreiben Sie in einem Satz, was auf dem Bild zu sehen ist.")]
    for name, text in words.items():
        sentence = text_fault(text, _LONGEST_CREDIT if name == "credit" else LONGEST_ALT)
        if sentence:
            faults[name] = [sentence]
    if faults:
        raise InvalidInputError(faults)
    alt = {language: words[f"alt_{language}"] for language in LANGUAGES if words[f"alt_{language}"]}
    credit = {"credit": words["credit"]} if words["credit"] else {}
    return {"file": FILE_NAME, "alt": alt, **credit, **(made or {})}
