"""Everything that one may try to write."""

from __future__ import annotations

from tests.kernel.database import region_world, token_world
from tests.kernel.database.world import A, B, uid

_EVENT = (
    "INSERT INTO case_events (tenant_id, case_id, sequence, at, kind, actor, is_public, data, previous_hash, hash)"
    " VALUES ({id}, '{case}', 9, now(), 'k', '{actor}', true, '{{}}', '', '')"
)
_DOCUMENT = (
    "INSERT INTO documents (tenant_id, id, draft_id, case_id, kind, name, media_type, size, sha256, is_public)"
    " VALUES ({id}, '{new}', {draft_id}, {case_id}, '{kind}', 'n', 'x/x', 1, '-', true)"
)
_CASE = (
    "INSERT INTO cases (tenant_id, id, number, via_tenant_id, service_key, form_key, form_version, language,"
    " draft_revision, secret_digest, receipt, state, received_at, due_on, events, last_hash) VALUES"
    " ({id}, '{new}', 'n', {id}, 's', 'f', 1, 'de', 1, '', '-', '{state}', now(), now(), 0, '')"
)
_MAIL = (
    "INSERT INTO mails (tenant_id, id, recipient, language, template, data, state, attempts)"
    " VALUES ({id}, '{new}', 'r', 'de', 't', '{{}}', '{state}', 0)"
)
_CASE_MAIL = (
    "INSERT INTO mails (tenant_id, id, case_id, recipient, language, template, data, state, attempts)"
    " VALUES ({id}, '{new}', '{case}', 'r', 'de', 't', '{{}}', 'queued', 0)"
)
_DETAIL = (
    "INSERT INTO account_details (account_id, key, value, source) VALUES ('{account}', 'k', '1', 'typed')"
)
_ENTRY = (
    "INSERT INTO account_entries (id, account_id, part, details) VALUES ('{new}', '{account}', 'dog', '{{}}')"
)
_CONSENT = "INSERT INTO account_consents (account_id, client_id) VALUES ('{account}', 'c')"
_FACTOR = "INSERT INTO account_second_factors (account_id, recovery_codes) VALUES ('{account}', '{{}}')"
_PASSKEY = (
    "INSERT INTO account_passkeys (id, account_id, credential_id, public_key, sign_count, name)"
    " VALUES ('{new}', '{account}', 'c', '', 0, 'n')"
)
_IDENTITY = (
    "INSERT INTO account_identities (id, account_id, provider, issuer, subject, level, attributes)"
    " VALUES ('{new}', '{account}', 'p', 'i', 's', 'high', '{{}}')"
)
_SEEN = "INSERT INTO account_seen_cases (account_id, case_id, events) VALUES ('{account}', '{case}', 1)"
_TAKEOUT = "INSERT INTO account_takeouts (id, account_id, language, state) VALUES ('{new}', '{account}', 'de', 'ready')"
_READING = (
    "INSERT INTO case_readings (tenant_id, case_id, staff_id, role, what)"
    " VALUES ({id}, '{case}', '{reader}', 'r', 'case')"
)
_CHECK = (
    "INSERT INTO identity_checks (tenant_id, id, case_id, document, state, asked_by)"
    " VALUES ({id}, '{new}', '{case}', 'passport', 'open', '{reader}')"
)
_CONFIRMATION = (
    "INSERT INTO account_confirmations (account_id, tenant_id, check_id, document, confirmed_at, expires_at)"
    " VALUES ('{account}', {id}, '{new}', 'passport', now(), now())"
)
_AUDIT = (
    "INSERT INTO audit_entries (tenant_id, actor, action, subject_kind, subject_id, data)"
    " VALUES ({id}, '{actor}', 'a', 'case', '-', '{{}}')"
)
_FOR_SOMEBODY = (
    "INSERT INTO drafts (tenant_id, id, via_tenant_id, service_key, form_key, form_version, language, answers,"
    " revision, expires_at, account_id, mandate_id) VALUES"
    " ({id}, '{new}', {id}, 's', 'f', 1, 'de', '{{}}', 1, now(), '{another}', '{mandate}')"
)
_MANDATE = (
    "INSERT INTO account_mandates (id, giver_id, giver_name, called, email, scope, tenant_id, ends_at,"
    " invitation_digest, invitation_until) VALUES"
    " ('{new}', '{account}', '-', '-', '-', 'town', {id}, now(), '', now())"
)
_DRAFT_DOCUMENT = _DOCUMENT.replace("{draft_id}", "'{draft}'").replace("{case_id}", "NULL")
_CASE_DOCUMENT = _DOCUMENT.replace("{draft_id}", "NULL").replace("{case_id}", "'{case}'")

