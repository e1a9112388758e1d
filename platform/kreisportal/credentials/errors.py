"""Named errors of signing in, whoever it is that does."""

from __future__ import annotations

import datetime

from kreisportal.kernel.errors import KreisportalError


class WrongCredentialsError(KreisportalError):
    """Address and password, or the code, do not fit. It does not tell which, or whether the address is known."""

    code = "wrong-credentials"
    status = 422


class LockedError(KreisportalError):
    """Too many wrong attempts: the next one counts at ``until`` (aware)."""

    code = "locked"
    status = 429

    def __init__(self, until: datetime.datetime) -> None:
        super().__init__(f"locked until {until:%H:%M:%S}")
        self.until = until


class SealBrokenError(KreisportalError):
    """A sealed secret cannot be opened with the SECRET_KEY of today."""

    code = "seal-broken"
