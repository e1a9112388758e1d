"""Which rows belong to a town or to an account: what the leak test compares before and after."""

from __future__ import annotations

from kreisportal.kernel.database import Scope, scope_of
from tests.isolation.mandates import MANDATES
from tests.support.schema import all_models

TENANT_TABLES = sorted(name for name, table in all_models().tables.items() if scope_of(table) is Scope.TENANT)
# Whoever begins a draft in B and deletes the account changes whose that is: of what was there before it counts.
_OWNED = "(to_jsonb(t) - 'account_id')::text || CASE WHEN id = ANY (%(subjects)s) THEN concat(account_id) ELSE '' END"
_AS_TEXT = {"drafts": _OWNED, "cases": _OWNED}
ROWS = " UNION ALL ".join(
    [
        f"SELECT '{table}', md5({_AS_TEXT.get(table, 't::text')}) FROM {table} t WHERE tenant_id = %(b)s"
        for table in TENANT_TABLES
    ]
    + [
        f"SELECT '{table}', md5(t::text) FROM {table} t WHERE position(%(n)s in lower(t::text)) > 0"
        for table in TENANT_TABLES
    ]
    + [
        "SELECT 'hosts', md5(t::text) FROM hosts t WHERE tenant_id = %(b)s",
        "SELECT 'host_looks', md5(t::text) FROM host_looks t WHERE tenant_id = %(b)s",
        "SELECT 'tenants', md5(t::text) FROM tenants t WHERE id = %(b)s",
        "SELECT 'region_staff', md5(t::text) FROM region_staff t WHERE district_id = %(district)s",
        "SELECT 'outside_clients', md5(t::text) FROM outside_clients t WHERE district_id = %(district)s",
        "SELECT 'bundles', md5(t::text) FROM bundles t WHERE district_id = %(district)s",
        "SELECT 'onboarding_lists', md5(t.id::text || (SELECT count(*) FROM onboarding_lines l WHERE l.list_id = t.id))"
        " FROM onboarding_lists t JOIN region_staff s ON s.id = t.staff_id WHERE s.district_id = %(district)s",
        "SELECT 'region_access_tokens', md5(t::text) FROM region_access_tokens t"
        " JOIN region_staff s ON s.id = t.staff_id WHERE s.district_id = %(district)s",
        # What is the whole region's is no town's, and nobody of one changes it.
        "SELECT 'catalogue_drafts', md5(t::text) FROM catalogue_drafts t",
        "SELECT 'catalogue_releases', t.id::text FROM catalogue_releases t",
        "SELECT 'sessions', md5(concat(s.token_digest, s.staff_id, s.account_id, s.parent_digest, s.trust))"
        " FROM sessions s WHERE tenant_id = %(b)s OR account_id = %(account)s",
        "SELECT 'accounts', md5(t::text) FROM accounts t WHERE id = %(account)s",
        "SELECT 'account_details', md5(t::text) FROM account_details t WHERE account_id = %(account)s",
        "SELECT 'account_consents', md5(t::text) FROM account_consents t WHERE account_id = %(account)s",
        *(
            f"SELECT '{table}', md5(t::text) FROM {table} t WHERE account_id = %(account)s"
            for table in (
                "account_entries",
                "account_second_factors",
                "account_passkeys",
                "account_identities",
                "account_confirmations",
                "account_address_links",
                "account_seen_cases",
                "account_takeouts",
            )
        ),
        *MANDATES,
        "SELECT 'account_links', md5(t::text) FROM account_links t WHERE email = %(email)s",
        "SELECT 'sign_in_codes', md5(t::text) FROM sign_in_codes t JOIN sessions s ON token_digest = session_digest"
        " WHERE s.account_id = %(account)s",
        "SELECT 'session_grants', md5(t::text) FROM session_grants t WHERE tenant_id = %(b)s AND ("
        " subject_id = ANY (%(subjects)s) OR token_digest IN (SELECT token_digest FROM sessions WHERE tenant_id = %(b)s))",
        "SELECT 'jobs', md5(t.id || t.task_name || t.args::text) FROM procrastinate_jobs t"
        " WHERE args->>'tenant_id' = %(b)s::text",
    ]
)
"""One query for all rows of the town ``b``, of the neighbour whose words begin with ``n``, and of an ``account``."""
