"""Clients from outside that accounts can be used at: who they are, what they were given, and the keys that sign it."""

from alembic import op

revision = "0015_outside_clients"
down_revision = "0014_case_readings"
branch_labels = None
depends_on = None

ACTOR = "(SELECT current_setting('kreisportal.actor', true))"
ACCOUNT = "(SELECT nullif(current_setting('kreisportal.account_id', true), '')::uuid)"
CLIENT = "(SELECT nullif(current_setting('kreisportal.client_id', true), ''))"

TABLES = """
CREATE TABLE signing_keys (
    kid text NOT NULL CONSTRAINT pk_signing_keys PRIMARY KEY,
    public_key jsonb NOT NULL,
    sealed bytea NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    signs_from timestamptz NOT NULL,
    revoked_at timestamptz
);
COMMENT ON COLUMN signing_keys.sealed IS 'The private key, sealed with a key that the database does not have';

CREATE TABLE outside_clients (
    id text NOT NULL CONSTRAINT pk_outside_clients PRIMARY KEY,
    name text NOT NULL CONSTRAINT uq_outside_clients_name UNIQUE,
    confidential boolean NOT NULL,
    secret_digest bytea,
    subject_salt bytea NOT NULL,
    redirect_uris text[] NOT NULL,
    post_logout_redirect_uris text[] NOT NULL,
    scopes text[] NOT NULL,
    privacy_url text NOT NULL,
    logout_url text,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT ck_outside_clients_secret CHECK (confidential OR secret_digest IS NULL)
);
COMMENT ON COLUMN outside_clients.subject_salt IS 'Makes what a client knows an account by, another for each client';
COMMENT ON COLUMN outside_clients.logout_url IS 'Where the client is told that a session has ended (back-channel logout)';

ALTER TABLE account_consents ADD COLUMN scopes text[] NOT NULL DEFAULT '{openid}';
COMMENT ON COLUMN account_consents.scopes IS 'What the client may get to know';

CREATE TABLE client_sessions (
    id uuid NOT NULL DEFAULT gen_random_uuid() CONSTRAINT pk_client_sessions PRIMARY KEY,
    session_digest bytea NOT NULL
        CONSTRAINT fk_client_sessions_session_digest REFERENCES sessions (token_digest) ON DELETE CASCADE,
    account_id uuid NOT NULL,
    client_id text NOT NULL
        CONSTRAINT fk_client_sessions_client_id REFERENCES outside_clients (id) ON DELETE CASCADE,
    subject text NOT NULL,
    logout_url text,
    entered boolean NOT NULL DEFAULT false,
    CONSTRAINT uq_client_sessions_session_digest UNIQUE (session_digest, client_id),
    CONSTRAINT fk_client_sessions_consent FOREIGN KEY (account_id, client_id)
        REFERENCES account_consents (account_id, client_id) ON DELETE CASCADE
);
CREATE INDEX ix_client_sessions_account_id ON client_sessions (account_id, client_id);
COMMENT ON TABLE client_sessions IS 'Where an account session is used: it ends with session, consent and client';
COMMENT ON COLUMN client_sessions.entered IS 'Whether the client has been given something, so that it is told of the end';

CREATE TABLE client_codes (
    digest bytea NOT NULL CONSTRAINT pk_client_codes PRIMARY KEY,
    client_session_id uuid NOT NULL
        CONSTRAINT fk_client_codes_client_session_id REFERENCES client_sessions (id) ON DELETE CASCADE,
    redirect_uri text NOT NULL,
    challenge text NOT NULL,
    nonce text,
    scopes text[] NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at timestamptz
);
CREATE INDEX ix_client_codes_client_session_id ON client_codes (client_session_id);
CREATE INDEX ix_client_codes_expires_at ON client_codes (expires_at);

CREATE TABLE client_tokens (
    digest bytea NOT NULL CONSTRAINT pk_client_tokens PRIMARY KEY,
    code_digest bytea NOT NULL
        CONSTRAINT fk_client_tokens_code_digest REFERENCES client_codes (digest) ON DELETE CASCADE,
    expires_at timestamptz NOT NULL
);
CREATE INDEX ix_client_tokens_code_digest ON client_tokens (code_digest);

CREATE TABLE client_logouts (
    id uuid NOT NULL DEFAULT gen_random_uuid() CONSTRAINT pk_client_logouts PRIMARY KEY,
    client_id text NOT NULL,
    logout_url text NOT NULL,
    subject text NOT NULL,
    client_session_id uuid NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE client_logouts IS 'Clients that are still to be told that a session has ended';
"""
NAMES = (
    "client_logouts", "client_tokens", "client_codes", "client_sessions", "outside_clients", "signing_keys"
)  # fmt: skip

