"""systemd's units: systemd itself finds no fault in them, and what they name is what the handbook installs."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from gunicorn.arbiter import Arbiter

from kreisportal.kernel.paths import project_folder

_DEPLOY = project_folder() / "deploy"
_HANDBOOK = (project_folder() / "docs" / "operator.md").read_text("utf-8")
_UNITS = sorted([*_DEPLOY.glob("*.service"), *_DEPLOY.glob("*.timer")])
_PROGRAMS = {"/opt/kreisportal/bin/gunicorn", "/opt/kreisportal/bin/kreisportal"}


def _named(unit: Path) -> set[str]:
    """Every absolute path below our own folders that a unit names."""
    return set(re.findall(r"/(?:opt|etc|var)/[\w./-]*kreisportal[\w./-]*", unit.read_text("utf-8")))


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="there is no systemd on this machine")
def test_systemd_finds_no_fault(tmp_path: Path) -> None:
    # The programs must be there: a folder with the same names stands in for /opt/kreisportal.
    place = tmp_path / "kreisportal"
    (place / "bin").mkdir(parents=True)
    for program in _PROGRAMS:
        (place / "bin" / Path(program).name).symlink_to("/bin/true")
    (place / "deploy").symlink_to(_DEPLOY)
    copies = []
    for unit in _UNITS:
        copies.append(tmp_path / unit.name)
        copies[-1].write_text(unit.read_text("utf-8").replace("/opt/kreisportal", str(place)), "utf-8")
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *map(str, copies)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_there_are_units_for_the_sites_the_worker_and_backups() -> None:
    assert [unit.name for unit in _UNITS] == [
        "kreisportal-backup.service",
        "kreisportal-backup.timer",
        "kreisportal-web.service",
        "kreisportal-worker.service",
    ]
    assert all(unit.name in _HANDBOOK for unit in _UNITS)


@pytest.mark.parametrize("unit", _UNITS, ids=lambda unit: unit.name)
def test_what_a_unit_names_is_installed_by_the_handbook(unit: Path) -> None:
    for path in _named(unit):
        if path.startswith("/opt/kreisportal/deploy/"):
            assert (_DEPLOY / Path(path).name).is_file(), path
        elif path not in _PROGRAMS:
            assert path in _HANDBOOK, path


def test_what_is_set_up_wrongly_is_not_started_again_and_again() -> None:
    """The status that wsgi.py ends with is the one that the unit and the handbook name."""
    unit = (_DEPLOY / "kreisportal-web.service").read_text("utf-8")
    assert f"\nRestartPreventExitStatus={Arbiter.WORKER_BOOT_ERROR}\n" in unit
    assert f"code {Arbiter.WORKER_BOOT_ERROR} is not tried again" in _HANDBOOK
