"""Who delivers mails: the interface, what it is told, and how it refuses."""

from __future__ import annotations

from dataclasses import dataclass
from email.message import EmailMessage
from typing import Protocol

from kreisportal.jobs import Part
from kreisportal.kernel.errors import KreisportalError


@dataclass(frozen=True, slots=True)
class Envelope:
    """What the server is told about a message: who gets bounces, who gets the mail, and the id it bounces under."""

    sender: str
    recipient: str
    envelope_id: str


class DeliveryError(KreisportalError):
    """A mail was not taken. ``words`` are the server's: they may hold an address, so they belong in no log."""

    code = "mail-delivery"

    def __init__(self, words: str) -> None:
        super().__init__(self.code)
        self.words = words


class DelayedError(DeliveryError):
    """The mail cannot be handed over now, but perhaps later."""

    code = "mail-delayed"


class RefusedError(DeliveryError):
    """The server will never take this mail for this recipient."""

    code = "mail-refused"


class Mailer(Protocol):
    """Delivers messages, one at a time; may be used by several threads at once."""

    def send(self, envelope: Envelope, message: EmailMessage) -> None:
        """Return when somebody else has taken on the responsibility for the message.

        Raises ``DelayedError`` to be asked again later, ``RefusedError`` to be asked no more.
        """


MAILER: Part[Mailer] = Part("mailer")
