"""Files on the disk: complete or not there, under their tenant, for the owner only."""

from __future__ import annotations

import errno
import hashlib
import io
import os
import resource
import stat
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from kreisportal.documents.errors import FileTooLargeError, StorageError, StorageFullError
from kreisportal.documents.storage import FolderStorage
from kreisportal.kernel import clock
from kreisportal.kernel.errors import ConflictError, NotFoundError, UnavailableError

TENANT = 7
MEBIBYTE = 1024 * 1024


@pytest.fixture
def storage(tmp_path: Path) -> FolderStorage:
    return FolderStorage(tmp_path / "files")


def files_in(root: Path) -> list[Path]:
    return [path for path in root.rglob("*") if path.is_file()]


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_what_is_put_can_be_read_again(storage: FolderStorage) -> None:
    content = os.urandom(600_000)
    document_id = uuid4()

    stored = storage.put(TENANT, document_id, io.BytesIO(content), MEBIBYTE)

    assert stored.size == 600_000
    assert stored.sha256 == hashlib.sha256(content).hexdigest()
    with storage.open(TENANT, document_id) as stream:
        assert stream.read() == content


def test_the_path_is_tenant_and_id_and_only_the_owner_may_read(
    storage: FolderStorage, tmp_path: Path
) -> None:
    document_id = uuid4()
    before = os.umask(0)
    try:
        storage.put(TENANT, document_id, io.BytesIO(b"x"), 10)
    finally:
        os.umask(before)

    folder = tmp_path / "files"
    file = folder / "7" / str(document_id)[:2] / str(document_id)
    assert mode(file) == 0o600
    assert {mode(step) for step in (folder, folder / "7", file.parent)} == {0o700}


def test_another_tenant_has_no_such_file(storage: FolderStorage) -> None:
    document_id = uuid4()
    storage.put(TENANT, document_id, io.BytesIO(b"x"), 10)

    with pytest.raises(NotFoundError):
        storage.open(TENANT + 1, document_id)


@pytest.mark.parametrize("tenant_id", ["../8", "7", -1, True, 1.0])
def test_a_tenant_id_that_is_no_number_is_refused(storage: FolderStorage, tenant_id: Any) -> None:
    with pytest.raises(ValueError, match="tenant id"):
        storage.put(tenant_id, uuid4(), io.BytesIO(b"x"), 10)


def test_a_document_id_that_is_no_uuid_is_refused(storage: FolderStorage) -> None:
    name: Any = "../../etc/passwd"
    with pytest.raises(TypeError, match="UUID"):
        storage.open(TENANT, name)


def test_exactly_the_limit_is_accepted(storage: FolderStorage) -> None:
    assert storage.put(TENANT, uuid4(), io.BytesIO(b"x" * 100), 100).size == 100


def test_one_byte_more_than_the_limit_leaves_nothing(storage: FolderStorage, tmp_path: Path) -> None:
    with pytest.raises(FileTooLargeError) as caught:
        storage.put(TENANT, uuid4(), io.BytesIO(b"x" * 101), 100)

    assert caught.value.limit_bytes == 100
    assert files_in(tmp_path) == []


def test_a_file_is_never_replaced(storage: FolderStorage) -> None:
    document_id = uuid4()
    storage.put(TENANT, document_id, io.BytesIO(b"first"), 100)

    with pytest.raises(ConflictError):
        storage.put(TENANT, document_id, io.BytesIO(b"second"), 100)

    with storage.open(TENANT, document_id) as stream:
        assert stream.read() == b"first"


class BrokenStream(io.BytesIO):
    """Gives one part and then fails, as a connection that is cut."""

    def __init__(self, error: BaseException) -> None:
        super().__init__(b"")
        self.error = error
        self.parts = [b"one part"]

    def read(self, size: int | None = -1) -> bytes:
        if self.parts:
            return self.parts.pop()
        raise self.error


@pytest.mark.parametrize("error", [KeyboardInterrupt(), ValueError("cut"), OSError(errno.EIO, "cut")])
def test_a_stream_that_breaks_leaves_nothing(
    storage: FolderStorage, tmp_path: Path, error: BaseException
) -> None:
    with pytest.raises((type(error), StorageError)):
        storage.put(TENANT, uuid4(), BrokenStream(error), 100)

    assert files_in(tmp_path) == []


