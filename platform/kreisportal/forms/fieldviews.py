"""Frozen views of questions: all that the macros need to make inputs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class OptionView:
    """One choice of a radio group, checkbox group or list."""

    id: str
    value: str
    label: str
    help: str = ""
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class PartView:
    """One of the inputs of a date or an address."""

    id: str
    name: str
    label: str
    value: str
    autocomplete: str = ""
    inputmode: str = ""
    width: int = 0
    errors: tuple[str, ...] = ()
    optional: bool = False
    options: tuple[OptionView, ...] = ()
    described_by: str = ""


@dataclass(frozen=True, slots=True)
class DocumentView:
    """A stored file of a file field; the remove button sends ``remove``."""

    id: str
    name: str
    remove: str


@dataclass(frozen=True, slots=True)
class InstanceView:
    """One instance of a repeated group; ``remove`` is empty when there must be no fewer."""

    number: int
    title: str
    id: str
    fields: tuple[FieldView, ...]
    remove: str


@dataclass(frozen=True, slots=True)
class FieldView:
    """One question.

    ``kind`` names the macro: input, textarea, date, radio, list, checkboxes, declaration, address, file or
    group. ``described_by`` lists the ids of hint, fits, origin and errors for aria-describedby; ``fits`` says which
    files fit, ``origin`` where a value comes from that is proposed.
    """

    kind: str
    id: str
    name: str
    label: str
    hint: str
    why: str
    required: bool
    errors: tuple[str, ...]
    label_hidden: bool = False
    value: str = ""
    input_type: str = "text"
    inputmode: str = ""
    autocomplete: str = ""
    max_length: int = 0
    width: int = 0
    unit: str = ""
    options: tuple[OptionView, ...] = ()
    parts: tuple[PartView, ...] = ()
    documents: tuple[DocumentView, ...] = ()
    accept: str = ""
    multiple: bool = False
    instances: tuple[InstanceView, ...] = ()
    add_label: str = ""
    key: str = ""
    fits: str = ""
    origin: str = ""

    @property
    def described_by(self) -> str:
        """The ids of the hint, what fits, the origin and the errors that are shown, separated by spaces."""
        shown = [f"{self.id}-hint"] if self.hint else []
        shown += [f"{self.id}-fits"] if self.fits else []
        shown += [f"{self.id}-origin"] if self.origin else []
        return " ".join([*shown, *([f"{self.id}-error"] if self.errors else [])])

    @property
    def faulty(self) -> bool:
        """Whether the question or one of its inputs has an error."""
        return bool(self.errors) or any(part.errors for part in self.parts)

    def targets(self) -> Iterator[tuple[str, str]]:
        """Input names with the ids that the error summary links to."""
        if self.parts:
            yield self.name, self.parts[0].id
        elif self.options and self.kind != "list":
            yield self.name, self.options[0].id
        else:
            yield self.name, self.id
        for part in self.parts:
            yield part.name, part.id
        for instance in self.instances:
            yield f"{self.name}.{instance.number - 1}", instance.id
            for field in instance.fields:
                yield from field.targets()


@dataclass(frozen=True, slots=True)
class LinkView:
    """A way out of the form."""

    label: str
    url: str
    text: str


@dataclass(frozen=True, slots=True)
class NoteView:
    """A note; ``kind`` is info or warning, ``paragraphs`` its text."""

    kind: str
    title: str
    paragraphs: tuple[str, ...]
    links: tuple[LinkView, ...]


def input_id(name: str) -> str:
    """The id of the input with this name. Keys have no hyphens, so two names never make the same id."""
    return "f-" + name.replace(".", "-")
