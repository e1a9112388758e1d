"""Logs: a line of JSON for each event, and nothing personal in it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).parents[2]
PROGRAM = """
import structlog
from kreisportal.web.logs import configure

configure()
log = structlog.get_logger()
log.debug("not shown")
log.info("begun", number=3, town="Löningen")
try:
    secret = "Anna Geheim"
    raise ValueError("wrong")
except ValueError:
    log.exception("failed", endpoint="portal.home")
"""


def test_each_event_is_a_line_of_json_without_the_values_of_variables() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env={"PYTHONPATH": str(PROJECT / "platform"), "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        check=True,
        text=True,
        encoding="utf-8",
    )
    assert done.stdout == ""
    begun, failed = (json.loads(line) for line in done.stderr.splitlines())
    assert (begun["event"], begun["level"], begun["number"], begun["town"]) == (
        "begun",
        "info",
        3,
        "Löningen",
    )
    assert "Löningen" in done.stderr
    assert begun["timestamp"].endswith("Z")
    assert (failed["event"], failed["level"], failed["endpoint"]) == ("failed", "error", "portal.home")
    assert "ValueError: wrong" in failed["exception"]
    assert failed["exception"].count("Anna Geheim") == 0
