"""Mails by SMTP (RFC 5321), with TLS wherever it can be had."""

from __future__ import annotations

import smtplib
import ssl
from contextlib import suppress
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from urllib.parse import parse_qs, unquote, urlsplit

from kreisportal.notifications.mailer import DelayedError, Envelope, RefusedError

_TIMEOUT = 20.0
_PORTS = {"smtp": 25, "smtps": 465}
_FIRST_PERMANENT = 500
_QUIT_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class SmtpServer:
    """A mail server. ``timeout`` (seconds) is how long it may be silent.

    ``tls``: ``wrapped`` from the first byte (smtps), ``required`` by STARTTLS with a certificate that holds,
    ``offered`` encrypts if the server can, without asking who it is (else the mail would go in clear text).
    """

    host: str
    port: int
    tls: str
    user: str | None
    password: str | None
    timeout: float = _TIMEOUT

    @classmethod
    def from_url(cls, url: str) -> SmtpServer:
        """A server by ``smtp[s]://[user:password@]host[:port][?tls=required][&timeout=20]``.

        With a password TLS is required. Raises ``ValueError`` for anything else.
        """
        parts = urlsplit(url)
        options = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        if parts.scheme not in _PORTS or not parts.hostname or set(options) - {"tls", "timeout"}:
            raise ValueError("the mail server is written smtp://host or smtps://user:password@host:465")
        if options.get("tls", "required") != "required":
            raise ValueError("tls can only be 'required'")
        tls = "required" if parts.password is not None or "tls" in options else "offered"
        return cls(
            parts.hostname,
            parts.port or _PORTS[parts.scheme],
            "wrapped" if parts.scheme == "smtps" else tls,
            unquote(parts.username) if parts.username else None,
            unquote(parts.password) if parts.password else None,
            float(options.get("timeout", _TIMEOUT)),
        )


@dataclass(frozen=True, slots=True)
class Greeting:
    """How a server took us in: the protocol of its encryption (e.g. ``TLSv1.3``) or None, and whether it asked who
    we are.
    """

    encryption: str | None
    signed_in: bool


class SmtpMailer:
    """One connection per mail: they are few, and no state of one can spoil the next."""

    def __init__(self, server: SmtpServer) -> None:
        self._server = server

    def send(self, envelope: Envelope, message: EmailMessage) -> None:
        """Hand the message over. Returns after the server's 250 to the whole of it, see ``Mailer``."""
        client = self._open()
        try:
            self._hand_over(client, envelope, message)
        finally:
            # The mail's fate is settled; how the server says good-bye must not change it.
            self._leave(client)

    def greet(self) -> Greeting:
        """Connect, encrypt and sign in as for a mail, and say good-bye. Raises ``DelayedError`` with the cause."""
        client = self._open()
        try:
            encrypted = client.sock.version() if isinstance(client.sock, ssl.SSLSocket) else None
            return Greeting(encrypted, self._server.user is not None)
        finally:
            self._leave(client)

    def _leave(self, client: smtplib.SMTP) -> None:
        with suppress(smtplib.SMTPException, OSError):
            if client.sock is not None:
                client.sock.settimeout(_QUIT_SECONDS)
            client.quit()
        client.close()

    def _open(self) -> smtplib.SMTP:
        """A connection that is encrypted and signed in. Whatever fails here is the server's or the operator's fault,
        not the mail's, even with a 5xx: the mail waits.
        """
        server = self._server
        client: smtplib.SMTP | None = None
        try:
            if server.tls == "wrapped":
                client = smtplib.SMTP_SSL(
                    server.host, server.port, timeout=server.timeout, context=ssl.create_default_context()
                )
            else:
                client = smtplib.SMTP(server.host, server.port, timeout=server.timeout)
                self._start_tls(client)
            client.ehlo_or_helo_if_needed()
            if server.user is not None:
                client.login(server.user, server.password or "")
        except (smtplib.SMTPException, OSError) as error:
            if client is not None:
                client.close()
            raise DelayedError(_words(error)) from None
        return client

    def _start_tls(self, client: smtplib.SMTP) -> None:
        client.ehlo_or_helo_if_needed()
        if self._server.tls == "required":
            client.starttls(context=ssl.create_default_context())
        elif client.has_extn("starttls"):
            unproven = ssl.create_default_context()
            unproven.check_hostname = False
            unproven.verify_mode = ssl.CERT_NONE
            client.starttls(context=unproven)

    def _hand_over(self, client: smtplib.SMTP, envelope: Envelope, message: EmailMessage) -> None:
        mail_options, recipient_options = [], []
        policy = SMTP
        if client.has_extn("dsn"):
            mail_options = [f"ENVID={envelope.envelope_id}", "RET=HDRS"]
            recipient_options = ["NOTIFY=FAILURE"]
        if not envelope.recipient.isascii():
            if not client.has_extn("smtputf8"):
                raise RefusedError("The mail server cannot write to addresses with letters beyond a to z.")
            mail_options += ["SMTPUTF8", "BODY=8BITMIME"]
            policy = SMTP.clone(utf8=True)
        try:
            client.sendmail(
                envelope.sender,
                [envelope.recipient],
                message.as_bytes(policy=policy),
                mail_options,
                recipient_options,
            )
        except smtplib.SMTPRecipientsRefused as error:
            code, said = next(iter(error.recipients.values()))
            raise _failure(code, said) from None
        except smtplib.SMTPDataError as error:
            raise _failure(error.smtp_code, error.smtp_error) from None
        except (smtplib.SMTPException, OSError) as error:
            # A sender that is refused lies with the operator too: no recipient must look unreachable for it.
            raise DelayedError(_words(error)) from None


def _failure(code: int, said: bytes | str) -> DelayedError | RefusedError:
    words = f"{code} {_text(said)}"
    return RefusedError(words) if code >= _FIRST_PERMANENT else DelayedError(words)


def _words(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{error.smtp_code} {_text(error.smtp_error)}"
    return f"{type(error).__name__}: {error}"


def _text(said: bytes | str) -> str:
    return said.decode("utf-8", "replace") if isinstance(said, bytes) else said
