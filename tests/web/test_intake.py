"""What no page takes is refused before any view sees it, with words and not as a fault of the program."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import pytest
from flask import request
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from kreisportal.web.program import Program
from tests.support.browser import Browser
from tests.web.small_app import with_views

MEGABYTE = 1024 * 1024


@pytest.fixture(scope="module")
def seen() -> list[str]:
    """What views were reached."""
    return []


@pytest.fixture(scope="module")
def browser(program: Program, seen: list[str]) -> Iterator[Browser]:
    """A browser at a view that takes anything."""

    def take() -> str:
        seen.append(request.path)
        texts = [*request.form.values(), *(file.filename or "" for file in request.files.values())]
        return "|".join(texts)

    with with_views(program, {"take": take}, methods=["GET", "POST"]) as client:
        yield client("vechta.localhost")


def token(browser: Browser) -> str:
    """A token for a form, with the cookie that belongs to it."""
    page = browser.get("/de/vorgang").text
    return page.partition('name="csrf_token" value="')[2].partition('"')[0]


def send(browser: Browser, **fields: Any) -> TestResponse:
    """Send a form, one with a file in the way that takes files."""
    values = {"csrf_token": token(browser), **fields}
    if not any(isinstance(value, tuple) for value in fields.values()):
        return browser.post("/test/take", values)
    # The test client would leave a temporary file behind.
    files = {
        name: FileStorage(*value) if isinstance(value, tuple) else value for name, value in values.items()
    }
    boundary, body = encode_multipart(files)
    kind = f"multipart/form-data; boundary={boundary}"
    return browser.post("/test/take", input_stream=io.BytesIO(body), content_type=kind)


@pytest.mark.parametrize(
    "text", ["", "Łódź", "𝒳 👋", "\u202e rückwärts", "'; DROP TABLE cases; --", "<script>", "\x01\x7f", "ﬁ"]
)
def test_every_other_text_comes_as_it_is(browser: Browser, text: str) -> None:
    answer = send(browser, text=text)
    assert answer.status_code == 200
    assert answer.text.endswith(f"|{text}")


@pytest.mark.parametrize("where", ["value", "name", "query", "query name", "path", "file name"])
def test_a_nul_is_refused_wherever_it_stands(browser: Browser, seen: list[str], where: str) -> None:
    before = len(seen)
    if where == "value":
        answer = send(browser, text="a\0b")
    elif where == "name":
        answer = send(browser, **{"a\0b": "x"})
    elif where == "query":
        answer = browser.get("/test/take?x=a%00b")
    elif where == "query name":
        answer = browser.get("/test/take?a%00b=x")
    elif where == "path":
        answer = browser.get("/de/leistungen/hund%00anmelden")
    else:
        answer = send(browser, file=(io.BytesIO(b"x"), "a\0b.pdf"))
    assert answer.status_code == 422
    assert len(seen) == before


def test_a_form_without_files_has_a_measure(browser: Browser, seen: list[str]) -> None:
    assert send(browser, text="x" * (MEGABYTE - 10_000)).status_code == 200
    before = len(seen)
    answer = send(browser, text="x" * (MEGABYTE + 10))
    assert answer.status_code == 413
    assert len(seen) == before


def test_a_form_with_files_has_a_larger_one(browser: Browser, program: Program) -> None:
    limit = program.settings.upload_limit
    assert send(browser, file=(io.BytesIO(b"x" * (limit - 1000)), "a.pdf")).status_code == 200
    assert send(browser, file=(io.BytesIO(b"x" * (limit + 2 * MEGABYTE)), "a.pdf")).status_code == 413


def test_texts_that_come_with_files_have_the_smaller_one(browser: Browser) -> None:
    answer = send(browser, text="x" * (MEGABYTE + 10), file=(io.BytesIO(b"x"), "a.pdf"))
    assert answer.status_code == 413


def test_fields_without_number_are_refused(browser: Browser) -> None:
    fields = {f"f{number}": "x" for number in range(2100)}
    assert send(browser, **fields, file=(io.BytesIO(b"x"), "a.pdf")).status_code == 413
