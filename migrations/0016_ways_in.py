"""Ways into an account: codes of an app, recovery codes, passkeys; how and where somebody is signed in."""

from alembic import op

revision = "0016_ways_in"
down_revision = "0015_outside_clients"
branch_labels = None
depends_on = None

ACTOR = "(SELECT current_setting('kreisportal.actor', true))"
ACCOUNT = "(SELECT nullif(current_setting('kreisportal.account_id', true), '')::uuid)"
HEAD = "SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$"
OWN = """
    IF current_setting('kreisportal.account_id', true) IS DISTINCT FROM of_account::text THEN
        RAISE EXCEPTION 'not this account' USING ERRCODE = 'insufficient_privilege';
    END IF;"""

TABLES = """
CREATE TABLE account_second_factors (
    account_id uuid NOT NULL CONSTRAINT pk_account_second_factors PRIMARY KEY
        CONSTRAINT fk_account_second_factors_account_id REFERENCES accounts (id) ON DELETE CASCADE,
    totp_secret bytea,
    totp_last_step bigint,
    pending_totp_secret bytea,
    recovery_codes text[] NOT NULL,
    confirmed_at timestamptz
);
COMMENT ON COLUMN account_second_factors.totp_last_step IS 'The last step whose code was used: none before it counts';

CREATE TABLE account_passkeys (
    id uuid NOT NULL CONSTRAINT pk_account_passkeys PRIMARY KEY,
    account_id uuid NOT NULL CONSTRAINT fk_account_passkeys_account_id REFERENCES accounts (id) ON DELETE CASCADE,
    credential_id bytea NOT NULL CONSTRAINT uq_account_passkeys_credential_id UNIQUE,
    public_key bytea NOT NULL,
    sign_count bigint NOT NULL,
    name text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    used_at timestamptz
);
CREATE INDEX ix_account_passkeys_account_id ON account_passkeys (account_id);

CREATE TABLE sign_in_steps (
    digest bytea NOT NULL CONSTRAINT pk_sign_in_steps PRIMARY KEY,
    kind text NOT NULL
        CONSTRAINT ck_sign_in_steps_kind CHECK (kind IN ('second-factor', 'passkey', 'new-passkey')),
    account_id uuid CONSTRAINT fk_sign_in_steps_account_id REFERENCES accounts (id) ON DELETE CASCADE,
    challenge bytea,
    expires_at timestamptz NOT NULL
);
CREATE INDEX ix_sign_in_steps_account_id ON sign_in_steps (account_id) WHERE account_id IS NOT NULL;
CREATE INDEX ix_sign_in_steps_expires_at ON sign_in_steps (expires_at);
COMMENT ON TABLE sign_in_steps IS 'What a browser is in the middle of: a second step, a challenge to a passkey';

ALTER TABLE sessions
    ADD COLUMN means text CONSTRAINT ck_sessions_means
        CHECK (means IN ('password', 'password+code', 'password+recovery', 'passkey')),
    ADD COLUMN browser text;
COMMENT ON COLUMN sessions.means IS 'What an account showed at its last sign-in here';
COMMENT ON COLUMN sessions.browser IS 'The kind of browser, e.g. firefox/windows: for the list of where one is signed in';
"""

POLICIES = f"""
CREATE POLICY own_all ON account_second_factors USING ({ACTOR} = 'account' AND account_id = {ACCOUNT});
CREATE POLICY own_all ON account_passkeys USING ({ACTOR} = 'account' AND account_id = {ACCOUNT});
"""

OPEN_BEFORE = """
CREATE FUNCTION definer.open_account_session(
    digest bytea, of_site text, of_tenant int, of_account uuid, parent bytea, of_trust text, idle int, lifetime int
) RETURNS void LANGUAGE sql {HEAD}
    INSERT INTO sessions (token_digest, site, tenant_id, account_id, parent_digest, trust, authenticated_at, verified,
        idle_seconds, expires_at)
    VALUES (digest, of_site, of_tenant, of_account, parent, of_trust, now(), true, idle,
        now() + make_interval(secs => lifetime))
$$"""

OPEN = """
CREATE FUNCTION definer.open_account_session(
    digest bytea, of_site text, of_tenant int, of_account uuid, parent bytea, of_trust text, idle int, lifetime int,
    of_means text DEFAULT 'password', of_browser text DEFAULT NULL
) RETURNS void LANGUAGE sql {HEAD}
    INSERT INTO sessions (token_digest, site, tenant_id, account_id, parent_digest, trust, authenticated_at, verified,
        idle_seconds, expires_at, means, browser)
    VALUES (digest, of_site, of_tenant, of_account, parent, of_trust, now(), true, idle,
        now() + make_interval(secs => lifetime), of_means, of_browser)
$$"""
_OPEN_BEFORE = "open_account_session(bytea, text, int, uuid, bytea, text, int, int)"
_OPEN = "open_account_session(bytea, text, int, uuid, bytea, text, int, int, text, text)"

