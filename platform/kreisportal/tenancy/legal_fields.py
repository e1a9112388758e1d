"""What a tenant admin types of the legal pages and of the facts in them, and what the profile says then."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kreisportal.i18n import gettext
from kreisportal.kernel.errors import InvalidInputError
from kreisportal.tenancy.definition_texts import unknown_placeholders
from kreisportal.tenancy.legal import proposed_text
from kreisportal.tenancy.look_fields import LANGUAGES, Faults, Typed, day_typed, text_fault
from kreisportal.tenancy.onboarding_fields import typed_fault

PAGES = ("imprint", "privacy", "accessibility")
"""The pages that a town may have words of its own for."""

LONGEST_PAGE = 40_000
OF_PAGE = tuple(f"text_{language}" for language in LANGUAGES)
OF_FACTS = ("privacy_email", "supervision_de", "supervision_en", "date", "checked_by")

Part = Mapping[str, Any]


def page_typed_of(texts: Part | None, page: str) -> dict[str, str]:
    """A page as the form shows it: the town's own text, else the one that is proposed."""
    own = (texts or {}).get(page, {})
    return {
        f"text_{language}": own.get(language) or proposed_text(page, language) or "" for language in LANGUAGES
    }


def page_typed(typed: Typed, texts: Part | None, page: str) -> dict[str, Any] | None:
    """All texts of the town with this page as it was typed; None where all are those that are proposed.

    Raises InvalidInputError. What is left empty, or is like the proposal, is the proposal.
    """
    faults: Faults = {}
    own: dict[str, str] = {}
    for language in LANGUAGES:
        name = f"text_{language}"
        text = typed.get(name, "").replace("\r\n", "\n").strip()
        sentence = page_fault(text)
        if sentence:
            faults[name] = [sentence]
        elif text and text != (proposed_text(page, language) or "").strip():
            own[language] = text + "\n"
    if faults:
        raise InvalidInputError(faults)
    others = {name: dict(each) for name, each in (texts or {}).items() if name != page}
    return ({**others, page: own} if own else others) or None


def page_fault(text: str) -> str | None:
    """What is wrong with the text of a page, as what to do about it."""
    unknown = unknown_placeholders(text)
    if unknown:
        names = ", ".join(f"{{{name}}}" for name in unknown)
        return gettext(
            "Diese Platzhalter gibt es nicht: %(names)s. Nehmen Sie einen aus der Liste.", names=names
        )
    return text_fault(text, LONGEST_PAGE)


def facts_typed_of(legal: Part | None, declaration: Part | None) -> dict[str, str]:
    """The facts in the legal pages as the form shows them."""
    legal, declaration = legal or {}, declaration or {}
    supervision = legal.get("supervision", {})
    return {
        "privacy_email": legal.get("privacy_email", ""),
        **{f"supervision_{language}": supervision.get(language, "") for language in LANGUAGES},
        "date": declaration.get("date", ""),
        "checked_by": declaration.get("checked_by", ""),
    }


def facts_typed(typed: Typed) -> dict[str, Any]:
    """The facts as typed, as the parts legal and declaration. Raises InvalidInputError."""
    words = {name: " ".join(typed.get(name, "").split()) for name in OF_FACTS}
    faults: Faults = {}
    for name in ("privacy_email", "supervision_de"):
        if not words[name]:
            faults[name] = [gettext("Füllen Sie dieses Feld aus.")]
    for name in ("privacy_email", "supervision_de", "supervision_en", "checked_by"):
        sentence = typed_fault(name, words[name]) if words[name] else None
        if sentence:
            faults[name] = [sentence]
    day = day_typed(words["date"], "date", faults)
    if words["checked_by"] and not words["date"]:
        faults["date"] = [gettext("Geben Sie auch den Tag ein, an dem geprüft wurde.")]
    if faults:
        raise InvalidInputError(faults)
    supervision = {language: words[f"supervision_{language}"] for language in LANGUAGES}
    checked_by = {"checked_by": words["checked_by"]} if words["checked_by"] else {}
    return {
        "legal": {
            "privacy_email": words["privacy_email"],
            "supervision": {language: text for language, text in supervision.items() if text},
        },
        "declaration": {"date": day.isoformat(), **checked_by} if day else None,
    }
