"""A client from outside belongs to the whole region or to a district, whose admin then looks after it."""

from alembic import op

revision = "0028_clients_of_districts"
down_revision = "0027_directory"
branch_labels = None
depends_on = None

ACTOR = "(SELECT current_setting('kreisportal.actor', true))"
_WHOLE = f"({ACTOR} IS DISTINCT FROM 'region' OR (SELECT definer.whole_region()))"

# Whose a client is, is said when it is registered, and stays: only what stands in 0025 may change.
COLUMN = """
ALTER TABLE outside_clients ADD COLUMN district_id int
    CONSTRAINT fk_outside_clients_district_id REFERENCES tenants (id);
CREATE INDEX ix_outside_clients_district_id ON outside_clients (district_id);
COMMENT ON COLUMN outside_clients.district_id IS 'The district that looks after it; none: those who run the region';
GRANT SELECT (district_id) ON outside_clients TO kreisportal_app;
"""


def upgrade() -> None:
    """All that there are stay the whole region's; a district admin reaches those of the own district."""
    op.execute(COLUMN)
    op.execute("DROP POLICY operator_all ON outside_clients")
    op.execute(
        "CREATE POLICY within_district ON outside_clients AS RESTRICTIVE TO kreisportal_app"
        f" USING ({_WHOLE} OR district_id = (SELECT definer.own_district()))"
    )


def downgrade() -> None:
    """All clients are the whole region's again."""
    op.execute("DROP POLICY within_district ON outside_clients")
    op.execute(
        f"CREATE POLICY operator_all ON outside_clients AS RESTRICTIVE FOR ALL TO kreisportal_app USING ({_WHOLE})"
    )
    op.execute("ALTER TABLE outside_clients DROP COLUMN district_id")