# A client reads of an account what the person lets it know, and whoever is no client reads nothing by this. Which
# columns of an account those are, the program says by its scopes; of the details row security says it too.
POLICIES = f"""
CREATE POLICY region_all ON signing_keys USING ({ACTOR} = 'region');
CREATE POLICY client_reads ON signing_keys FOR SELECT USING ({ACTOR} = 'client');
CREATE POLICY region_all ON outside_clients USING ({ACTOR} = 'region');
CREATE POLICY client_reads ON outside_clients FOR SELECT USING ({ACTOR} = 'client');
CREATE POLICY region_all ON client_logouts USING ({ACTOR} = 'region');
CREATE POLICY client_reads ON account_consents FOR SELECT
    USING ({ACTOR} = 'client' AND account_id = {ACCOUNT} AND client_id = {CLIENT});
CREATE POLICY client_reads ON accounts FOR SELECT
    USING (CASE WHEN {ACTOR} = 'client' THEN EXISTS (
        SELECT FROM account_consents c WHERE c.account_id = accounts.id AND c.client_id = {CLIENT}) END);
CREATE POLICY client_reads ON account_details FOR SELECT
    USING (CASE WHEN {ACTOR} = 'client' THEN EXISTS (
        SELECT FROM account_consents c WHERE c.account_id = account_details.account_id AND c.client_id = {CLIENT}
            AND CASE account_details.key
                WHEN 'person.given_names' THEN 'profile'
                WHEN 'person.family_name' THEN 'profile'
                WHEN 'person.birth_date' THEN 'profile'
                WHEN 'person.address' THEN 'address'
                WHEN 'contact.phone' THEN 'phone'
            END = ANY (c.scopes)) END);
"""  # noqa: S608 - our own words.

GRANTS = """
GRANT SELECT, INSERT, DELETE ON signing_keys TO kreisportal_app;
GRANT UPDATE (revoked_at) ON signing_keys TO kreisportal_app;
GRANT INSERT, DELETE ON outside_clients TO kreisportal_app;
GRANT SELECT (id, name, confidential, redirect_uris, post_logout_redirect_uris, scopes, privacy_url, logout_url,
    created_at) ON outside_clients TO kreisportal_app;
GRANT UPDATE (secret_digest) ON outside_clients TO kreisportal_app;
GRANT UPDATE (scopes, given_at) ON account_consents TO kreisportal_app;
GRANT SELECT, DELETE ON client_logouts TO kreisportal_app;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO kreisportal_definer;
"""

# What is alive: neither over nor left alone for too long.
ALIVE = "s.expires_at > now() AND s.seen_at + make_interval(secs => s.idle_seconds) > now()"

