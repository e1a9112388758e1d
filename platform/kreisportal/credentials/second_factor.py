"""The second factor: one-time codes by time (TOTP, RFC 6238) and recovery codes. Pure.

The usual parameters (SHA-1, 6 digits, 30 seconds), because every authenticator app knows them.
"""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from datetime import datetime

import pyotp
import segno

from kreisportal.kernel.ids import digest, new_secret, normalise_secret

STEP_SECONDS = 30
_WINDOW = 1
_DIGITS = 6
_CODES = 10
_GROUP = 4
_QR_SCALE = 5


def new_totp_secret() -> str:
    """A random secret of 160 bits in base32, 32 letters."""
    return pyotp.random_base32()


def matching_step(secret: str, typed: str, last_step: int | None, now: datetime) -> int | None:
    """The time step that ``typed`` is the code of, or None.

    A step counts if it is the current one or a neighbour (clocks differ) and later than ``last_step``, the
    last one used: so a code that somebody has watched is worth nothing.
    """
    code = "".join(typed.split())
    if len(code) != _DIGITS or not (code.isascii() and code.isdecimal()):
        return None
    generator = pyotp.TOTP(secret, interval=STEP_SECONDS)
    current = int(now.timestamp()) // STEP_SECONDS
    found = None
    for step in range(current - _WINDOW, current + _WINDOW + 1):
        same = hmac.compare_digest(generator.generate_otp(step), code)
        if same and (last_step is None or step > last_step):
            found = step
    return found


def code_at(secret: str, now: datetime) -> tuple[str, int]:
    """The code of the moment and for how many seconds more it is the current one."""
    return pyotp.TOTP(secret, interval=STEP_SECONDS).at(now), STEP_SECONDS - int(
        now.timestamp()
    ) % STEP_SECONDS


def enrolment_address(secret: str, email: str, issuer: str) -> str:
    """The ``otpauth:`` address that authenticator apps read from the QR code."""
    return pyotp.TOTP(secret, interval=STEP_SECONDS).provisioning_uri(name=email, issuer_name=issuer)


def qr_image(address: str) -> str:
    """A QR code as an SVG in a ``data:`` address for ``<img>``, dark on white in every colour scheme."""
    return str(
        segno.make(address, error="m").svg_data_uri(scale=_QR_SCALE, light="#fff", encode_minimal=True)
    )


def in_groups(secret: str) -> str:
    """A secret in groups of four letters, to be typed."""
    return " ".join(secret[start : start + _GROUP] for start in range(0, len(secret), _GROUP))


def new_recovery_codes() -> tuple[list[str], list[str]]:
    """Ten codes to be shown once, and their digests to be kept."""
    codes = [new_secret() for _ in range(_CODES)]
    return codes, [code_digest(code) for code in codes]


def code_digest(typed: str) -> str:
    """The digest of a recovery code as typed (hexadecimal). The codes are random enough for a plain one."""
    return digest(normalise_secret(typed)).hex()


def matching_recovery_code(digests: Sequence[str], typed: str) -> str | None:
    """The digest among ``digests`` that ``typed`` has, or None."""
    wanted = code_digest(typed)
    return next((known for known in digests if hmac.compare_digest(known, wanted)), None)
