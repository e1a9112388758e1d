"""Jobs: the tables and functions of procrastinate, as the version in the lock file ships them."""

from alembic import op
from procrastinate.schema import SchemaManager

revision = "0004_jobs"
down_revision = "0003_staff"
branch_labels = None
depends_on = None

GRANTS = """
GRANT SELECT, INSERT, UPDATE, DELETE ON procrastinate_jobs, procrastinate_events, procrastinate_periodic_defers,
    procrastinate_workers TO kreisportal_app;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO kreisportal_app;
DO $$
DECLARE f regprocedure;
BEGIN
    FOR f IN SELECT p.oid FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace AND p.proname LIKE 'procrastinate%'
    LOOP
        EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO kreisportal_app', f);
    END LOOP;
END $$;
"""

DROP = """
DO $$
DECLARE name text;
BEGIN
    DROP TABLE procrastinate_events, procrastinate_periodic_defers, procrastinate_jobs, procrastinate_workers CASCADE;
    FOR name IN SELECT p.oid::regprocedure FROM pg_proc p
        WHERE p.pronamespace = 'public'::regnamespace AND p.proname LIKE 'procrastinate%'
    LOOP
        EXECUTE format('DROP FUNCTION %s CASCADE', name);
    END LOOP;
    FOR name IN SELECT t.oid::regtype FROM pg_type t
        WHERE t.typnamespace = 'public'::regnamespace AND t.typname LIKE 'procrastinate%'
            AND t.typtype IN ('e', 'c') AND NOT EXISTS (SELECT FROM pg_class c WHERE c.oid = t.typrelid AND c.relkind = 'r')
    LOOP
        EXECUTE format('DROP TYPE %s CASCADE', name);
    END LOOP;
END $$;
"""


def upgrade() -> None:
    """Let procrastinate's own schema run inside this migration."""
    op.get_bind().exec_driver_sql(SchemaManager.get_schema().replace("%", "%%"))
    op.execute(GRANTS)


def downgrade() -> None:
    """Drop what the schema created, and take back what was given with it."""
    op.execute(DROP)
    op.execute("REVOKE USAGE ON ALL SEQUENCES IN SCHEMA public FROM kreisportal_app")
