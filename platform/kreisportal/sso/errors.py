"""Named errors of sign-in across hosts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kreisportal.kernel.errors import ConflictError, InvalidInputError, KreisportalError
from kreisportal.sso.faults import Fault


class BadRequestError(KreisportalError):
    """An authorization request that cannot be trusted enough to lead back anywhere; ``reason`` is for logs."""

    code = "sign-in-request"
    status = 400

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class InvalidGrantError(KreisportalError):
    """The code was used, is too old, was issued for another client, or is not this browser's (RFC 6749, 5.2)."""

    code = "invalid-grant"
    status = 400


class NoSigningKeyError(KreisportalError):
    """Nothing can be signed: there is no key, or it cannot be opened. The message says what to do."""

    code = "no-signing-key"
    status = 503


class InvalidClientError(InvalidInputError):
    """What is said of a client from outside cannot be so: field → each value with what is wrong with it."""

    def __init__(self, faults: Mapping[str, Sequence[tuple[str, Fault]]]) -> None:
        super().__init__(
            {field: [f"{value}: {fault}" for value, fault in found] for field, found in faults.items()}
        )
        self.faults = faults


class NameTakenError(ConflictError):
    """There is a client with this name already. Names are told to citizens, so none is there twice in the region."""

    code = "name-taken"
