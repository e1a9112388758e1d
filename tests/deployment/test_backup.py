"""A backup by the backup role holds everything, and comes back whole."""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from kreisportal.app import create_app, create_program, create_wsgi
from kreisportal.cases import queries, work
from kreisportal.cases.chain import holds
from kreisportal.kernel.database import ActorKind, Context
from kreisportal.kernel.database.embedded import bundled_binaries
from kreisportal.kernel.database.roles import APPLICATION, BACKUP, create_database_sql
from kreisportal.kernel.paths import project_folder
from kreisportal.staff.sign_in import Locksmith
from tests.cases.house import CONTENT, CaseFacts, House
from tests.support.browser import Browser
from tests.support.region import settings_for
from tests.support.server import DatabaseCopy
from tests.support.staff import Person, sign_in

_DEPLOY = project_folder() / "deploy"


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


@pytest.fixture
def house(region: DatabaseCopy, locksmith: Locksmith, tmp_path: Path) -> Iterator[House]:
    """The towns, whose files lie in the folder ``data``."""
    program = create_program(settings_for(region, tmp_path / "data"))
    with region.superuser() as superuser:
        yield House(program, superuser, locksmith)
    program.database.close()


def test_a_backup_comes_back_whole(
    region: DatabaseCopy, empty: DatabaseCopy, house: House, programs: str, tmp_path: Path
) -> None:
    case, person = house.case(files=2), house.person()
    half = tmp_path / "data" / "files" / str(case.tenant.id) / "half.part"
    half.write_bytes(b"being written")
    backup = _back_up(region, tmp_path, programs)
    assert sorted(file.name for file in backup.iterdir()) == ["SHA256SUMS", "database.dump", "files.tar"]
    assert backup.stat().st_mode & 0o077 == 0

    done = _restore(backup, empty, tmp_path / "new", programs)
    assert done.returncode == 0, done.stderr
    assert _counts(empty) == _counts(region)
    assert _guards(empty) == _guards(region)
    assert not (tmp_path / "new" / half.relative_to(tmp_path / "data")).exists()
    # The restored deployment must need nothing of the old one.
    shutil.rmtree(tmp_path / "data")
    with empty.superuser() as superuser:
        restored = replace(
            house, program=create_program(settings_for(empty, tmp_path / "new")), superuser=superuser
        )
        try:
            _all_goes_on(restored, case, person)
        finally:
            restored.program.database.close()


def _all_goes_on(house: House, case: CaseFacts, person: Person) -> None:
    """The applicant and the office find the case with its files, its chain holds, and a new one can be sent."""
    wsgi = create_wsgi(house.program, create_app(house.program, house.locksmith.passwords))
    citizen, desk = Browser(wsgi, "vechta.localhost"), Browser(wsgi, case.tenant.host("desk"))
    opened = citizen.submit(citizen.get("/de/vorgang"), {"nummer": case.number, "kennwort": case.secret})
    page = citizen.follow(opened)
    assert case.number in page.text
    assert _download(citizen, f"/de/vorgang/{case.id}/dokument/{case.files[0]}") == CONTENT
    assert _download(citizen, f"/de/vorgang/{case.id}/kopie.pdf").startswith(b"%PDF")

    assert sign_in(desk, person).status_code == 303
    assert "Wölfchen" in desk.get(f"/de/vorgaenge/{case.id}").text
    for document in case.files:
        assert _download(desk, f"/de/vorgaenge/{case.id}/dokument/{document}") == CONTENT
    staff = Context(ActorKind.STAFF, person.tenant_id, staff_id=person.id)
    with house.acting(staff) as session:
        chain = queries.chain_of(session, case.id)
        assert chain and holds(chain)
        work.take(session, staff, case.id)

    assert house.case(files=1).number != case.number


def _download(browser: Browser, path: str) -> bytes:
    """A file, closed as a server does when it is sent."""
    with browser.get(path) as answer:
        assert answer.status_code == 200
        return answer.data


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
