"""Two towns with one row of every sort each, and who may see and write which of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg import Connection

from kreisportal.kernel.database import ActorKind, Context
from kreisportal.kernel.database.roles import APPLICATION
from tests.kernel.database import acting_world, region_world, token_world
from tests.kernel.database.account_rows import ACCOUNT, CLIENTS
from tests.kernel.database.labels import HELD, A, B, uid

CONTEXTS: dict[str, Context | None] = {
    "nobody": None,
    "anonymous": Context(ActorKind.ANONYMOUS, A, subject_id=uid("A own case")),
    "anonymous with a draft": Context(ActorKind.ANONYMOUS, A, subject_id=uid("A own draft")),
    "account": Context(ActorKind.ACCOUNT, A, account_id=uid("account"), subject_id=uid("A new")),
    "applicant of a draft": Context(
        ActorKind.APPLICANT, A, account_id=uid("account"), subject_id=uid("A own draft")
    ),
    "applicant of a case": Context(ActorKind.APPLICANT, A, subject_id=uid("A own case")),
    "applicant with a neighbour's case": Context(ActorKind.APPLICANT, A, subject_id=uid("B own case")),
    "applicant with a neighbour's draft": Context(ActorKind.APPLICANT, A, subject_id=uid("B own draft")),
    "applicant of something new": Context(ActorKind.APPLICANT, A, subject_id=uid("A new")),
    **acting_world.CONTEXTS,
    "staff": Context(ActorKind.STAFF, A, staff_id=uid("A staff"), subject_id=uid("A own draft")),
    "job": Context(
        ActorKind.JOB,
        A,
        account_id=uid("account"),
        staff_id=uid("A staff"),
        subject_id=uid("A own case"),
    ),
    "region": Context(ActorKind.REGION, A),
    **region_world.CONTEXTS,
    **token_world.CONTEXTS,
    "client": Context(ActorKind.CLIENT, A, account_id=uid("account"), client_id="client"),
    "client without consent": Context(ActorKind.CLIENT, A, account_id=uid("account"), client_id="another"),
    "client of nobody": Context(ActorKind.CLIENT, A, client_id="client"),
    "anonymous with what a client has": Context(
        ActorKind.ANONYMOUS, A, account_id=uid("account"), client_id="client"
    ),
}
"""Contexts of town A. Some carry a tenant, subject or account that means nothing for them, to see that it gives nothing."""

_OF_SERVICES = ("service_figures", "decision_times", "feedback", "department_services")
LABELS = {
    "tenants": "slug",
    **dict.fromkeys(("hosts", "host_looks"), "host"),
    "offers": "service_key",
    "staff": "name",
    "audit_entries": "action",
    "drafts": "email",
    "case_numbers": "last::text",
    "cases": "number",
    "case_events": "kind",
    "case_readings": "role",
    "identity_checks": "asked_by::text",
    "documents": "name",
    "mails": "recipient",
    "missed_words": "word",
    **dict.fromkeys(_OF_SERVICES, "service_key"),
    "council_contents": "body",
    "departments": "name",
    "department_members": "department_id::text",
    "town_changes": "area",
    "accounts": "email",
    "account_details": "value ->> 0",
    "account_entries": "details ->> 0",
    "account_consents": "scopes[2]",
    "account_second_factors": "recovery_codes[1]",
    "account_passkeys": "name",
    "account_identities": "subject",
    "account_seen_cases": "events::text",
    "account_takeouts": "language",
    "account_mandates": "called",
    "account_mandate_acts": "case_number",
    "account_confirmations": "account_id::text",
    "signing_keys": "kid",
    "outside_clients": "name",
    "client_logouts": "client_id",
    **region_world.LABELS,
    **token_world.LABELS,
}
"""The tables with rows of tenants and accounts, those of clients from outside, and the column that tells a row."""

OF_CLIENTS = {"signing_keys", "outside_clients", "client_logouts"}
OF_ACCOUNTS = {table for table in LABELS if table.startswith("account")} | OF_CLIENTS
OF_ACCOUNTS |= region_world.OF_REGION | token_world.OF_REGION

_ROWS = """
INSERT INTO tenants (id, slug, code, kind, ars, has_portal, state, profile, imported)
    VALUES (%(id)s, '%(t)s town', '%(t)s', 'city', '0399800%(id)s1', true, 'open', '{}', '{}');
INSERT INTO hosts VALUES ('%(host)s.test', 'portal', %(id)s, true);
INSERT INTO host_looks VALUES (%(id)s, '%(host)s.test', now(), 'nowhere');
INSERT INTO offers (tenant_id, service_key, is_on, channel, details)
    VALUES (%(id)s, '%(t)s offer', true, 'online', '{}');
