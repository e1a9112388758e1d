"""Accounts of citizens and businesses: one for the region, their sessions on all hosts, codes of sign-in, consents."""

from alembic import op

revision = "0011_accounts"
down_revision = "0010_guides_and_missed_words"
branch_labels = None
depends_on = None

ACTOR = "(SELECT current_setting('kreisportal.actor', true))"
TENANT = "(SELECT nullif(current_setting('kreisportal.tenant_id', true), '')::int)"
ACCOUNT = "(SELECT nullif(current_setting('kreisportal.account_id', true), '')::uuid)"

TABLES = """
CREATE TABLE accounts (
    id uuid NOT NULL CONSTRAINT pk_accounts PRIMARY KEY,
    email text NOT NULL CONSTRAINT uq_accounts_email UNIQUE,
    language text NOT NULL,
    password_hash text,
    created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE account_links (
    digest bytea NOT NULL CONSTRAINT pk_account_links PRIMARY KEY,
    purpose text NOT NULL CONSTRAINT ck_account_links_purpose CHECK (purpose IN ('sign-up', 'password')),
    email text NOT NULL,
    account_id uuid CONSTRAINT fk_account_links_account_id REFERENCES accounts (id) ON DELETE CASCADE,
    next text,
    expires_at timestamptz NOT NULL
);
CREATE INDEX ix_account_links_expires_at ON account_links (expires_at);
COMMENT ON TABLE account_links IS 'Mailed links that prove an address: each is used once';

CREATE TABLE account_consents (
    account_id uuid NOT NULL CONSTRAINT fk_account_consents_account_id REFERENCES accounts (id) ON DELETE CASCADE,
    client_id text NOT NULL,
    given_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT pk_account_consents PRIMARY KEY (account_id, client_id)
);
COMMENT ON TABLE account_consents IS 'Where an account may be used: the person has said so once, and can take it back';

ALTER TABLE sessions
    ADD COLUMN account_id uuid CONSTRAINT fk_sessions_account_id REFERENCES accounts (id) ON DELETE CASCADE,
    ADD COLUMN parent_digest bytea
        CONSTRAINT fk_sessions_parent_digest REFERENCES sessions (token_digest) ON DELETE CASCADE,
    ADD COLUMN trust text CONSTRAINT ck_sessions_trust CHECK (trust IN ('basic', 'substantial', 'high')),
    ADD COLUMN authenticated_at timestamptz;
CREATE INDEX ix_sessions_account_id ON sessions (account_id) WHERE account_id IS NOT NULL;
CREATE INDEX ix_sessions_parent_digest ON sessions (parent_digest) WHERE parent_digest IS NOT NULL;
COMMENT ON COLUMN sessions.parent_digest IS 'The account session under which a host session stands: it ends with it';

CREATE TABLE sign_in_codes (
    digest bytea NOT NULL CONSTRAINT pk_sign_in_codes PRIMARY KEY,
    session_digest bytea NOT NULL
        CONSTRAINT fk_sign_in_codes_session_digest REFERENCES sessions (token_digest) ON DELETE CASCADE,
    client_id text NOT NULL,
    redirect_uri text NOT NULL,
    challenge text NOT NULL,
    nonce text NOT NULL,
    expires_at timestamptz NOT NULL
);
CREATE INDEX ix_sign_in_codes_expires_at ON sign_in_codes (expires_at);
"""

POLICIES = f"""
CREATE POLICY own_all ON accounts USING ({ACTOR} = 'account' AND id = {ACCOUNT});
CREATE POLICY own_all ON account_consents USING ({ACTOR} = 'account' AND account_id = {ACCOUNT});
CREATE POLICY account_adds ON mails FOR INSERT
    WITH CHECK ({ACTOR} = 'account' AND tenant_id = {TENANT} AND state = 'queued' AND case_id IS NULL);
"""

READ_SESSION_BEFORE = """
CREATE FUNCTION definer.read_session(digest bytea, of_site text, of_tenant int) RETURNS TABLE (
    staff_id uuid, verified boolean, created_at timestamptz, expires_at timestamptz, grants jsonb
) LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
#variable_conflict use_column
BEGIN
    -- Being seen is written at most once a minute, so that reading costs no write.
    UPDATE sessions s SET seen_at = now()
    WHERE s.token_digest = digest AND s.seen_at < now() - interval '1 minute'
        AND s.site = of_site AND s.tenant_id IS NOT DISTINCT FROM of_tenant
        AND s.expires_at > now() AND s.seen_at + make_interval(secs => s.idle_seconds) > now();
    RETURN QUERY
    SELECT s.staff_id, s.verified, s.created_at, s.expires_at,
        (SELECT jsonb_agg(jsonb_build_array(g.tenant_id, g.subject_id))
            FROM session_grants g WHERE g.token_digest = s.token_digest)
    FROM sessions s
    WHERE s.token_digest = digest AND s.site = of_site AND s.tenant_id IS NOT DISTINCT FROM of_tenant
        AND s.expires_at > now() AND s.seen_at + make_interval(secs => s.idle_seconds) > now();
END $$
"""

