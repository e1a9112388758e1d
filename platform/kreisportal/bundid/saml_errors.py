"""Named errors of sign-in by SAML."""

from __future__ import annotations

from kreisportal.kernel.errors import KreisportalError


class SamlRefusedError(KreisportalError):
    """An answer of an identity provider that counts for nothing; ``reason`` is for logs and names nobody.

    ``request_id`` is the request that it says to answer, if that could be read; of that nothing is proven.
    """

    code = "saml-refused"
    status = 400

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.request_id = ""


class SamlCancelledError(SamlRefusedError):
    """The provider says that nobody has signed in there, e.g. because the person went back."""


class SamlSettingsError(KreisportalError):
    """What is set up for SAML is missing something or wrong; each fault says what to do."""

    code = "saml-settings"

    def __init__(self, faults: list[str]) -> None:
        super().__init__("SAML cannot be used like this:\n" + "\n".join(f"  {fault}" for fault in faults))
        self.faults = faults
