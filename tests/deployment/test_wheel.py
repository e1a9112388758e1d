"""A wheel holds all that the program needs: it is installed and run where there is no checkout."""

from __future__ import annotations

import secrets
import subprocess
import sys
import sysconfig
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from kreisportal.kernel.database.roles import OWNER, create_database_sql
from kreisportal.kernel.paths import project_folder
from tests.deployment.serving import environment, free_port, running, send_raw
from tests.support.server import DatabaseCopy, DatabaseServer

_ROOT = project_folder()


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this checkout."""
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=_ROOT, check=True, capture_output=True, timeout=120)
    (built,) = folder.glob("*.whl")
    return built


@dataclass(frozen=True)
class Installed:
    """The program installed from the wheel, an empty folder to run it in, and its settings."""

    bin: Path
    folder: Path
    settings: dict[str, str]

    def run(self, *command: str) -> str:
        """What a program of the environment writes. It must end well."""
        done = subprocess.run(
            [str(self.bin / command[0]), *command[1:]],
            cwd=self.folder,
            env=self.settings,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout


@pytest.fixture(scope="module")
def empty(server: DatabaseServer) -> Iterator[DatabaseCopy]:
    """A database as `kreisportal db roles` prepares it."""
    copy = DatabaseCopy(server, f"{server.run}_{secrets.token_hex(4)}")
    with psycopg.connect(server.address, autocommit=True) as connection:
        for statement in create_database_sql(copy.name):
            connection.execute(statement)
    yield copy
    server.drop(copy)


@pytest.fixture(scope="module")
def installed(wheel: Path, empty: DatabaseCopy, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """An environment of its own that has the wheel, and sees the locked packages of this one."""
    place = tmp_path_factory.mktemp("opt")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(place)], check=True, timeout=60)
    python = place / "bin" / "python"
    pip = [sys.executable, "-m", "pip", "--python", str(python), "--disable-pip-version-check", "install"]
    options = ["--quiet", "--no-deps", "--no-index", "--no-compile"]
    subprocess.run([*pip, *options, str(wheel)], check=True, timeout=120)
    packages = subprocess.run(
        [str(python), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
    # Unlike PYTHONPATH this reads no .pth of the other environment, through which it knows the checkout.
    (Path(packages) / "locked.pth").write_text(sysconfig.get_path("purelib") + "\n")
    folder = tmp_path_factory.mktemp("empty")
    settings = environment(empty.url(), folder, DATABASE_OWNER_URL=empty.url(OWNER))
    del settings["PYTHONPATH"]
    return Installed(place / "bin", folder, settings)


def test_every_file_of_the_package_is_in_it(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    source = _ROOT / "platform"
    files = [file for file in (source / "kreisportal").rglob("*") if file.is_file()]
    wanted = {str(file.relative_to(source)) for file in files if "__pycache__" not in file.parts}
    assert wanted - names == set()
    assert {"wsgi.py", "kreisportal/shipped/build/static/manifest.json"} <= names
    assert not [name for name in names if "node_modules" in name or "tests/" in name or "/find-" in name]


def test_it_runs_where_there_is_no_checkout(installed: Installed) -> None:
    where = installed.run("python", "-c", _WHERE)
    assert where.split() == [str(installed.bin.parent)] * 2
    assert "tenant" in installed.run("kreisportal", "--help")
    assert "CREATE ROLE kreisportal_owner" in installed.run("kreisportal", "db", "roles")
    assert "The schema is at" in installed.run("kreisportal", "db", "upgrade")
    assert "Published." in installed.run("kreisportal", "catalogue", "publish", "--yes")
    assert "vechta: added" in installed.run("kreisportal", "tenant", "add")
    new = ["--email", "a@vechta.example", "--name", "A", "--role", "caseworker"]
    assert "http" in installed.run("kreisportal", "staff", "add", "--tenant", "vechta", *new)
    installed.run("kreisportal", "worker", "--once")

    port = free_port()
    config = installed.run("python", "-c", _CONFIG).strip()
    settings = installed.settings | {"BIND": f"127.0.0.1:{port}", "PUBLIC_PORT": str(port)}
    command = [str(installed.bin / "python"), "-m", "gunicorn", "--config", config, "wsgi:app"]
    with running(command, settings, installed.folder, port):
        for path in ("/de/", "/en/", "/de/suche?q=hund"):
            status, page = send_raw(("127.0.0.1", port), _get(path, f"vechta.localhost:{port}"))
            assert (status, "Vechta" in page) == (200, True), path
        style = page.partition('href="/static/site.')[2].partition('"')[0]
        assert (
            send_raw(("127.0.0.1", port), _get(f"/static/site.{style}", f"vechta.localhost:{port}"))[0] == 200
        )


_WHERE = """
import importlib.util, sys
from pathlib import Path
import kreisportal
for file in (kreisportal.__file__, importlib.util.find_spec("wsgi").origin):
    print(sys.prefix if Path(file).is_relative_to(sys.prefix) else file)
"""
_CONFIG = "from kreisportal.kernel.paths import shipped; print(shipped('deploy') / 'gunicorn.conf.py')"


def _get(path: str, host: str) -> str:
    return f"GET {path} HTTP/1.1\nHost: {host}\nConnection: close\n\n"
