"""Lists of towns that are brought on line, line by line, by a job that acts as whoever gave the list."""

from alembic import op

revision = "0033_onboarding_lists"
down_revision = "0032_town_changes"
branch_labels = None
depends_on = None

ACTOR = "(SELECT current_setting('kreisportal.actor', true))"
STAFF = "(SELECT nullif(current_setting('kreisportal.staff_id', true), '')::uuid)"

TABLES = """
CREATE TABLE onboarding_lists (
    id uuid NOT NULL CONSTRAINT pk_onboarding_lists PRIMARY KEY,
    staff_id uuid NOT NULL CONSTRAINT uq_onboarding_lists_staff_id UNIQUE
        CONSTRAINT fk_onboarding_lists_staff_id REFERENCES region_staff (id),
    base text NOT NULL,
    open_at_once boolean NOT NULL,
    language text NOT NULL,
    asked_at timestamptz NOT NULL,
    touched_at timestamptz NOT NULL
);
CREATE TABLE onboarding_lines (
    list_id uuid NOT NULL CONSTRAINT fk_onboarding_lines_list_id REFERENCES onboarding_lists (id) ON DELETE CASCADE,
    number int NOT NULL,
    staff_id uuid NOT NULL,
    said jsonb NOT NULL,
    outcome text,
    told jsonb,
    CONSTRAINT pk_onboarding_lines PRIMARY KEY (list_id, number)
);
COMMENT ON COLUMN onboarding_lines.said IS 'What the line says, by column';
COMMENT ON COLUMN onboarding_lines.told IS 'What became of it; the invitation of a first admin is sealed';
"""
# A list holds invitations: nobody reads another's. A command on the machine names nobody and acts for all.
OWN = f"({ACTOR} = 'region' AND ({STAFF} IS NULL OR staff_id = {STAFF}))"


def upgrade() -> None:
    """Create both; whoever runs the region, or a district, reaches their own only."""
    op.execute(TABLES)
    for table in ("onboarding_lists", "onboarding_lines"):
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO kreisportal_app")
        op.execute(f"CREATE POLICY region_own ON {table} USING {OWN}")


def downgrade() -> None:
    """Drop both."""
    op.execute("DROP TABLE onboarding_lines")
    op.execute("DROP TABLE onboarding_lists")