INSERT INTO staff (tenant_id, id, email, name, roles, language, recovery_codes, failures, active)
    VALUES (%(id)s, '%(staff)s', 'x', '%(t)s staff', '{}', 'de', '{}', 0, true);
INSERT INTO audit_entries (tenant_id, actor, action, subject_kind, subject_id, data)
    VALUES (%(id)s, 'staff', '%(t)s act', 'case', '-', '{}');
INSERT INTO case_numbers VALUES (%(id)s, 2026, %(id)s);
INSERT INTO missed_words VALUES (%(id)s, '2026-11-01', '%(t)s word', 3);
INSERT INTO service_figures VALUES (%(id)s, '2026-11-01', '%(t)s service', 'viewed', '', 3);
INSERT INTO decision_times VALUES (%(id)s, '%(t)s service', 10, 3, 5);
INSERT INTO feedback VALUES (%(id)s, gen_random_uuid(), now(), '%(t)s service', 'sent', 5, 'good');
INSERT INTO council_contents (tenant_id, body, tried_at, next_at) VALUES (%(id)s, '%(t)s body', now(), now());
INSERT INTO departments VALUES (%(id)s, '%(department)s', '%(t)s department');
INSERT INTO department_services VALUES (%(id)s, '%(t)s service', '%(department)s');
INSERT INTO department_members VALUES (%(id)s, '%(department)s', '%(staff)s');
INSERT INTO town_changes (tenant_id, staff_id, area, before) VALUES (%(id)s, '%(staff)s', '%(t)s area', '{}');
"""
_DRAFT = """
INSERT INTO drafts (tenant_id, id, via_tenant_id, service_key, form_key, form_version, language, answers, revision,
    email, expires_at) VALUES (%s, %s, %s, 's', 'f', 1, 'de', '{}', 1, %s, 'infinity')
"""
_CASE = """
INSERT INTO cases (tenant_id, id, number, via_tenant_id, service_key, form_key, form_version, language,
    draft_revision, secret_digest, receipt, state, received_at, due_on, events, last_hash)
    VALUES (%s, %s, %s, %s, 's', 'f', 1, 'de', 1, %s, '-', 'new', now(), now(), 0, '')
"""
_EVENT = """
INSERT INTO case_events (tenant_id, case_id, sequence, at, kind, actor, is_public, data, previous_hash, hash)
    VALUES (%s, %s, %s, now(), %s, 'staff', %s, '{}', '', '')
"""
_DOCUMENT = """
INSERT INTO documents (tenant_id, id, draft_id, case_id, kind, name, media_type, size, sha256, is_public)
    VALUES (%s, gen_random_uuid(), %s, %s, 'upload', %s, 'x/x', 1, '-', %s)
"""
_READING = (
    "INSERT INTO case_readings (tenant_id, case_id, staff_id, role, what) VALUES (%s, %s, %s, %s, 'case')"
)
_CHECK = """
INSERT INTO identity_checks (tenant_id, id, case_id, document, state, asked_by)
    VALUES (%(town)s, gen_random_uuid(), %(case)s, 'passport', 'open', %(staff)s)
"""
_CONFIRMATION = """
INSERT INTO account_confirmations (account_id, tenant_id, check_id, document, confirmed_at, expires_at)
    VALUES (%s, %s, gen_random_uuid(), 'passport', now(), 'infinity')
"""
_MAIL = """
INSERT INTO mails (tenant_id, id, case_id, recipient, language, template, data, state, attempts)
    VALUES (%s, gen_random_uuid(), %s, %s, 'de', 't', '{}', 'queued', 0)
"""
_CLIENT_OF_DISTRICT = """
INSERT INTO outside_clients (id, district_id, name, confidential, subject_salt, redirect_uris,
    post_logout_redirect_uris, scopes, privacy_url) VALUES (%s, %s, %s, true, '', '{}', '{}', '{}', '-')
"""
_OWNER = {"own": "another account", "other": "account"}
"""Whose the drafts and cases are: those that applicants know the secret of are another account's."""


