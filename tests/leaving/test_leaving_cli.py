"""The commands by which a town leaves."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kreisportal.cli import commands
from kreisportal.kernel.database.roles import BACKUP, OWNER
from kreisportal.kernel.errors import ConflictError
from tests.support.commands import Run, in_production
from tests.support.server import DatabaseCopy

TOWN = "bakum"


@pytest.fixture
def run(region: DatabaseCopy, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """Run a command as an operator would, with the settings of production."""
    monkeypatch.setenv("DATA_FOLDER", str(tmp_path / "data"))
    monkeypatch.setenv("BACKUP_DATABASE_URL", region.url(BACKUP))
    monkeypatch.setenv("DATABASE_OWNER_URL", region.url(OWNER))
    return in_production(commands, region, monkeypatch)


def test_packed_deleted_with_proof_and_read_back_in(run: Run, region: DatabaseCopy, tmp_path: Path) -> None:
    package, proof = tmp_path / "town.zip", tmp_path / "gone.json"
    with region.superuser() as superuser:
        superuser.execute("UPDATE tenants SET state = 'closed' WHERE slug = %s", [TOWN])
    done = run("tenant", "pack", TOWN, str(package))
    assert done.exit_code == 0, done.output
    content = done.output.split()[-1]
    assert package.stat().st_mode & 0o077 == 0

    assert run("tenant", "erase", "vechta", "--package", str(package), "--proof", str(proof)).exit_code == 1
    asked = run("tenant", "erase", TOWN, "--package", str(package), "--proof", str(proof))
    assert asked.exit_code == 1, "nobody has said yes"
    assert "has become part of" not in asked.output
    assert not proof.exists()
    done = run("tenant", "erase", TOWN, "--package", str(package), "--proof", str(proof), "--yes")
    assert done.exit_code == 0, done.output
    told = json.loads(proof.read_text())
    assert (told["package"], told["rows_left"]) == (content, 0)
    assert told["deleted_rows"]["offers"] > 0

    done = run("tenant", "unpack", str(package))
    assert done.exit_code == 0, done.output
    assert f"{TOWN}: " in done.output
    assert isinstance(run("tenant", "unpack", str(package)).exception, ConflictError)
    assert run("tenant", "pack", TOWN, str(package)).output.split()[-1] == content


def test_that_hosts_of_a_merged_town_lead_nowhere_then_is_said_before(
    run: Run, region: DatabaseCopy, tmp_path: Path
) -> None:
    package, proof = tmp_path / "town.zip", tmp_path / "gone.json"
    merge = "UPDATE tenants SET state = %s, merged_into_id = (SELECT id FROM tenants WHERE slug = %s) WHERE slug = %s"
    with region.superuser() as superuser:
        superuser.execute(merge, ["closed", "lohne", TOWN])
        assert run("tenant", "pack", TOWN, str(package)).exit_code == 0
        asked = run("tenant", "erase", TOWN, "--package", str(package), "--proof", str(proof))
        superuser.execute(merge, ["open", None, TOWN])
    assert f"{TOWN} has become part of lohne." in asked.output
    assert f"{TOWN}.localhost" in asked.output
    assert not proof.exists()


def test_a_package_that_cannot_be_written_leaves_nothing(run: Run, tmp_path: Path) -> None:
    done = run("tenant", "pack", "nirgends", str(tmp_path / "town.zip"))
    assert done.exit_code == 1
    assert list(tmp_path.glob("*.zip*")) == []
    assert list(tmp_path.glob(".*")) == []