FUNCTIONS = {
    "check_client_secret(text, bytea)": """
CREATE FUNCTION definer.check_client_secret(of_client text, of_digest bytea) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM outside_clients WHERE id = of_client AND confidential AND secret_digest = of_digest)
$$""",
    "subject_at_client(text)": """
CREATE FUNCTION definer.subject_at_client(of_client text) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    -- What a client knows the account by for which the transaction acts.
    SELECT encode(sha256(subject_salt || uuid_send(current_setting('kreisportal.account_id')::uuid)), 'hex')
    FROM outside_clients WHERE id = of_client
$$""",
    "issue_client_code(bytea, bytea, text, text, text, text, text[], int)": f"""
CREATE FUNCTION definer.issue_client_code(
    of_digest bytea, of_session bytea, of_client text, of_redirect text, of_challenge text, of_nonce text,
    of_scopes text[], seconds int
) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    found uuid;
BEGIN
    -- Only what the person has consented to, to an address of the client's.
    INSERT INTO client_sessions (session_digest, account_id, client_id, subject, logout_url)
    SELECT s.token_digest, s.account_id, c.id, encode(sha256(c.subject_salt || uuid_send(s.account_id)), 'hex'),
        c.logout_url
    FROM sessions s JOIN account_consents a USING (account_id) JOIN outside_clients c ON c.id = a.client_id
    WHERE s.token_digest = of_session AND s.site = 'account' AND {ALIVE}
        AND c.id = of_client AND of_redirect = ANY (c.redirect_uris) AND of_scopes <@ a.scopes
    ON CONFLICT (session_digest, client_id) DO UPDATE SET logout_url = excluded.logout_url
    RETURNING id INTO found;
    IF found IS NULL THEN
        RAISE EXCEPTION 'no consent of an account that is signed in' USING ERRCODE = 'insufficient_privilege';
    END IF;
    INSERT INTO client_codes (digest, client_session_id, redirect_uri, challenge, nonce, scopes, expires_at)
    VALUES (of_digest, found, of_redirect, of_challenge, of_nonce, of_scopes, now() + make_interval(secs => seconds));
END $$""",  # noqa: S608 - our own words.
    "use_client_code(bytea, text)": f"""
CREATE FUNCTION definer.use_client_code(of_digest bytea, of_client text) RETURNS TABLE (
    client_session_id uuid, account_id uuid, subject text, redirect_uri text, challenge text, nonce text,
    scopes text[], trust text, authenticated_at timestamptz
) LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
#variable_conflict use_column
DECLARE
    used client_codes;
BEGIN
    SELECT c.* INTO used FROM client_codes c WHERE c.digest = of_digest FOR UPDATE;
    IF used.digest IS NULL THEN
        RETURN;
    END IF;
    -- A code that is shown again was stolen, then or now: what it was worth is worth nothing any more.
    IF used.used_at IS NOT NULL THEN
        DELETE FROM client_tokens t WHERE t.code_digest = of_digest;
        RETURN;
    END IF;
    -- Whatever comes of it, a code that was shown is used up.
    UPDATE client_codes c SET used_at = now() WHERE c.digest = of_digest;
    RETURN QUERY
    SELECT h.id, h.account_id, h.subject, used.redirect_uri, used.challenge, used.nonce, used.scopes,
        s.trust, s.authenticated_at
    FROM client_sessions h JOIN sessions s ON s.token_digest = h.session_digest
    WHERE h.id = used.client_session_id AND h.client_id = of_client AND used.expires_at > now() AND {ALIVE};
END $$""",  # noqa: S608 - our own words.
    "issue_client_token(bytea, bytea, int)": """
CREATE FUNCTION definer.issue_client_token(of_digest bytea, of_code bytea, seconds int) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    INSERT INTO client_tokens (digest, code_digest, expires_at)
    VALUES (of_digest, of_code, now() + make_interval(secs => seconds));
    UPDATE client_sessions h SET entered = true FROM client_codes c
    WHERE c.digest = of_code AND h.id = c.client_session_id;
END $$""",
    "read_client_token(bytea)": f"""
CREATE FUNCTION definer.read_client_token(of_digest bytea) RETURNS TABLE (
    account_id uuid, client_id text, subject text, scopes text[]
) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT h.account_id, h.client_id, h.subject, c.scopes
    FROM client_tokens t JOIN client_codes c ON c.digest = t.code_digest
        JOIN client_sessions h ON h.id = c.client_session_id JOIN sessions s ON s.token_digest = h.session_digest
    WHERE t.digest = of_digest AND t.expires_at > now() AND {ALIVE}
$$""",  # noqa: S608 - our own words.
    "move_account_session(bytea, bytea)": """
CREATE FUNCTION definer.move_account_session(from_digest bytea, to_digest bytea) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    -- Who signs in again as the same account stays signed in wherever that was before.
    IF NOT EXISTS (
        SELECT FROM sessions f JOIN sessions t USING (account_id, site)
        WHERE f.token_digest = from_digest AND t.token_digest = to_digest AND site = 'account') THEN
        RETURN;
    END IF;
    UPDATE sessions SET parent_digest = to_digest WHERE parent_digest = from_digest;
    UPDATE client_sessions SET session_digest = to_digest WHERE session_digest = from_digest;
END $$""",
    "tidy_client_codes()": """
CREATE FUNCTION definer.tidy_client_codes() RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    -- A used code is known for as long as what it was worth could still be used.
    DELETE FROM client_codes WHERE expires_at < now() - interval '1 hour';
    DELETE FROM client_sessions h WHERE NOT entered
        AND NOT EXISTS (SELECT FROM client_codes c WHERE c.client_session_id = h.id);
$$""",
}

