"""Counting what the program sends to the database, at the driver: BEGIN, COMMIT and what jobs add included."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

import psycopg


@contextmanager
def statements_sent() -> Iterator[list[str]]:
    """The statements sent while the block runs, in order, shortened; by whatever way they come to the driver.

    What is read by whoever asks behind the program's back is counted too, so ask nothing in between.
    """
    sent: list[str] = []

    def noting(owner: type, name: str, words: str = "") -> Any:
        really = getattr(owner, name)

        def note(self: Any, *arguments: Any, **options: Any) -> Any:
            sent.append(" ".join((words or str(arguments[0])).split())[:120])
            return really(self, *arguments, **options)

        return mock.patch.object(owner, name, note)

    with (
        noting(psycopg.Cursor, "execute"),
        noting(psycopg.Cursor, "executemany"),
        noting(psycopg.Cursor, "stream"),
        noting(psycopg.Cursor, "copy"),
        noting(psycopg.Connection, "commit", "COMMIT"),
    ):
        yield sent
