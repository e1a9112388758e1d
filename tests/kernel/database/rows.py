"""Rows that one may try to add, with gaps for whose they are and by whom."""

from __future__ import annotations

EVENT = (
    "INSERT INTO case_events (tenant_id, case_id, sequence, at, kind, actor, is_public, data, previous_hash, hash)"
    " VALUES ({id}, '{case}', 9, now(), 'k', '{actor}', true, '{{}}', '', '')"
)
DOCUMENT = (
    "INSERT INTO documents (tenant_id, id, draft_id, case_id, kind, name, media_type, size, sha256, is_public)"
    " VALUES ({id}, '{new}', {draft_id}, {case_id}, '{kind}', 'n', 'x/x', 1, '-', true)"
)
CASE = (
    "INSERT INTO cases (tenant_id, id, number, via_tenant_id, service_key, form_key, form_version, language,"
    " draft_revision, secret_digest, receipt, state, received_at, due_on, events, last_hash) VALUES"
    " ({id}, '{new}', 'n', {id}, 's', 'f', 1, 'de', 1, '', '-', '{state}', now(), now(), 0, '')"
)
MAIL = (
    "INSERT INTO mails (tenant_id, id, recipient, language, template, data, state, attempts)"
    " VALUES ({id}, '{new}', 'r', 'de', 't', '{{}}', '{state}', 0)"
)
CASE_MAIL = (
    "INSERT INTO mails (tenant_id, id, case_id, recipient, language, template, data, state, attempts)"
    " VALUES ({id}, '{new}', '{case}', 'r', 'de', 't', '{{}}', 'queued', 0)"
)
DETAIL = (
    "INSERT INTO account_details (account_id, key, value, source) VALUES ('{account}', 'k', '1', 'typed')"
)
ENTRY = (
    "INSERT INTO account_entries (id, account_id, part, details) VALUES ('{new}', '{account}', 'dog', '{{}}')"
)
CONSENT = "INSERT INTO account_consents (account_id, client_id) VALUES ('{account}', 'c')"
FACTOR = "INSERT INTO account_second_factors (account_id, recovery_codes) VALUES ('{account}', '{{}}')"
PASSKEY = (
    "INSERT INTO account_passkeys (id, account_id, credential_id, public_key, sign_count, name)"
    " VALUES ('{new}', '{account}', 'c', '', 0, 'n')"
)
IDENTITY = (
    "INSERT INTO account_identities (id, account_id, provider, issuer, subject, level, attributes)"
    " VALUES ('{new}', '{account}', 'p', 'i', 's', 'high', '{{}}')"
)
SEEN = "INSERT INTO account_seen_cases (account_id, case_id, events) VALUES ('{account}', '{case}', 1)"
TAKEOUT = "INSERT INTO account_takeouts (id, account_id, language, state) VALUES ('{new}', '{account}', 'de', 'ready')"
READING = (
    "INSERT INTO case_readings (tenant_id, case_id, staff_id, role, what)"
    " VALUES ({id}, '{case}', '{reader}', 'r', 'case')"
)
CHECK = (
    "INSERT INTO identity_checks (tenant_id, id, case_id, document, state, asked_by)"
    " VALUES ({id}, '{new}', '{case}', 'passport', 'open', '{reader}')"
)
CONFIRMATION = (
    "INSERT INTO account_confirmations (account_id, tenant_id, check_id, document, confirmed_at, expires_at)"
    " VALUES ('{account}', {id}, '{new}', 'passport', now(), now())"
)
AUDIT = (
    "INSERT INTO audit_entries (tenant_id, actor, action, subject_kind, subject_id, data)"
    " VALUES ({id}, '{actor}', 'a', 'case', '-', '{{}}')"
)
FOR_SOMEBODY = (
    "INSERT INTO drafts (tenant_id, id, via_tenant_id, service_key, form_key, form_version, language, answers,"
    " revision, expires_at, account_id, mandate_id) VALUES"
    " ({id}, '{new}', {id}, 's', 'f', 1, 'de', '{{}}', 1, now(), '{another}', '{mandate}')"
)
MANDATE = (
    "INSERT INTO account_mandates (id, giver_id, giver_name, called, email, scope, tenant_id, ends_at,"
    " invitation_digest, invitation_until) VALUES"
    " ('{new}', '{account}', '-', '-', '-', 'town', {id}, now(), '', now())"
)
DRAFT_DOCUMENT = DOCUMENT.replace("{draft_id}", "'{draft}'").replace("{case_id}", "NULL")
CASE_DOCUMENT = DOCUMENT.replace("{draft_id}", "NULL").replace("{case_id}", "'{case}'")
