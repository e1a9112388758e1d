"""Every template that is named is there, and every one that is there is named."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from jinja2 import Environment, meta

from kreisportal.web import errors
from tests.support.source import PACKAGE, PROJECT, modules

_NAME = re.compile(r"[a-z_]+/[a-z0-9_]+\.(html|txt|xml)|layout\.html")
_OF_SITE = re.compile(r'page\.site ~ "(/\w+\.html)"')
_ENVIRONMENT = Environment(extensions=["jinja2.ext.i18n"], autoescape=True)
# Where templates lie beside a room's own folder: the base theme's.
_ROOTS = [*sorted(PACKAGE.glob("*/templates")), PROJECT / "themes" / "base" / "templates"]


def templates() -> dict[str, Path]:
    """All templates by name."""
    return {
        str(file.relative_to(root)): file
        for root in _ROOTS
        for file in sorted(root.rglob("*"))
        if file.suffix in (".html", ".txt", ".xml")
    }


def named_by_templates(name: str) -> set[str]:
    """What a template includes, imports and extends. Mails name each other without their folder."""
    text = templates()[name].read_text(encoding="utf-8")
    found = {inner for inner in meta.find_referenced_templates(_ENVIRONMENT.parse(text)) if inner is not None}
    # What a site adds of its own has the site's name before it.
    ends = tuple(_OF_SITE.findall(text))
    found |= {each for each in templates() if ends and each.endswith(ends)}
    return {f"mail/{inner}" for inner in found} if name.startswith("mail/") else found


def constants() -> Iterator[str]:
    """All texts in the program's code that could name something."""
    for module in modules():
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value


def named_by_code() -> set[str]:
    """What views show, by name; the error pages and mails, whose names are put together."""
    words = set(constants())
    named = {word for word in words if _NAME.fullmatch(word)}
    named |= {f"web/error_{status}.html" for status in (*errors._EXPLAINED, 400)}
    return named | {name for name in templates() if name.startswith("mail/") and Path(name).stem in words}


def test_every_template_that_is_named_is_there() -> None:
    there = templates()
    assert named_by_code() - set(there) == set()
    missing = {f"{name}: {inner}" for name in there for inner in named_by_templates(name) - set(there)}
    assert missing == set()


def test_every_template_is_used() -> None:
    there = templates()
    used, todo = set(), [name for name in named_by_code() if name in there]
    while todo:
        name = todo.pop()
        if name not in used:
            used.add(name)
            todo += named_by_templates(name)
    assert sorted(set(there) - used) == []


def test_no_name_is_taken_twice() -> None:
    """The first folder of those that have it would win."""
    names = [str(file.relative_to(root)) for root in _ROOTS for file in root.rglob("*") if file.is_file()]
    assert sorted(name for name in names if names.count(name) > 1) == []


def test_mails_are_the_only_templates_that_are_not_escaped() -> None:
    """What is no HTML is never shown as a page."""
    assert {name.partition("/")[0] for name in templates() if not name.endswith(".html")} == {"mail"}
