"""The program on the demonstration's region, as the tests run it."""

from __future__ import annotations

import base64
from pathlib import Path

from kreisportal.demo import fill_region
from kreisportal.kernel.database import migrate
from kreisportal.kernel.database.roles import OWNER
from kreisportal.settings import Settings
from tests.support.server import DatabaseCopy

SECRET_KEY = "a-key-for-tests-only-0123456789-abcdef"
"""Worth nothing outside of tests."""


def migrate_schema(copy: DatabaseCopy) -> None:
    """Bring a new database to the newest schema."""
    migrate.upgrade(copy.url(OWNER))


def fill_with_region(copy: DatabaseCopy) -> None:
    """The catalogue and all tenants of the files."""
    database = copy.open()
    try:
        fill_region(database)
    finally:
        database.close()


def settings_for(copy: DatabaseCopy, folder: Path) -> Settings:
    """Settings as in production, with a folder of its own."""
    return Settings(
        mode="production",
        secret_key=SECRET_KEY,
        database_url=copy.url(),
        data_folder=folder,
        mail_url=f"folder:{folder / 'mail'}",
        receipt_key_id="test",
        receipt_key=base64.b64encode(bytes(range(32))).decode(),
        retired_receipt_keys={},
        trusted_proxies=(),
        internal_port=None,
        clamav_address=None,
        public_port=None,
        pool_size=5,
        kept_pages_bytes=8 * 1024 * 1024,
        upload_limit=10 * 1024 * 1024,
    )
