"""Looks at the machine: folders, disk space, the snapshot, static files, the malware scanner, the proxy's settings."""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from pathlib import Path

from kreisportal.catalogue.snapshot_store import SnapshotStore
from kreisportal.doctor.findings import Finding, fault, ok, warning
from kreisportal.documents.malware import ClamAvScanner
from kreisportal.kernel.paths import shipped
from kreisportal.settings import Settings
from kreisportal.theming.assets import BuildError, read_manifest

_GIBIBYTE = 1024**3
_LEAST_FREE = _GIBIBYTE // 2
_LITTLE_FREE = 5 * _GIBIBYTE
_SCAN_SECONDS = 5.0


def is_writable(folder: Path) -> bool:
    """Whether this process may make files in a folder, or make the folder itself."""
    place = folder
    while not place.exists() and place != place.parent:
        place = place.parent
    try:
        with tempfile.TemporaryFile(dir=place):
            return True
    except OSError:
        return False


def examine_folders(settings: Settings) -> Iterator[Finding]:
    """The data folder can be written by the user that the service runs as, and by nobody else be read."""
    folder = settings.data_folder
    for place in (folder, settings.files_folder):
        if not is_writable(place):
            yield fault("folders", f"{place} cannot be written", "Give it to the user of the service.")
            return
    owner = folder.stat().st_uid if folder.exists() else os.geteuid()
    if os.geteuid() == 0 and owner != 0:
        advice = "Ask as that user: `sudo -u kreisportal kreisportal … doctor`."
        yield warning("folders", f"this is root, {folder} belongs to another user", advice)
    elif folder.exists() and folder.stat().st_mode & 0o007 and not settings.demo:
        yield warning("folders", f"every user may enter {folder}", f"chmod 0700 {folder}")
    else:
        yield ok("folders", f"{folder} can be written")


def examine_disk(settings: Settings) -> Iterator[Finding]:
    """There is room for files."""
    place = settings.data_folder
    while not place.exists():
        place = place.parent
    free = shutil.disk_usage(place).free
    state = f"{free / _GIBIBYTE:.1f} GB free at {place}"
    if free < _LEAST_FREE:
        yield fault("disk", state, "Make room at once: uploads will fail.")
    elif free < _LITTLE_FREE:
        yield warning("disk", state, "Make room.")
    else:
        yield ok("disk", state)


def examine_snapshot(settings: Settings) -> Iterator[Finding]:
    """The last known public facts lie on disk, for a start without the database."""
    file = settings.snapshot_file
    if not file.exists():
        yield warning("snapshot", f"{file} is not there yet", "The first start of the sites writes it.")
        return
    try:
        kept = SnapshotStore(file).load()
    except (OSError, sqlite3.Error, ValueError) as error:
        yield fault("snapshot", f"{file}: {error}", f"rm {file}; the next start of the sites writes it anew.")
        return
    if kept is None:
        yield warning("snapshot", f"{file} is empty", "Start the sites once while the database is up.")
    else:
        revision, records, _, _ = kept
        yield ok("snapshot", f"{len(records)} authorities, revision {revision}")


def examine_static() -> Iterator[Finding]:
    """Style sheet and scripts have been built."""
    folder = shipped("build") / "static"
    try:
        manifest = read_manifest(folder)
    except BuildError as error:
        yield fault("static files", str(error), "Run `make assets`, or install the wheel again.")
        return
    missing = [name for name in manifest.values() if not (folder / name).is_file()]
    if missing:
        yield fault("static files", f"missing: {', '.join(missing)}", "Run `make assets`.")
    else:
        yield ok("static files", f"{len(manifest)} files")


def examine_scanner(settings: Settings) -> Iterator[Finding]:
    """ClamAV answers, where it is configured."""
    address = settings.clamav_address
    if address is None:
        advice = "Install clamav-daemon and set CLAMAV_ADDRESS."
        yield ok("uploads", "not scanned") if settings.demo else warning("uploads", "not scanned", advice)
    elif ClamAvScanner(address, _SCAN_SECONDS).is_alive():
        yield ok("uploads", f"scanned by ClamAV at {address}")
    else:
        advice = "Start clamav-daemon; until then uploads are refused."
        yield fault("uploads", f"ClamAV does not answer at {address}", advice)


def examine_proxy(settings: Settings) -> Iterator[Finding]:
    """What a proxy in front needs to be told apart from anybody else."""
    if settings.demo:
        return
    if not settings.trusted_proxies:
        advice = "Set TRUSTED_PROXIES to the proxy's address, e.g. 127.0.0.1."
        yield warning("proxy", "no proxy is trusted: what it says of https is refused", advice)
    elif settings.internal_port is None:
        advice = "Set INTERNAL_PORT: the proxy asks there whether a host may have a certificate."
        yield warning("proxy", "there is no internal port", advice)
    else:
        state = f"trusted: {', '.join(settings.trusted_proxies)}; internal port {settings.internal_port}"
        yield ok("proxy", state)
