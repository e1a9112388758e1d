"""What was last seen of the towns' host names: where each leads, and its certificate."""

from alembic import op

revision = "0041_host_looks"
down_revision = "0040_council"
branch_labels = None
depends_on = None

ACTOR = "(SELECT current_setting('kreisportal.actor', true))"
_WHOLE = f"({ACTOR} IS DISTINCT FROM 'region' OR (SELECT definer.whole_region()))"

# A name that is removed takes along what was seen of it.
TABLE = """
ALTER TABLE hosts ADD CONSTRAINT uq_hosts_tenant_id UNIQUE (tenant_id, host);
DROP INDEX ix_hosts_tenant_id;
CREATE TABLE host_looks (
    tenant_id int NOT NULL,
    host text NOT NULL,
    looked_at timestamptz NOT NULL,
    leads text NOT NULL,
    certificate text,
    valid_until timestamptz,
    CONSTRAINT pk_host_looks PRIMARY KEY (tenant_id, host),
    CONSTRAINT fk_host_looks_tenant_id FOREIGN KEY (tenant_id, host)
        REFERENCES hosts (tenant_id, host) ON DELETE CASCADE,
    CONSTRAINT ck_host_looks_leads CHECK (
        leads IN ('here', 'partly', 'elsewhere', 'nowhere', 'local', 'unknown', 'no-answer')),
    CONSTRAINT ck_host_looks_certificate CHECK (certificate IN ('valid', 'untrusted', 'nothing')),
    CONSTRAINT ck_host_looks_valid_until CHECK ((certificate IS NOT DISTINCT FROM 'valid') = (valid_until IS NOT NULL))
);
COMMENT ON TABLE host_looks IS 'What was last seen of a host name from the machine that the worker runs on';
COMMENT ON COLUMN host_looks.certificate IS 'What comes when one asks for it; null: the name does not lead here';
"""


def upgrade() -> None:
    """Create the table, for those who run the region and the region's own jobs."""
    op.execute(TABLE)
    op.execute("ALTER TABLE host_looks ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE host_looks FORCE ROW LEVEL SECURITY")
    op.execute("GRANT SELECT, INSERT, UPDATE ON host_looks TO kreisportal_app")
    op.execute(f"CREATE POLICY region_all ON host_looks USING ({ACTOR} = 'region')")
    op.execute(
        "CREATE POLICY within_district ON host_looks AS RESTRICTIVE TO kreisportal_app"
        f" USING ({_WHOLE} OR tenant_id IN (SELECT definer.own_tenants()))"
    )


def downgrade() -> None:
    """Drop it."""
    op.execute("DROP TABLE host_looks")
    op.execute("CREATE INDEX ix_hosts_tenant_id ON hosts (tenant_id)")
    op.execute("ALTER TABLE hosts DROP CONSTRAINT uq_hosts_tenant_id")
