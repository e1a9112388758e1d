"""Named errors. A core raises them; ``app`` turns them into HTTP in one place."""

from __future__ import annotations

from typing import ClassVar


class KreisportalError(Exception):
    """Base of every error that the program raises on purpose.

    ``code`` names the kind for logs and tests; ``status`` is the HTTP status it becomes.
    """

    code: ClassVar[str] = "error"
    status: ClassVar[int] = 500


class NotFoundError(KreisportalError):
    """Absent, or not for this actor: the answer is the same, so that it tells nobody which."""

    code = "not-found"
    status = 404


class NotAllowedError(KreisportalError):
    """The actor is known and may see the thing, but not do this to it."""

    code = "not-allowed"
    status = 403


class ConflictError(KreisportalError):
    """The thing has changed meanwhile, or was done already."""

    code = "conflict"
    status = 409


class InvalidInputError(KreisportalError):
    """Input that cannot be accepted. ``messages`` maps a field's name to sentences for the person."""

    code = "invalid-input"
    status = 422

    def __init__(self, messages: dict[str, list[str]]) -> None:
        super().__init__(", ".join(sorted(messages)))
        self.messages = messages


class DefinitionError(KreisportalError):
    """A file of data (catalogue, form, town) is wrong. ``faults`` are lines "file:line: field: what"."""

    code = "definition"

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


class UnavailableError(KreisportalError):
    """Something the program needs (database, mail) is away for now; trying again later may help."""

    code = "unavailable"
    status = 503
