"""The command as a whole: where it takes its settings from, and how it tells what is wrong."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.support.server import DatabaseCopy


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