_TEMPLATES: dict[str, str] = {
    "add a tenant": (
        "INSERT INTO tenants (slug, code, kind, ars, has_portal, state, profile, imported)"
        " VALUES ('new', 'NEW', 'city', '039980099999', true, 'open', '{{}}', '{{}}')"
    ),
    "change a tenant": "UPDATE tenants SET state = 'closed' WHERE id = {id}",
    "remove a tenant": "DELETE FROM tenants WHERE id = {id}",
    "add a host": "INSERT INTO hosts VALUES ('new.test', 'desk', {id}, false)",
    "change a host": "UPDATE hosts SET canonical = false WHERE tenant_id = {id}",
    "remove a host": "DELETE FROM hosts WHERE tenant_id = {id}",
    "look at a host": "INSERT INTO host_looks VALUES ({id}, '{host}', now(), 'here')",
    "look at a host again": "UPDATE host_looks SET leads = 'here' WHERE tenant_id = {id}",
    "say that the look was at another's host": "UPDATE host_looks SET tenant_id = {other} WHERE tenant_id = {id}",
    "forget looks at hosts": "DELETE FROM host_looks WHERE tenant_id = {id}",
    "add an offer": (
        "INSERT INTO offers (tenant_id, service_key, is_on, channel, details)"
        " VALUES ({id}, 'new', true, 'online', '{{}}')"
    ),
    "change an offer": "UPDATE offers SET is_on = false WHERE tenant_id = {id}",
    "remove an offer": "DELETE FROM offers WHERE tenant_id = {id}",
    "give an offer away": "UPDATE offers SET tenant_id = {other} WHERE tenant_id = {id}",
    "add staff": (
        "INSERT INTO staff (tenant_id, id, email, name, roles, language, recovery_codes, failures, active)"
        " VALUES ({id}, '{new}', 'new', 'n', '{{}}', 'de', '{{}}', 0, true)"
    ),
    "change staff": "UPDATE staff SET name = 'n' WHERE tenant_id = {id}",
    "write the audit as staff": _AUDIT.replace("{actor}", "staff"),
    "write the audit as an applicant": _AUDIT.replace("{actor}", "applicant"),
    "write the audit as an account": _AUDIT.replace("{actor}", "account"),
    "write the audit as a job": _AUDIT.replace("{actor}", "job"),
    "write the audit as nobody in particular": _AUDIT.replace("{actor}", "anonymous"),
    "write the audit as the region": _AUDIT.replace("{actor}", "region"),
    "add a missed word": "INSERT INTO missed_words VALUES ({id}, '2026-12-01', 'new', 1)",
    "change a missed word": "UPDATE missed_words SET count = 9 WHERE tenant_id = {id}",
    "remove a missed word": "DELETE FROM missed_words WHERE tenant_id = {id}",
    "count a look": "INSERT INTO service_figures VALUES ({id}, '2026-12-01', 'new', 'viewed', '', 1)",
    "change figures": "UPDATE service_figures SET count = 9 WHERE tenant_id = {id}",
    "remove figures": "DELETE FROM service_figures WHERE tenant_id = {id}",
    "tell a decision time": "INSERT INTO decision_times VALUES ({id}, 'new', 10, 1, 2)",
    "change decision times": "UPDATE decision_times SET median_days = 1 WHERE tenant_id = {id}",
    "stop telling decision times": "DELETE FROM decision_times WHERE tenant_id = {id}",
    "say something": (
        "INSERT INTO feedback (tenant_id, id, service_key, occasion, stars) VALUES ({id}, '{new}', 'new', 'sent', 1)"
    ),
    "erase what was said": "UPDATE feedback SET words = NULL WHERE tenant_id = {id}",
    # Without WHERE nothing is read, so that the policy of reading does not help that of erasing.
    "erase whatever was said": "UPDATE feedback SET words = NULL",
    "change the stars": "UPDATE feedback SET stars = 5 WHERE tenant_id = {id}",
    "remove feedback": "DELETE FROM feedback WHERE tenant_id = {id}",
    "keep what a council says": (
        "INSERT INTO council_contents (tenant_id, body, tried_at, next_at) VALUES ({id}, 'new', now(), now())"
    ),
    "change what a council says": "UPDATE council_contents SET shown = NULL WHERE tenant_id = {id}",
    "forget what a council says": "DELETE FROM council_contents WHERE tenant_id = {id}",
    "add a department": "INSERT INTO departments VALUES ({id}, '{new}', 'new')",
    "rename departments": "UPDATE departments SET name = 'n' WHERE tenant_id = {id}",
    "remove departments": "DELETE FROM departments WHERE tenant_id = {id}",
    "let a department work a service": "INSERT INTO department_services VALUES ({id}, 'new', '{department}')",
    "give services to another department": (
        "UPDATE department_services SET service_key = 'n' WHERE tenant_id = {id}"
    ),
    "take services from a department": "DELETE FROM department_services WHERE tenant_id = {id}",
    "let somebody into a department": (
        "INSERT INTO department_members VALUES ({id}, '{department}', '{colleague}')"
    ),
    "move members": "UPDATE department_members SET staff_id = '{reader}' WHERE tenant_id = {id}",
    "take somebody out of a department": "DELETE FROM department_members WHERE tenant_id = {id}",
    "write down a change of the town": (
        "INSERT INTO town_changes (tenant_id, staff_id, area, before) VALUES ({id}, '{reader}', 'look', '{{}}')"
    ),
    "change what was there before": "UPDATE town_changes SET before = '{{}}' WHERE tenant_id = {id}",
    "forget changes of the town": "DELETE FROM town_changes WHERE tenant_id = {id}",
    "begin a draft": (
        "INSERT INTO drafts (tenant_id, id, via_tenant_id, service_key, form_key, form_version, language,"
        " answers, revision, expires_at) VALUES ({id}, '{new}', {id}, 's', 'f', 1, 'de', '{{}}', 1, now())"
    ),
    "begin a draft for somebody": _FOR_SOMEBODY,
    "begin a draft for somebody beyond": _FOR_SOMEBODY.replace("{mandate}", "{beyond}"),
    "change drafts": "UPDATE drafts SET revision = 2 WHERE tenant_id = {id}",
    "remove drafts": "DELETE FROM drafts WHERE tenant_id = {id}",
    "begin a year of numbers": "INSERT INTO case_numbers VALUES ({id}, 2027, 1)",
    "take a number": "UPDATE case_numbers SET last = last + 1 WHERE tenant_id = {id}",
    "send a case": _CASE.replace("{state}", "new"),
    "send a case that is decided": _CASE.replace("{state}", "decided"),
    "withdraw cases": "UPDATE cases SET state = 'withdrawn' WHERE tenant_id = {id}",
    # Without WHERE nothing is read, so that the policies of reading do not help those of writing.
    "withdraw whatever there is": "UPDATE cases SET state = 'withdrawn'",
    "give cases away": "UPDATE cases SET tenant_id = {other}",
    "make a case another": "UPDATE cases SET id = '{new}'",
    "decide cases": "UPDATE cases SET state = 'decided' WHERE tenant_id = {id}",
    "remove a case": "DELETE FROM cases WHERE tenant_id = {id} AND number LIKE '%own%'",
    "write an event as an applicant": _EVENT.replace("{actor}", "applicant"),
    "write an event as staff": _EVENT.replace("{actor}", "staff"),
    "erase what events say": "UPDATE case_events SET content = NULL WHERE tenant_id = {id}",
    "add a document to a draft": _DRAFT_DOCUMENT.replace("{kind}", "upload"),
    "add a decision to a draft": _DRAFT_DOCUMENT.replace("{kind}", "decision"),
    "add a document to a case": _CASE_DOCUMENT.replace("{kind}", "upload"),
    "add a decision to a case": _CASE_DOCUMENT.replace("{kind}", "decision"),
    "change documents": "UPDATE documents SET name = 'n' WHERE tenant_id = {id}",
    "rename whatever there is": "UPDATE documents SET name = 'n'",
    "call documents decisions": "UPDATE documents SET kind = 'decision'",
    "give documents away": "UPDATE documents SET tenant_id = {other}",
    "bind documents to a case": "UPDATE documents SET draft_id = NULL, case_id = '{case}'",
    "bind documents to what a draft becomes": "UPDATE documents SET draft_id = NULL, case_id = '{draft}'",
    "remove whatever there is": "DELETE FROM documents",
    "remove documents": "DELETE FROM documents WHERE tenant_id = {id}",
    "queue a mail": _MAIL.replace("{state}", "queued"),
    "queue a mail about a case": _CASE_MAIL,
    "say that a mail was sent": _MAIL.replace("{state}", "sent"),
    "change mails": "UPDATE mails SET attempts = 1 WHERE tenant_id = {id}",
    "remove mails": "DELETE FROM mails WHERE tenant_id = {id}",
    "begin an account": "INSERT INTO accounts (id, email, language) VALUES ('{new}', 'new', 'de')",
    "change accounts": "UPDATE accounts SET language = 'en'",
    "make an account another": "UPDATE accounts SET id = '{new}'",
    "remove accounts": "DELETE FROM accounts",
    "remember a detail": _DETAIL,
    "remember a detail of another's": _DETAIL.replace("{account}", "{another}"),
    "change details": "UPDATE account_details SET source = 'application'",
    "give details away": "UPDATE account_details SET account_id = '{another}'",
    "forget details": "DELETE FROM account_details",
    "add an entry": _ENTRY,
    "add an entry to another's": _ENTRY.replace("{account}", "{another}"),
    "change entries": "UPDATE account_entries SET withheld = '{{dog.name}}'",
    "give entries away": "UPDATE account_entries SET account_id = '{another}'",
    "remove entries": "DELETE FROM account_entries",
    "consent": _CONSENT,
    "consent for another": _CONSENT.replace("{account}", "{another}"),
    "take consents back": "DELETE FROM account_consents",
    "add a second factor": _FACTOR,
    "add a second factor to another's": _FACTOR.replace("{account}", "{another}"),
    "change second factors": "UPDATE account_second_factors SET recovery_codes = '{{}}'",
    "give second factors away": "UPDATE account_second_factors SET account_id = '{another}'",
    "remove second factors": "DELETE FROM account_second_factors",
    "add a passkey": _PASSKEY,
    "add a passkey to another's": _PASSKEY.replace("{account}", "{another}"),
    "change passkeys": "UPDATE account_passkeys SET sign_count = 9",
    "give passkeys away": "UPDATE account_passkeys SET account_id = '{another}'",
    "remove passkeys": "DELETE FROM account_passkeys",
    "join an identity": _IDENTITY,
    "join an identity to another's": _IDENTITY.replace("{account}", "{another}"),
    "change identities": "UPDATE account_identities SET level = 'basic'",
    "give identities away": "UPDATE account_identities SET account_id = '{another}'",
    "take identities off": "DELETE FROM account_identities",
    "note what was seen": _SEEN,
    "note what another has seen": _SEEN.replace("{account}", "{another}"),
    "change what was seen": "UPDATE account_seen_cases SET events = 9",
    "give away what was seen": "UPDATE account_seen_cases SET account_id = '{another}'",
    "forget what was seen": "DELETE FROM account_seen_cases",
    "take out": _TAKEOUT,
    "take out for another": _TAKEOUT.replace("{account}", "{another}"),
    "change takeouts": "UPDATE account_takeouts SET state = 'ready'",
    "give takeouts away": "UPDATE account_takeouts SET account_id = '{another}'",
    "remove takeouts": "DELETE FROM account_takeouts",
    "note a reading": _READING,
    "note a reading of a colleague's": _READING.replace("{reader}", "{colleague}"),
    "give a mandate": _MANDATE,
    "give a mandate for another": _MANDATE.replace("{account}", "{another}"),
    "accept mandates": "UPDATE account_mandates SET accepted_at = now()",
    "remove mandates": "DELETE FROM account_mandates",
    "note an act of a mandate": (
        "INSERT INTO account_mandate_acts (mandate_id, what, tenant_id, service_key, case_id, case_number)"
        " VALUES ('{mandate}', 'opened', {id}, 's', '{case}', '-')"
    ),
    "forget acts of mandates": "DELETE FROM account_mandate_acts",
    "ask for a check past the rules": _CHECK,
    "decide checks past the rules": "UPDATE identity_checks SET state = 'confirmed' WHERE tenant_id = {id}",
    "remove checks": "DELETE FROM identity_checks",
    "confirm an account past the rules": _CONFIRMATION,
    "make confirmations last": "UPDATE account_confirmations SET expires_at = 'infinity'",
    "take confirmations off": "DELETE FROM account_confirmations",
    "make a key": "INSERT INTO signing_keys (kid, public_key, sealed, signs_from) VALUES ('k', '{{}}', '', now())",
    "revoke keys": "UPDATE signing_keys SET revoked_at = now()",
    "remove keys": "DELETE FROM signing_keys",
    "register a client": (
        "INSERT INTO outside_clients (id, name, confidential, subject_salt, redirect_uris,"
        " post_logout_redirect_uris, scopes, privacy_url) VALUES ('c', 'c', true, '', '{{}}', '{{}}', '{{}}', '-')"
    ),
    "give clients a secret": "UPDATE outside_clients SET secret_digest = ''",
    "lead a client's answers elsewhere": "UPDATE outside_clients SET redirect_uris = '{{https://evil.example/}}'",
    "switch clients off": "UPDATE outside_clients SET disabled_at = now()",
    "remove clients": "DELETE FROM outside_clients",
    "forget whom to tell of an end": "DELETE FROM client_logouts",
    "change whom to tell of an end": "UPDATE client_logouts SET logout_url = 'x'",
    "take drafts into one's account": "UPDATE drafts SET account_id = '{account}'",
    "take cases into one's account": "UPDATE cases SET account_id = '{account}'",
    "forget changes": "DELETE FROM changes WHERE revision = (SELECT min(revision) FROM changes)",
    "publish": "INSERT INTO catalogue_releases (changes) VALUES ('{{}}')",
    **region_world.ATTEMPTS,
    **token_world.ATTEMPTS,
}

