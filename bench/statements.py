"""The program in this process, and the statements that it gives to the database's driver meanwhile."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import psycopg
from werkzeug.serving import WSGIRequestHandler, make_server

from bench.regions import Region
from bench.servers import own_environment
from kreisportal.app import create_program, create_wsgi
from kreisportal.settings import read_settings


@contextmanager
def answering(region: Region) -> Iterator[int]:
    """The port at which this process answers for a region. Nothing else goes on in it: no looking for changes either."""
    with patch.dict(os.environ, own_environment(region.url, region.data_folder)):
        program = create_program(read_settings())
    try:
        server = make_server("127.0.0.1", 0, create_wsgi(program), request_handler=_Silent)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
            thread.join()
            server.server_close()
    finally:
        program.database.close()


@contextmanager
def told() -> Iterator[list[str]]:
    """The statements that this process gives to the driver, in order.

    BEGIN is one together with the context of the transaction, as it is sent; what is said inside of functions is not
    there, nor are COMMITs, which the driver sends by itself.
    """
    statements: list[str] = []
    really = psycopg.Cursor.execute

    def execute(cursor: Any, query: Any, *arguments: Any, **more: Any) -> Any:
        statements.append(str(query))
        return really(cursor, query, *arguments, **more)

    with patch.object(psycopg.Cursor, "execute", execute):
        yield statements


class _Silent(WSGIRequestHandler):
    """Says nothing about requests."""

    def log(self, type: str, message: str, *args: Any) -> None:
        """Called for every request."""
