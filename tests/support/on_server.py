"""Runs a command on a PostgreSQL server of its own: ``python -m tests.support.on_server BINARIES COMMAND …``.

BINARIES is a folder with ``bin/postgres``, e.g. ``/usr/lib/postgresql/15``. The server lies in a temporary folder, is
reached over a Unix socket only, and is gone when the command has ended; a service of the machine is not touched.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from kreisportal.kernel.database.embedded import SUPERUSER, EmbeddedServer
from tests.support.server import ADDRESS


def main(arguments: list[str]) -> int:
    """Start the server, run the command with its address in the environment, stop the server; the exit code."""
    binaries, *command = arguments
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    folder = Path(tempfile.mkdtemp(prefix="kreisportal-server-"))
    server = EmbeddedServer(folder, binaries=Path(binaries), fast=True)
    try:
        server.start()
        environment = os.environ | {ADDRESS: server.url(SUPERUSER, "postgres")}
        return subprocess.run(command, env=environment, check=False).returncode
    except KeyboardInterrupt:
        return 130
    finally:
        server.destroy()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
