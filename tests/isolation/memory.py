"""What acts end that the next ones need again: sessions, what they may see, accounts with what is theirs, staff, bundles.

It is remembered in the database, and brought back by a function there: that is done after every act that was let in.
"""

from __future__ import annotations

from collections.abc import Iterator

import psycopg

_ACCOUNTS = (
    *("account_details", "account_entries", "account_consents", "account_links"),
    *("account_second_factors", "account_passkeys", "account_address_links"),
    "account_seen_cases",
    "account_identities",
    "account_takeouts",
    *("account_mandates", "account_mandate_acts"),
    "account_confirmations",
)
_TOKENS = ("access_tokens", "region_access_tokens")
_OF_STAFF = (
    *("name", "roles", "active", "password_hash", "totp_secret", "totp_last_step", "pending_totp_secret"),
    *("recovery_codes", "invitation_digest", "invitation_expires_at", "failures", "locked_until"),
)
"""What a tenant admin, or somebody themselves, can take from a member of staff."""
_BUNDLES = ("bundles",)
_WHOLE = ("accounts", *_ACCOUNTS, "staff", *_TOKENS, *_BUNDLES, "sessions", "session_grants")
_OF_DRAFTS = {
    "drafts": "account_id IS NOT NULL",
    "documents": "case_id IS NULL AND draft_id IN (SELECT id FROM drafts WHERE account_id IS NOT NULL)",
}
"""What goes with an account: drafts, and the files in them."""
_OWNED = ("drafts", "cases")


def let_last(superuser: psycopg.Connection) -> None:
    """Let sessions outlast the tests, which take longer than a half sign-in lasts where the machine does much else."""
    superuser.execute(
        "UPDATE sessions SET idle_seconds = 86400, expires_at = expires_at + interval '1 day',"
        " authenticated_at = authenticated_at + interval '1 day'"
    )


def remember(superuser: psycopg.Connection) -> None:
    """Remember all of it as it is now."""
    kept = {**dict.fromkeys(_WHOLE, "true"), **_OF_DRAFTS}
    with superuser.transaction():
        superuser.execute("CREATE SCHEMA memory")
        for table, condition in kept.items():
            superuser.execute(f"CREATE TABLE memory.{table} AS SELECT * FROM {table} WHERE {condition}")
        for table in _OWNED:
            superuser.execute(
                f"CREATE TABLE memory.owners_of_{table} AS"
                f" SELECT tenant_id, id, account_id FROM {table} WHERE account_id IS NOT NULL"
            )
        body = ";\n".join(_statements())
        superuser.execute(
            f"CREATE FUNCTION memory.bring_back() RETURNS void LANGUAGE plpgsql AS $$BEGIN\n{body};\nEND$$"
        )


def bring_back(superuser: psycopg.Connection) -> None:
    """Sessions, accounts and what belongs to them are as they were; what came later to an account is gone."""
    superuser.execute("SELECT memory.bring_back()")


def _statements() -> Iterator[str]:
    yield (
        "INSERT INTO accounts SELECT * FROM memory.accounts"
        " ON CONFLICT (id) DO UPDATE SET email = excluded.email, password_hash = excluded.password_hash"
    )
    for table in (*_ACCOUNTS, *_TOKENS, *_BUNDLES):
        yield f"DELETE FROM {table} t WHERE to_jsonb(t) NOT IN (SELECT to_jsonb(m) FROM memory.{table} m)"
        yield _insert(table)
    for table in _OF_DRAFTS:
        yield _insert(table)
    for table in _OWNED:
        yield (
            f"UPDATE {table} t SET account_id = m.account_id FROM memory.owners_of_{table} m"
            " WHERE t.tenant_id = m.tenant_id AND t.id = m.id AND t.account_id IS DISTINCT FROM m.account_id"
        )
    yield (
        f"UPDATE staff t SET ({', '.join(_OF_STAFF)}) = ({', '.join(f'm.{name}' for name in _OF_STAFF)})"
        " FROM memory.staff m"
        " WHERE t.tenant_id = m.tenant_id AND t.id = m.id AND to_jsonb(t) <> to_jsonb(m)"
    )
    # A session that stands on another comes after that one.
    yield _insert("sessions", " ORDER BY parent_digest IS NOT NULL")
    yield _insert("session_grants")


def _insert(table: str, order: str = "") -> str:
    return (
        f"INSERT INTO {table} OVERRIDING SYSTEM VALUE SELECT * FROM memory.{table}{order}"
        " ON CONFLICT DO NOTHING"
    )
