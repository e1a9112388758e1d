"""What the doctor says of the machine."""

from __future__ import annotations

import os
import shutil
import socketserver
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from kreisportal.app import create_program
from kreisportal.doctor import machine
from kreisportal.doctor.findings import Finding, Level
from kreisportal.settings import Settings
from kreisportal.theming.assets import MANIFEST
from tests.support.region import settings_for
from tests.support.server import DatabaseCopy


@pytest.fixture
def settings(region: DatabaseCopy, tmp_path: Path) -> Settings:
    """Settings of production with a folder of the test's own, as the service makes it."""
    folder = tmp_path / "data"
    folder.mkdir(mode=0o700)
    return settings_for(region, folder)


def _one(findings: Iterator[Finding]) -> Finding:
    (found,) = findings
    return found


def test_a_folder_of_the_services_own_is_fine(settings: Settings) -> None:
    assert _one(machine.examine_folders(settings)).level is Level.OK
    assert list(settings.data_folder.iterdir()) == []


def test_a_folder_that_is_still_to_be_made_is_fine(settings: Settings, tmp_path: Path) -> None:
    assert machine.is_writable(tmp_path / "a" / "b")
    assert (
        _one(machine.examine_folders(replace(settings, data_folder=tmp_path / "a" / "b"))).level is Level.OK
    )


def test_a_folder_that_cannot_be_written_is_a_fault(settings: Settings) -> None:
    """Not even root writes into /proc."""
    found = _one(machine.examine_folders(replace(settings, data_folder=Path("/proc/1"))))
    assert found.level is Level.FAULT
    assert "/proc/1" in found.state


def test_a_folder_open_to_every_user_is_told(settings: Settings) -> None:
    settings.data_folder.chmod(0o755)
    assert _one(machine.examine_folders(settings)).level is Level.WARNING


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may give a folder away")
def test_root_is_told_that_it_cannot_know_for_the_service(settings: Settings) -> None:
    os.chown(settings.data_folder, 65534, 65534)
    found = _one(machine.examine_folders(settings))
    assert (found.level, "root" in found.state) == (Level.WARNING, True)


@pytest.mark.parametrize(
    ("free", "level"),
    [(100 * 1024**3, Level.OK), (3 * 1024**3, Level.WARNING), (100 * 1024**2, Level.FAULT)],
)
def test_room_on_the_disk(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, free: int, level: Level
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=free))
    assert _one(machine.examine_disk(settings)).level is level


def test_the_snapshot_is_opened(settings: Settings) -> None:
    assert _one(machine.examine_snapshot(settings)).level is Level.WARNING
    create_program(settings).database.close()
    found = _one(machine.examine_snapshot(settings))
    assert found.level is Level.OK
    assert "authorities" in found.state
    settings.snapshot_file.write_bytes(b"no snapshot, whatever the name says" * 100)
    found = _one(machine.examine_snapshot(settings))
    assert (found.level, found.advice.startswith("rm ")) == (Level.FAULT, True)


def test_static_files_are_looked_for_one_by_one(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert _one(machine.examine_static()).level is Level.OK
    monkeypatch.setattr(machine, "shipped", lambda _: tmp_path)
    assert "make assets" in _one(machine.examine_static()).advice
    (tmp_path / "static").mkdir()
    (tmp_path / "static" / MANIFEST).write_text('{"site.css": "site.0123.css"}')
    found = _one(machine.examine_static())
    assert (found.level, found.state) == (Level.FAULT, "missing: site.0123.css")


def test_a_scanner_must_answer_where_one_is_configured(settings: Settings, tmp_path: Path) -> None:
    assert _one(machine.examine_scanner(settings)).level is Level.WARNING
    assert _one(machine.examine_scanner(replace(settings, mode="demo"))).level is Level.OK
    address = str(tmp_path / "clamd.ctl")
    configured = replace(settings, clamav_address=address)
    assert _one(machine.examine_scanner(configured)).level is Level.FAULT

    class Clamd(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            assert self.rfile.read(6) == b"zPING\0"
            self.wfile.write(b"PONG\0")

    with socketserver.UnixStreamServer(address, Clamd) as server:
        thread = threading.Thread(target=server.handle_request)
        thread.start()
        assert _one(machine.examine_scanner(configured)).level is Level.OK
        thread.join()


def test_the_proxys_settings(settings: Settings) -> None:
    assert "TRUSTED_PROXIES" in _one(machine.examine_proxy(settings)).advice
    trusting = replace(settings, trusted_proxies=("127.0.0.1",))
    assert "INTERNAL_PORT" in _one(machine.examine_proxy(trusting)).advice
    assert _one(machine.examine_proxy(replace(trusting, internal_port=8001))).level is Level.OK
    assert list(machine.examine_proxy(replace(settings, mode="demo"))) == []