WITHOUT_TOWN = {
    *("add a tenant", "forget changes", "publish", "withdraw whatever there is", "give cases away"),
    *("make a case another", "rename whatever there is", "call documents decisions", "give documents away"),
    *("bind documents to a case", "bind documents to what a draft becomes", "remove whatever there is"),
    *(
        "begin an account",
        "change accounts",
        "make an account another",
        "remove accounts",
        "remember a detail",
    ),
    *("remember a detail of another's", "change details", "give details away", "forget details"),
    *("add an entry", "add an entry to another's", "change entries", "give entries away", "remove entries"),
    *("consent", "consent for another", "take consents back", "take drafts into one's account"),
    "take cases into one's account",
    *("give a mandate", "give a mandate for another", "accept mandates", "remove mandates"),
    "forget acts of mandates",
    *("add a second factor", "add a second factor to another's", "change second factors"),
    *("give second factors away", "remove second factors", "add a passkey", "add a passkey to another's"),
    *("join an identity", "join an identity to another's", "change identities"),
    *("give identities away", "take identities off"),
    *("change passkeys", "give passkeys away", "remove passkeys", "change what was seen"),
    *("give away what was seen", "forget what was seen", "note what was seen", "note what another has seen"),
    *("take out", "take out for another", "change takeouts", "give takeouts away", "remove takeouts"),
    "erase whatever was said",
    *("remove checks", "make confirmations last", "take confirmations off"),
    *("make a key", "revoke keys", "remove keys", "register a client", "give clients a secret"),
    *("lead a client's answers elsewhere", "switch clients off"),
    *("remove clients", "forget whom to tell of an end", "change whom to tell of an end"),
    *region_world.WITHOUT_TOWN,
    *token_world.WITHOUT_TOWN,
}
"""Attempts that name no town's rows, so that they are the same for both."""


def statements(town: int) -> dict[str, str]:
    """All attempts on the rows of a town."""
    name = {A: "A", B: "B"}[town]
    values = {
        "id": town,
        "other": A + B - town,
        "host": f"{name.lower()}.test",
        "case": uid(f"{name} own case"),
        "draft": uid(f"{name} own draft"),
        # What an applicant begins has the id that the session was given.
        "new": uid("A new"),
        "department": uid(f"{name} department"),
        "reader": uid("A staff"),
        "colleague": uid("A colleague"),
        "account": uid("account"),
        "another": uid("another account"),
        "mandate": uid("mandate in A"),
        "beyond": uid("mandate in B"),
    }
    return {label: template.format(**values) for label, template in _TEMPLATES.items()}
