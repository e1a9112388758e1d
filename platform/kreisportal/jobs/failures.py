"""Telling of failures without the words of the error, which may hold personal data (a row, an address)."""

from __future__ import annotations

import traceback

from kreisportal.kernel.errors import KreisportalError


class JobFailedError(KreisportalError):
    """A handler failed. It says which error it was, and no more."""

    code = "job-failed"


def describe(error: Exception) -> str:
    """An error's kind, and the lines of code that led to it if nobody foresaw it."""
    if isinstance(error, KreisportalError):
        return error.code
    return type(error).__name__ + "\n" + "".join(traceback.format_tb(error.__traceback__)[1:])
