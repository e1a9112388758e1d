from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest

from kreisportal.kernel.http.drain import drained


def _app(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    environ["wsgi.input"].read(3)
    return [b"refused"]


def _left(size: int, limit: int, **environ: Any) -> int:
    """How much of a body of ``size`` bytes is unread after the answer."""
    body = BytesIO(b"x" * size)
    environ = {"CONTENT_LENGTH": str(size), "wsgi.input": body, "wsgi.input_terminated": True} | environ
    assert drained(_app, limit)(environ, lambda *_: lambda _: None) == [b"refused"]
    return size - body.tell()


def test_what_is_unread_is_read_to_its_end() -> None:
    assert _left(1_000_000, 2_000_000) == 0


def test_a_body_without_a_length_is_read_too() -> None:
    assert _left(1000, 2000, CONTENT_LENGTH="0", HTTP_TRANSFER_ENCODING="chunked") == 0


def test_no_more_than_the_limit_is_read() -> None:
    assert _left(5_000_000, 1_000_000) > 3_500_000


@pytest.mark.parametrize("environ", [{"CONTENT_LENGTH": "0"}, {"wsgi.input_terminated": False}])
def test_nothing_is_read_where_there_is_no_body_or_no_known_end(environ: dict[str, Any]) -> None:
    assert _left(1000, 2000, **environ) == 997
