"""Mails into a folder, and which mailer a setting means."""

from __future__ import annotations

from dataclasses import replace
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest

from kreisportal.notifications.folder_mailer import FolderMailer
from kreisportal.notifications.mail_url import create_mailer
from kreisportal.notifications.mailer import DelayedError
from kreisportal.notifications.smtp_mailer import SmtpMailer
from kreisportal.settings import SettingsError
from tests.notifications.letters import letter
from tests.support.region import settings_for
from tests.support.server import DatabaseCopy


def test_a_mail_is_a_file(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "mail"
    FolderMailer(folder).send(*letter())
    FolderMailer(folder).send(*letter("jürgen@example.org"))
    first, second = sorted(folder.iterdir())
    assert first.suffix == ".eml"
    message = message_from_bytes(second.read_bytes(), policy=default)
    assert str(message["To"]) == "jürgen@example.org"
    assert message.get_content().splitlines() == ["Grüße"]  # type: ignore[attr-defined]


def test_a_folder_that_cannot_be_written_to_delays_the_mail(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    with pytest.raises(DelayedError):
        FolderMailer(file).send(*letter())


def test_the_setting(region: DatabaseCopy, tmp_path: Path) -> None:
    settings = settings_for(region, tmp_path)
    create_mailer(replace(settings, mail_url=f"folder:{tmp_path}/with%20space")).send(*letter())
    create_mailer(replace(settings, mail_url=None)).send(*letter())
    assert len(list((tmp_path / "with space").iterdir())) == 1
    assert len(list((tmp_path / "mail").iterdir())) == 1
    assert isinstance(create_mailer(replace(settings, mail_url="smtps://mail.example")), SmtpMailer)
    with pytest.raises(SettingsError, match="MAIL_URL"):
        create_mailer(replace(settings, mail_url="smtp://mail.example?tls=off"))
