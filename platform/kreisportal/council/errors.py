"""What can be wrong with a source of the council's meetings and papers."""

from __future__ import annotations

from enum import StrEnum

from kreisportal.kernel.errors import KreisportalError


class Fault(StrEnum):
    """Why a source cannot be read; the sentences are in ``wording``."""

    OFF = "off"
    ADDRESS = "address"
    NOT_PUBLIC = "not-public"
    NO_ANSWER = "no-answer"
    CERTIFICATE = "certificate"
    REFUSED = "refused"
    TOO_SLOW = "too-slow"
    TOO_LARGE = "too-large"
    LED_ASTRAY = "led-astray"
    NO_JSON = "no-json"
    NO_OPARL = "no-oparl"
    NO_BODY = "no-body"


class SourceError(KreisportalError):
    """A source cannot be read; ``fault`` says why, ``told`` the status of HTTP if it refused."""

    code = "council-source"

    def __init__(self, fault: Fault, told: int | None = None) -> None:
        super().__init__(fault.value if told is None else f"{fault.value} {told}")
        self.fault = fault
        self.told = told
