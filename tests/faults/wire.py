"""The wire between the program and its database, to be cut at will: a proxy that reads what goes over it."""

from __future__ import annotations

import selectors
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from enum import Enum

from sqlalchemy import make_url

_COMMIT = b"COMMIT\0"
_CHUNK = 1 << 16


class Point(Enum):
    """Where a connection is cut: the database has not got the COMMIT, or it has and its answer is lost."""

    BEFORE_COMMIT = "before-commit"
    AFTER_COMMIT = "after-commit"


class Wire:
    """A running proxy. ``url`` is the database's address through it."""

    def __init__(self, url: str) -> None:
        self._target = make_url(url)
        self._listening = socket.create_server(("127.0.0.1", 0))
        port = self._listening.getsockname()[1]
        through = self._target.set(host="127.0.0.1", port=port).difference_update_query(["host"])
        self.url = through.render_as_string(hide_password=False)
        self.cuts = 0
        self._point: Point | None = None
        self._words = b""
        self._said: set[socket.socket] = set()
        self._pairs: set[tuple[socket.socket, socket.socket]] = set()
        self._lock = threading.Lock()
        threading.Thread(target=self._accept, daemon=True).start()

    def cut_at(self, point: Point, words: str) -> None:
        """Cut the next connection at the commit of a transaction in which a statement with ``words`` was sent."""
        self._words, self._point = words.encode(), point

    def cut_all(self) -> None:
        """Cut every connection there is, at once."""
        with self._lock:
            for pair in self._pairs:
                self.cuts += 1
                for end in pair:
                    with suppress(OSError):
                        end.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Cut everything and listen no more."""
        self._listening.close()
        self.cut_all()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._listening.accept()
                threading.Thread(target=self._carry, args=(near,), daemon=True).start()

    def _connect(self) -> socket.socket:
        folder, host = self._target.query.get("host"), self._target.host
        if isinstance(folder, str):
            far = socket.socket(socket.AF_UNIX)
            far.connect(f"{folder}/.s.PGSQL.{self._target.port or 5432}")
            return far
        return socket.create_connection((host or "127.0.0.1", self._target.port or 5432))

    def _carry(self, near: socket.socket) -> None:
        with near, suppress(OSError), self._connect() as far, selectors.DefaultSelector() as ready:
            pair = (near, far)
            with self._lock:
                self._pairs.add(pair)
            try:
                ready.register(near, selectors.EVENT_READ, far)
                ready.register(far, selectors.EVENT_READ, near)
                while self._pass_on(ready, near):
                    pass
            finally:
                with self._lock:
                    self._pairs.discard(pair)

    def _pass_on(self, ready: selectors.BaseSelector, near: socket.socket) -> bool:
        for key, _ in ready.select():
            assert isinstance(key.fileobj, socket.socket)
            data = key.fileobj.recv(_CHUNK)
            if not data:
                return False
            point = self._point if key.fileobj is near and self._is_commit(near, data) else None
            if point is Point.BEFORE_COMMIT:
                return self._cut()
            key.data.sendall(data)
            if point is Point.AFTER_COMMIT:
                # The answer shows that it is done; nobody else gets to know.
                key.data.recv(_CHUNK)
                return self._cut()
        return True

    def _is_commit(self, near: socket.socket, data: bytes) -> bool:
        """Whether the transaction that is waited for is committed: others, the snapshot's for one, go their way."""
        if self._point is not None and self._words in data:
            self._said.add(near)
        if _COMMIT not in data or near not in self._said:
            return False
        self._said.discard(near)
        return True

    def _cut(self) -> bool:
        self._point = None
        self.cuts += 1
        return False


@contextmanager
def wire(url: str) -> Iterator[Wire]:
    """A proxy to a database until the block ends."""
    opened = Wire(url)
    try:
        yield opened
    finally:
        opened.close()
