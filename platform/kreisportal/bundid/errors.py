"""Named errors of identities from outside."""

from __future__ import annotations

from kreisportal.kernel.errors import KreisportalError


class ProviderAwayError(KreisportalError):
    """A provider cannot be reached, or answers nonsense about itself; ``reason`` is for logs."""

    code = "provider-away"
    status = 503

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class NotProvenError(KreisportalError):
    """A provider's answer that does not prove who somebody is; ``reason`` is for logs."""

    code = "not-proven"
    status = 422

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
