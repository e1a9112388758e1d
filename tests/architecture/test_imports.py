"""Who may import what, beyond what import-linter holds; and that importing does nothing."""

from __future__ import annotations

import ast
import os
import subprocess
import sys

import pytest

from tests.support.source import PROJECT, SHELLS, Module, imported, modules

_WEB = ("flask", "werkzeug", "flask_wtf", "flask_limiter", "jinja2.ext")
_SQL = {"text", "select", "insert", "update", "delete", "func", "exists"}

# Run in a process of its own: whatever imports must not do, these take away or note.
_IMPORT_ALL = """
import builtins, importlib, os, socket, sys
def refuse(*_, **__):
    raise AssertionError("a connection at import time")
socket.socket.connect = socket.create_connection = refuse
read = []
class Environment(dict):
    def _note(self, name):
        caller = sys._getframe(2).f_globals.get("__name__", "")
        if caller.startswith("kreisportal"):
            read.append((caller, name))
    def __getitem__(self, name):
        self._note(name)
        return super().__getitem__(name)
    def get(self, name, default=None):
        self._note(name)
        return super().get(name, default)
os.environ = Environment(os.environ)
os.getenv = os.environ.get
written = []
opened = builtins.open
def watch(file, mode="r", *rest, **named):
    if any(letter in mode for letter in "wax+"):
        written.append(str(file))
    return opened(file, mode, *rest, **named)
builtins.open = watch
import threading
before = threading.active_count()
for name in sys.argv[1:]:
    importlib.import_module(name)
assert read == [], read
assert written == [], written
assert threading.active_count() == before, threading.enumerate()
"""


def _named(module: Module) -> str:
    return module.name


CORES = [module for module in modules() if not module.is_face]
FACES = [module for module in modules() if module.is_face]


@pytest.mark.parametrize("module", CORES, ids=_named)
def test_no_core_knows_the_web(module: Module) -> None:
    """Services take everything as arguments: no request, no session, no current app."""
    assert [name for name in imported(module) if name.split(".")[0] in _WEB] == []


@pytest.mark.parametrize("module", CORES, ids=_named)
def test_no_core_imports_a_face(module: Module) -> None:
    faces = {f"kreisportal.{face.name}" for face in FACES}
    shells = tuple(f"kreisportal.{shell}" for shell in SHELLS)
    found = [name for name in imported(module) if name.startswith(shells) or name.rpartition(".")[0] in faces]
    assert found == []


@pytest.mark.parametrize(
    "module", [face for face in FACES if face.room not in SHELLS and "." in face.name], ids=_named
)
def test_no_face_imports_the_face_of_another_room(module: Module) -> None:
    others = {f"kreisportal.{face.name}" for face in FACES if face.room not in {module.room, "web"}}
    assert [name for name in imported(module) if name in others or name.rpartition(".")[0] in others] == []


@pytest.mark.parametrize(
    "module", [face for face in FACES if "cli" not in face.name and face.room not in ("doctor",)], ids=_named
)
def test_no_face_writes_queries(module: Module) -> None:
    names = {name for name in imported(module) if name.startswith("sqlalchemy.")}
    calls = {name for name in names if name.rpartition(".")[2] in _SQL}
    if module.name in _ASKS_THE_DEFINER:
        calls -= {"sqlalchemy.text"}
    assert calls == set()


_ASKS_THE_DEFINER = {"web.sessions", "web.subjects", "web.rate_limits"}
"""They call the definer's functions, for which there are no models."""


@pytest.mark.parametrize("module", modules(), ids=_named)
def test_no_import_stands_in_a_try(module: Module) -> None:
    """A missing library is to be seen at the start, not when somebody needs it."""
    tried = [
        node.lineno
        for block in ast.walk(module.tree)
        if isinstance(block, ast.Try)
        for node in block.body
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    assert tried == [] or module.name == "kernel.database.embedded"


def test_importing_connects_to_nothing_reads_no_setting_and_writes_nothing() -> None:
    names = [f"kreisportal.{module.name}" for module in modules() if module.name != "__init__"]
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(PROJECT / "platform"),
        "PYTHONDONTWRITEBYTECODE": "1",
        "HOME": "/nonexistent",
    }
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", _IMPORT_ALL, *names],
        env=environment, cwd="/", capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout == ""
