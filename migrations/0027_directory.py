"""The official directory of municipalities, for bringing towns on line."""

from alembic import op

revision = "0027_directory"
down_revision = "0026_region_staff"
branch_labels = None
depends_on = None

ACTOR = "(SELECT current_setting('kreisportal.actor', true))"

TABLE = """
CREATE TABLE directory_places (
    ars text NOT NULL CONSTRAINT pk_directory_places PRIMARY KEY,
    name text NOT NULL,
    folded text NOT NULL,
    kind text NOT NULL,
    district text NOT NULL,
    state text NOT NULL,
    postcodes text NOT NULL
);
COMMENT ON COLUMN directory_places.folded IS 'The name in small plain letters, as it is searched';
"""

# Slugs, codes and hosts are unique in the whole region, and public: who runs a district must know which are free.
TAKEN = """
CREATE FUNCTION definer.taken_names() RETURNS TABLE (what text, name text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT 'slug', t.slug FROM tenants t WHERE current_setting('kreisportal.actor', true) = 'region'
    UNION ALL SELECT 'code', t.code FROM tenants t WHERE current_setting('kreisportal.actor', true) = 'region'
    UNION ALL SELECT 'host', h.host FROM hosts h WHERE current_setting('kreisportal.actor', true) = 'region'
$$"""

POLICIES = f"""
CREATE POLICY region_all ON directory_places USING ({ACTOR} = 'region');
"""
_WHOLE = f"({ACTOR} IS DISTINCT FROM 'region' OR (SELECT definer.whole_region()))"


def upgrade() -> None:
    """Create it; whoever runs a district reads it, who runs the region brings it in."""
    op.execute(TABLE)
    op.execute("ALTER TABLE directory_places ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE directory_places FORCE ROW LEVEL SECURITY")
    op.execute("GRANT SELECT, INSERT, UPDATE ON directory_places TO kreisportal_app")
    op.execute(POLICIES)
    op.execute(TAKEN)
    op.execute("GRANT EXECUTE ON FUNCTION definer.taken_names() TO kreisportal_app")
    op.execute("ALTER FUNCTION definer.taken_names() OWNER TO kreisportal_definer")
    for command, clause in (("INSERT", "WITH CHECK"), ("UPDATE", "USING")):
        op.execute(
            f"CREATE POLICY operator_{command.lower()} ON directory_places AS RESTRICTIVE FOR {command}"
            f" TO kreisportal_app {clause} ({_WHOLE})"
        )


def downgrade() -> None:
    """Drop it."""
    op.execute("DROP FUNCTION definer.taken_names()")
    op.execute("DROP TABLE directory_places")
