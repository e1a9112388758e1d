"""Where in a TOML file a key stands. ``tomllib`` reads values without lines; faults should name them."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from typing import Any

KeyPath = tuple[str | int, ...]

# Everything that may hide a newline, a bracket, an equals sign or a number sign, longest first.
_TOKEN = re.compile(
    r'"""(?:\\.|[^\\])*?"{3,5}'
    r"|'''.*?'{3,5}"
    r'|"(?:\\.|[^"\\\n])*"'
    r"|'[^'\n]*'"
    r"|#[^\n]*"
    r"|[\[\]{}=\n]",
    re.DOTALL,
)


class TomlLines:
    """The lines of the keys of one TOML text, which ``tomllib`` must have accepted before."""

    def __init__(self, source: str) -> None:
        self._lines: dict[KeyPath, int] = {}
        arrays: dict[KeyPath, int] = {}
        table: KeyPath = ()
        for line, statement, equals in _statements(source):
            if equals is not None:
                self._lines.setdefault(table + _path(statement[:equals] + "= 0"), line)
                continue
            table = _resolve(_path(statement), arrays)
            if statement.startswith("[["):
                arrays[table] = arrays.get(table, -1) + 1
                self._lines.setdefault(table, line)
                table = (*table, arrays[table])
            self._lines.setdefault(table, line)

    def line(self, path: KeyPath) -> int:
        """The line (from 1) of the key at ``path``, or of the nearest thing around it that has a line."""
        for length in range(len(path), 0, -1):
            if path[:length] in self._lines:
                return self._lines[path[:length]]
        return 1


def _statements(source: str) -> Iterator[tuple[int, str, int | None]]:
    """Each statement with its line and the place of its equals sign (None for a table header)."""
    start, depth = 0, 0
    equals: int | None = None
    for token in [*_TOKEN.finditer(source), None]:
        kind = token.group() if token else "\n"
        if kind in "[{":
            depth += 1
        elif kind in "]}":
            depth -= 1
        elif kind == "=" and depth == 0 and token:
            equals = token.start() if equals is None else equals
        elif kind == "\n" and depth == 0:
            end = token.start() if token else len(source)
            raw = source[start:end]
            begin = start + len(raw) - len(raw.lstrip())
            statement = source[begin:end].rstrip()
            if statement and not statement.startswith("#"):
                line = source.count("\n", 0, begin) + 1
                yield line, statement, None if equals is None else equals - begin
            start, equals = end + 1, None


def _path(statement: str) -> KeyPath:
    """The dotted key of a header or an assignment; ``tomllib`` itself knows how to read quotes and dots."""
    found: Any = tomllib.loads(statement)
    path: list[str] = []
    while isinstance(found, dict | list) and found:
        if isinstance(found, list):
            found = found[0]
            continue
        name, found = next(iter(found.items()))
        path.append(name)
    return tuple(path)


def _resolve(path: KeyPath, arrays: dict[KeyPath, int]) -> KeyPath:
    """``offices.hours`` under the second ``[[offices]]`` is ``offices, 1, hours``."""
    resolved: KeyPath = ()
    for position, name in enumerate(path):
        resolved = (*resolved, name)
        if position < len(path) - 1 and resolved in arrays:
            resolved = (*resolved, arrays[resolved])
    return resolved
