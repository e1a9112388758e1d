"""How the source lies: no package that hides another, small files, small functions, no drawer for everything."""

from __future__ import annotations

import ast
import platform
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.source import PACKAGE, PROJECT, kept_files, parsed

_LONGEST_FILE = 350
_LONGEST_FUNCTION, _LONGEST_ELSEWHERE = 50, 60
_DRAWERS = {"utils", "util", "helpers", "helper", "misc", "common", "tools", "base_utils"}
_DATA = ("catalogue", "tenants", "themes")


def python_files() -> list[Path]:
    return [path for path in kept_files() if path.suffix == ".py"]


def functions(path: Path) -> Iterator[tuple[str, int]]:
    """The functions of a file with their length in lines, docstring and decorators apart."""
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            first = node.body[1] if ast.get_docstring(node) and len(node.body) > 1 else node.body[0]
            yield node.name, (node.end_lineno or 0) - first.lineno + 1


def test_the_source_root_is_no_package() -> None:
    """A package named platform would hide the standard library's from everything."""
    assert not (PROJECT / "platform" / "__init__.py").exists()
    assert Path(platform.__file__).is_relative_to(Path(sys.base_prefix))
    assert platform.python_version()


def test_there_is_one_package() -> None:
    inside = {path.name for path in (PROJECT / "platform").iterdir() if not path.name.startswith(".")}
    assert {name for name in inside if not name.endswith(".egg-info")} == {"kreisportal"}
    rooms = {path.parent for path in PACKAGE.rglob("*.py")}
    assert [str(room) for room in rooms if not (room / "__init__.py").exists()] == []


def test_no_file_is_long() -> None:
    lengths = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in python_files()}
    assert {str(path): n for path, n in lengths.items() if n > _LONGEST_FILE} == {}


def test_no_function_is_long() -> None:
    found = [
        f"{path}: {name} has {length} lines"
        for path in python_files()
        for name, length in functions(path)
        if length > (_LONGEST_FUNCTION if path.is_relative_to(PACKAGE) else _LONGEST_ELSEWHERE)
    ]
    assert found == []


def test_no_module_is_a_drawer_for_everything() -> None:
    assert [str(path) for path in python_files() if path.stem in _DRAWERS] == []


@pytest.mark.parametrize("folder", _DATA)
def test_folders_of_data_hold_no_code(folder: str) -> None:
    code = [
        path
        for path in kept_files()
        if path.is_relative_to(PROJECT / folder) and path.suffix in (".py", ".sh")
    ]
    assert code == []


def test_every_module_says_what_it_is_for() -> None:
    inside = [path for path in python_files() if path.is_relative_to(PACKAGE)]
    assert [str(path) for path in inside if not ast.get_docstring(parsed(path))] == []


def test_nothing_is_left_to_be_done() -> None:
    marks = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|HA" + r"CK)\b(?![\w-])")
    texts = [
        path
        for path in kept_files()
        if path.suffix in (".py", ".html", ".toml", ".md", ".scss", ".js", ".yaml")
    ]
    found = [
        f"{path}:{number}"
        for path in texts
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if marks.search(line)
    ]
    assert found == []
