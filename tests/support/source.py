"""The program's source as trees, for tests of how it is built."""

from __future__ import annotations

import ast
import re
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path

PROJECT = Path(__file__).parents[2]
PACKAGE = PROJECT / "platform" / "kreisportal"

SHELLS = frozenset({"web", "portal", "desk", "admin", "region", "api"})
"""Rooms that are faces as a whole."""

_TOP = frozenset({"app", "cli", "demo", "worker", "database_cli", "doctor"})
_FACE = re.compile(r"(.+_)?views|api|cli|arrival|(desk|admin|region|account)_.+")


@dataclass(frozen=True)
class Module:
    """A module of the program. ``name`` is without the package's, e.g. ``cases.desk_views``."""

    name: str
    path: Path

    @property
    def room(self) -> str:
        """The room it lies in; its own name at the top."""
        return self.name.split(".")[0]

    @property
    def is_face(self) -> bool:
        """Whether it speaks with people: views, pages, commands, the JSON API."""
        parts = self.name.split(".")
        if parts[0] in SHELLS | _TOP:
            return True
        return "pages" in parts[1:-1] or bool(_FACE.fullmatch(parts[-1]))

    @property
    def tree(self) -> ast.Module:
        """Its syntax."""
        return parsed(self.path)


@cache
def parsed(path: Path) -> ast.Module:
    """The syntax of a file."""
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


@cache
def modules() -> tuple[Module, ...]:
    """All modules of the program."""
    found = []
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        found.append(Module(name or "__init__", path))
    return tuple(found)


def imported(module: Module) -> set[str]:
    """The full names that a module imports at run time, ``a.b.c`` for ``from a.b import c``."""
    names: set[str] = set()
    skipped = {id(node) for block in _type_checking(module.tree) for node in ast.walk(block)}
    for node in ast.walk(module.tree):
        if id(node) in skipped:
            continue
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def _type_checking(tree: ast.Module) -> list[ast.If]:
    return [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"
    ]


@cache
def kept_files() -> tuple[Path, ...]:
    """All files that git keeps, and those that are new and not ignored."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=PROJECT, capture_output=True, check=True, text=True,
    )  # fmt: skip
    files = (PROJECT / name for name in listed.stdout.split("\0") if name)
    return tuple(file for file in files if file.is_file())
