"""A backup by the backup role holds everything, and comes back whole."""

from __future__ import annotations

import os
import secrets
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from kreisportal.app import create_program
from kreisportal.kernel.database.embedded import bundled_binaries
from kreisportal.kernel.database.roles import APPLICATION, BACKUP, create_database_sql
from kreisportal.kernel.paths import project_folder
from tests.support.region import settings_for
from tests.support.server import DatabaseCopy

_DEPLOY = project_folder() / "deploy"
_CONTENT = secrets.token_bytes(100_000)


@pytest.fixture(scope="module")
def programs(region: DatabaseCopy) -> str:
    """A PATH on which pg_dump and pg_restore of the server's version come first."""
    with region.superuser() as connection:
        major = connection.info.server_version // 10_000
    system = Path(f"/usr/lib/postgresql/{major}/bin")
    return f"{system if system.exists() else bundled_binaries() / 'bin'}:{os.environ['PATH']}"


@pytest.fixture
def empty(region: DatabaseCopy) -> Iterator[DatabaseCopy]:
    """A database as `kreisportal db roles` prepares it, on the same server."""
    copy = DatabaseCopy(region.server, f"{region.server.run}_{secrets.token_hex(4)}")
    with psycopg.connect(region.server.address, autocommit=True) as connection:
        for statement in create_database_sql(copy.name):
            connection.execute(statement)
    yield copy
    region.server.drop(copy)


def _run(script: str, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(_DEPLOY / script), *arguments],
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def _back_up(region: DatabaseCopy, folder: Path, programs: str, **changes: str) -> Path:
    done = _run(
        "backup",
        PATH=programs,
        BACKUP_DATABASE_URL=region.url(BACKUP),
        BACKUP_FOLDER=str(folder / "backups"),
        DATA_FOLDER=str(folder / "data"),
        **changes,
    )
    assert done.returncode == 0, done.stderr
    return Path(done.stdout.strip())


def _restore(
    backup: Path, empty: DatabaseCopy, folder: Path, programs: str
) -> subprocess.CompletedProcess[str]:
    return _run(
        "restore",
        str(backup),
        PATH=programs,
        DATABASE_SUPERUSER_URL=empty.url(empty.server.superuser),
        DATA_FOLDER=str(folder),
    )


def _counts(copy: DatabaseCopy) -> Mapping[str, int]:
    """How many rows each table has."""
    with copy.superuser() as connection:
        tables = connection.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')"
        ).fetchall()
        count = psycopg.sql.SQL("SELECT count(*) FROM {}")
        rows = {
            name: connection.execute(count.format(psycopg.sql.Identifier(name))).fetchone()
            for (name,) in tables
        }
    return {name: row[0] for name, row in rows.items() if row}


def _guards(copy: DatabaseCopy) -> dict[str, list[tuple[object, ...]]]:
    """Owners, rights, row security and policies, to be compared."""
    queries = {
        "tables": "SELECT relname, relowner::regrole::text, relrowsecurity, relforcerowsecurity, relacl::text"
        " FROM pg_class WHERE relnamespace = 'public'::regnamespace ORDER BY 1",
        "functions": "SELECT oid::regprocedure::text, proowner::regrole::text, prosecdef, proconfig, proacl::text"
        " FROM pg_proc WHERE pronamespace IN ('definer'::regnamespace, 'public'::regnamespace) ORDER BY 1",
        "policies": "SELECT polrelid::regclass::text, polname, polcmd, pg_get_expr(polqual, polrelid),"
        " pg_get_expr(polwithcheck, polrelid) FROM pg_policy ORDER BY 1, 2",
        "schemas": "SELECT nspname, nspowner::regrole::text, nspacl::text FROM pg_namespace"
        " WHERE nspname IN ('public', 'definer') ORDER BY 1",
        "defaults": "SELECT defaclobjtype, defaclacl::text FROM pg_default_acl ORDER BY 1",
    }
    with copy.superuser() as connection:
        return {name: connection.execute(query).fetchall() for name, query in queries.items()}


def test_a_backup_comes_back_whole(
    region: DatabaseCopy, empty: DatabaseCopy, programs: str, tmp_path: Path
) -> None:
    document = tmp_path / "data" / "files" / "1" / "a-document"
    document.parent.mkdir(parents=True)
    document.write_bytes(_CONTENT)
    (document.parent / "half.part").write_bytes(b"being written")
    backup = _back_up(region, tmp_path, programs)
    assert sorted(file.name for file in backup.iterdir()) == ["SHA256SUMS", "database.dump", "files.tar"]
    assert backup.stat().st_mode & 0o077 == 0

    done = _restore(backup, empty, tmp_path / "new", programs)
    assert done.returncode == 0, done.stderr
    assert _counts(empty) == _counts(region)
    assert _counts(empty)["tenants"] > 20
    assert _guards(empty) == _guards(region)
    assert (tmp_path / "new" / "files" / "1" / "a-document").read_bytes() == _CONTENT
    assert not (tmp_path / "new" / "files" / "1" / "half.part").exists()

    settings = replace(settings_for(empty, tmp_path / "new"), database_url=empty.url(APPLICATION))
    program = create_program(settings)
    assert "vechta.localhost" in program.keeper.current.registry.hosts
    program.database.close()


def test_the_applications_role_cannot_make_a_backup(
    region: DatabaseCopy, programs: str, tmp_path: Path
) -> None:
    """It would see no rows; pg_dump says so instead of writing an empty backup, and nothing is left behind."""
    done = _run(
        "backup",
        PATH=programs,
        BACKUP_DATABASE_URL=region.url(APPLICATION),
        BACKUP_FOLDER=str(tmp_path / "backups"),
        DATA_FOLDER=str(tmp_path / "data"),
    )
    assert done.returncode != 0
    assert list((tmp_path / "backups").iterdir()) == []


def test_old_backups_are_removed_and_nothing_else(
    region: DatabaseCopy, programs: str, tmp_path: Path
) -> None:
    backups = tmp_path / "backups"
    for name in ("20200101T000000Z", "notes", "20990101T000000Z"):
        (backups / name).mkdir(parents=True)
    for name in ("20200101T000000Z", "notes"):
        os.utime(backups / name, (0, 0))
    new = _back_up(region, tmp_path, programs, BACKUP_DAYS="7")
    assert {entry.name for entry in backups.iterdir()} == {"notes", "20990101T000000Z", new.name}


def test_a_damaged_backup_is_not_restored(
    region: DatabaseCopy, empty: DatabaseCopy, programs: str, tmp_path: Path
) -> None:
    backup = _back_up(region, tmp_path, programs)
    with (backup / "database.dump").open("r+b") as dump:
        dump.seek(1000)
        dump.write(b"damage")
    done = _restore(backup, empty, tmp_path / "new", programs)
    assert done.returncode != 0
    assert "database.dump" in done.stdout + done.stderr
    assert _counts(empty) == {}


def test_files_that_are_there_are_not_mixed_with_those_of_a_backup(
    region: DatabaseCopy, empty: DatabaseCopy, programs: str, tmp_path: Path
) -> None:
    backup = _back_up(region, tmp_path, programs)
    (tmp_path / "data" / "files" / "1").mkdir(parents=True)
    done = _restore(backup, empty, tmp_path / "data", programs)
    assert done.returncode == 1
    assert "empty folder" in done.stderr
