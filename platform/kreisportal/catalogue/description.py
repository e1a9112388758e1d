"""A service's description as a form: each text of each module is a field, and what was typed becomes data again.

Fields are named by module and language, as in ``short.de``. What stays as it was keeps its very writing, so that saving a
page on which nothing was changed changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

LANGUAGES = ("de", "en")
PLAIN = "de-simple"
_ALL = (*LANGUAGES, PLAIN)
LONGEST = 20_000
LAW_MARK = "|"
"""Stands between the name of a norm and its address."""

Typed = Mapping[str, str]
"""What stands in the fields of a description, by field."""


@dataclass(frozen=True, slots=True)
class Module:
    """A module of a description. ``kind``: line, text, items (one in a line), words (with commas between), laws, plain."""

    name: str
    kind: str
    languages: tuple[str, ...] = LANGUAGES

    @property
    def fields(self) -> tuple[str, ...]:
        """The names of its fields; a module without languages is one field."""
        return tuple(f"{self.name}.{language}" for language in self.languages) or (self.name,)


PARTS: dict[str, tuple[Module, ...]] = {
    "name": (
        Module("name", "line", _ALL),
        Module("official_name", "line"),
        Module("short", "text", _ALL),
        Module("synonyms", "words"),
    ),
    "content": (Module("full", "text"), Module("further", "text")),
    "way": (
        Module("requirements", "items"),
        Module("documents", "items", _ALL),
        Module("procedure", "items", _ALL),
        Module("forms_and_ways", "text"),
    ),
    "cost": (
        Module("fees", "text", _ALL),
        Module("deadlines", "text"),
        Module("processing_time", "text"),
    ),
    "law": (
        Module("responsibility", "text"),
        Module("legal_basis", "laws", ()),
        Module("remedies", "text"),
        Module("reviewed_by", "plain", ()),
        Module("reviewed_on", "plain", ()),
    ),
}
"""The pages of the form, each with modules that belong together."""

MODULES: dict[str, Module] = {module.name: module for modules in PARTS.values() for module in modules}
FIELDS: tuple[str, ...] = tuple(field for module in MODULES.values() for field in module.fields)


def fields_of(part: str) -> tuple[str, ...]:
    """The fields of a page."""
    return tuple(field for module in PARTS[part] for field in module.fields)


def part_of(field: str) -> str:
    """The page that a field, or a module, stands on; the first where nobody knows it."""
    module = field.partition(".")[0]
    return next((part for part, modules in PARTS.items() if any(m.name == module for m in modules)), "name")


def typed_of(data: Mapping[str, Any]) -> dict[str, str]:
    """A service as the form shows it."""
    return {
        field: normal(_shown(module, _value(data, module, field)))
        for module in MODULES.values()
        for field in module.fields
    }


def normal(text: str) -> str:
    """A text as it is compared and kept: with plain ends of lines, without space around it and at the ends of lines."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join(line.rstrip() for line in lines).strip()


def data_of(typed: Typed, base: Mapping[str, Any]) -> dict[str, Any]:
    """The service that was ``base`` with the texts that were typed, whether they are right or not."""
    data = dict(base)
    for module in MODULES.values():
        value = _said(module, typed, base)
        if value or module.name in base:
            data[module.name] = value
        if not value and module.name in ("further", "synonyms"):
            data.pop(module.name, None)
    return data


def _said(module: Module, typed: Typed, base: Mapping[str, Any]) -> Any:
    if not module.languages:
        return _kept(module, module.name, typed, base)
    found = dict(base.get(module.name, {}))
    for language, field in zip(module.languages, module.fields, strict=True):
        value = _kept(module, field, typed, base)
        if value or (module.kind == "items" and language != PLAIN):
            found[language] = value
        else:
            found.pop(language, None)
    return found


def _kept(module: Module, field: str, typed: Typed, base: Mapping[str, Any]) -> Any:
    """A field's value: that of the base if nothing else was typed, character for character."""
    text, before = normal(typed.get(field, "")), _value(base, module, field)
    if before is not None and text == normal(_shown(module, before)):
        return before
    return _read(module, text)


def _value(data: Mapping[str, Any], module: Module, field: str) -> Any:
    if not module.languages:
        return data.get(module.name)
    return data.get(module.name, {}).get(field.partition(".")[2])


def _shown(module: Module, value: Any) -> str:
    if not value:
        return ""
    if module.kind == "items":
        return "\n".join(value)
    if module.kind == "words":
        return ", ".join(value)
    if module.kind == "laws":
        return "\n".join(f" {LAW_MARK} ".join(filter(None, (law["name"], law.get("url")))) for law in value)
    return str(value)


def _read(module: Module, text: str) -> Any:
    if module.kind == "items":
        return [line.strip() for line in text.split("\n") if line.strip()]
    if module.kind == "words":
        return list(
            dict.fromkeys(filter(None, (word.strip() for word in text.replace("\n", ",").split(","))))
        )
    if module.kind == "laws":
        return [_law(line) for line in text.split("\n") if line.strip()]
    return " ".join(text.split()) if module.kind in ("line", "plain") else text


def _law(line: str) -> dict[str, str]:
    name, _, url = (part.strip() for part in line.partition(LAW_MARK))
    return {"name": name, "url": url} if url else {"name": name}