TRIGGERS = {
    "tell_client_of_end()": """
CREATE FUNCTION definer.tell_client_of_end() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    waiting uuid;
BEGIN
    INSERT INTO client_logouts (client_id, logout_url, subject, client_session_id)
    VALUES (OLD.client_id, OLD.logout_url, OLD.subject, OLD.id) RETURNING id INTO waiting;
    INSERT INTO procrastinate_jobs (queue_name, task_name, priority, args)
    VALUES ('default', 'sso.tell_client_of_end', 0, jsonb_build_object('logout_id', waiting));
    RETURN NULL;
END $$""",
    "end_consents()": """
CREATE FUNCTION definer.end_consents() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    DELETE FROM account_consents WHERE client_id = OLD.id;
    RETURN OLD;
END $$""",
}
ATTACHED = """
CREATE TRIGGER tell_client_of_end AFTER DELETE ON client_sessions FOR EACH ROW
    WHEN (OLD.entered AND OLD.logout_url IS NOT NULL) EXECUTE FUNCTION definer.tell_client_of_end();
CREATE TRIGGER end_consents BEFORE DELETE ON outside_clients FOR EACH ROW EXECUTE FUNCTION definer.end_consents();
"""


def upgrade() -> None:
    """Create the tables; what clients are given is touched by the definer's functions only."""
    op.execute(TABLES)
    for table in NAMES:
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(POLICIES)
    op.execute(GRANTS)
    for signature, statement in FUNCTIONS.items():
        op.execute(statement)
        op.execute(f"GRANT EXECUTE ON FUNCTION definer.{signature} TO kreisportal_app")
    for statement in TRIGGERS.values():
        op.execute(statement)
    op.execute(ATTACHED)
    for signature in (*FUNCTIONS, *TRIGGERS):
        op.execute(f"ALTER FUNCTION definer.{signature} OWNER TO kreisportal_definer")


def downgrade() -> None:
    """Drop all of it; accounts can be used at the towns as before."""
    for signature in FUNCTIONS:
        op.execute(f"DROP FUNCTION definer.{signature}")
    for table in ("accounts", "account_details", "account_consents"):
        op.execute(f"DROP POLICY client_reads ON {table}")
    op.execute("ALTER TABLE client_sessions DISABLE TRIGGER tell_client_of_end")
    for table in NAMES:
        op.execute(f"DROP TABLE {table}")
    for signature in TRIGGERS:
        op.execute(f"DROP FUNCTION definer.{signature}")
    # The owner is bound by row security too, and sees no account's rows.
    op.execute("ALTER TABLE account_consents NO FORCE ROW LEVEL SECURITY")
    op.execute("DELETE FROM account_consents WHERE client_id NOT LIKE 'portal:%'")
    op.execute("ALTER TABLE account_consents FORCE ROW LEVEL SECURITY")
    op.execute("REVOKE UPDATE (scopes, given_at) ON account_consents FROM kreisportal_app")
    op.execute("ALTER TABLE account_consents DROP COLUMN scopes")
    op.execute("REVOKE USAGE ON ALL SEQUENCES IN SCHEMA public FROM kreisportal_definer")