# A host session lives as long as it is used and the account session under it lives; using it keeps both awake.
READ_SESSION = """
CREATE FUNCTION definer.read_session(digest bytea, of_site text, of_tenant int) RETURNS TABLE (
    staff_id uuid, verified boolean, created_at timestamptz, expires_at timestamptz, grants jsonb,
    account_id uuid, trust text, authenticated_at timestamptz
) LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
#variable_conflict use_column
DECLARE
    found sessions;
    above sessions;
BEGIN
    SELECT s.* INTO found FROM sessions s
    WHERE s.token_digest = digest AND s.site = of_site AND s.tenant_id IS NOT DISTINCT FROM of_tenant
        AND s.expires_at > now() AND s.seen_at + make_interval(secs => s.idle_seconds) > now();
    IF found.token_digest IS NULL THEN
        RETURN;
    END IF;
    IF found.parent_digest IS NOT NULL THEN
        SELECT s.* INTO above FROM sessions s
        WHERE s.token_digest = found.parent_digest
            AND s.expires_at > now() AND s.seen_at + make_interval(secs => s.idle_seconds) > now();
        IF above.token_digest IS NULL THEN
            RETURN;
        END IF;
    END IF;
    -- Being seen is written at most once a minute, so that reading costs no write.
    IF found.seen_at < now() - interval '1 minute' THEN
        UPDATE sessions s SET seen_at = now() WHERE s.token_digest IN (digest, found.parent_digest);
    END IF;
    RETURN QUERY
    SELECT found.staff_id, found.verified, found.created_at, found.expires_at,
        (SELECT jsonb_agg(jsonb_build_array(g.tenant_id, g.subject_id))
            FROM session_grants g WHERE g.token_digest = found.token_digest),
        found.account_id, coalesce(above.trust, found.trust), coalesce(above.authenticated_at, found.authenticated_at);
END $$
"""

