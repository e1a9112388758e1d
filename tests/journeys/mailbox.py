"""A real SMTP server in a thread: what the program mails to people, to be waited for and read."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any, cast

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

PATIENCE = 60
"""Seconds to wait for a mail that the worker is about to send."""


class Mailbox:
    """Everybody's mails, in the order in which the server took them."""

    def __init__(self) -> None:
        self.port = 0
        self._taken: list[tuple[list[str], EmailMessage]] = []
        self._news = threading.Condition()

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Take a mail; aiosmtpd calls this."""
        message = cast(EmailMessage, message_from_bytes(cast(bytes, envelope.content), policy=default))
        with self._news:
            self._taken.append((envelope.rcpt_tos, message))
            self._news.notify_all()
        return "250 OK"

    def to(self, address: str) -> list[EmailMessage]:
        """All mails to an address so far."""
        with self._news:
            return self._to(address)

    def wait_for(self, address: str, words: str) -> EmailMessage:
        """The first mail to ``address`` with ``words`` in subject or text, as soon as it is there."""
        with self._news:
            self._news.wait_for(lambda: self._find(address, words), PATIENCE)
            found = self._find(address, words)
            subjects = [message["Subject"] for message in self._to(address)]
        assert found is not None, f"no mail to {address} with {words!r}, only {subjects}"
        return found

    def _to(self, address: str) -> list[EmailMessage]:
        return [message for recipients, message in self._taken if address in recipients]

    def _find(self, address: str, words: str) -> EmailMessage | None:
        return next(
            (each for each in self._to(address) if words in f"{each['Subject']}\n{text_of(each)}"), None
        )


def text_of(message: EmailMessage) -> str:
    """The words of a mail."""
    body = message.get_body(("plain",))
    assert body is not None
    return cast(str, body.get_content())


def link_in(message: EmailMessage, path: str) -> str:
    """The address in a mail whose path has ``path`` in it."""
    found = re.search(rf"https?://\S*{re.escape(path)}\S*", text_of(message))
    assert found, text_of(message)
    return found.group()


@contextmanager
def serving() -> Iterator[Mailbox]:
    """A mail server at a free port."""
    mailbox = Mailbox()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        mailbox.port = free.getsockname()[1]
    controller: Any = Controller(mailbox, hostname="127.0.0.1", port=mailbox.port, decode_data=False)
    controller.start()
    try:
        yield mailbox
    finally:
        controller.stop()
