"""What must hold across a whole definition, beyond the format of its parts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from kreisportal.forms.conditions import DAY_OPS, NUMBER_OPS
from kreisportal.forms.definition import Condition, Field, FormDefinition, Rule, Step
from kreisportal.forms.prefill import PREFILL_KEYS

Trail = tuple[str | int, ...]
Fault = tuple[Trail, str]

_WITH_CHOICES = ("choice", "multiple")
_NUMBER_TYPES = ("number", "money")


def find_faults(definition: FormDefinition) -> list[Fault]:
    """Every fault, each with the trail to the part that has it."""
    return [*_keys(definition), *_fields(definition), *_conditions(definition), *_trust(definition)]


def _keys(definition: FormDefinition) -> Iterator[Fault]:
    seen_steps: set[str] = set()
    seen_fields: set[str] = set()
    for at, step in enumerate(definition.steps):
        if step.key in seen_steps:
            yield ("steps", at, "key"), f"there is another step {step.key!r}"
        seen_steps.add(step.key)
        if not step.fields and not step.notes:
            yield ("steps", at, "fields"), "a step without fields needs a note"
        for place, field in enumerate(step.fields):
            if field.key in seen_fields:
                yield ("steps", at, "fields", place, "key"), f"there is another field {field.key!r}"
            seen_fields.add(field.key)


def _trust(definition: FormDefinition) -> Iterator[Fault]:
    """Nothing is typed yet on the first page, and what would be kept is what the level is asked for."""
    if definition.steps[0].trust != "none":
        yield ("steps", 0, "trust"), "the first step cannot ask for a level; give it to the form"


def _fields(definition: FormDefinition) -> Iterator[Fault]:
    for at, step in enumerate(definition.steps):
        for place, field in enumerate(step.fields):
            yield from _field(field, ("steps", at, "fields", place))


def _field(field: Field, trail: Trail) -> Iterator[Fault]:
    if field.type in _WITH_CHOICES and len(field.choices) < (2 if field.type == "choice" else 1):
        yield (*trail, "choices"), "a choice needs answers to choose from"
    if field.choices and field.type not in _WITH_CHOICES:
        yield (*trail, "choices"), f"a field of type {field.type} has no choices"
    keys = [choice.key for choice in field.choices]
    for at, key in enumerate(keys):
        if key in keys[:at]:
            yield (*trail, "choices", at, "key"), f"there is another choice {key!r}"
    if field.type == "declaration" and not field.required:
        yield (*trail, "required"), "a declaration is always required"
    yield from _prefill(field, trail)
    low, high = field.limits.get("min"), field.limits.get("max")
    if isinstance(low, int) and isinstance(high, int) and low > high:
        yield (*trail, "limits"), "min is larger than max"
    yield from _group(field, trail)


def _prefill(field: Field, trail: Trail) -> Iterator[Fault]:
    if field.prefill and field.type not in PREFILL_KEYS[field.prefill].types:
        yield (*trail, "prefill"), f"{field.prefill} does not fill a field of type {field.type}"
    for at, each in enumerate(field.prefill_when):
        if field.type not in PREFILL_KEYS[each.key].types:
            yield (*trail, "prefill_when", at), f"{each.key} does not fill a field of type {field.type}"


def _group(field: Field, trail: Trail) -> Iterator[Fault]:
    if field.type != "group":
        if field.fields or field.item:
            yield (*trail, "fields"), "only a group has fields and an item"
        return
    if not field.fields:
        yield (*trail, "fields"), "a group needs fields"
    if not field.item:
        yield (*trail, "item"), "a group says what one of it is called"
    keys = [inner.key for inner in field.fields]
    for at, inner in enumerate(field.fields):
        place: Trail = (*trail, "fields", at)
        if inner.key in keys[:at]:
            yield (*place, "key"), f"there is another field {inner.key!r}"
        if inner.type in ("group", "file"):
            yield (*place, "type"), f"a group cannot contain a field of type {inner.type}"
        if inner.when is not None or inner.prefill_when:
            name = "when" if inner.when is not None else "prefill_when"
            yield (*place, name), "a field inside a group has no condition of its own"
        yield from _field(inner, place)


def _conditions(definition: FormDefinition) -> Iterator[Fault]:
    earlier: dict[str, Field] = {}
    for at, step in enumerate(definition.steps):
        for trail, condition in _placed(step, ("steps", at)):
            yield from _condition(condition, earlier, trail, "an earlier step")
        own = earlier | {field.key: field for field in step.fields}
        for place, rule in enumerate(step.rules):
            yield from _rule(rule, step, own, ("steps", at, "rules", place))
        earlier = own


def _placed(step: Step, trail: Trail) -> Iterator[tuple[Trail, Condition]]:
    if step.when is not None:
        yield (*trail, "when"), step.when
    for at, field in enumerate(step.fields):
        if field.when is not None:
            yield (*trail, "fields", at, "when"), field.when
        for place, each in enumerate(field.prefill_when):
            yield (*trail, "fields", at, "prefill_when", place, "when"), each.when
    for at, note in enumerate(step.notes):
        if note.when is not None:
            yield (*trail, "notes", at, "when"), note.when


def _rule(rule: Rule, step: Step, known: Mapping[str, Field], trail: Trail) -> Iterator[Fault]:
    yield from _condition(rule.check, known, (*trail, "check"), "this or an earlier step")
    if rule.at not in {field.key for field in step.fields}:
        yield (*trail, "at"), f"there is no field {rule.at!r} in this step"


def _condition(condition: Condition, known: Mapping[str, Field], trail: Trail, where: str) -> Iterator[Fault]:
    for part in condition.parts:
        yield from _condition(part, known, trail, where)
    for key in (condition.field, condition.other):
        if key and key not in known:
            yield trail, f"there is no field {key!r} in {where}"
    field = known.get(condition.field)
    if field is not None and (sentence := _misfit(condition, field)):
        yield trail, sentence
    other = known.get(condition.other)
    if field is not None and other is not None and field.type != other.type:
        yield trail, f"{field.key} and {other.key} are of different types"


def _misfit(condition: Condition, field: Field) -> str:
    """Why a condition can never be decided for a field of this type, or nothing."""
    op, value = condition.op, condition.value
    if op == "filled" or condition.other:
        return ""
    if (op in DAY_OPS) != (field.type == "date"):
        return f"{op} does not fit the field {field.key} of type {field.type}"
    if op in NUMBER_OPS:
        return (
            ""
            if field.type in _NUMBER_TYPES
            else f"{op} does not fit the field {field.key} of type {field.type}"
        )
    if op == "contains" and field.type != "multiple":
        return f"contains does not fit the field {field.key} of type {field.type}"
    if op in ("is", "is_not", "in") and field.type in ("multiple", "group", "file", "address"):
        return f"{op} does not fit the field {field.key} of type {field.type}"
    if field.choices:
        keys = {choice.key for choice in field.choices}
        unknown = [each for each in (value if op == "in" else [value]) if each not in keys]
        return f"{field.key} has no choice {unknown[0]!r}" if unknown else ""
    if field.type in ("yes_no", "declaration") and not isinstance(value, bool):
        return f"{field.key} is true or false"
    return ""
