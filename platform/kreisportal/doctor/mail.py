"""Looks whether mails can be handed over. Nothing is sent."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from kreisportal.doctor.findings import Finding, fault, ok, warning
from kreisportal.doctor.machine import is_writable
from kreisportal.notifications.folder_mailer import FolderMailer
from kreisportal.notifications.mail_url import create_mailer
from kreisportal.notifications.mailer import DelayedError
from kreisportal.notifications.smtp_mailer import SmtpMailer
from kreisportal.settings import Settings, SettingsError


def examine_mail(settings: Settings) -> Iterator[Finding]:
    """The server of MAIL_URL answers, encrypts and takes the password; or the folder can be written."""
    try:
        mailer = create_mailer(settings)
    except SettingsError as error:
        yield fault("mail", "; ".join(error.faults["MAIL_URL"]), "Mend MAIL_URL.")
        return
    if isinstance(mailer, SmtpMailer):
        yield _server(mailer)
    elif isinstance(mailer, FolderMailer):
        yield _folder(mailer.folder, demo=settings.demo)


def _server(mailer: SmtpMailer) -> Finding:
    try:
        greeting = mailer.greet()
    except DelayedError as error:
        return fault("mail", str(error), "Mend MAIL_URL, or see what ails the mail server.")
    if greeting.encryption is None:
        advice = "Add ?tls=required to MAIL_URL once the server can, unless it is on this machine."
        return warning("mail", "the server answers, but does not encrypt", advice)
    how = " and takes the password" if greeting.signed_in else ""
    return ok("mail", f"the server answers, encrypts ({greeting.encryption}){how}")


def _folder(folder: Path, *, demo: bool) -> Finding:
    if not is_writable(folder):
        return fault("mail", f"{folder} cannot be written", "Make it, and give it to the service's user.")
    if demo:
        return ok("mail", f"mails become files in {folder}")
    return warning("mail", f"mails become files in {folder}", "Nobody gets them: give a mail server.")
