"""Tables on the command line: whole lines for other programs, lines that fit for people."""

from __future__ import annotations

import io
import re
import sys

import pytest
from rich.table import Column, Table

from kreisportal.terminal import print_table

_HOST = "a-town-with-a-rather-long-name.of-a-region.example"


class _Terminal(io.StringIO):
    """A terminal, as far as a program can tell."""

    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def _narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    monkeypatch.setenv("TERM", "xterm")


def _table() -> Table:
    table = Table(*(Column(name, overflow="fold") for name in ("slug", "portal")))
    table.add_row("town", _HOST)
    return table


def test_another_program_gets_every_row_on_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    print_table(_table())
    (row,) = [line for line in capsys.readouterr().out.splitlines() if "town " in line]
    assert _HOST in row
    assert len(row) < 2 * len(_HOST), "and no wider than that takes"


def test_a_terminal_gets_what_fits(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = _Terminal()
    monkeypatch.setattr(sys, "stdout", terminal)
    print_table(_table())
    lines = re.sub(r"\x1b\[[0-9;]*m", "", terminal.getvalue()).splitlines()
    assert _HOST not in terminal.getvalue()
    assert max(map(len, lines)) <= 40
