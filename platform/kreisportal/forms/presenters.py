"""Making the views of questions from definitions, typed text and errors."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from kreisportal.forms.definition import Field, Note
from kreisportal.forms.fieldtypes import FIELD_TYPES
from kreisportal.forms.fieldtypes.address import AddressType
from kreisportal.forms.fieldtypes.choices import countries
from kreisportal.forms.fieldtypes.files import DEFAULT_KINDS, DEFAULT_MAX
from kreisportal.forms.fieldtypes.groups import DEFAULT_MAX as DEFAULT_INSTANCES
from kreisportal.forms.fieldviews import (
    DocumentView,
    FieldView,
    InstanceView,
    LinkView,
    NoteView,
    OptionView,
    PartView,
    input_id,
)
from kreisportal.forms.prefill import autocomplete
from kreisportal.i18n import gettext, ngettext, pick

Faults = Mapping[str, Sequence[str]]

_LIST_FROM = 8
"""So many choices and more are shown as a list instead of radio buttons."""

_ACCEPT = {
    "pdf": ".pdf,application/pdf",
    "jpeg": ".jpg,.jpeg,image/jpeg",
    "png": ".png,image/png",
    "heic": ".heic,image/heic",
    "docx": ".docx",
    "odt": ".odt",
}
# HEIC is not among them: nobody can look through such a file, so it is refused wherever it is sent.
_KIND_NAMES = {"pdf": "PDF", "jpeg": "JPEG", "png": "PNG", "docx": "DOCX", "odt": "ODT"}
_INPUT_TYPES = {"email": "email", "phone": "tel"}
_INPUT_MODES = {"number": "numeric", "money": "decimal", "email": "email", "phone": "tel"}


def present_note(note: Note) -> NoteView:
    """A note in the current language."""
    links = tuple(LinkView(str(pick(link.label)), link.url, str(pick(link.text))) for link in note.links)
    paragraphs = tuple(part.strip() for part in str(pick(note.text)).split("\n\n") if part.strip())
    return NoteView(note.kind, str(pick(note.title)), paragraphs, links)


def present_field(
    field: Field, name: str, raw: Any, errors: Faults, *, label_hidden: bool = False
) -> FieldView:
    """The view of a field whose inputs are called ``name``, with what was typed."""
    common: dict[str, Any] = {
        "id": input_id(name),
        "name": name,
        "key": field.key,
        "label": str(pick(field.label)),
        "hint": _hint(field),
        "why": str(pick(field.why)),
        "required": field.required,
        "errors": tuple(errors.get(name, ())),
        "label_hidden": label_hidden,
    }
    return FieldView(**common, **_PRESENTERS.get(field.type, _line)(field, name, raw, errors))


def _hint(field: Field) -> str:
    hint = str(pick(field.help))
    if field.type == "date" and not hint:
        return gettext("Zum Beispiel 24.12.2026")
    return hint


def _text(raw: Any) -> str:
    return raw if isinstance(raw, str) else ""


def _line(field: Field, name: str, raw: Any, errors: Faults) -> dict[str, Any]:
    limits = field.limits
    return {
        "kind": "textarea" if field.type == "textarea" else "input",
        "value": _text(raw),
        "input_type": _INPUT_TYPES.get(field.type, "text"),
        "inputmode": limits.get("inputmode") or _INPUT_MODES.get(field.type, ""),
        "autocomplete": autocomplete(field),
        "width": limits.get("width", 0),
        "unit": "€" if field.type == "money" else limits.get("unit", ""),
    }


def _part(name: str, part: str, label: str, raw: Any, errors: Faults) -> dict[str, Any]:
    full = f"{name}.{part}"
    faults = tuple(errors.get(full, ()))
    return {
        "id": input_id(full),
        "name": full,
        "label": label,
        "value": _text(raw.get(part)) if isinstance(raw, dict) else "",
        "errors": faults,
        "described_by": f"{input_id(full)}-error" if faults else "",
    }


def _date(field: Field, name: str, raw: Any, errors: Faults) -> dict[str, Any]:
    labels = {"day": gettext("Tag"), "month": gettext("Monat"), "year": gettext("Jahr")}
    token = autocomplete(field)
    parts = tuple(
        PartView(
            **_part(name, part, label, raw, errors),
            autocomplete=f"{token}-{part}" if token else "",
            # Not "numeric" for the day: a whole date may be pasted, and months may be written as words.
            inputmode="" if part == "month" else "numeric",
            width=4 if part == "year" else 2,
        )
        for part, label in labels.items()
    )
    return {"kind": "date", "parts": parts}


def _address(field: Field, name: str, raw: Any, errors: Faults) -> dict[str, Any]:
    kind = FIELD_TYPES[field.type]
    labels = {
        "street": gettext("Straße"),
        "house_number": gettext("Hausnummer"),
        "addition": gettext("Zusatz, zum Beispiel Wohnung oder „bei Familie …“"),
        "postcode": gettext("Postleitzahl"),
        "city": gettext("Ort"),
        "country": gettext("Land"),
    }
    tokens = {"street": "address-line1", "addition": "address-line2", "postcode": "postal-code"}
    tokens |= {"city": "address-level2", "country": "country"}
    own = bool(autocomplete(field))
    names = kind.inputs(field) if isinstance(kind, AddressType) else kind.parts
    parts = []
    for part in names:
        made = _part(name, part, labels[part], raw, errors)
        parts.append(
            PartView(
                **made,
                autocomplete=tokens.get(part, "") if own else "",
                inputmode="numeric" if part == "postcode" and not field.limits.get("abroad") else "",
                width=5 if part in ("house_number", "postcode") else 0,
                optional=part == "addition",
                options=_country_options(made["id"], made["value"] or "DE") if part == "country" else (),
            )
        )
    return {"kind": "address", "parts": tuple(parts)}


def _country_options(base: str, chosen: str, *, nationality: bool = False) -> tuple[OptionView, ...]:
    return tuple(
        OptionView(f"{base}-{code.lower()}", code, label, chosen=code == chosen)
        for code, label in countries(nationality=nationality)
    )


def _country(field: Field, name: str, raw: Any, errors: Faults) -> dict[str, Any]:
    options = _country_options(input_id(name), _text(raw), nationality=bool(field.limits.get("nationality")))
    return {"kind": "list", "options": options, "autocomplete": autocomplete(field)}


def _choice(field: Field, name: str, raw: Any, errors: Faults) -> dict[str, Any]:
    chosen = raw if isinstance(raw, list) else [raw]
    options = tuple(
        OptionView(
            f"{input_id(name)}-{choice.key}",
            choice.key,
            str(pick(choice.label)),
            str(pick(choice.help)),
            choice.key in chosen,
        )
        for choice in field.choices
    )
    if field.type == "multiple":
        return {"kind": "checkboxes", "options": options}
    as_list = field.limits.get("list", len(options) >= _LIST_FROM)
    return {"kind": "list" if as_list else "radio", "options": options, "autocomplete": autocomplete(field)}


def _yes_no(field: Field, name: str, raw: Any, errors: Faults) -> dict[str, Any]:
    labels = {"yes": gettext("Ja"), "no": gettext("Nein")}
    options = tuple(
        OptionView(f"{input_id(name)}-{key}", key, label, chosen=raw == key) for key, label in labels.items()
    )
    return {"kind": "radio", "options": options}


def _declaration(field: Field, name: str, raw: Any, errors: Faults) -> dict[str, Any]:
    return {"kind": "declaration", "value": "yes" if raw == "yes" else ""}


def _file(field: Field, name: str, raw: Any, errors: Faults) -> dict[str, Any]:
    stored = raw if isinstance(raw, list) else []
    documents = tuple(
        DocumentView(str(each["id"]), str(each["name"]), f"{name}.{index}")
        for index, each in enumerate(stored)
    )
    accept = ",".join(_ACCEPT[kind] for kind in field.limits.get("accept", DEFAULT_KINDS))
    several = field.limits.get("max", DEFAULT_MAX) > 1
    return {"kind": "file", "documents": documents, "accept": accept, "multiple": several}


def what_fits(field: Field, file_size: str) -> str:
    """Which files a question takes, how many and how large, before anybody chooses one; nothing for other questions.

    ``file_size`` is how large a file may be, and all that are sent at once, in words; empty where nobody says.
    """
    accepted = field.limits.get("accept", DEFAULT_KINDS) if field.type == "file" else ()
    kinds = _either([_KIND_NAMES[kind] for kind in accepted if kind in _KIND_NAMES])
    if not kinds:
        return ""
    most = field.limits.get("max", DEFAULT_MAX)
    if not file_size:
        return ngettext("%(kinds)s, eine Datei", "%(kinds)s, höchstens %(num)s Dateien", most, kinds=kinds)
    return ngettext(
        "%(kinds)s, eine Datei, höchstens %(size)s",
        "%(kinds)s, höchstens %(num)s Dateien, jede höchstens %(size)s. Auf einmal gehen zusammen %(size)s.",
        most,
        kinds=kinds,
        size=file_size,
    )


def _either(names: Sequence[str]) -> str:
    """Names of which one fits, as a sentence lists them."""
    if len(names) < 2:
        return "".join(names)
    return gettext("%(names)s oder %(last)s", names=", ".join(names[:-1]), last=names[-1])


def _group(field: Field, name: str, raw: Any, errors: Faults) -> dict[str, Any]:
    low, high = field.limits.get("min", 1), field.limits.get("max", DEFAULT_INSTANCES)
    item = str(pick(field.item))
    # The group starts with as many empty instances as it must have, one where the answer is required.
    least = max(low, 1) if field.required else 0
    stored = list(raw) if isinstance(raw, list) else []
    stored += [{} for _ in range(least - len(stored))]
    instances = tuple(
        InstanceView(
            number=index + 1,
            title=f"{item} {index + 1}",
            id=input_id(f"{name}.{index}"),
            fields=tuple(
                present_field(inner, f"{name}.{index}.{inner.key}", each.get(inner.key), errors)
                for inner in field.fields
            ),
            remove=f"{name}.{index}" if len(stored) > least else "",
        )
        for index, each in enumerate(stored)
    )
    add = gettext("%(item)s hinzufügen", item=item) if len(stored) < high else ""
    return {"kind": "group", "instances": instances, "add_label": add}


_PRESENTERS: dict[str, Callable[[Field, str, Any, Faults], dict[str, Any]]] = {
    "date": _date,
    "address": _address,
    "country": _country,
    "choice": _choice,
    "multiple": _choice,
    "yes_no": _yes_no,
    "declaration": _declaration,
    "file": _file,
    "group": _group,
}
