"""Assertions of identity providers: each is taken once, and fetched once by the browser that asked for it."""

from alembic import op

revision = "0020_saml"
down_revision = "0019_identities"
branch_labels = None
depends_on = None

HEAD = "SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$"

TABLE = """
CREATE TABLE saml_assertions (
    digest bytea NOT NULL CONSTRAINT pk_saml_assertions PRIMARY KEY,
    request_digest bytea NOT NULL CONSTRAINT uq_saml_assertions_request_digest UNIQUE,
    sealed bytea,
    fetch_until timestamptz NOT NULL,
    expires_at timestamptz NOT NULL
);
CREATE INDEX ix_saml_assertions_expires_at ON saml_assertions (expires_at);
COMMENT ON TABLE saml_assertions IS 'Assertions that were shown, until they are over: none counts twice';
COMMENT ON COLUMN saml_assertions.sealed IS 'Who it is about, until the browser that asked has fetched it'
"""

FUNCTIONS = {
    "keep_saml_assertion(bytea, bytea, bytea, timestamptz, int)": """
CREATE FUNCTION definer.keep_saml_assertion(
    of_digest bytea, of_request bytea, of_sealed bytea, until timestamptz, seconds int
) RETURNS boolean LANGUAGE plpgsql {HEAD}
DECLARE
    kept int;
BEGIN
    DELETE FROM saml_assertions a WHERE a.expires_at <= now();
    -- What nobody has fetched in time is about nobody any more.
    UPDATE saml_assertions a SET sealed = NULL WHERE a.sealed IS NOT NULL AND a.fetch_until <= now();
    INSERT INTO saml_assertions (digest, request_digest, sealed, fetch_until, expires_at)
    VALUES (of_digest, of_request, of_sealed, now() + make_interval(secs => seconds),
        greatest(until, now() + make_interval(secs => seconds)))
    ON CONFLICT DO NOTHING;
    GET DIAGNOSTICS kept = ROW_COUNT;
    RETURN kept = 1;
END $$""",
    "fetch_saml_arrival(bytea)": """
CREATE FUNCTION definer.fetch_saml_arrival(of_request bytea) RETURNS bytea LANGUAGE plpgsql {HEAD}
DECLARE
    found bytea;
BEGIN
    SELECT a.sealed INTO found FROM saml_assertions a
    WHERE a.request_digest = of_request AND a.fetch_until > now() FOR UPDATE;
    UPDATE saml_assertions a SET sealed = NULL WHERE a.request_digest = of_request;
    RETURN found;
END $$""",
}


def upgrade() -> None:
    """Create the table, which the definer's functions touch only."""
    op.execute(TABLE)
    op.execute("ALTER TABLE saml_assertions ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE saml_assertions FORCE ROW LEVEL SECURITY")
    for signature, statement in FUNCTIONS.items():
        op.execute(statement.replace("{HEAD}", HEAD))
        op.execute(f"GRANT EXECUTE ON FUNCTION definer.{signature} TO kreisportal_app")
        op.execute(f"ALTER FUNCTION definer.{signature} OWNER TO kreisportal_definer")


def downgrade() -> None:
    """Drop it."""
    for signature in FUNCTIONS:
        op.execute(f"DROP FUNCTION definer.{signature}")
    op.execute("DROP TABLE saml_assertions")
