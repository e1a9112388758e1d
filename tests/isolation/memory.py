"""What acts end that the next ones need again: sessions, what they may see, accounts with what is theirs, and staff."""

from __future__ import annotations

from dataclasses import dataclass

import psycopg
from psycopg.types.json import Jsonb

_ACCOUNTS = (
    *("account_details", "account_entries", "account_consents", "account_links"),
    *("account_second_factors", "account_passkeys", "account_address_links"),
    "account_seen_cases",
    "account_identities",
    "account_takeouts",
    *("account_mandates", "account_mandate_acts"),
    "account_confirmations",
)
_OWNED = ("drafts", "cases")
_OF_STAFF = (
    *("name", "roles", "active", "password_hash", "totp_secret", "totp_last_step", "pending_totp_secret"),
    *("recovery_codes", "invitation_digest", "invitation_expires_at", "failures", "locked_until"),
)
"""What a tenant admin, or somebody themselves, can take from a member of staff."""
_OF_DRAFTS = {
    "drafts": "account_id IS NOT NULL",
    "documents": "case_id IS NULL AND draft_id IN (SELECT id FROM drafts WHERE account_id IS NOT NULL)",
}
"""What goes with an account: drafts, and the files in them."""


@dataclass(frozen=True)
class Memory:
    """The rows as they were, each as JSON."""

    rows: dict[str, list[object]]
    owners: dict[str, list[object]]

    def bring_back(self, superuser: psycopg.Connection) -> None:
        """Sessions, accounts and what belongs to them are as they were; what came later to an account is gone."""
        with superuser.pipeline(), superuser.transaction():
            superuser.execute(
                "INSERT INTO accounts SELECT r.* FROM jsonb_array_elements(%s) e, jsonb_populate_record(NULL::accounts,"
                " e) r ON CONFLICT (id) DO UPDATE SET email = excluded.email, password_hash = excluded.password_hash",
                [Jsonb(self.rows["accounts"])],
            )
            for table in _ACCOUNTS:
                superuser.execute(f"DELETE FROM {table} t WHERE to_jsonb(t) <> ALL (%s)", [self._all(table)])
                self._insert(superuser, table)
            for table in _OF_DRAFTS:
                self._insert(superuser, table)
            for table, owners in self.owners.items():
                superuser.execute(
                    f"UPDATE {table} t SET account_id = o.account_id FROM jsonb_to_recordset(%s)"
                    " o (tenant_id int, id uuid, account_id uuid) WHERE t.tenant_id = o.tenant_id AND t.id = o.id"
                    " AND t.account_id IS DISTINCT FROM o.account_id",
                    [Jsonb(owners)],
                )
            columns = ", ".join(_OF_STAFF)
            superuser.execute(
                f"UPDATE staff t SET ({columns}) = ({', '.join(f'r.{name}' for name in _OF_STAFF)})"
                " FROM jsonb_array_elements(%s) e, jsonb_populate_record(NULL::staff, e) r"
                " WHERE t.tenant_id = r.tenant_id AND t.id = r.id AND to_jsonb(t) <> e",
                [Jsonb(self.rows["staff"])],
            )
            self._insert(superuser, "sessions")
            self._insert(superuser, "session_grants")

    def _all(self, table: str) -> list[Jsonb]:
        return [Jsonb(row) for row in self.rows[table]]

    def _insert(self, superuser: psycopg.Connection, table: str) -> None:
        superuser.execute(
            f"INSERT INTO {table} OVERRIDING SYSTEM VALUE SELECT r.* FROM jsonb_array_elements(%s) e,"
            f" jsonb_populate_record(NULL::{table}, e) r ON CONFLICT DO NOTHING",
            [Jsonb(self.rows[table])],
        )


def remembered(superuser: psycopg.Connection) -> Memory:
    """All of it as it is now."""
    # A session that stands on another comes after that one.
    order = {"sessions": " ORDER BY parent_digest IS NOT NULL"}
    rows = {
        table: [
            row for (row,) in superuser.execute(f"SELECT to_jsonb(t) FROM {table} t{order.get(table, '')}")
        ]
        for table in ("accounts", *_ACCOUNTS, "staff", "sessions", "session_grants")
    }
    for table, condition in _OF_DRAFTS.items():
        found = superuser.execute(f"SELECT to_jsonb(t) FROM {table} t WHERE {condition}")
        rows[table] = [row for (row,) in found]
    owners = {
        table: [
            row
            for (row,) in superuser.execute(
                "SELECT jsonb_build_object('tenant_id', tenant_id, 'id', id, 'account_id', account_id)"
                f" FROM {table} WHERE account_id IS NOT NULL"
            )
        ]
        for table in _OWNED
    }
    return Memory(rows, owners)
