"""The PostgreSQL server that comes with the program."""

from __future__ import annotations

import os
import pwd
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from kreisportal.kernel.database.embedded import (
    SUPERUSER,
    EmbeddedServer,
    EmbeddedServerError,
    default_folder,
)

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root has to run the server as somebody else")


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that every user can get to: pytest's own are root's alone."""
    made = Path(tempfile.mkdtemp(prefix="kreisportal-embedded-"))
    made.chmod(0o755)
    yield made
    shutil.rmtree(made)


@pytest.fixture
def server(folder: Path) -> Iterator[EmbeddedServer]:
    """A server that is not started yet, in a folder below."""
    made = EmbeddedServer(folder / "server", fast=True)
    yield made
    made.stop("immediate")


def _ask(server: EmbeddedServer, query: bytes) -> object:
    with psycopg.connect(server.url(SUPERUSER, "postgres"), autocommit=True) as connection:
        cursor = connection.execute(query)
        row = cursor.fetchone() if cursor.description else None
        return row[0] if row else None


def test_it_keeps_its_data_when_started_again(server: EmbeddedServer) -> None:
    assert not server.running
    assert server.start()
    assert not server.start(), "it was running already"
    _ask(server, b"CREATE TABLE kept AS SELECT 42 AS answer")
    server.stop()
    assert not server.running
    assert server.start()
    assert _ask(server, b"SELECT answer FROM kept") == 42


def test_it_listens_at_no_port(server: EmbeddedServer) -> None:
    server.start()
    assert _ask(server, b"SHOW listen_addresses") == ""


def test_its_folder_is_its_users_alone_and_no_other_changes(server: EmbeddedServer, folder: Path) -> None:
    before = {path: path.stat() for path in (folder, folder.parent, Path.home())}
    server.start()
    for path, was in before.items():
        now = path.stat()
        assert (now.st_mode, now.st_uid, now.st_gid) == (was.st_mode, was.st_uid, was.st_gid), path
    assert server.folder.stat().st_mode & 0o777 == 0o700
    assert server.sockets.stat().st_mode & 0o777 == 0o700


@as_root
def test_as_root_it_runs_as_nobody(server: EmbeddedServer) -> None:
    server.start()
    pid = int((server.data / "postmaster.pid").read_text().splitlines()[0])
    assert Path(f"/proc/{pid}").stat().st_uid == pwd.getpwnam("nobody").pw_uid


@as_root
def test_it_starts_whatever_the_umask(folder: Path) -> None:
    server = EmbeddedServer(folder / "new" / "server", fast=True)
    before = os.umask(0o077)
    try:
        assert server.start()
    finally:
        os.umask(before)
        server.stop("immediate")


def test_a_folder_with_a_long_name_has_its_socket_elsewhere(folder: Path) -> None:
    server = EmbeddedServer(folder / ("long" * 20) / "server", fast=True)
    try:
        server.start()
        assert _ask(server, b"SELECT 1") == 1
        assert len(str(server.sockets)) < 80
    finally:
        server.stop("immediate")
        shutil.rmtree(server.sockets, ignore_errors=True)


def test_what_goes_wrong_is_told_with_the_servers_words(folder: Path) -> None:
    (folder / "server" / "data").mkdir(parents=True)
    (folder / "server" / "data" / "foreign").write_text("not a cluster")
    with pytest.raises(EmbeddedServerError, match="not empty"):
        EmbeddedServer(folder / "server", fast=True).start()


def test_each_project_has_a_folder_of_its_own(tmp_path: Path) -> None:
    assert default_folder(tmp_path / "a") != default_folder(tmp_path / "b")
