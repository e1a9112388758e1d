"""Another address for an account: confirmed at the new one, and undone from the old one for some days."""

from alembic import op

revision = "0017_account_address"
down_revision = "0016_ways_in"
branch_labels = None
depends_on = None

HEAD = "SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$"

TABLE = """
CREATE TABLE account_address_links (
    digest bytea NOT NULL CONSTRAINT pk_account_address_links PRIMARY KEY,
    account_id uuid NOT NULL
        CONSTRAINT fk_account_address_links_account_id REFERENCES accounts (id) ON DELETE CASCADE,
    purpose text NOT NULL CONSTRAINT ck_account_address_links_purpose CHECK (purpose IN ('confirm', 'undo')),
    email text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL
);
CREATE INDEX ix_account_address_links_account_id ON account_address_links (account_id);
CREATE INDEX ix_account_address_links_expires_at ON account_address_links (expires_at);
COMMENT ON COLUMN account_address_links.email IS 'The new address, or the one that it can be set back to'
"""

FUNCTIONS = {
    "add_address_link(bytea, uuid, text, text, int)": """
CREATE FUNCTION definer.add_address_link(
    of_digest bytea, of_account uuid, of_purpose text, of_email text, seconds int
) RETURNS void LANGUAGE sql {HEAD}
    DELETE FROM account_address_links WHERE expires_at <= now();
    INSERT INTO account_address_links (digest, account_id, purpose, email, expires_at)
    VALUES (of_digest, of_account, of_purpose, of_email, now() + make_interval(secs => seconds))
$$""",
    "read_address_link(bytea, text)": """
CREATE FUNCTION definer.read_address_link(of_digest bytea, of_purpose text) RETURNS TABLE (
    account_id uuid, email text, created_at timestamptz
) LANGUAGE sql STABLE {HEAD}
    SELECT l.account_id, l.email, l.created_at FROM account_address_links l
    WHERE l.digest = of_digest AND l.purpose = of_purpose AND l.expires_at > now()
$$""",
    "use_address_link(bytea, text)": """
CREATE FUNCTION definer.use_address_link(of_digest bytea, of_purpose text) RETURNS TABLE (
    account_id uuid, email text, created_at timestamptz
) LANGUAGE plpgsql {HEAD}
#variable_conflict use_column
DECLARE
    used account_address_links;
BEGIN
    DELETE FROM account_address_links l
    WHERE l.digest = of_digest AND l.purpose = of_purpose AND l.expires_at > now() RETURNING l.* INTO used;
    IF used.digest IS NULL THEN
        RETURN;
    END IF;
    -- Another new address that was asked for is nothing any more; what sets an address back stays until it was used.
    DELETE FROM account_address_links l
    WHERE l.account_id = used.account_id AND (l.purpose = 'confirm' OR of_purpose = 'undo');
    RETURN QUERY SELECT used.account_id, used.email, used.created_at;
END $$""",
}


def upgrade() -> None:
    """Create the table, which the definer's functions touch only."""
    op.execute(TABLE)
    op.execute("ALTER TABLE account_address_links ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE account_address_links FORCE ROW LEVEL SECURITY")
    for signature, statement in FUNCTIONS.items():
        op.execute(statement.replace("{HEAD}", HEAD))
        op.execute(f"GRANT EXECUTE ON FUNCTION definer.{signature} TO kreisportal_app")
        op.execute(f"ALTER FUNCTION definer.{signature} OWNER TO kreisportal_definer")


def downgrade() -> None:
    """Drop it."""
    for signature in FUNCTIONS:
        op.execute(f"DROP FUNCTION definer.{signature}")
    op.execute("DROP TABLE account_address_links")
