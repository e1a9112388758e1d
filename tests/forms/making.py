"""Small definitions for tests, built as data and read like any other."""

from __future__ import annotations

from typing import Any

from kreisportal.forms import FormDefinition
from kreisportal.forms.definition import Field
from kreisportal.forms.schemas import read_definition


def texts(german: str) -> dict[str, str]:
    """A text in both required languages."""
    return {"de": german, "en": f"{german} (en)"}


def question(key: str, kind: str, **more: Any) -> dict[str, Any]:
    """The data of a field with only what every field needs."""
    return {"key": key, "type": kind, "label": texts(key.capitalize()), **more}


def choices(*keys: str) -> list[dict[str, Any]]:
    """Choices labelled by their keys."""
    return [{"key": key, "label": texts(key.capitalize())} for key in keys]


def step(key: str, *fields: dict[str, Any], **more: Any) -> dict[str, Any]:
    """The data of a step."""
    return {"key": key, "title": texts(key.capitalize()), "fields": list(fields), **more}


def form_data(*steps: dict[str, Any], **more: Any) -> dict[str, Any]:
    """The data of a form with these steps."""
    privacy = {part: texts(part) for part in ("purpose", "legal_basis", "recipients", "retention", "duty")}
    return {
        "key": "probe",
        "title": texts("Probe"),
        "intro": texts("Nur zur Probe"),
        "legal_sources": ["§ 1 Probe"],
        "outcome": texts("Nichts"),
        "privacy": privacy,
        "steps": list(steps),
        **more,
    }


def form(*steps: dict[str, Any], **more: Any) -> FormDefinition:
    """A form with these steps. Raises DefinitionError where they are wrong."""
    return FormDefinition.from_data(form_data(*steps, **more))


def faults(*steps: dict[str, Any], **more: Any) -> list[str]:
    """What is wrong with a form, as "trail: sentence" without places."""
    from kreisportal.forms.schemas import shown_trail

    return [
        f"{shown_trail(trail)}: {sentence}"
        for trail, sentence in read_definition(form_data(*steps, **more))[1]
    ]


def field(kind: str, **more: Any) -> Field:
    """One field of a type, its key being ``answer``."""
    found = form(step("only", question("answer", kind, **more))).field("answer")
    assert found is not None
    return found


def posted(**inputs: str | list[str]) -> dict[str, list[str]]:
    """Posted inputs; a double underscore in a name stands for the dot."""
    return {
        name.replace("__", "."): value if isinstance(value, list) else [value]
        for name, value in inputs.items()
    }
