"""What all pages of signing in and of access share, staff's and accounts': a form shown again with what was wrong."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from urllib.parse import quote

from flask import request

from kreisportal.credentials.errors import LockedError, WrongCredentialsError
from kreisportal.credentials.second_factor import enrolment_address, in_groups, qr_image
from kreisportal.i18n import gettext
from kreisportal.kernel import clock
from kreisportal.kernel.errors import InvalidInputError
from kreisportal.web.own_paths import safe_next

Shown = tuple[str, int]
"""A page and its status."""

Refusal = InvalidInputError | WrongCredentialsError | LockedError
REFUSALS = (InvalidInputError, WrongCredentialsError, LockedError)
"""What a form is shown again for."""


@dataclass(frozen=True, slots=True)
class SecretSeen:
    """A new secret of codes as it is shown: for the app on this very phone, for its camera, for typing."""

    address: str
    image: str
    letters: str


def source() -> str:
    """The network address that the request comes from."""
    return request.remote_addr or "unknown"


def next_page() -> str | None:
    """Where the person wanted to go before signing in."""
    return safe_next(request.args.get("next"))


def messages_of(error: Refusal | None, wrong: tuple[str, str]) -> tuple[dict[str, list[str]], int]:
    """The sentences by field and the status of a page; ``wrong`` is the field and the sentence for what does not fit."""
    field, sentence = wrong
    if error is None:
        return {}, 200
    if isinstance(error, InvalidInputError):
        return error.messages, error.status
    return {field: [_wait(error.until) if isinstance(error, LockedError) else sentence]}, error.status


def secret_seen(secret: str, email: str, issuer: str) -> SecretSeen:
    """What is shown of a new secret."""
    address = enrolment_address(secret, email, issuer)
    return SecretSeen(address, qr_image(address), in_groups(secret))


def codes_file(head: str, codes: list[str]) -> str:
    """The recovery codes as a text file to keep, in an address of its own."""
    return "data:text/plain;charset=utf-8," + quote("\r\n".join([head, "", *codes, ""]))


def _wait(until: datetime.datetime) -> str:
    """When to try again, on the region's clocks, the minute rounded up."""
    moment = until.astimezone(clock.LOCAL_ZONE) + datetime.timedelta(seconds=59)
    return gettext(
        "Das waren zu viele Versuche. Versuchen Sie es ab %(time)s Uhr noch einmal.", time=f"{moment:%H:%M}"
    )