FUNCTIONS = {
    "open_account_session(bytea, text, int, uuid, bytea, text, int, int)": """
CREATE FUNCTION definer.open_account_session(
    digest bytea, of_site text, of_tenant int, of_account uuid, parent bytea, of_trust text, idle int, lifetime int
) RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    INSERT INTO sessions (token_digest, site, tenant_id, account_id, parent_digest, trust, authenticated_at, verified,
        idle_seconds, expires_at)
    VALUES (digest, of_site, of_tenant, of_account, parent, of_trust, now(), true, idle,
        now() + make_interval(secs => lifetime))
$$""",
    "close_account_session(bytea)": """
CREATE FUNCTION definer.close_account_session(digest bytea) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    -- With the account session all that stand on it end too.
    DELETE FROM sessions WHERE token_digest = (
        SELECT coalesce(s.parent_digest, s.token_digest) FROM sessions s WHERE s.token_digest = digest)
$$""",
    "close_sessions_of_account(uuid)": """
CREATE FUNCTION definer.close_sessions_of_account(of_account uuid) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF current_setting('kreisportal.account_id', true) IS DISTINCT FROM of_account::text THEN
        RAISE EXCEPTION 'not this account' USING ERRCODE = 'insufficient_privilege';
    END IF;
    DELETE FROM sessions WHERE account_id = of_account;
END $$""",
    "close_sessions_at_client(uuid, int)": """
CREATE FUNCTION definer.close_sessions_at_client(of_account uuid, of_tenant int) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF current_setting('kreisportal.account_id', true) IS DISTINCT FROM of_account::text THEN
        RAISE EXCEPTION 'not this account' USING ERRCODE = 'insufficient_privilege';
    END IF;
    DELETE FROM sessions WHERE account_id = of_account AND site = 'portal' AND tenant_id = of_tenant;
END $$""",
    "account_by_email(text)": """
CREATE FUNCTION definer.account_by_email(of_email text) RETURNS uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT id FROM accounts WHERE email = of_email
$$""",
    "add_account_link(bytea, text, text, uuid, text, int)": """
CREATE FUNCTION definer.add_account_link(
    of_digest bytea, of_purpose text, of_email text, of_account uuid, of_next text, seconds int
) RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    INSERT INTO account_links (digest, purpose, email, account_id, next, expires_at)
    VALUES (of_digest, of_purpose, of_email, of_account, of_next, now() + make_interval(secs => seconds))
$$""",
    "read_account_link(bytea)": """
CREATE FUNCTION definer.read_account_link(of_digest bytea) RETURNS TABLE (
    purpose text, email text, account_id uuid, next text
) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT l.purpose, l.email, (SELECT a.id FROM accounts a WHERE a.email = l.email), l.next FROM account_links l
    WHERE l.digest = of_digest AND l.expires_at > now()
$$""",
    "use_account_link(bytea)": """
CREATE FUNCTION definer.use_account_link(of_digest bytea) RETURNS TABLE (
    purpose text, email text, account_id uuid, next text
) LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
#variable_conflict use_column
DECLARE
    used account_links;
BEGIN
    DELETE FROM account_links l WHERE l.digest = of_digest AND l.expires_at > now() RETURNING l.* INTO used;
    IF used.digest IS NULL THEN
        RETURN;
    END IF;
    -- What was mailed to this address before is worth nothing from now on.
    DELETE FROM account_links l WHERE l.email = used.email;
    RETURN QUERY SELECT used.purpose, used.email,
        (SELECT a.id FROM accounts a WHERE a.email = used.email), used.next;
END $$""",
    "issue_sign_in_code(bytea, bytea, text, text, text, text, int)": """
CREATE FUNCTION definer.issue_sign_in_code(
    of_digest bytea, of_session bytea, of_client text, of_redirect text, of_challenge text, of_nonce text, seconds int
) RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    INSERT INTO sign_in_codes (digest, session_digest, client_id, redirect_uri, challenge, nonce, expires_at)
    VALUES (of_digest, of_session, of_client, of_redirect, of_challenge, of_nonce,
        now() + make_interval(secs => seconds))
$$""",
    "use_sign_in_code(bytea)": """
CREATE FUNCTION definer.use_sign_in_code(of_digest bytea) RETURNS TABLE (
    session_digest bytea, account_id uuid, client_id text, redirect_uri text, challenge text, nonce text, expired boolean
) LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    -- Whatever comes of it, a code that was shown is used up.
    WITH used AS (DELETE FROM sign_in_codes c WHERE c.digest = of_digest RETURNING c.*)
    SELECT u.session_digest, s.account_id, u.client_id, u.redirect_uri, u.challenge, u.nonce, u.expires_at <= now()
    FROM used u JOIN sessions s ON s.token_digest = u.session_digest
    WHERE s.expires_at > now() AND s.account_id IS NOT NULL
$$""",
    "tidy_accounts()": """
CREATE FUNCTION definer.tidy_accounts() RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    DELETE FROM account_links WHERE expires_at <= now();
    DELETE FROM sign_in_codes WHERE expires_at <= now();
$$""",
}


def upgrade() -> None:
    """Create the tables; links and codes are touched by the definer's functions only."""
    op.execute(TABLES)
    for table in ("accounts", "account_links", "account_consents", "sign_in_codes"):
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(POLICIES)
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON accounts TO kreisportal_app")
    op.execute("GRANT SELECT, INSERT, DELETE ON account_consents TO kreisportal_app")
    _replace_read_session(READ_SESSION)
    for signature, statement in FUNCTIONS.items():
        op.execute(statement)
        op.execute(f"GRANT EXECUTE ON FUNCTION definer.{signature} TO kreisportal_app")
        op.execute(f"ALTER FUNCTION definer.{signature} OWNER TO kreisportal_definer")


def downgrade() -> None:
    """Drop all of it."""
    for signature in FUNCTIONS:
        op.execute(f"DROP FUNCTION definer.{signature}")
    _replace_read_session(READ_SESSION_BEFORE)
    op.execute("DROP POLICY account_adds ON mails")
    op.execute("DROP TABLE sign_in_codes")
    op.execute("DELETE FROM sessions WHERE account_id IS NOT NULL")
    op.execute(
        "ALTER TABLE sessions DROP COLUMN account_id, DROP COLUMN parent_digest, DROP COLUMN trust,"
        " DROP COLUMN authenticated_at"
    )
    for table in ("account_consents", "account_links", "accounts"):
        op.execute(f"DROP TABLE {table}")


def _replace_read_session(function: str) -> None:
    signature = "read_session(bytea, text, int)"
    op.execute(f"DROP FUNCTION definer.{signature}")
    op.execute(function)
    op.execute(f"GRANT EXECUTE ON FUNCTION definer.{signature} TO kreisportal_app")
    op.execute(f"ALTER FUNCTION definer.{signature} OWNER TO kreisportal_definer")
