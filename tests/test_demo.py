"""What the demonstration prepares, and that it does not get in its own way."""

from __future__ import annotations

import socket
from contextlib import closing
from pathlib import Path
from typing import cast

import click
import pytest
from click.testing import CliRunner

from kreisportal import demo
from kreisportal.kernel.database.embedded import EmbeddedServer
from kreisportal.settings import read_settings, read_settings_file
from tests.support.server import DatabaseCopy


class _Addresses:
    """A server as far as settings need it."""

    def url(self, role: str, database: str = "kreisportal") -> str:
        return f"postgresql://{role}@/{database}?host=/run"


@pytest.fixture
def file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Where the demonstration leaves its settings: here, not in the checkout."""
    file = tmp_path / "var" / "demo.env"
    monkeypatch.setattr(demo, "demo_file", lambda: file)
    monkeypatch.setattr(demo, "read_demo_file", lambda: read_settings_file(file) if file.exists() else {})
    return file


def _environment(port: int) -> dict[str, str]:
    return demo.environment(cast(EmbeddedServer, _Addresses()), port)


def test_its_settings_are_complete_and_nobody_elses(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in _environment(8123).items():
        monkeypatch.setenv(name, value)
    settings = read_settings()
    assert settings.demo
    assert settings.public_port == 8123
    assert file.stat().st_mode & 0o777 == 0o600


def test_started_again_it_keeps_its_keys(file: Path) -> None:
    first, second = _environment(8000), _environment(8001)
    assert {name for name in first if first[name] != second[name]} == {"PUBLIC_PORT"}
    assert read_settings_file(file) == second


def test_a_port_in_use_is_told_before_anything_is_done() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(click.ClickException, match=rf"Port {port} .*PORT="), demo._socket(port):
            pass


@pytest.mark.parametrize("option", ["--port=0", "--port=65536", "--workers=0"])
def test_a_number_that_cannot_be_is_told(option: str) -> None:
    result = CliRunner().invoke(demo.demo, [option])
    assert result.exit_code == 2
    assert f"Invalid value for '{option.partition('=')[0]}'" in result.output


def test_a_second_one_of_the_same_folder_is_refused(file: Path) -> None:
    with demo._alone():
        with pytest.raises(click.ClickException, match="running already"), demo._alone():
            pass
    with demo._alone():
        pass


def test_filling_the_region_again_changes_nothing(region: DatabaseCopy) -> None:
    with region.superuser() as connection:
        before = connection.execute("SELECT max(revision) FROM changes").fetchone()
        with closing(region.open()) as database:
            demo.fill_region(database)
        assert connection.execute("SELECT max(revision) FROM changes").fetchone() == before
