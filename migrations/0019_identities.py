"""Identities from outside that sign in to accounts, and sessions that become surer of who is there."""

from alembic import op

revision = "0019_identities"
down_revision = "0018_mailbox"
branch_labels = None
depends_on = None

ACTOR = "(SELECT current_setting('kreisportal.actor', true))"
ACCOUNT = "(SELECT nullif(current_setting('kreisportal.account_id', true), '')::uuid)"
HEAD = "SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$"
OWN = """
    IF current_setting('kreisportal.account_id', true) IS DISTINCT FROM of_account::text THEN
        RAISE EXCEPTION 'not this account' USING ERRCODE = 'insufficient_privilege';
    END IF;"""

TABLES = f"""
CREATE TABLE account_identities (
    id uuid NOT NULL CONSTRAINT pk_account_identities PRIMARY KEY,
    account_id uuid NOT NULL
        CONSTRAINT fk_account_identities_account_id REFERENCES accounts (id) ON DELETE CASCADE,
    provider text NOT NULL,
    issuer text NOT NULL,
    subject text NOT NULL,
    level text NOT NULL CONSTRAINT ck_account_identities_level CHECK (level IN ('basic', 'substantial', 'high')),
    attributes jsonb NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    told_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT uq_account_identities_issuer_subject UNIQUE (issuer, subject)
);
CREATE INDEX ix_account_identities_account_id ON account_identities (account_id);
COMMENT ON COLUMN account_identities.attributes IS 'What the provider told at told_at, by the keys of forms';
ALTER TABLE account_identities ENABLE ROW LEVEL SECURITY;
ALTER TABLE account_identities FORCE ROW LEVEL SECURITY;
CREATE POLICY own_all ON account_identities USING ({ACTOR} = 'account' AND account_id = {ACCOUNT});
GRANT SELECT, INSERT, UPDATE, DELETE ON account_identities TO kreisportal_app;

CREATE TABLE arrived_identities (
    digest bytea NOT NULL CONSTRAINT pk_arrived_identities PRIMARY KEY,
    provider text NOT NULL,
    issuer text NOT NULL,
    subject text NOT NULL,
    level text NOT NULL CONSTRAINT ck_arrived_identities_level CHECK (level IN ('basic', 'substantial', 'high')),
    attributes jsonb NOT NULL,
    arrived_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL
);
CREATE INDEX ix_arrived_identities_expires_at ON arrived_identities (expires_at);
COMMENT ON TABLE arrived_identities IS 'Identities that no account has yet, each waiting for one browser';
ALTER TABLE arrived_identities ENABLE ROW LEVEL SECURITY;
ALTER TABLE arrived_identities FORCE ROW LEVEL SECURITY;

ALTER TABLE sessions DROP CONSTRAINT ck_sessions_means;
ALTER TABLE sessions ADD CONSTRAINT ck_sessions_means CHECK (means IN
    ('password', 'password+code', 'password+recovery', 'passkey', 'outside', 'outside+code', 'outside+recovery'));
"""

ARRIVED = """TABLE (
    provider text, issuer text, subject text, level text, attributes jsonb, arrived_at timestamptz
)"""

FUNCTIONS = {
    "account_by_identity(text, text)": """
CREATE FUNCTION definer.account_by_identity(of_issuer text, of_subject text) RETURNS uuid
LANGUAGE sql STABLE {HEAD}
    SELECT account_id FROM account_identities WHERE issuer = of_issuer AND subject = of_subject
$$""",
    "keep_arrived_identity(bytea, text, text, text, text, jsonb, int)": """
CREATE FUNCTION definer.keep_arrived_identity(
    of_digest bytea, of_provider text, of_issuer text, of_subject text, of_level text, of_attributes jsonb, seconds int
) RETURNS void LANGUAGE sql {HEAD}
    DELETE FROM arrived_identities WHERE expires_at <= now();
    INSERT INTO arrived_identities (digest, provider, issuer, subject, level, attributes, expires_at)
    VALUES (of_digest, of_provider, of_issuer, of_subject, of_level, of_attributes,
        now() + make_interval(secs => seconds))
$$""",
    "read_arrived_identity(bytea)": """
CREATE FUNCTION definer.read_arrived_identity(of_digest bytea) RETURNS {ARRIVED} LANGUAGE sql STABLE {HEAD}
    SELECT a.provider, a.issuer, a.subject, a.level, a.attributes, a.arrived_at
    FROM arrived_identities a WHERE a.digest = of_digest AND a.expires_at > now()
$$""",
    "use_arrived_identity(bytea)": """
CREATE FUNCTION definer.use_arrived_identity(of_digest bytea) RETURNS {ARRIVED} LANGUAGE sql {HEAD}
    DELETE FROM arrived_identities a WHERE a.digest = of_digest AND a.expires_at > now()
    RETURNING a.provider, a.issuer, a.subject, a.level, a.attributes, a.arrived_at
$$""",
}