@contextmanager
def largest_file(size: int) -> Iterator[None]:
    """Let this process write files of at most ``size`` bytes."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_no_room_for_a_file_is_a_named_error_and_leaves_nothing(
    storage: FolderStorage, tmp_path: Path
) -> None:
    document_id = uuid4()
    with largest_file(100_000), pytest.raises(StorageFullError) as caught:
        storage.put(TENANT, document_id, io.BytesIO(b"x" * 300_000), MEBIBYTE)

    assert isinstance(caught.value, UnavailableError)
    assert files_in(tmp_path) == []
    # The same document can be put when there is room again.
    assert storage.put(TENANT, document_id, io.BytesIO(b"x" * 300_000), MEBIBYTE).size == 300_000


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A real file system of 256 KiB, where this user may mount one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("a small disk can be mounted by root only")
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def test_a_full_disk_is_a_named_error_and_leaves_nothing(small_disk: Path) -> None:
    storage = FolderStorage(small_disk / "files")
    kept = uuid4()
    storage.put(TENANT, kept, io.BytesIO(b"x" * 100_000), MEBIBYTE)

    with pytest.raises(StorageFullError):
        storage.put(TENANT, uuid4(), io.BytesIO(b"x" * 300_000), MEBIBYTE)

    assert [path.name for path in files_in(small_disk)] == [str(kept)]


def test_a_folder_that_fails_to_sync_keeps_no_file(
    storage: FolderStorage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    storage.put(TENANT, UUID("ab000000-0000-4000-8000-000000000001"), io.BytesIO(b"x"), 10)
    sync = os.fsync

    def failing_for_folders(descriptor: int) -> None:
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            raise OSError(errno.EIO, "the disk is gone")
        sync(descriptor)

    monkeypatch.setattr(os, "fsync", failing_for_folders)
    with pytest.raises(StorageError):
        storage.put(TENANT, UUID("ab000000-0000-4000-8000-000000000002"), io.BytesIO(b"x"), 10)

    assert [path.name for path in files_in(tmp_path)] == ["ab000000-0000-4000-8000-000000000001"]


def test_file_and_folder_are_on_the_disk_before_put_returns(
    storage: FolderStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    document_id = uuid4()
    order: list[str] = []
    sync, rename = os.fsync, Path.rename

    def noting_sync(descriptor: int) -> None:
        order.append("folder" if stat.S_ISDIR(os.fstat(descriptor).st_mode) else "file")
        sync(descriptor)

    def noting_rename(self: Path, target: Path) -> Path:
        order.append("rename")
        return rename(self, target)

    monkeypatch.setattr(os, "fsync", noting_sync)
    monkeypatch.setattr(Path, "rename", noting_rename)
    storage.put(TENANT, document_id, io.BytesIO(b"x"), 10)

    assert order[-3:] == ["file", "rename", "folder"]


def test_deleting_twice_is_fine(storage: FolderStorage, tmp_path: Path) -> None:
    document_id = uuid4()
    storage.put(TENANT, document_id, io.BytesIO(b"x"), 10)

    storage.delete(TENANT, document_id)
    storage.delete(TENANT, document_id)
    storage.delete(TENANT + 1, document_id)

    assert files_in(tmp_path) == []
    with pytest.raises(NotFoundError):
        storage.open(TENANT, document_id)


def test_sweep_removes_old_files_that_nobody_knows(storage: FolderStorage, tmp_path: Path) -> None:
    known, orphan, foreign = uuid4(), uuid4(), uuid4()
    storage.put(TENANT, known, io.BytesIO(b"x"), 10)
    storage.put(TENANT, orphan, io.BytesIO(b"x"), 10)
    storage.put(TENANT + 1, foreign, io.BytesIO(b"x"), 10)
    unfinished = tmp_path / "files" / "7" / str(known)[:2] / f".{known}.0.part"
    unfinished.write_bytes(b"x")
    stranger = unfinished.with_name("README")
    stranger.write_bytes(b"x")

    with clock.frozen(clock.now() + timedelta(hours=23)):
        assert storage.sweep(TENANT, {known}) == []
    with clock.frozen(clock.now() + timedelta(hours=25)):
        assert storage.sweep(TENANT, {known}) == [orphan]

    left = sorted(path.name for path in files_in(tmp_path))
    assert left == sorted([str(known), str(foreign), "README"])


def test_clear_removes_all_of_a_tenant_and_nothing_of_another(storage: FolderStorage, tmp_path: Path) -> None:
    young, foreign = uuid4(), uuid4()
    storage.put(TENANT, young, io.BytesIO(b"x"), 10)
    storage.put(TENANT + 1, foreign, io.BytesIO(b"x"), 10)
    (tmp_path / "files" / "7" / str(young)[:2] / f".{young}.0.part").write_bytes(b"x")

    assert storage.clear(TENANT) == [young]
    assert storage.clear(TENANT) == []

    assert [path.name for path in files_in(tmp_path)] == [str(foreign)]
