"""Sessions and rate limits: system tables that only the definer's functions touch."""

from alembic import op

revision = "0002_sessions"
down_revision = "0001_region"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE sessions (
    token_digest bytea NOT NULL CONSTRAINT pk_sessions PRIMARY KEY,
    site text NOT NULL,
    tenant_id int CONSTRAINT fk_sessions_tenant_id REFERENCES tenants (id) ON DELETE CASCADE,
    staff_id uuid,
    verified boolean NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    seen_at timestamptz NOT NULL DEFAULT now(),
    idle_seconds int NOT NULL,
    expires_at timestamptz NOT NULL
);
COMMENT ON COLUMN sessions.verified IS 'The second factor was shown';
CREATE INDEX ix_sessions_staff_id ON sessions (staff_id) WHERE staff_id IS NOT NULL;
CREATE INDEX ix_sessions_expires_at ON sessions (expires_at);

CREATE TABLE session_grants (
    token_digest bytea NOT NULL
        CONSTRAINT fk_session_grants_token_digest REFERENCES sessions (token_digest) ON DELETE CASCADE,
    tenant_id int NOT NULL,
    subject_id uuid NOT NULL,
    CONSTRAINT pk_session_grants PRIMARY KEY (token_digest, tenant_id, subject_id)
);
COMMENT ON TABLE session_grants IS 'The drafts and cases that the holder of a session has shown the secret of';

CREATE TABLE rate_limits (
    key text NOT NULL CONSTRAINT pk_rate_limits PRIMARY KEY,
    hits bigint NOT NULL,
    expires_at timestamptz NOT NULL
);
CREATE INDEX ix_rate_limits_expires_at ON rate_limits (expires_at);
"""

FUNCTIONS = {
    "open_session(bytea, text, int, uuid, boolean, int, int)": """
CREATE FUNCTION definer.open_session(
    digest bytea, of_site text, of_tenant int, of_staff uuid, is_verified boolean, idle int, lifetime int
) RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    INSERT INTO sessions (token_digest, site, tenant_id, staff_id, verified, idle_seconds, expires_at)
    VALUES (digest, of_site, of_tenant, of_staff, is_verified, idle, now() + make_interval(secs => lifetime))
$$""",
    "read_session(bytea, text, int)": """
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
END $$""",
    "close_session(bytea)": """
CREATE FUNCTION definer.close_session(digest bytea) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    DELETE FROM sessions WHERE token_digest = digest
$$""",
    "close_sessions_of_staff(int, uuid)": """
CREATE FUNCTION definer.close_sessions_of_staff(of_tenant int, of_staff uuid) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    DELETE FROM sessions WHERE tenant_id = of_tenant AND staff_id = of_staff
$$""",
    "grant_to_session(bytea, int, uuid)": """
CREATE FUNCTION definer.grant_to_session(digest bytea, of_tenant int, subject uuid) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    INSERT INTO session_grants (token_digest, tenant_id, subject_id) VALUES (digest, of_tenant, subject)
    ON CONFLICT DO NOTHING
$$""",
    "hit_rate_limit(text, int, int)": """
CREATE FUNCTION definer.hit_rate_limit(of_key text, window_seconds int, amount int) RETURNS TABLE (
    hits bigint, expires_at timestamptz
) LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    INSERT INTO rate_limits AS r (key, hits, expires_at)
    VALUES (of_key, amount, now() + make_interval(secs => window_seconds))
    ON CONFLICT (key) DO UPDATE SET
        hits = CASE WHEN r.expires_at <= now() THEN amount ELSE r.hits + amount END,
        expires_at = CASE WHEN r.expires_at <= now() THEN excluded.expires_at ELSE r.expires_at END
    RETURNING r.hits, r.expires_at
$$""",
    "read_rate_limit(text)": """
CREATE FUNCTION definer.read_rate_limit(of_key text) RETURNS TABLE (hits bigint, expires_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT r.hits, r.expires_at FROM rate_limits r WHERE r.key = of_key AND r.expires_at > now()
$$""",
    "clear_rate_limits(text)": """
CREATE FUNCTION definer.clear_rate_limits(of_key text) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    DELETE FROM rate_limits WHERE of_key IS NULL OR key = of_key
$$""",
    "tidy_sessions()": """
CREATE FUNCTION definer.tidy_sessions() RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    DELETE FROM sessions WHERE expires_at <= now() OR seen_at + make_interval(secs => idle_seconds) <= now();
    DELETE FROM rate_limits WHERE expires_at <= now();
$$""",
}


def upgrade() -> None:
    """Create the tables without any policy: nobody but the definer's functions gets at them."""
    op.execute(TABLES)
    for table in ("sessions", "session_grants", "rate_limits"):
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    for signature, statement in FUNCTIONS.items():
        op.execute(statement)
        op.execute(f"GRANT EXECUTE ON FUNCTION definer.{signature} TO kreisportal_app")
        op.execute(f"ALTER FUNCTION definer.{signature} OWNER TO kreisportal_definer")


def downgrade() -> None:
    """Drop all of it."""
    for signature in FUNCTIONS:
        op.execute(f"DROP FUNCTION definer.{signature}")
    for table in ("rate_limits", "session_grants", "sessions"):
        op.execute(f"DROP TABLE {table}")
