"""Access tokens: programs that show one at a town's portal, or at the region's host, in the place of a person."""

from alembic import op

revision = "0035_access_tokens"
down_revision = "0034_tidy_figures"
branch_labels = None
depends_on = None

ACTOR = "(SELECT current_setting('kreisportal.actor', true))"
TENANT = "(SELECT nullif(current_setting('kreisportal.tenant_id', true), '')::int)"
STAFF = "(SELECT nullif(current_setting('kreisportal.staff_id', true), '')::uuid)"

COLUMNS = """
    id uuid NOT NULL,
    staff_id uuid NOT NULL,
    name text NOT NULL,
    scopes text[] NOT NULL,
    digest bytea NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    last_used_at timestamptz,
    revoked_at timestamptz,
"""
TABLES = f"""
CREATE TABLE access_tokens (
    tenant_id int NOT NULL CONSTRAINT fk_access_tokens_tenant_id REFERENCES tenants (id),
    {COLUMNS}
    CONSTRAINT pk_access_tokens PRIMARY KEY (tenant_id, id),
    CONSTRAINT uq_access_tokens_digest UNIQUE (tenant_id, digest),
    CONSTRAINT fk_access_tokens_staff_id FOREIGN KEY (tenant_id, staff_id) REFERENCES staff (tenant_id, id)
);
CREATE TABLE region_access_tokens (
    {COLUMNS}
    CONSTRAINT pk_region_access_tokens PRIMARY KEY (id),
    CONSTRAINT uq_region_access_tokens_digest UNIQUE (digest),
    CONSTRAINT fk_region_access_tokens_staff_id FOREIGN KEY (staff_id) REFERENCES region_staff (id)
);
CREATE INDEX ix_region_access_tokens_staff_id ON region_access_tokens (staff_id);
"""
NAMES = ("access_tokens", "region_access_tokens")
_SHOWN = "id, staff_id, name, scopes, created_at, expires_at, last_used_at, revoked_at"

# Who acts with a token reads and changes offers and reads figures of its town, writes the audit, and reaches nothing else.
POLICIES = f"""
CREATE POLICY staff_all ON access_tokens USING ({ACTOR} = 'staff' AND tenant_id = {TENANT});
CREATE POLICY region_own ON region_access_tokens
    USING ({ACTOR} = 'region' AND ({STAFF} IS NULL OR staff_id = {STAFF}));
CREATE POLICY token_reads ON offers FOR SELECT USING ({ACTOR} = 'token' AND tenant_id = {TENANT});
CREATE POLICY token_adds ON offers FOR INSERT WITH CHECK ({ACTOR} = 'token' AND tenant_id = {TENANT});
CREATE POLICY token_changes ON offers FOR UPDATE USING ({ACTOR} = 'token' AND tenant_id = {TENANT});
CREATE POLICY token_reads ON service_figures FOR SELECT USING ({ACTOR} = 'token' AND tenant_id = {TENANT});
CREATE POLICY token_reads ON decision_times FOR SELECT USING ({ACTOR} = 'token' AND tenant_id = {TENANT});
CREATE POLICY token_reads ON feedback FOR SELECT USING ({ACTOR} = 'token' AND tenant_id = {TENANT});
CREATE POLICY token_writes ON audit_entries FOR INSERT
    WITH CHECK ({ACTOR} = 'token' AND tenant_id = {TENANT} AND actor = 'token');
"""
OF_OTHERS = {
    "offers": ("token_reads", "token_adds", "token_changes"),
    "service_figures": ("token_reads",),
    "decision_times": ("token_reads",),
    "feedback": ("token_reads",),
    "audit_entries": ("token_writes",),
}

# A token is asked for before anything is known of who asks, by the digest of 256 random bits, at the host of its town.
ALIVE = "t.revoked_at IS NULL AND t.expires_at > now()"
FUNCTIONS = {
    "use_access_token(bytea, int)": f"""
CREATE FUNCTION definer.use_access_token(of_digest bytea, of_tenant int) RETURNS TABLE (
    id uuid, name text, scopes text[]
) LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    -- To the minute is enough, and spares most requests from writing.
    UPDATE access_tokens t SET last_used_at = now()
    WHERE t.digest = of_digest AND t.tenant_id = of_tenant AND {ALIVE}
        AND (t.last_used_at IS NULL OR t.last_used_at < now() - interval '1 minute');
    RETURN QUERY SELECT t.id, t.name, t.scopes FROM access_tokens t
    WHERE t.digest = of_digest AND t.tenant_id = of_tenant AND {ALIVE};
END $$""",  # noqa: S608 - our own words.
    "use_region_access_token(bytea)": f"""
CREATE FUNCTION definer.use_region_access_token(of_digest bytea) RETURNS TABLE (
    id uuid, name text, scopes text[], staff_id uuid
) LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    UPDATE region_access_tokens t SET last_used_at = now()
    WHERE t.digest = of_digest AND {ALIVE}
        AND (t.last_used_at IS NULL OR t.last_used_at < now() - interval '1 minute');
    -- It acts as whoever has made it, for as long as they are there.
    RETURN QUERY SELECT t.id, t.name, t.scopes, t.staff_id
    FROM region_access_tokens t JOIN region_staff s ON s.id = t.staff_id
    WHERE t.digest = of_digest AND {ALIVE} AND s.active;
END $$""",  # noqa: S608 - our own words.
}


def upgrade() -> None:
    """Create both tables; their digests are read by the definer's functions only."""
    op.execute(TABLES)
    for table in NAMES:
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"GRANT INSERT ON {table} TO kreisportal_app")
        op.execute(f"GRANT UPDATE (revoked_at) ON {table} TO kreisportal_app")
    op.execute(f"GRANT SELECT (tenant_id, {_SHOWN}) ON access_tokens TO kreisportal_app")
    op.execute(f"GRANT SELECT ({_SHOWN}) ON region_access_tokens TO kreisportal_app")
    op.execute(POLICIES)
    for signature, statement in FUNCTIONS.items():
        op.execute(statement)
        op.execute(f"GRANT EXECUTE ON FUNCTION definer.{signature} TO kreisportal_app")
        op.execute(f"ALTER FUNCTION definer.{signature} OWNER TO kreisportal_definer")


def downgrade() -> None:
    """Drop all of it."""
    for signature in FUNCTIONS:
        op.execute(f"DROP FUNCTION definer.{signature}")
    for table, policies in OF_OTHERS.items():
        for policy in policies:
            op.execute(f"DROP POLICY {policy} ON {table}")
    for table in NAMES:
        op.execute(f"DROP TABLE {table}")
