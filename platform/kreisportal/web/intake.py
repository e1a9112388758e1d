"""What no page takes, refused before any view sees it: characters that no text holds, and forms without measure."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Flask, request

from kreisportal.kernel.errors import InvalidInputError

_NUL = "\0"
_WITH_FILES = "multipart/form-data"
# What such a request brings nevertheless is read by no view.
_WITHOUT_BODY = ("GET", "HEAD")


def install(app: Flask, form_limit: int) -> None:
    """Check every request; ``form_limit`` is how many bytes a form without files may have.

    MAX_FORM_MEMORY_SIZE counts the fields of forms with files only. To be installed before anything that reads
    the form, the CSRF protection among them.
    """

    @app.before_request
    def _check() -> None:
        if request.method not in _WITHOUT_BODY and request.mimetype != _WITH_FILES:
            request.max_content_length = form_limit
        # PostgreSQL stores no NUL; a lone surrogate was replaced when the request was decoded.
        if any(_NUL in text for text in _texts()):
            raise InvalidInputError({})


def _texts() -> Iterator[str]:
    """Everything that the request says in words; the content of files is looked at where they are taken in."""
    yield request.path
    for name, value in request.args.items(multi=True):
        yield name
        yield value
    if request.method in _WITHOUT_BODY:
        return
    for name, value in request.form.items(multi=True):
        yield name
        yield value
    for name, file in request.files.items(multi=True):
        yield name
        yield file.filename or ""
