"""Which mailer the setting MAIL_URL means."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote

from kreisportal.notifications.folder_mailer import FolderMailer
from kreisportal.notifications.mailer import Mailer
from kreisportal.notifications.smtp_mailer import SmtpMailer, SmtpServer
from kreisportal.settings import Settings, SettingsError


def create_mailer(settings: Settings) -> Mailer:
    """The mailer of MAIL_URL: ``folder:/path``, else a server; without the setting (a demonstration) a folder.

    Raises ``SettingsError`` when it cannot be understood.
    """
    url = settings.mail_url
    if url is None:
        return FolderMailer(settings.data_folder / "mail")
    if url.startswith("folder:"):
        return FolderMailer(Path(unquote(url.removeprefix("folder:"))))
    try:
        return SmtpMailer(SmtpServer.from_url(url))
    except ValueError as error:
        raise SettingsError({"MAIL_URL": [str(error)]}) from error
