"""What the doctor says of the way that mails take. None is sent."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from kreisportal.doctor.findings import Level
from kreisportal.doctor.mail import examine_mail
from kreisportal.settings import Settings
from tests.notifications.scripted import scripted
from tests.notifications.sink import Sink, start, stop
from tests.support.region import settings_for
from tests.support.server import DatabaseCopy


@pytest.fixture
def settings(region: DatabaseCopy, tmp_path: Path) -> Settings:
    return settings_for(region, tmp_path)


@pytest.fixture
def sink() -> Iterator[Sink]:
    """A mail server that does not encrypt."""
    made = Sink()
    controller = start(made)
    yield made
    stop(made, controller)


def test_a_folder_is_for_demonstrations(settings: Settings) -> None:
    (found,) = examine_mail(settings)
    assert (found.level, "mail server" in found.advice) == (Level.WARNING, True)
    (found,) = examine_mail(replace(settings, mode="demo"))
    assert found.level is Level.OK
    (found,) = examine_mail(replace(settings, mode="demo", mail_url="folder:/proc/1/mail"))
    assert found.level is Level.FAULT


def test_a_server_that_does_not_encrypt_is_told(settings: Settings, sink: Sink) -> None:
    (found,) = examine_mail(replace(settings, mail_url=sink.url))
    assert (found.level, "does not encrypt" in found.state) == (Level.WARNING, True)
    assert sink.taken == []


def test_a_server_that_must_encrypt_and_cannot_is_a_fault(settings: Settings, sink: Sink) -> None:
    (found,) = examine_mail(replace(settings, mail_url=f"{sink.url}&tls=required"))
    assert found.level is Level.FAULT
    assert "STARTTLS" in found.state


def test_a_server_that_is_away_or_unwell_is_a_fault(settings: Settings) -> None:
    (found,) = examine_mail(replace(settings, mail_url="smtp://127.0.0.1:9"))
    assert (found.level, "refused" in found.state) == (Level.FAULT, True)
    with scripted(HELLO="421 too busy") as script:
        (found,) = examine_mail(replace(settings, mail_url=f"smtp://127.0.0.1:{script.port}"))
    assert (found.level, "too busy" in found.state) == (Level.FAULT, True)


def test_an_address_that_cannot_be_understood_is_a_fault(settings: Settings) -> None:
    (found,) = examine_mail(replace(settings, mail_url="smtp://mail.example?tls=never"))
    assert (found.level, found.advice) == (Level.FAULT, "Mend MAIL_URL.")