def fill(connection: Connection) -> None:
    """Both towns with their rows, and two accounts, written by a superuser."""
    connection.execute(CLIENTS)
    for name in _OWNER.values():
        connection.execute(ACCOUNT % {"id": uid(name), "name": name})
    for town, name in ((A, "A"), (B, "B")):
        values = {"id": town, "t": name, "host": name.lower(), "staff": uid(f"{name} staff")}
        values["department"] = uid(f"{name} department")
        connection.execute(_ROWS % values)
        for whose in ("own", "other"):
            draft, case = f"{name} {whose} draft", f"{name} {whose} case"
            connection.execute(_DRAFT, (town, uid(draft), town, draft))
            connection.execute(_CASE, (town, uid(case), case, town, case.encode()))
            for table, row in (("drafts", draft), ("cases", case)):
                owned = f"UPDATE {table} SET account_id = %s WHERE tenant_id = %s AND id = %s"
                connection.execute(owned, (uid(_OWNER[whose]), town, uid(row)))
            for sequence, seen in ((1, "public"), (2, "internal")):
                event = f"{case}: {seen} event"
                connection.execute(_EVENT, (town, uid(case), sequence, event, seen == "public"))
                connection.execute(
                    _DOCUMENT, (town, None, uid(case), f"{case}: {seen} document", seen == "public")
                )
            connection.execute(_DOCUMENT, (town, uid(draft), None, f"{draft}: document", True))
            connection.execute(_MAIL, (town, uid(case), f"{case}: mail"))
            connection.execute(_READING, (town, uid(case), uid(f"{name} staff"), f"{case}: reading"))
        connection.execute(_CLIENT_OF_DISTRICT, (f"client of {name}", town, f"{name} bus"))
        own = {"town": town, "case": uid(f"{name} own case"), "staff": uid(f"{name} staff")}
        connection.execute(_CHECK, own)
        connection.execute(_CONFIRMATION, (uid({"A": "account", "B": "another account"}[name]), town))
        # Sent already, while its draft is still there.
        bound = (town, uid(f"{name} own draft"), uid(f"{name} own case"), f"{name} bound document", True)
        connection.execute(_DOCUMENT, bound)
        connection.execute(_MAIL, (town, None, f"{name} mail about nothing"))
    acting_world.give_mandates(connection)
    region_world.fill(connection)
    token_world.fill(connection)
    # What keys keep from being: that policies do not rely on them is to be seen.
    connection.execute("SET session_replication_role = replica")
    for town, staff, label in (
        (A, "A colleague", "A own case: another's reading"),
        (B, "A staff", "reading in another town"),
    ):
        connection.execute(_READING, (town, uid("A own case"), uid(staff), label))
    connection.execute("RESET session_replication_role")


def rows(table: str, *towns: str) -> set[str]:
    """The labels of a table's rows of these towns."""
    cases = [f"{town} {whose} case" for town in towns for whose in ("own", "other")]
    drafts = [f"{town} {whose} draft" for town in towns for whose in ("own", "other")]
    return {
        "tenants": {f"{town} town" for town in towns},
        **{each: {f"{town.lower()}.test" for town in towns} for each in ("hosts", "host_looks")},
        "offers": {f"{town} offer" for town in towns},
        "staff": {f"{town} staff" for town in towns},
        "audit_entries": {f"{town} act{whose}" for town in towns for whose in ("", " of the region")},
        "missed_words": {f"{town} word" for town in towns},
        "council_contents": {f"{town} body" for town in towns},
        "departments": {f"{town} department" for town in towns},
        **{each: {f"{town} service" for town in towns} for each in _OF_SERVICES},
        "department_members": {str(uid(f"{town} department")) for town in towns},
        "town_changes": {f"{town} area" for town in towns},
        "access_tokens": {f"{town} token" for town in towns},
        "case_numbers": {str({"A": A, "B": B}[town]) for town in towns},
        "drafts": set(drafts),
        "cases": set(cases),
        "case_events": {f"{case}: {seen} event" for case in cases for seen in ("public", "internal")},
        "case_readings": {f"{case}: reading" for case in cases},
        "identity_checks": {str(uid(f"{town} staff")) for town in towns},
        "documents": {f"{case}: {seen} document" for case in cases for seen in ("public", "internal")}
        | {f"{draft}: document" for draft in drafts}
        | {f"{town} bound document" for town in towns},
        "mails": {f"{case}: mail" for case in cases} | {f"{town} mail about nothing" for town in towns},
    }[table]


def _staff_sees(table: str) -> set[str]:
    return {label for label in rows(table, "A") if "draft" not in label and "nothing" not in label}


