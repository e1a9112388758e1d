"""How surely it is known who applies: sessions tell by what their level was shown, and when."""

from alembic import op

revision = "0024_identity_of_applicants"
down_revision = "0023_mandates"
branch_labels = None
depends_on = None

HEAD = "SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$"
OWN = """
    IF current_setting('kreisportal.account_id', true) IS DISTINCT FROM of_account::text THEN
        RAISE EXCEPTION 'not this account' USING ERRCODE = 'insufficient_privilege';
    END IF;"""

# "outside:KEY" names the provider by its key, so that the sessions of one can be told from those of another.
COLUMNS = """
ALTER TABLE sessions ADD COLUMN trust_by text, ADD COLUMN trust_at timestamptz;
COMMENT ON COLUMN sessions.trust_by IS 'By what the level of trust was shown: a word of means';
COMMENT ON COLUMN sessions.trust_at IS 'When it was';
ALTER TABLE sessions DROP CONSTRAINT ck_sessions_means;
ALTER TABLE sessions ADD CONSTRAINT ck_sessions_means CHECK (
    means IN ('password', 'password+code', 'password+recovery', 'passkey')
    OR means ~ '^outside(:[^+]+)?([+](code|recovery))?$');
"""

OPEN = """
CREATE FUNCTION definer.open_account_session(
    digest bytea, of_site text, of_tenant int, of_account uuid, parent bytea, of_trust text, idle int, lifetime int,
    of_means text DEFAULT 'password', of_browser text DEFAULT NULL
) RETURNS void LANGUAGE sql {HEAD}
    INSERT INTO sessions (token_digest, site, tenant_id, account_id, parent_digest, trust, authenticated_at, verified,
        idle_seconds, expires_at, means, browser{COLUMNS})
    VALUES (digest, of_site, of_tenant, of_account, parent, of_trust, now(), true, idle,
        now() + make_interval(secs => lifetime), of_means, of_browser{VALUES})
$$"""
_OPEN = "open_account_session(bytea, text, int, uuid, bytea, text, int, int, text, text)"

# Whoever is surer of the person begins times anew; less sure a session never becomes, and a password does not
# lengthen one that stands on more than that, nor does it count as what the level was shown by.
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
_RENEWED = """
    IF before.trust = 'basic' THEN
        before.expires_at := now() + make_interval(secs => lifetime);{SHOWN}
    END IF;"""
_RAISE_ARGUMENTS = """
    old bytea, new bytea, of_account uuid, of_means text, of_trust text, idle int, lifetime int"""
_RAISE = "raise_account_session(bytea, bytea, uuid, text, text, int, int)"
_RAISED = """
    before.trust := of_trust;
    before.idle_seconds := idle;
    before.expires_at := now() + make_interval(secs => lifetime);{SHOWN}"""
_SHOWN = """
        before.trust_by := of_means;
        before.trust_at := now();"""

READ = """
CREATE FUNCTION definer.read_session(digest bytea, of_site text, of_tenant int) RETURNS TABLE (
    staff_id uuid, verified boolean, created_at timestamptz, expires_at timestamptz, grants jsonb,
    account_id uuid, trust text, authenticated_at timestamptz{COLUMNS}
) LANGUAGE plpgsql {HEAD}
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
        found.account_id, coalesce(above.trust, found.trust),
        coalesce(above.authenticated_at, found.authenticated_at){VALUES};
END $$"""
_READ = "read_session(bytea, text, int)"


def upgrade() -> None:
    """Add the columns; a session that is there already does not tell by what its level was shown."""
    op.execute(COLUMNS)
    _replace(_OPEN, OPEN, COLUMNS=", trust_by, trust_at", VALUES=", of_means, now()")
    _replace(
        _READ,
        READ,
        COLUMNS=", trust_by text, trust_at timestamptz",
        VALUES=", coalesce(above.trust_by, found.trust_by), coalesce(above.trust_at, found.trust_at)",
    )
    _replace_exchanges(_SHOWN)


def downgrade() -> None:
    """Drop them; who is signed in by a provider is signed in by any."""
    _replace_exchanges("")
    _replace(_READ, READ, COLUMNS="", VALUES="")
    _replace(_OPEN, OPEN, COLUMNS="", VALUES="")
    # The owner is bound by row security too, and sees no sessions.
    op.execute("ALTER TABLE sessions NO FORCE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE sessions DROP CONSTRAINT ck_sessions_means")
    op.execute("UPDATE sessions SET means = regexp_replace(means, ':[^+]*', '') WHERE means LIKE 'outside:%'")
    op.execute("ALTER TABLE sessions FORCE ROW LEVEL SECURITY")
    op.execute(
        "ALTER TABLE sessions ADD CONSTRAINT ck_sessions_means CHECK (means IN ('password', 'password+code',"
        " 'password+recovery', 'passkey', 'outside', 'outside+code', 'outside+recovery'))"
    )
    op.execute("ALTER TABLE sessions DROP COLUMN trust_by, DROP COLUMN trust_at")


def _replace_exchanges(shown: str) -> None:
    """The two functions by which somebody who is signed in shows once more who they are."""
    for signature, arguments, times in (
        (_RENEW, _RENEW_ARGUMENTS, _RENEWED),
        (_RAISE, _RAISE_ARGUMENTS, _RAISED),
    ):
        name = signature.partition("(")[0]
        statement = RENEW.replace("{TIMES}", times)
        _replace(signature, statement, NAME=name, ARGUMENTS=arguments, SHOWN=shown, OWN=OWN)


def _replace(signature: str, statement: str, **parts: str) -> None:
    for name, part in {**parts, "HEAD": HEAD}.items():
        statement = statement.replace(f"{{{name}}}", part)
    op.execute(f"DROP FUNCTION definer.{signature}")
    op.execute(statement)
    op.execute(f"GRANT EXECUTE ON FUNCTION definer.{signature} TO kreisportal_app")
    op.execute(f"ALTER FUNCTION definer.{signature} OWNER TO kreisportal_definer")
