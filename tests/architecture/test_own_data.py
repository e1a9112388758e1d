"""Every table with rows of accounts is taken out and erased by some room."""

from __future__ import annotations

from pathlib import Path

import pytest

from kreisportal.app import create_erasures
from kreisportal.documents.storage import FolderStorage
from kreisportal.kernel.database import Scope, scope_of
from kreisportal.kernel.registries import Erasure, Registry
from kreisportal.worker import create_holdings
from tests.support.region import settings_for
from tests.support.schema import all_models
from tests.support.server import DatabaseCopy

NOT_TAKEN_OUT = {
    "account_links": "a mailed link of an hour or a day, to an address that the account tells already",
    "sign_in_steps": "a sign-in that somebody is in the middle of, for a quarter of an hour",
    "client_sessions": "where a session is used, as the consents tell",
}
"""Tables of which nothing is told, and why."""


@pytest.fixture(scope="module")
def of_accounts(schema: DatabaseCopy) -> set[str]:
    """The tables in the scope of accounts, and all others that name one."""
    with schema.superuser() as connection:
        rows = connection.execute(
            "SELECT DISTINCT table_name FROM information_schema.columns"
            " WHERE table_schema = 'public' AND column_name = 'account_id'"
        ).fetchall()
    scoped = {name for name, table in all_models().tables.items() if scope_of(table) is Scope.ACCOUNT}
    return {name for (name,) in rows} | scoped


def test_all_that_is_an_accounts_is_erased_with_it(of_accounts: set[str]) -> None:
    assert len(of_accounts) > 12
    assert create_erasures().tables == of_accounts


def test_all_that_is_an_accounts_is_taken_out(
    of_accounts: set[str], schema: DatabaseCopy, tmp_path: Path
) -> None:
    holdings = create_holdings(settings_for(schema, tmp_path), FolderStorage(tmp_path))
    assert holdings.tables == of_accounts - NOT_TAKEN_OUT.keys()


def test_the_account_itself_is_erased_last() -> None:
    """All else is found by it."""
    assert "accounts" in create_erasures().entries[-1].tables


def test_a_room_registers_once() -> None:
    erasures: Registry[Erasure] = create_erasures()
    with pytest.raises(ValueError, match="registered already"):
        erasures.register(erasures.entries[0])
