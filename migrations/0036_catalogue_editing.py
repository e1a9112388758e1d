"""The catalogue in the browser: drafts of services, who published what, what files said, files not yet read in."""

from alembic import op

revision = "0036_catalogue_editing"
down_revision = "0035_access_tokens"
branch_labels = None
depends_on = None

ACTOR = "(SELECT current_setting('kreisportal.actor', true))"
STAFF = "(SELECT nullif(current_setting('kreisportal.staff_id', true), '')::uuid)"

TABLES = """
ALTER TABLE catalogue_releases
    ADD staff_id uuid,
    ADD origin text NOT NULL DEFAULT 'files'
        CONSTRAINT ck_catalogue_releases_origin CHECK (origin IN ('files', 'edit', 'back'));
COMMENT ON COLUMN catalogue_releases.staff_id IS 'Who runs the region and published it; null: a command on the server';

CREATE TABLE catalogue_drafts (
    service_key text NOT NULL CONSTRAINT pk_catalogue_drafts PRIMARY KEY,
    base_version int NOT NULL,
    typed jsonb NOT NULL,
    staff_id uuid,
    changed_at timestamptz NOT NULL
);
COMMENT ON COLUMN catalogue_drafts.typed IS 'Each field as it was typed, whether it could be published or not';

CREATE TABLE catalogue_imports (
    kind text NOT NULL,
    key text NOT NULL,
    data jsonb NOT NULL,
    CONSTRAINT pk_catalogue_imports PRIMARY KEY (kind, key)
);
COMMENT ON TABLE catalogue_imports IS 'What the files said when they were last read in: one side of the three-way merge';

CREATE TABLE catalogue_readings (
    staff_id uuid NOT NULL CONSTRAINT pk_catalogue_readings PRIMARY KEY,
    given_at timestamptz NOT NULL,
    entries jsonb NOT NULL
);

ALTER TABLE offers ADD text_version int;
COMMENT ON COLUMN offers.text_version IS 'The version of the service that the own text was written or kept for';
COMMENT ON TABLE catalogue_readings IS 'Files that somebody has given and not yet agreed to';
"""
# Until now nothing but files came into the catalogue.
FILLED = """
INSERT INTO catalogue_imports (kind, key, data)
    SELECT kind, key, data FROM catalogue_entries WHERE retired_by IS NULL
"""
# What towns have written so far was written for what is in force, as far as anybody knows.
SEEN = """
UPDATE offers o SET text_version = (SELECT e.version FROM catalogue_entries e
    WHERE e.kind = 'service' AND e.key = o.service_key AND e.retired_by IS NULL)
WHERE o.details ? 'text'
"""
# A draft is nobody's business but that of those who run the whole region, nor are the files.
WHOLE = f"({ACTOR} = 'region' AND (SELECT definer.whole_region()))"
OWN = f"({ACTOR} = 'region' AND (SELECT definer.whole_region()) AND ({STAFF} IS NULL OR staff_id = {STAFF}))"
POLICIES = {"catalogue_drafts": WHOLE, "catalogue_imports": WHOLE, "catalogue_readings": OWN}


def upgrade() -> None:
    """Create the tables; only who runs the whole region reaches them."""
    op.execute(TABLES)
    op.execute(FILLED)
    op.execute("SELECT set_config('kreisportal.actor', 'region', true)")
    op.execute(SEEN)
    op.execute("SELECT set_config('kreisportal.actor', '', true)")
    for table, condition in POLICIES.items():
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO kreisportal_app")
        op.execute(f"CREATE POLICY region_whole ON {table} USING {condition}")


def downgrade() -> None:
    """Drop them; what was published stays."""
    op.execute("ALTER TABLE offers DROP text_version")
    for table in POLICIES:
        op.execute(f"DROP TABLE {table}")
    op.execute("ALTER TABLE catalogue_releases DROP staff_id, DROP origin")
