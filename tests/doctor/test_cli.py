"""The command: one table, exit code 1 when anything is a fault, and no fault of its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from kreisportal.doctor.cli import doctor
from kreisportal.kernel.database.roles import OWNER
from tests.deployment.serving import environment
from tests.support.server import DatabaseCopy


@pytest.fixture
def settings(region: DatabaseCopy, tmp_path: Path) -> Iterator[dict[str, str]]:
    """Settings of production, the owner's address too."""
    (tmp_path / "data").mkdir(mode=0o700)
    yield environment(region.url(), tmp_path / "data", DATABASE_OWNER_URL=region.url(OWNER), COLUMNS="200")


def _ask(settings: Mapping[str, str]) -> Result:
    return CliRunner(env=dict(settings)).invoke(doctor)


def test_everything_is_looked_at(region: DatabaseCopy, settings: dict[str, str]) -> None:
    with region.superuser() as connection:
        connection.execute("INSERT INTO procrastinate_workers DEFAULT VALUES")
    done = _ask(settings)
    # The server of the tests gives up durability to be quick; nothing else may be at fault.
    faults = [line for line in done.output.splitlines() if line.startswith("  fault ")]
    assert all(" durability " in line for line in faults), done.output
    assert done.exit_code == (1 if faults else 0)
    for what in (
        "settings",
        "application role",
        "database server",
        "connections",
        "clock",
        "row security",
        "definer",
        "schema",
        "owner role",
        "worker",
        "region",
        "host names",
        "mail",
        "folders",
        "disk",
        "snapshot",
        "static files",
        "uploads",
        "proxy",
    ):
        assert f" {what} " in done.output


def test_a_fault_is_exit_code_1(region: DatabaseCopy, settings: dict[str, str]) -> None:
    done = _ask(settings | {"DATABASE_URL": region.url(region.server.superuser)})
    assert done.exit_code == 1
    assert "superuser" in done.output


def test_wrong_settings_are_all_told(settings: dict[str, str]) -> None:
    done = _ask(settings | {"SECRET_KEY": "short", "WEB_PROCESSES": "many", "TRUSTED_PROXIES": "[red]"})
    assert done.exit_code == 1
    for name in ("SECRET_KEY", "WEB_PROCESSES", "TRUSTED_PROXIES"):
        assert name in done.output
    assert "[red]" in done.output


def test_with_the_database_away_the_rest_is_still_looked_at(settings: dict[str, str]) -> None:
    done = _ask(settings | {"DATABASE_URL": "postgresql://kreisportal_app@127.0.0.1:9/none"})
    assert done.exit_code == 1
    assert "refused" in done.output
    assert "static files" in done.output
