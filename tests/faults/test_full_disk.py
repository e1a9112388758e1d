"""The disk is full: an upload says so and keeps what was typed, pages go on and show what is new; with room all is well."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from kreisportal.catalogue.snapshot_store import SnapshotStore
from kreisportal.kernel.database import Database
from kreisportal.kernel.database.context import REGION
from tests.documents.samples import pdf
from tests.faults.house import TOKEN, Draft, Visitor, prepare_drafts, web_processes
from tests.support.server import DatabaseCopy

_SERVICE = "/de/leistungen/hund-anmelden"
_OFFERED = "/de/antrag/hund-anmelden"
_PATIENCE_SECONDS = 60


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A real file system of 64 MB, where this user may mount one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("a small disk can be mounted by root only")
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def _fill(disk: Path) -> Path:
    """Take all the room there is; deleting the file gives it back."""
    rest = disk / "rest"
    with rest.open("wb", buffering=0) as file:
        size = 1 << 20
        while size:
            try:
                file.write(b"x" * size)
            except OSError:
                size //= 2
    assert os.statvfs(disk).f_bavail == 0
    return rest


def test_uploads_and_changes_on_a_full_disk(region: DatabaseCopy, database: Database, disk: Path) -> None:
    (draft,) = prepare_drafts(database, 1)
    before = SnapshotStore(disk / "snapshot.bin")
    with web_processes(region.url(), disk, workers=2) as port:
        visitor = Visitor(port, {"__Host-session": draft.session})
        assert _OFFERED in Visitor(port).get(_SERVICE)[1]
        rest = _fill(disk)

        _refused(visitor, draft, region)
        _switch(database, on=False)
        _until_offered(port, offered=False)
        assert Visitor(port).get("/de/suche?q=hund")[0] == 200

        rest.unlink()
        assert _upload(visitor, draft)[0] == 303
        _switch(database, on=True)
        _until_offered(port, offered=True)
        _until_kept(before, region)
    # What could not be written then was made up for: a start without the database knows the newest state.
    kept = before.load()
    assert kept is not None
    (vechta,) = (record for record in kept.records if record.slug == "vechta")
    assert vechta.offers["hund-anmelden"]["channel"] == "online"


def _refused(visitor: Visitor, draft: Draft, region: DatabaseCopy) -> None:
    status, page = _upload(visitor, draft)
    assert status == 422, page
    assert "Nachweis.pdf: Für die Datei ist gerade kein Platz." in page
    with region.superuser() as connection:
        rows = connection.execute("SELECT count(*) FROM documents WHERE draft_id = %s", [draft.id]).fetchone()
        kept = connection.execute("SELECT answers->>'breed' FROM drafts WHERE id = %s", [draft.id]).fetchone()
    assert rows == (0,), "a row tells of a file that is not there"
    assert kept == ("Dackel",)


def _upload(visitor: Visitor, draft: Draft) -> tuple[int, str]:
    path = f"/de/antrag/{draft.id}/proof"
    status, page = visitor.get(path)
    token = TOKEN.search(page)
    assert status == 200
    assert token
    return visitor.upload(path, {"csrf_token": token[1]}, "proof", "Nachweis.pdf", pdf())


def _switch(database: Database, *, on: bool) -> None:
    with database.transaction(REGION) as session:
        session.execute(
            text(
                "UPDATE offers SET is_on = :on WHERE service_key = 'hund-anmelden'"
                " AND tenant_id = (SELECT id FROM tenants WHERE slug = 'vechta')"
            ),
            {"on": on},
        )


def _until_kept(store: SnapshotStore, region: DatabaseCopy) -> None:
    """The file is as new as the database."""
    with region.superuser() as connection:
        (newest,) = connection.execute("SELECT max(revision) FROM changes").fetchone() or (0,)
    until = time.monotonic() + _PATIENCE_SECONDS
    while (mark := store.mark()) is None or mark.revision != newest:
        assert time.monotonic() < until, f"kept as of {mark}, not of {newest}"


def _until_offered(port: int, *, offered: bool) -> None:
    """Both processes show it: many answers in a row do."""
    row, until = 0, time.monotonic() + _PATIENCE_SECONDS
    while row < 20:
        status, page = Visitor(port).get(_SERVICE)
        assert status == 200
        row = row + 1 if (_OFFERED in page) is offered else 0
        assert time.monotonic() < until, "the change does not show"
