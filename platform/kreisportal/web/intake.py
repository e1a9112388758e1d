"""What no page takes, refused before any view sees it: characters that no text holds, and forms without measure."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Flask, request

from kreisportal.kernel.errors import InvalidInputError

_NUL = "\0"
_WITH_FILES = "multipart/form-data"


def install(app: Flask, form_limit: int) -> None:
    """Check every request; ``form_limit`` is how many bytes a form without files may have.

    MAX_FORM_MEMORY_SIZE counts the fields of forms with files only. To be installed before anything that reads
    the form, the CSRF protection among them.
    """

    @app.before_request
    def _check() -> None:
        if request.mimetype != _WITH_FILES:
            request.max_content_length = form_limit
        # PostgreSQL stores no NUL; a lone surrogate was replaced when the request was decoded.
        if any(_NUL in text for text in _texts()):
            raise InvalidInputError({})


def _texts() -> Iterator[str]:
    """Everything that the request says in words; the content of files is looked at where they are taken in."""
    yield request.path
    for fields in (request.args, request.form):
        for name, value in fields.items(multi=True):
            yield name
            yield value
    for name, file in request.files.items(multi=True):
        yield name
        yield file.filename or ""
