"""What a form consists of: frozen data, the same whether it was read from a file or from the database.

A definition holds no behaviour. The rules of each field type live in ``forms.fieldtypes``, the rules of the
file format in ``forms.schemas``. It serialises to canonical JSON, so that equal definitions have equal
digests and a case stays readable with the form it was sent with.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

Texts = Mapping[str, str]
"""A text in its languages: ``{"de": …, "en": …}``, optionally ``"de-simple"``; read with ``i18n.pick``."""

_NOTHING: Mapping[str, Any] = MappingProxyType({})


def _nothing() -> Mapping[str, Any]:
    return _NOTHING


@dataclass(frozen=True, slots=True)
class Condition:
    """A question about the answers, see ``forms.conditions``.

    ``op`` is the operator; ``field`` the key of the field it asks about (empty for ``all``, ``any``,
    ``not``); ``value`` the operand; ``other`` the key of a field whose answer is the operand instead.
    """

    op: str
    field: str = ""
    value: Any = None
    other: str = ""
    parts: tuple[Condition, ...] = ()

    def fields(self) -> Iterator[str]:
        """The keys of all fields that the condition asks about."""
        if self.field:
            yield self.field
        if self.other:
            yield self.other
        for part in self.parts:
            yield from part.fields()


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the answers that a choice offers. ``key`` is what is stored."""

    key: str
    label: Texts
    help: Texts = dataclasses.field(default_factory=_nothing)


@dataclass(frozen=True, slots=True)
class PrefillWhen:
    """A prefill key that counts for a question where a condition about earlier steps holds."""

    key: str
    when: Condition


@dataclass(frozen=True, slots=True)
class Field:
    """One question.

    ``label`` is the question, ``short`` its name on the review page and in messages; ``why`` says what the
    answer is needed for, ``source`` names the law or form that asks for it. ``limits`` are those of its
    ``type``; where there is ``prefill_when`` the first key that holds takes the place of
    ``prefill``, or none; ``choices`` belong to choices, ``fields`` and ``item`` (what one instance is called) to
    repeated groups. ``messages`` replaces the standard sentences: ``missing``, ``invalid``.
    """

    key: str
    type: str
    label: Texts
    short: Texts = dataclasses.field(default_factory=_nothing)
    help: Texts = dataclasses.field(default_factory=_nothing)
    why: Texts = dataclasses.field(default_factory=_nothing)
    required: bool = True
    prefill: str = ""
    prefill_when: tuple[PrefillWhen, ...] = ()
    source: str = ""
    limits: Mapping[str, Any] = dataclasses.field(default_factory=_nothing)
    choices: tuple[Choice, ...] = ()
    fields: tuple[Field, ...] = ()
    item: Texts = dataclasses.field(default_factory=_nothing)
    when: Condition | None = None
    messages: Mapping[str, Texts] = dataclasses.field(default_factory=_nothing)


@dataclass(frozen=True, slots=True)
class Rule:
    """Something that must hold between answers, e.g. that an end does not lie before its beginning.

    A rule that cannot be decided yet (a date is missing) counts as kept. ``at`` is the field that shows the
    message.
    """

    check: Condition
    at: str
    message: Texts


@dataclass(frozen=True, slots=True)
class Link:
    """A way that leads out of the form. ``url`` may be empty (a way by post or in person) or https or tel."""

    label: Texts
    url: str = ""
    text: Texts = dataclasses.field(default_factory=_nothing)


@dataclass(frozen=True, slots=True)
class Note:
    """Something people must know at a step; ``kind`` is ``info`` or ``warning``."""

    text: Texts
    kind: str = "info"
    title: Texts = dataclasses.field(default_factory=_nothing)
    links: tuple[Link, ...] = ()
    when: Condition | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One page of the form: one question or one small group that belongs together.

    ``trust`` is the least level of trust that the page needs, as that of the form: see ``FormDefinition``.
    """

    key: str
    title: Texts
    fields: tuple[Field, ...] = ()
    help: Texts = dataclasses.field(default_factory=_nothing)
    why: Texts = dataclasses.field(default_factory=_nothing)
    notes: tuple[Note, ...] = ()
    rules: tuple[Rule, ...] = ()
    when: Condition | None = None
    trust: str = "none"


@dataclass(frozen=True, slots=True)
class PrivacyNotice:
    """The form's part of the notice of Art. 13 DSGVO.

    Who is responsible and how to reach the data protection officer is the tenant's to say, and the rights of
    Art. 15 to 22 are the same everywhere; the page adds both. ``duty`` says whether one must answer and what
    happens otherwise (Art. 13(2)(e)).
    """

    purpose: Texts
    legal_basis: Texts
    recipients: Texts
    retention: Texts
    duty: Texts
    rights: Texts = dataclasses.field(default_factory=_nothing)


@dataclass(frozen=True, slots=True)
class FormDefinition:
    """A form. ``trust`` is the least level of trust that sending needs: none, basic, substantial, high.

    ``notice`` is shown before the first field where the law asks for more than a form can give;
    ``needed`` is what should be at hand; ``outcome`` what happens after sending; ``kind`` is one of
    ``forms.wording.KINDS`` and says how the pages speak of what is filled in.
    """

    key: str
    title: Texts
    intro: Texts
    legal_sources: tuple[str, ...]
    privacy: PrivacyNotice
    outcome: Texts
    steps: tuple[Step, ...]
    trust: str = "none"
    kind: str = "application"
    needed: tuple[Texts, ...] = ()
    notice: Note | None = None
    _steps: Mapping[str, Step] = dataclasses.field(init=False, repr=False, compare=False)
    _fields: Mapping[str, Field] = dataclasses.field(init=False, repr=False, compare=False)
    _digest: str = dataclasses.field(init=False, repr=False, compare=False, default="")

    def __post_init__(self) -> None:
        object.__setattr__(self, "_steps", MappingProxyType({step.key: step for step in self.steps}))
        fields = {item.key: item for step in self.steps for item in step.fields}
        object.__setattr__(self, "_fields", MappingProxyType(fields))

    def step(self, key: str) -> Step | None:
        """The step with this key, or None."""
        return self._steps.get(key)

    def field(self, key: str) -> Field | None:
        """The field with this key (fields inside a group are not found), or None."""
        return self._fields.get(key)

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> FormDefinition:
        """The definition that ``to_data`` turned into plain data. Raises DefinitionError for anything else.

        Takes some ten milliseconds for a long form: keep the result by its digest.
        """
        from kreisportal.forms.schemas import definition_from_data  # The schemas build these very classes.

        return definition_from_data(data)

    def to_data(self) -> dict[str, Any]:
        """Plain data (maps, lists, strings, numbers, booleans) without empty entries, for a JSON column."""
        from kreisportal.forms.schemas import definition_to_data  # The schemas build these very classes.

        return definition_to_data(self)

    def to_json(self) -> str:
        """Canonical JSON: sorted keys, no spaces, so that equal definitions are equal texts."""
        return json.dumps(self.to_data(), sort_keys=True, separators=(",", ":"), ensure_ascii=False)

    def digest(self) -> str:
        """SHA-256 of the canonical JSON, 64 hexadecimal digits: names this version of the form.

        Found once: it takes some five milliseconds for a long form.
        """
        if not self._digest:
            object.__setattr__(self, "_digest", hashlib.sha256(self.to_json().encode()).hexdigest())
        return self._digest
