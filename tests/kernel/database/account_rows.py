"""The rows of an account, and of the clients from outside that read it, in the world of these tests."""

ACCOUNT = """
INSERT INTO accounts (id, email, language) VALUES ('%(id)s', '%(name)s', 'de');
INSERT INTO account_details (account_id, key, value, source) VALUES
    ('%(id)s', 'bank.iban', '["%(name)s: detail"]', 'typed'),
    ('%(id)s', 'person.given_names', '["%(name)s: name"]', 'typed');
INSERT INTO account_entries (id, account_id, part, details) VALUES
    (gen_random_uuid(), '%(id)s', 'dog', '["%(name)s: dog"]');
INSERT INTO account_consents (account_id, client_id, scopes) VALUES
    ('%(id)s', 'client', '{profile,%(name)s: consent}');
INSERT INTO account_second_factors (account_id, recovery_codes) VALUES ('%(id)s', '{%(name)s: code}');
INSERT INTO account_passkeys (id, account_id, credential_id, public_key, sign_count, name) VALUES
    (gen_random_uuid(), '%(id)s', '%(name)s', '', 0, '%(name)s: passkey');
INSERT INTO account_identities (id, account_id, provider, issuer, subject, level, attributes) VALUES
    (gen_random_uuid(), '%(id)s', 'land', 'https://land', '%(name)s: identity', 'high', '{}');
INSERT INTO account_seen_cases (account_id, case_id, events) VALUES
    ('%(id)s', gen_random_uuid(), length('%(name)s'));
INSERT INTO account_takeouts (id, account_id, language, state) VALUES
    (gen_random_uuid(), '%(id)s', '%(name)s: takeout', 'waiting');
"""
"""With the account's ``id`` and a ``name`` by which its rows are told."""

CLIENTS = """
INSERT INTO signing_keys (kid, public_key, sealed, signs_from) VALUES ('key', '{}', '', now());
INSERT INTO outside_clients (id, name, confidential, subject_salt, redirect_uris, post_logout_redirect_uris, scopes,
    privacy_url) VALUES ('client', 'bus', true, '', '{}', '{}', '{}', '-');
INSERT INTO client_logouts (client_id, logout_url, subject, client_session_id)
    VALUES ('gone', '-', '-', gen_random_uuid());
"""
