"""Running the command ``kreisportal`` as an operator would."""

from __future__ import annotations

from collections.abc import Callable

import click
import pytest
from click.testing import CliRunner, Result

from tests.support.region import SECRET_KEY
from tests.support.server import DatabaseCopy

Run = Callable[..., Result]


def in_production(
    command: click.Command, region: DatabaseCopy, monkeypatch: pytest.MonkeyPatch, columns: int = 200
) -> Run:
    """Runs a command on the region's database with the settings of production, ``columns`` wide."""
    settings = {
        "DATABASE_URL": region.url(),
        "SECRET_KEY": SECRET_KEY,
        "RECEIPT_KEY": "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
        "MAIL_URL": "folder:/nowhere",
        "KREISPORTAL_MODE": "production",
        "COLUMNS": str(columns),
    }
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("PUBLIC_PORT", raising=False)
    return lambda *arguments: CliRunner().invoke(command, arguments)
