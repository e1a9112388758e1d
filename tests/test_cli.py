"""The command as a whole: where it takes its settings from, and how it tells what is wrong."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from kreisportal.cli import main
from kreisportal.kernel.database import migrate
from kreisportal.kernel.database.roles import OWNER
from kreisportal.kernel.paths import shipped
from tests.deployment.serving import environment
from tests.documents.samples import image
from tests.support.server import DatabaseCopy, DatabaseServer

Told = tuple[int, str]
Command = Callable[..., Told]
_AWAY = "postgresql://kreisportal_app@127.0.0.1:9/none"
_OF_A_DATABASE = [
    ["tenant", "list"],
    ["tenant", "add"],
    ["catalogue", "publish", "--yes"],
    ["host", "add", "a.example", "--tenant", "vechta", "--site", "portal"],
    ["staff", "list", "--tenant", "vechta"],
    ["worker", "--once"],
    ["db", "check"],
]


def _run(*arguments: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "kreisportal.cli", *arguments],
        cwd=cwd,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": os.pathsep.join(sys.path), **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_settings_come_from_a_file_as_a_service_manager_reads_it(
    region: DatabaseCopy, tmp_path: Path
) -> None:
    file = tmp_path / "environment"
    file.write_text(f"# The database.\n\nDATABASE_URL='{region.url()}'\n#DATA_FOLDER=/nowhere\n")
    done = _run("--settings", str(file), "tenant", "list", cwd=tmp_path, DATABASE_URL="postgresql://wrong")
    assert done.returncode == 0, done.stderr
    assert "cloppenburg" in done.stdout


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    done = _run("--settings", str(tmp_path / "none"), "tenant", "list", cwd=tmp_path)
    assert done.returncode == 2
    assert "does not exist" in done.stderr


def test_missing_settings_are_told_in_words(tmp_path: Path) -> None:
    done = _run("--settings", os.devnull, "worker", cwd=tmp_path, DATABASE_URL="postgresql://somewhere/")
    assert done.returncode == 1
    assert "SECRET_KEY: is missing" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.fixture
def command(
    region: DatabaseCopy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Command:
    """``command("tenant", "list", DATABASE_URL=…)``: exit code, and all that is written."""

    def run(*arguments: str, **changes: str) -> Told:
        for name, value in (environment(region.url(), tmp_path) | changes).items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr(sys, "argv", ["kreisportal", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        written = capsys.readouterr()
        code = ended.value.code
        assert isinstance(code, int)
        return code, written.out + written.err

    return run


@pytest.fixture(scope="module")
def old(server: DatabaseServer, _schema_template: str) -> Iterator[DatabaseCopy]:
    """A database that has not seen the last migration."""
    copy = server.copy(_schema_template)
    migrate.downgrade(copy.url(OWNER), migrate.revisions()[-2])
    yield copy
    server.drop(copy)


@pytest.mark.parametrize("arguments", _OF_A_DATABASE, ids=" ".join)
def test_a_database_that_is_away_is_told_in_words(command: Command, arguments: list[str]) -> None:
    code, told = command(*arguments, DATABASE_URL=_AWAY)
    assert code == 1
    assert "cannot be reached" in told
    assert "port 9" in told


@pytest.mark.parametrize("arguments", _OF_A_DATABASE, ids=" ".join)
def test_a_schema_that_is_too_old_is_told_in_words(
    command: Command, old: DatabaseCopy, arguments: list[str]
) -> None:
    code, told = command(*arguments, DATABASE_URL=old.url())
    assert code == 1
    assert migrate.revisions()[-2] in told
    assert "run `kreisportal db upgrade`" in told


def test_no_command_acts_as_a_role_that_row_security_does_not_bind(
    command: Command, region: DatabaseCopy
) -> None:
    code, told = command("tenant", "add", DATABASE_URL=region.url(OWNER))
    assert (code, "owns tables" in told) == (1, True)


def test_an_upgrade_tells_why_it_cannot_be_made(
    command: Command, region: DatabaseCopy, old: DatabaseCopy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(migrate, "LOCK_TIMEOUT", "100ms")
    assert "cannot be reached" in command("db", "upgrade", DATABASE_OWNER_URL=_AWAY)[1]
    code, told = command("db", "upgrade", DATABASE_OWNER_URL=old.url())
    assert (code, "DATABASE_OWNER_URL" in told) == (1, True), told
    with psycopg.connect(old.url(OWNER)) as other:
        other.execute("LOCK TABLE alembic_version")
        code, told = command("db", "upgrade", DATABASE_OWNER_URL=old.url(OWNER))
    assert (code, "in use for too long" in told) == (1, True), told
    assert command("db", "upgrade", DATABASE_OWNER_URL=old.url(OWNER))[0] == 0


def test_faults_of_all_folders_are_named_by_file_line_and_field(command: Command, tmp_path: Path) -> None:
    for slug, line in (("vechta", 'kind = "town"'), ("bakum", "kind = 7")):
        (tmp_path / slug).mkdir()
        source = (shipped("tenants") / slug / "tenant.toml").read_text("utf-8").splitlines()
        number = next(index for index, text in enumerate(source) if text.startswith("kind = "))
        source[number] = line
        (tmp_path / slug / "tenant.toml").write_text("\n".join(source), "utf-8")
    code, told = command("tenant", "add", str(tmp_path / "vechta"), str(tmp_path / "bakum"))
    assert code == 1
    assert f"{tmp_path / 'vechta' / 'tenant.toml'}:{number + 1}: kind: Must be one of" in told
    assert f"{tmp_path / 'bakum' / 'tenant.toml'}:" in told


def test_a_town_is_written_to_files_and_read_in_again(command: Command, tmp_path: Path) -> None:
    """The folder lies beside no common texts: those of the program are taken."""
    folder = tmp_path / "exported" / "vechta"
    assert command("tenant", "export", "vechta", str(folder))[0] == 0
    code, told = command("tenant", "add", str(folder))
    assert (code, "vechta: unchanged" in told) == (0, True), told
    assert command("tenant", "export", "atlantis", str(folder)) == (1, "there is no tenant atlantis\n")


def test_a_picture_comes_from_a_folder_and_goes_into_one(
    command: Command, tmp_path: Path, region: DatabaseCopy
) -> None:
    """What is there already changes nothing; a file that is no picture brings nothing in."""
    first, second = tmp_path / "first" / "lohne", tmp_path / "second" / "lohne"
    assert command("tenant", "export", "lohne", str(first))[0] == 0
    toml = first / "tenant.toml"
    told_there = f'{toml.read_text("utf-8")}\n[brand.picture]\nfile = "burg.jpg"\nalt.de = "Die Burg"\n'
    toml.write_text(told_there, "utf-8")
    code, told = command("tenant", "add", str(first))
    assert code == 1 and f"{first / 'burg.jpg'}:1: picture: is missing." in told
    (first / "burg.jpg").write_bytes(image("GIF"))
    code, told = command("tenant", "add", str(first))
    assert code == 1 and "lohne: brand.picture: burg.jpg cannot be taken: kind." in told
    (first / "burg.jpg").write_bytes(image("JPEG", (1600, 900)))
    assert "1 field taken in" in command("tenant", "add", str(first))[1]
    assert "lohne: unchanged" in command("tenant", "add", str(first))[1]

    assert command("tenant", "export", "lohne", str(second))[0] == 0
    assert 'file = "burg.webp"' in (second / "tenant.toml").read_text("utf-8")
    assert (second / "burg.webp").read_bytes().startswith(b"RIFF")
    assert "lohne: unchanged" in command("tenant", "add", str(second))[1]
    toml.write_text(told_there.replace("Die Burg", "Burg Lohne"), "utf-8")
    assert "1 field taken in" in command("tenant", "add", str(first))[1]
    # Lost with the disk, it comes back from the folder.
    with region.superuser() as superuser:
        ((number,),) = superuser.execute("SELECT id FROM tenants WHERE slug = 'lohne'").fetchall()
    files = [path for path in tmp_path.rglob(f"files/{number}/*/*") if path.is_file()]
    assert len(files) == 1
    files[0].unlink()
    command("tenant", "add", str(first))
    assert files[0].is_file()


def test_a_host_is_given_and_made_the_canonical_one(command: Command, region: DatabaseCopy) -> None:
    add = ["host", "add", "Rathaus.example", "--tenant", "vechta", "--site", "portal"]
    assert command(*add)[0] == 0
    assert "rathaus.example" not in command("tenant", "list")[1]
    assert command(*add, "--canonical")[0] == 0
    assert "rathaus.example" in command("tenant", "list", COLUMNS="40")[1]
    code, told = command("host", "add", "rathaus.example", "--tenant", "bakum", "--site", "portal")
    assert (code, "belongs to another site" in told) == (1, True)