FUNCTIONS = {
    "renew_account_session(bytea, bytea, uuid, text, int)": """
CREATE FUNCTION definer.renew_account_session(
    old bytea, new bytea, of_account uuid, of_means text, lifetime int
) RETURNS boolean LANGUAGE plpgsql {HEAD}
DECLARE
    before sessions;
BEGIN{OWN}
    SELECT s.* INTO before FROM sessions s WHERE s.token_digest = old AND s.account_id = of_account
        AND s.parent_digest IS NULL AND s.expires_at > now()
        AND s.seen_at + make_interval(secs => s.idle_seconds) > now() FOR UPDATE;
    IF before.token_digest IS NULL THEN
        RETURN false;
    END IF;
    before.token_digest := new;
    before.means := of_means;
    before.authenticated_at := now();
    before.seen_at := now();
    before.expires_at := now() + make_interval(secs => lifetime);
    INSERT INTO sessions SELECT before.*;
    -- What stands on the session goes over to the new one: towns, what was opened, codes that are on their way.
    UPDATE sessions SET parent_digest = new WHERE parent_digest = old;
    UPDATE session_grants SET token_digest = new WHERE token_digest = old;
    UPDATE sign_in_codes SET session_digest = new WHERE session_digest = old;
    UPDATE client_sessions SET session_digest = new WHERE session_digest = old;
    DELETE FROM sessions WHERE token_digest = old;
    RETURN true;
END $$""",
    "sessions_of_account(uuid)": """
CREATE FUNCTION definer.sessions_of_account(of_account uuid) RETURNS TABLE (
    handle text, above text, tenant_id int, browser text, means text, created_at timestamptz, seen_at timestamptz
) LANGUAGE plpgsql STABLE {HEAD}
#variable_conflict use_column
BEGIN{OWN}
    -- A handle says nothing of the digest, by which a session is found.
    RETURN QUERY SELECT encode(sha256(s.token_digest), 'hex'), encode(sha256(s.parent_digest), 'hex'), s.tenant_id,
        s.browser, s.means, s.created_at, s.seen_at
    FROM sessions s WHERE s.account_id = of_account AND s.expires_at > now()
        AND s.seen_at + make_interval(secs => s.idle_seconds) > now()
    ORDER BY s.created_at DESC;
END $$""",
    "close_session_of_account(uuid, text)": """
CREATE FUNCTION definer.close_session_of_account(of_account uuid, of_handle text) RETURNS void
LANGUAGE plpgsql {HEAD}
BEGIN{OWN}
    DELETE FROM sessions WHERE account_id = of_account AND encode(sha256(token_digest), 'hex') = of_handle;
END $$""",
    "close_other_sessions_of_account(uuid, bytea)": """
CREATE FUNCTION definer.close_other_sessions_of_account(of_account uuid, but bytea) RETURNS void
LANGUAGE plpgsql {HEAD}
BEGIN{OWN}
    DELETE FROM sessions WHERE account_id = of_account AND token_digest <> but
        AND parent_digest IS DISTINCT FROM but;
END $$""",
    "account_by_passkey(bytea)": """
CREATE FUNCTION definer.account_by_passkey(of_credential bytea) RETURNS uuid
LANGUAGE sql STABLE {HEAD}
    SELECT account_id FROM account_passkeys WHERE credential_id = of_credential
$$""",
    "begin_sign_in_step(bytea, text, uuid, bytea, int)": """
CREATE FUNCTION definer.begin_sign_in_step(
    of_digest bytea, of_kind text, of_account uuid, of_challenge bytea, seconds int
) RETURNS void LANGUAGE sql {HEAD}
    DELETE FROM sign_in_steps WHERE expires_at <= now();
    INSERT INTO sign_in_steps (digest, kind, account_id, challenge, expires_at)
    VALUES (of_digest, of_kind, of_account, of_challenge, now() + make_interval(secs => seconds))
$$""",
    "read_sign_in_step(bytea, text)": """
CREATE FUNCTION definer.read_sign_in_step(of_digest bytea, of_kind text) RETURNS uuid
LANGUAGE sql STABLE {HEAD}
    SELECT account_id FROM sign_in_steps WHERE digest = of_digest AND kind = of_kind AND expires_at > now()
$$""",
    "use_sign_in_step(bytea, text)": """
CREATE FUNCTION definer.use_sign_in_step(of_digest bytea, of_kind text) RETURNS TABLE (
    account_id uuid, challenge bytea
) LANGUAGE sql {HEAD}
    -- Whatever comes of it, a challenge that was answered is used up.
    DELETE FROM sign_in_steps s WHERE s.digest = of_digest AND s.kind = of_kind AND s.expires_at > now()
    RETURNING s.account_id, s.challenge
$$""",
    "drop_sign_in_steps(uuid)": """
CREATE FUNCTION definer.drop_sign_in_steps(of_account uuid) RETURNS void
LANGUAGE plpgsql {HEAD}
BEGIN{OWN}
    DELETE FROM sign_in_steps WHERE account_id = of_account;
END $$""",
}


def upgrade() -> None:
    """Create the tables; steps are touched by the definer's functions only."""
    op.execute(TABLES)
    for table in ("account_second_factors", "account_passkeys", "sign_in_steps"):
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(POLICIES)
    for table in ("account_second_factors", "account_passkeys"):
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO kreisportal_app")
    op.execute(f"DROP FUNCTION definer.{_OPEN_BEFORE}")
    for signature, statement in {_OPEN: OPEN, **FUNCTIONS}.items():
        _create(signature, statement)


def downgrade() -> None:
    """Drop all of it."""
    for signature in (_OPEN, *FUNCTIONS):
        op.execute(f"DROP FUNCTION definer.{signature}")
    _create(_OPEN_BEFORE, OPEN_BEFORE)
    op.execute("ALTER TABLE sessions DROP COLUMN means, DROP COLUMN browser")
    for table in ("sign_in_steps", "account_passkeys", "account_second_factors"):
        op.execute(f"DROP TABLE {table}")


def _create(signature: str, statement: str) -> None:
    op.execute(statement.replace("{HEAD}", HEAD).replace("{OWN}", OWN))
    op.execute(f"GRANT EXECUTE ON FUNCTION definer.{signature} TO kreisportal_app")
    op.execute(f"ALTER FUNCTION definer.{signature} OWNER TO kreisportal_definer")
