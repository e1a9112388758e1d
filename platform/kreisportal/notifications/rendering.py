"""From template and data to subject and text, in the current language.

A template is plain text whose first line is the subject. Every line that is too long is wrapped, addresses never.
Nothing that a stranger has typed may stand in a mail: a template gets ids, names from the catalogue, dates, links.
"""

from __future__ import annotations

import datetime
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import resources
from typing import Any

from babel.dates import format_date
from jinja2 import Environment, PackageLoader, StrictUndefined

from kreisportal.i18n import current_language, gettext, ngettext

_FOLDER = "templates/mail"
_WIDTH = 72
_LONGEST_SUBJECT = 150
# What mail programs take for the beginning of a signature: what is below may be folded away.
_SIGNATURE = "\n-- \n"
_RULE = "* * *"


@dataclass(frozen=True, slots=True)
class Rendered:
    """What a person reads. ``text`` ends with a line break; ``languages`` are those it is written in (BCP 47)."""

    subject: str
    text: str
    languages: tuple[str, ...] = field(default_factory=lambda: (current_language().tag,))


def render(template: str, values: Mapping[str, Any]) -> Rendered:
    """The mail in the current language. Raises ``jinja2.TemplateError`` when a value is missing."""
    clean = {name: _one_line(value) for name, value in values.items()}
    subject, _, text = _environment().get_template(f"{template}.txt").render(clean).partition("\n")
    if not subject.strip():
        raise ValueError(f"the mail template {template!r} has no subject")
    lines = [part for line in text.strip("\n").split("\n") for part in _wrapped(line)]
    return Rendered(subject.strip()[:_LONGEST_SUBJECT], "\n".join(lines) + "\n")


def together(first: Rendered, second: Rendered) -> Rendered:
    """The same mail in two languages, one below the other; the sender's ways stand at its end in the first."""
    text, mark, ways = first.text.partition(_SIGNATURE)
    again = second.text.partition(_SIGNATURE)[0]
    subject = f"{first.subject} / {second.subject}"[:_LONGEST_SUBJECT]
    whole = f"{text.rstrip()}\n\n{_RULE}\n\n{again.rstrip()}\n{mark}{ways}"
    return Rendered(subject, whole, first.languages + second.languages)


@lru_cache(maxsize=1)
def template_names() -> frozenset[str]:
    """The names that a mail's template can have."""
    folder = resources.files("kreisportal.notifications") / _FOLDER
    return frozenset(
        entry.name.removesuffix(".txt")
        for entry in folder.iterdir()
        if entry.name.endswith(".txt") and not entry.name.startswith("_")
    )


def _one_line(value: Any) -> Any:
    """A text without line breaks and control characters, so that a value cannot pretend to be a paragraph."""
    if not isinstance(value, str):
        return value
    return "".join(letter if letter.isprintable() else " " for letter in value).strip()


def _wrapped(line: str) -> list[str]:
    if len(line) <= _WIDTH:
        return [line]
    indent = " " * (len(line) - len(line.lstrip()))
    return textwrap.wrap(
        line, _WIDTH, break_long_words=False, break_on_hyphens=False, subsequent_indent=indent
    )


def _date(value: str | datetime.date) -> str:
    """A day as people read it, e.g. 24. Dezember 2026; texts are ISO 8601."""
    day = value if isinstance(value, datetime.date) else datetime.date.fromisoformat(str(value)[:10])
    return format_date(day, "long", locale=current_language().locale)


@lru_cache(maxsize=1)
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("kreisportal.notifications", _FOLDER),
        # The mails are plain text, in which an &amp; would be shown as it stands.
        autoescape=False,  # noqa: S701
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    environment.install_gettext_callables(gettext, ngettext, newstyle=True)  # type: ignore[attr-defined]
    environment.filters["date"] = _date
    return environment
