"""A small load generator: keeps a number of connections busy with prepared requests, over 127.0.0.1 only.

Each request has a connection of its own, because gunicorn's sync workers close it after the answer, and is read when
the server has closed it: the generator shares the processors with what it measures, so it does as little as it can.
``Measured.own_cpu`` tells, so that a reader can judge whether it held the server up.
"""

from __future__ import annotations

import select
import socket
import time
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

_CHUNK = 1 << 18
_TIMEOUT = 30.0
# A connection counts as readable when it has ended, or when as much has come as no page here has.
_WHOLE = 1 << 20
_STATUS = slice(9, 12)


@dataclass(slots=True)
class Measured:
    """What came of a run. ``seconds`` is its length, ``latencies`` are in seconds, in no order.

    ``own_cpu`` is the generator's processor time in seconds; ``wrong`` counts answers with another status.
    """

    seconds: float = 0.0
    own_cpu: float = 0.0
    latencies: list[float] = field(default_factory=list)
    wrong: int = 0

    @property
    def requests(self) -> int:
        """How many were answered."""
        return len(self.latencies)


@dataclass(slots=True)
class _Open:
    """A connection that waits for its answer, of which ``status`` is known when some of it has come."""

    connection: socket.socket
    begun: float
    status: bytes = b""


def run(
    port: int, requests: Iterable[bytes], *, status: bytes, connections: int, seconds: float, most: int
) -> Measured:
    """Send ``requests`` one after the other, ``connections`` at a time, until they, the time or ``most`` is up.

    ``status`` is what every answer must begin with after the protocol, e.g. ``200``. Raises TimeoutError when
    an answer takes longer than half a minute.
    """
    poller, buffer = select.epoll(), bytearray(_CHUNK)
    running: dict[int, _Open] = {}
    result = Measured()
    cpu, start = time.process_time(), time.perf_counter()
    end, waiting = start + seconds, _first(requests, most)
    try:
        for _ in range(connections):
            _send_next(port, waiting, running, poller)
        while running:
            ready = poller.poll(_TIMEOUT)
            if not ready:
                raise TimeoutError(f"no answer from port {port} for {_TIMEOUT:.0f} s")
            for number, events in ready:
                opened = running[number]
                if _goes_on(opened, buffer, events):
                    continue
                now = time.perf_counter()
                result.latencies.append(now - opened.begun)
                result.wrong += opened.status != status
                del running[number]
                opened.connection.close()
                if now < end:
                    _send_next(port, waiting, running, poller)
    finally:
        for opened in running.values():
            opened.connection.close()
        poller.close()
    result.seconds = time.perf_counter() - start
    result.own_cpu = time.process_time() - cpu
    return result


def run_at(port: int, due: Sequence[tuple[float, bytes, bytes]]) -> Measured:
    """Send each request at its moment (seconds from now on), whether or not those before are answered.

    ``due`` is (moment, request, status) in order. Latencies count from the moment that a request was due, so that a
    server that cannot keep up does not look quick. Raises TimeoutError as above.
    """
    poller, buffer = select.epoll(), bytearray(_CHUNK)
    running: dict[int, tuple[_Open, bytes]] = {}
    waiting = deque(due)
    result = Measured()
    cpu, start = time.process_time(), time.perf_counter()
    try:
        while waiting or running:
            while waiting and time.perf_counter() - start >= waiting[0][0]:
                moment, request, status = waiting.popleft()
                opened = _open(port, request, start + moment, poller)
                running[opened.connection.fileno()] = opened, status
            left = waiting[0][0] - (time.perf_counter() - start) if waiting else _TIMEOUT
            ready = poller.poll(max(left, 0))
            if not ready and not waiting:
                raise TimeoutError(f"no answer from port {port} for {_TIMEOUT:.0f} s")
            for number, events in ready:
                opened, status = running[number]
                if _goes_on(opened, buffer, events):
                    continue
                result.latencies.append(time.perf_counter() - opened.begun)
                result.wrong += opened.status != status
                del running[number]
                opened.connection.close()
    finally:
        for opened, _ in running.values():
            opened.connection.close()
        poller.close()
    result.seconds = time.perf_counter() - start
    result.own_cpu = time.process_time() - cpu
    return result


def fetch(port: int, request: bytes) -> tuple[int, dict[str, str], bytes]:
    """One answer: status, headers by their names in small letters (of several cookies each on a line), body."""
    with socket.create_connection(("127.0.0.1", port), _TIMEOUT) as connection:
        connection.sendall(request)
        pieces = []
        while piece := connection.recv(_CHUNK):
            pieces.append(piece)
    head, _, body = b"".join(pieces).partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers: dict[str, str] = {}
    for name, _, value in (line.partition(": ") for line in lines):
        known = headers.get(name.lower())
        headers[name.lower()] = value if known is None else f"{known}\n{value}"
    return int(first.split()[1]), headers, body


def _first(requests: Iterable[bytes], most: int) -> Iterator[bytes]:
    return (request for _, request in zip(range(most), requests, strict=False))


def _send_next(port: int, waiting: Iterator[bytes], running: dict[int, _Open], poller: select.epoll) -> None:
    request = next(waiting, None)
    if request is not None:
        opened = _open(port, request, time.perf_counter(), poller)
        running[opened.connection.fileno()] = opened


def _open(port: int, request: bytes, begun: float, poller: select.epoll) -> _Open:
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, _WHOLE)
    connection.connect(("127.0.0.1", port))
    connection.sendall(request)
    poller.register(connection.fileno(), select.EPOLLIN | select.EPOLLRDHUP)
    return _Open(connection, begun)


def _goes_on(opened: _Open, buffer: bytearray, events: int) -> bool:
    """Read what has come; False at the end of the answer."""
    size = opened.connection.recv_into(buffer)
    opened.status = opened.status or bytes(buffer[_STATUS] if size else b"")
    # Of an answer that has ended there is no more than what has been read, unless it has filled the buffer.
    return bool(size) and (size == len(buffer) or not events & select.EPOLLRDHUP)
