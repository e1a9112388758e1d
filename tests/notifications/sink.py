"""A real SMTP server for tests, which keeps a ledger of what it took and misbehaves when told to."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections import deque
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any, cast

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

PATIENCE = 30.0
"""Seconds that whoever sends waits for the server, unless a test is about waiting in vain."""


@dataclass(frozen=True)
class Taken:
    """A mail that the server has taken: envelope, raw bytes, and the message in them."""

    sender: str
    recipients: list[str]
    raw: bytes

    @property
    def message(self) -> EmailMessage:
        """The message, parsed."""
        return cast(EmailMessage, message_from_bytes(self.raw, policy=default))


@dataclass
class Sink:
    """The ledger. ``answers`` are used up one per mail; without any, a mail gets its 250.

    An answer is what the server says to the data (``451 later``), or ``stall``, ``drop``, ``recipient: 550 …``.
    ``drop`` takes the mail and breaks the connection before saying so.
    """

    port: int = 0
    taken: list[Taken] = field(default_factory=list)
    answers: deque[str] = field(default_factory=deque)
    released: asyncio.Event | None = None
    patience: float = PATIENCE

    @property
    def url(self) -> str:
        """The server's address for MAIL_URL, with ``patience`` in seconds."""
        return f"smtp://127.0.0.1:{self.port}?timeout={self.patience}"

    async def handle_RCPT(  # noqa: N802 - aiosmtpd names it.
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take a recipient or refuse it."""
        if self.answers and self.answers[0].startswith("recipient: "):
            return self.answers.popleft().removeprefix("recipient: ")
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Answer to a whole message."""
        answer = self.answers.popleft() if self.answers else "250 OK"
        if answer == "stall":
            self.released = asyncio.Event()
            await self.released.wait()
        elif answer == "drop" or answer.startswith("250"):
            self.taken.append(
                Taken(envelope.mail_from or "", envelope.rcpt_tos, cast(bytes, envelope.content))
            )
            if answer == "drop":
                cast(Any, server).transport.abort()
        return answer


def start(sink: Sink, tls: ssl.SSLContext | None = None, **options: Any) -> Controller:
    """Serve ``sink`` at a free port in a thread; ``tls`` offers STARTTLS."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        sink.port = free.getsockname()[1]
    controller = Controller(
        sink, hostname="127.0.0.1", port=sink.port, tls_context=tls, decode_data=False, **options
    )
    controller.start()
    return controller


def stop(sink: Sink, controller: Controller) -> None:
    """End the server and let go of whoever it kept waiting."""
    if sink.released is not None:
        controller.loop.call_soon_threadsafe(sink.released.set)
    controller.stop()
