"""The worker as an operator starts it: a process that sends mails until it is told to stop."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner

from kreisportal.kernel.database import ActorKind, Context, Database
from kreisportal.notifications.service import queue_mail
from kreisportal.worker import create_crew, worker
from tests.jobs.conftest import region
from tests.jobs.crews import tenant_id_of
from tests.support.region import settings_for
from tests.support.server import DatabaseCopy

__all__ = ["region"]

PATIENCE = 30


@pytest.fixture
def environment(region: DatabaseCopy, tmp_path: Path) -> dict[str, str]:
    """Settings as an operator gives them."""
    settings = settings_for(region, tmp_path)
    return {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": os.pathsep.join(sys.path),
        "SECRET_KEY": settings.secret_key,
        "RECEIPT_KEY": settings.receipt_key,
        "DATABASE_URL": settings.database_url,
        "DATA_FOLDER": str(tmp_path),
        "MAIL_URL": f"folder:{tmp_path / 'mail'}",
    }


@contextmanager
def running(environment: dict[str, str], *options: str) -> Iterator[subprocess.Popen[str]]:
    """The worker's process, killed if a test leaves it running."""
    command = [sys.executable, "-m", "kreisportal.cli", "worker", *options]
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def read_until(process: subprocess.Popen[str], words: str) -> None:
    """Read what the process logs up to a line with ``words``."""
    assert process.stderr is not None
    lines = []
    for line in process.stderr:
        if words in line:
            return
        lines.append(line)
    raise AssertionError("".join(lines))


def queue(database: Database) -> uuid.UUID:
    vechta = tenant_id_of(database, "vechta")
    with database.transaction(Context(ActorKind.STAFF, vechta)) as session:
        # A mail about no case is pointless for the worker, which says so: enough to see it work.
        return queue_mail(
            session, vechta, "erika@example.org", "de", "case_news", {"number": "VEC-1", "service": "Hund"}
        )


def test_it_works_until_sigterm(environment: dict[str, str], database: Database) -> None:
    first = queue(database)
    with running(environment) as process:
        read_until(process, f"mail {first}")
        second = queue(database)
        read_until(process, f"mail {second}")
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE) == 0


def test_once_does_what_is_due_and_ends(environment: dict[str, str], database: Database) -> None:
    queue(database)
    with running(environment, "--once") as process:
        assert process.wait(PATIENCE) == 0


def test_it_refuses_a_role_that_row_security_does_not_bind(
    environment: dict[str, str], region: DatabaseCopy
) -> None:
    url = region.url(region.server.superuser)
    with running({**environment, "DATABASE_URL": url}, "--once") as process:
        _, said = process.communicate(timeout=PATIENCE)
        assert process.returncode == 1
    assert "superuser" in said


def test_every_job_and_link_is_registered(region: DatabaseCopy, tmp_path: Path) -> None:
    crew = create_crew(settings_for(region, tmp_path))
    try:
        assert "notifications.send_mail" in crew.registry.jobs
        assert len(set(crew.tenant_ids())) == 4
    finally:
        crew.runtime.database.close()


@pytest.mark.parametrize("number", ["0", "-1"])
def test_a_worker_that_would_do_nothing_is_refused(number: str) -> None:
    result = CliRunner().invoke(worker, ["--once", "--concurrency", number])
    assert result.exit_code == 2
    assert "Invalid value for '--concurrency'" in result.output