# Whoever is surer of the person begins times anew; less sure a session never becomes, and a password does not
# lengthen one that stands on more than that.
RENEW = """
CREATE FUNCTION definer.{NAME}({ARGUMENTS}
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
    before.seen_at := now();{TIMES}
    INSERT INTO sessions SELECT before.*;
    -- What stands on the session goes over to the new one: towns, what was opened, codes that are on their way.
    UPDATE sessions SET parent_digest = new WHERE parent_digest = old;
    UPDATE session_grants SET token_digest = new WHERE token_digest = old;
    UPDATE sign_in_codes SET session_digest = new WHERE session_digest = old;
    UPDATE client_sessions SET session_digest = new WHERE session_digest = old;
    DELETE FROM sessions WHERE token_digest = old;
    RETURN true;
END $$"""
_RENEW_ARGUMENTS = "\n    old bytea, new bytea, of_account uuid, of_means text, lifetime int"
_RENEW = "renew_account_session(bytea, bytea, uuid, text, int)"
_TIMES_BEFORE = "\n    before.expires_at := now() + make_interval(secs => lifetime);"
_TIMES_NOW = """
    IF before.trust = 'basic' THEN
        before.expires_at := now() + make_interval(secs => lifetime);
    END IF;"""
_RAISE_ARGUMENTS = """
    old bytea, new bytea, of_account uuid, of_means text, of_trust text, idle int, lifetime int"""
_RAISE = "raise_account_session(bytea, bytea, uuid, text, text, int, int)"
_TIMES_RAISED = """
    before.trust := of_trust;
    before.idle_seconds := idle;
    before.expires_at := now() + make_interval(secs => lifetime);"""

TIDY = """
CREATE FUNCTION definer.tidy_accounts() RETURNS void LANGUAGE sql {HEAD}
    DELETE FROM account_links WHERE expires_at <= now();
    DELETE FROM sign_in_codes WHERE expires_at <= now();{MORE}
$$"""
_TIDY_MORE = "\n    DELETE FROM arrived_identities WHERE expires_at <= now();"


def upgrade() -> None:
    """Create the tables; identities that wait are touched by the definer's functions only."""
    op.execute(TABLES)
    for signature, statement in FUNCTIONS.items():
        _create(signature, statement)
    _renew("renew_account_session", _RENEW, _RENEW_ARGUMENTS, _TIMES_NOW)
    _create(_RAISE, _of("raise_account_session", _RAISE_ARGUMENTS, _TIMES_RAISED))
    _tidy(_TIDY_MORE)


def downgrade() -> None:
    """Drop all of it; who is signed in by an identity, or more surely than by a password, is signed out."""
    _tidy("")
    op.execute(f"DROP FUNCTION definer.{_RAISE}")
    _renew("renew_account_session", _RENEW, _RENEW_ARGUMENTS, _TIMES_BEFORE)
    for signature in FUNCTIONS:
        op.execute(f"DROP FUNCTION definer.{signature}")
    # The owner is bound by row security too, and sees no sessions.
    op.execute("ALTER TABLE sessions NO FORCE ROW LEVEL SECURITY")
    op.execute("DELETE FROM sessions WHERE means LIKE 'outside%' OR trust <> 'basic'")
    op.execute("ALTER TABLE sessions FORCE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE sessions DROP CONSTRAINT ck_sessions_means")
    op.execute(
        "ALTER TABLE sessions ADD CONSTRAINT ck_sessions_means"
        " CHECK (means IN ('password', 'password+code', 'password+recovery', 'passkey'))"
    )
    op.execute("DROP TABLE arrived_identities")
    op.execute("DROP TABLE account_identities")


def _of(name: str, arguments: str, times: str) -> str:
    return RENEW.replace("{NAME}", name).replace("{ARGUMENTS}", arguments).replace("{TIMES}", times)


def _renew(name: str, signature: str, arguments: str, times: str) -> None:
    op.execute(f"DROP FUNCTION definer.{signature}")
    _create(signature, _of(name, arguments, times))


def _tidy(more: str) -> None:
    op.execute("DROP FUNCTION definer.tidy_accounts()")
    _create("tidy_accounts()", TIDY.replace("{MORE}", more))


def _create(signature: str, statement: str) -> None:
    op.execute(statement.replace("{HEAD}", HEAD).replace("{OWN}", OWN).replace("{ARRIVED}", ARRIVED))
    op.execute(f"GRANT EXECUTE ON FUNCTION definer.{signature} TO kreisportal_app")
    op.execute(f"ALTER FUNCTION definer.{signature} OWNER TO kreisportal_definer")
