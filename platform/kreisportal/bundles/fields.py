"""What is typed for a bundle, in the browser or in a file, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from kreisportal.bundles.models import Bundle
from kreisportal.i18n import gettext
from kreisportal.kernel.errors import InvalidInputError
from kreisportal.tenancy.definition import TenantKind

TEXTS = ("name_de", "name_en", "reason_de", "reason_en", "legal_source")
LONGEST = {"name_de": 80, "name_en": 80, "reason_de": 300, "reason_en": 300, "legal_source": 200}
NEEDS = ("free", "required")
AUDIENCES = ("all", "kinds", "towns")
MOST_SERVICES = 500


@dataclass(frozen=True, slots=True)
class Typed:
    """A bundle as its form has it: texts by field, ``need`` and ``audience``, and what is chosen; towns by their slugs."""

    texts: Mapping[str, str] = field(default_factory=lambda: dict.fromkeys(TEXTS, ""))
    need: str = "free"
    audience: str = "all"
    kinds: tuple[str, ...] = ()
    towns: tuple[str, ...] = ()
    services: tuple[str, ...] = ()


def typed_of(bundle: Bundle, slugs: Mapping[int, str]) -> Typed:
    """A bundle as its form shows it; ``slugs`` are those of the towns by number."""
    names = {
        f"{name}_{language}": text for name in ("name", "reason") for language, text in _texts(bundle, name)
    }
    return Typed(
        {**dict.fromkeys(TEXTS, ""), **names, "legal_source": bundle.legal_source},
        "required" if bundle.required else "free",
        bundle.audience,
        tuple(bundle.kinds),
        tuple(slugs[number] for number in bundle.tenant_ids if number in slugs),
        tuple(bundle.services),
    )


def _texts(bundle: Bundle, name: str) -> Iterable[tuple[str, str]]:
    texts: Mapping[str, str] = getattr(bundle, name)
    return texts.items()


def columns_from(typed: Typed, services: Collection[str], towns: Mapping[str, int]) -> dict[str, Any]:
    """The columns that were typed; ``services`` and ``towns`` are those there are. Raises InvalidInputError by field."""
    texts = {name: " ".join(typed.texts.get(name, "").split()) for name in TEXTS}
    faults = _faults_of_texts(texts, typed.need)
    faults |= _faults_of_choices(typed, services, towns)
    if faults:
        raise InvalidInputError(faults)
    required = typed.need == "required"
    return {
        "name": {"de": texts["name_de"], "en": texts["name_en"]},
        "reason": {"de": texts["reason_de"], "en": texts["reason_en"]},
        "required": required,
        "legal_source": texts["legal_source"] if required else "",
        "services": sorted(set(typed.services)),
        "audience": typed.audience,
        "kinds": sorted(set(typed.kinds)) if typed.audience == "kinds" else [],
        "tenant_ids": sorted({towns[slug] for slug in typed.towns}) if typed.audience == "towns" else [],
    }


def _faults_of_texts(texts: Mapping[str, str], need: str) -> dict[str, list[str]]:
    faults: dict[str, list[str]] = {}
    for name, text in texts.items():
        if not text and (name != "legal_source" or need == "required"):
            faults[name] = [_missing(name)]
        elif len(text) > LONGEST[name]:
            faults[name] = [gettext("Kürzen Sie den Text auf %(most)s Zeichen.", most=LONGEST[name])]
        elif not text.isprintable():
            faults[name] = [
                gettext("In diesem Text stehen Zeichen, die es nicht gibt. Schreiben Sie ihn neu.")
            ]
    return faults


def _missing(name: str) -> str:
    if name == "legal_source":
        return gettext("Nennen Sie die Vorschrift, zum Beispiel § 1 OZG.")
    return gettext("Füllen Sie dieses Feld aus.")


def _faults_of_choices(
    typed: Typed, services: Collection[str], towns: Mapping[str, int]
) -> dict[str, list[str]]:
    faults: dict[str, list[str]] = {}
    if typed.need not in NEEDS:
        faults["need"] = [gettext("Wählen Sie, ob das Paket Pflicht ist.")]
    if typed.audience not in AUDIENCES:
        faults["audience"] = [gettext("Wählen Sie, für wen das Paket ist.")]
    if typed.audience == "kinds" and (not typed.kinds or set(typed.kinds) - set(TenantKind)):
        faults["kinds"] = [gettext("Wählen Sie mindestens eine Art.")]
    if typed.audience == "towns":
        unknown = sorted(set(typed.towns) - set(towns))
        if unknown:
            faults["towns"] = [
                gettext("Diese Kommunen gibt es hier nicht: %(names)s.", names=", ".join(unknown))
            ]
        elif not typed.towns:
            faults["towns"] = [gettext("Wählen Sie mindestens eine Kommune.")]
    unknown = sorted(set(typed.services) - set(services))
    if unknown:
        faults["services"] = [gettext("Diese Leistungen gibt es nicht: %(names)s.", names=", ".join(unknown))]
    elif not typed.services:
        faults["services"] = [gettext("Wählen Sie mindestens eine Leistung.")]
    elif len(set(typed.services)) > MOST_SERVICES:
        faults["services"] = [gettext("Wählen Sie höchstens %(most)s Leistungen.", most=MOST_SERVICES)]
    return faults
