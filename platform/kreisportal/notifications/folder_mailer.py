"""Mails into a folder, for demonstrations: one .eml file each, which any mail program opens."""

from __future__ import annotations

import os
import tempfile
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

from kreisportal.kernel import clock
from kreisportal.notifications.mailer import DelayedError, Envelope


class FolderMailer:
    """Writes each mail to a file whose name begins with the time, so that they lie in their order."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def send(self, envelope: Envelope, message: EmailMessage) -> None:
        """Write the file; it appears whole or not at all. See ``Mailer``."""
        name = f"{clock.local_now():%Y%m%d-%H%M%S-%f}-{envelope.envelope_id}.eml"
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            handle, part = tempfile.mkstemp(dir=self.folder, suffix=".part")
            with os.fdopen(handle, "wb") as stream:
                stream.write(message.as_bytes(policy=SMTP.clone(utf8=True)))
            Path(part).replace(self.folder / name)
        except OSError as error:
            raise DelayedError(f"{type(error).__name__}: {error.strerror}") from None