_OF_TENANTS = [table for table in LABELS if table not in OF_ACCOUNTS]
_OWN_TOWN = {table: rows(table, "A") for table in ("tenants", "hosts", "offers")}
_CLIENTS_TABLES = {"signing_keys": {"key"}, "outside_clients": {"bus", "A bus", "B bus"}}
_NOT_FOR_JOBS = {
    *("audit_entries", "case_numbers", "case_readings", "identity_checks", "missed_words", "town_changes"),
    *("service_figures", "feedback", "access_tokens", "host_looks"),
}
_WHOLE_REGION = {
    **{table: rows(table, "A", "B") for table in ("tenants", "hosts", "offers", "staff", "missed_words")},
    **{table: rows(table, "A", "B") for table in ("host_looks", *region_world.DEPARTMENTS)},
    "audit_entries": {"A act of the region", "B act of the region"},
    **_CLIENTS_TABLES,
    "client_logouts": {"gone"},
    **region_world.OWN,
    **token_world.OWN,
}
VISIBLE: dict[str, dict[str, set[str]]] = {
    "nobody": {},
    "anonymous": {},
    "anonymous with a draft": {},
    "account": {
        "accounts": {"account"},
        "account_details": {"account: detail", "account: name"},
        "account_entries": {"account: dog"},
        "account_consents": {"account: consent"},
        "account_second_factors": {"account: code"},
        "account_passkeys": {"account: passkey"},
        "account_identities": {"account: identity"},
        "account_seen_cases": {str(len("account"))},
        "account_takeouts": {"account: takeout"},
        **acting_world.OWN,
        "account_confirmations": {str(uid("account"))},
        "drafts": {"A other draft", "B other draft"},
        "cases": {"A other case", "B other case"},
        "case_events": {"A other case: public event", "B other case: public event"},
        "case_readings": {"A other case: reading", "B other case: reading"},
    },
    "applicant of a draft": {
        **_OWN_TOWN,
        "case_numbers": rows("case_numbers", "A"),
        "drafts": {"A own draft"},
        "documents": {"A own draft: document", "A bound document"},
    },
    "applicant of a case": {
        **_OWN_TOWN,
        "case_numbers": rows("case_numbers", "A"),
        "cases": {"A own case"},
        "case_events": {"A own case: public event"},
        "case_readings": {"A own case: reading", "A own case: another's reading"},
        "documents": {"A own case: public document", "A bound document"},
    },
    "applicant with a neighbour's case": {**_OWN_TOWN, "case_numbers": rows("case_numbers", "A")},
    "applicant with a neighbour's draft": {**_OWN_TOWN, "case_numbers": rows("case_numbers", "A")},
    "applicant of something new": {**_OWN_TOWN, "case_numbers": rows("case_numbers", "A")},
    **{
        who: {**_OWN_TOWN, "case_numbers": rows("case_numbers", "A"), **more}
        for who, more in acting_world.VISIBLE.items()
    },
    "staff": {
        **{table: _staff_sees(table) for table in _OF_TENANTS if table not in ("drafts", "host_looks")},
        "bundles": region_world.REACHING_A,
    },
    "job": {table: rows(table, "A") for table in _OF_TENANTS if table not in _NOT_FOR_JOBS},
    **dict.fromkeys(region_world.WHOLE_REGION, _WHOLE_REGION),
    "operator": {**_WHOLE_REGION, **region_world.OF_OPERATOR, **token_world.OF_OPERATOR},
    **region_world.VISIBLE,
    "district admin": {**region_world.VISIBLE["district admin"], **token_world.OF_DISTRICT_ADMIN},
    **token_world.VISIBLE,
    "client": {
        **_CLIENTS_TABLES,
        "accounts": {"account"},
        "account_details": {"account: name"},
        "account_consents": {"account: consent"},
    },
    "client without consent": _CLIENTS_TABLES,
    "client of nobody": _CLIENTS_TABLES,
    "anonymous with what a client has": {},
}
"""Which rows each context sees, by table; what is not named it does not see."""


@contextmanager
def acting(connection: Connection, context: Context | None) -> Iterator[None]:
    """Act as the application for ``context`` inside the block, whatever is done there is undone."""
    with connection.transaction(force_rollback=True):
        connection.execute(f"SET LOCAL ROLE {APPLICATION}")
        if context:
            pairs = [part for pair in context.settings().items() for part in pair]
            calls = ", ".join(["set_config(%s, %s, true)"] * (len(pairs) // 2))
            connection.execute(f"SELECT {calls}", pairs)
        yield


def seen(connection: Connection, context: Context | None) -> dict[str, set[str]]:
    """The labels of all rows that a context sees, by table."""
    with acting(connection, context):
        found = {
            table: {label for (label,) in connection.execute(f"SELECT {column} FROM {table}")}
            for table, column in LABELS.items()
        }
    return {table: labels for table, labels in found.items() if labels}


def tried(connection: Connection, context: Context | None, statement: str) -> int:
    """How many rows a statement writes in a context; 0 where it is refused, ``HELD`` by a constraint."""
    try:
        with acting(connection, context):
            return connection.execute(statement).rowcount
    except psycopg.errors.InsufficientPrivilege:
        return 0
    except psycopg.IntegrityError:
        return HELD
