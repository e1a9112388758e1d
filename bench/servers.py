"""The programs that are compared, each as gunicorn with the project's settings, and what their processes use."""

from __future__ import annotations

import base64
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from bench.load import fetch

ROOT = Path(__file__).resolve().parent.parent
SECRET_KEY = "a-key-for-measuring-only-0123456789-abcdef"
_START_TIMEOUT = 600.0
_STOP_TIMEOUT = 15.0
_NANO = 1e-9


@dataclass(frozen=True, slots=True)
class Server:
    """A running gunicorn. ``seconds_to_start`` lasted from its launch to the first good answer."""

    port: int
    master: psutil.Process
    workers: tuple[psutil.Process, ...]
    seconds_to_start: float

    def cpu(self) -> float:
        """Processor time of the workers so far, in seconds."""
        return sum(_cpu(worker.pid) for worker in self.workers)

    def resident(self) -> float:
        """The memory of a worker in MB, pages that it shares with others included, on average."""
        return sum(_status(worker.pid, "VmRSS") for worker in self.workers) / len(self.workers)

    def forget_peaks(self) -> None:
        """Let ``peak`` begin anew."""
        for worker in self.workers:
            Path(f"/proc/{worker.pid}/clear_refs").write_text("5")

    def peak(self) -> float:
        """The most that ``resident`` was since ``forget_peaks``."""
        return sum(_status(worker.pid, "VmHWM") for worker in self.workers) / len(self.workers)

    def pss(self) -> float:
        """The memory that a worker holds, shared pages counted by share (PSS), in MB, on average."""
        return sum(_pss(worker.pid) for worker in self.workers) / len(self.workers)


def database_cpu(folder: Path) -> float:
    """Processor time of all processes of the PostgreSQL server below ``folder`` so far, in seconds.

    That of a session that has ended is gone, so the difference of two is too small where connections were closed.
    """
    server = psutil.Process(int((folder / "data" / "postmaster.pid").read_text().split()[0]))
    return sum(_cpu(each.pid) for each in (server, *server.children()))


def _cpu(pid: int) -> float:
    """By the scheduler's own count, in nanoseconds; 0 for a process that has ended."""
    try:
        tasks = list(Path(f"/proc/{pid}/task").iterdir())
        return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks) * _NANO
    except (FileNotFoundError, ProcessLookupError):
        return 0.0


def _pss(pid: int) -> float:
    return _lines(Path(f"/proc/{pid}/smaps_rollup"))["Pss"]


def _status(pid: int, name: str) -> float:
    return _lines(Path(f"/proc/{pid}/status"))[name]


def _lines(file: Path) -> dict[str, float]:
    """The sizes that a file of the kernel tells, in MB."""
    parts = [line.split() for line in file.read_text().splitlines()]
    return {each[0].rstrip(":"): int(each[1]) * 1024 / 1e6 for each in parts if each[-1] == "kB"}


def own_environment(database_url: str, folder: Path) -> dict[str, str]:
    """The settings of the program as in production, behind a proxy on the same machine."""
    return {
        "KREISPORTAL_MODE": "production",
        "SECRET_KEY": SECRET_KEY,
        "RECEIPT_KEY": base64.b64encode(bytes(range(32))).decode(),
        "DATABASE_URL": database_url,
        "DATA_FOLDER": str(folder),
        "MAIL_URL": f"folder:{folder / 'mail'}",
        "TRUSTED_PROXIES": "127.0.0.1",
    }


@contextmanager
def serving(
    app: str, config: Path, environment: Mapping[str, str], *, workers: int, probe: bytes, log: Path
) -> Iterator[Server]:
    """gunicorn with ``app`` until the block ends. ``probe`` is a request that it answers with 200 when it is ready.

    Raises RuntimeError with the end of its log when it does not start.
    """
    port = _free_port()
    command = [sys.executable, "-m", "gunicorn", "--config", str(config), "--bind", f"127.0.0.1:{port}"]
    # A worker that is replaced in the midst would take its processor time with it.
    command += ["--workers", str(workers), "--max-requests", "0", app]
    settings = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", ""), **environment}
    settings["PYTHONPATH"] = str(ROOT)
    begun = time.perf_counter()
    with log.open("wb") as output:
        process = subprocess.Popen(command, cwd=ROOT, env=settings, stdout=output, stderr=output)
    try:
        _wait(process, port, probe, log)
        seconds = time.perf_counter() - begun
        master = psutil.Process(process.pid)
        # The first answer comes as soon as one of them is there.
        while len(master.children()) < workers:
            time.sleep(0.02)
        yield Server(port, master, tuple(master.children()), seconds)
    finally:
        process.terminate()
        try:
            process.wait(_STOP_TIMEOUT)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait(process: subprocess.Popen[bytes], port: int, probe: bytes, log: Path) -> None:
    end = time.perf_counter() + _START_TIMEOUT
    while time.perf_counter() < end and process.poll() is None:
        try:
            if fetch(port, probe)[0] == 200:
                return
        except (ConnectionError, IndexError):
            pass
        time.sleep(0.02)
    raise RuntimeError(f"the server did not start:\n{log.read_text(errors='replace')[-3000:]}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
