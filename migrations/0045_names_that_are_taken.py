"""Which of some names are taken is asked of those names, not of all: a town comes in as quickly as the first one did."""

from alembic import op

revision = "0045_names_that_are_taken"
down_revision = "0044_tiles_follow_addresses"
branch_labels = None
depends_on = None

BEFORE = """
CREATE FUNCTION definer.taken_names() RETURNS TABLE (what text, name text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT 'slug', t.slug FROM tenants t WHERE current_setting('kreisportal.actor', true) = 'region'
    UNION ALL SELECT 'code', t.code FROM tenants t WHERE current_setting('kreisportal.actor', true) = 'region'
    UNION ALL SELECT 'host', h.host FROM hosts h WHERE current_setting('kreisportal.actor', true) = 'region'
$$"""

AFTER = """
CREATE FUNCTION definer.taken_names(what text, wanted text[]) RETURNS SETOF text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT t.slug FROM tenants t
        WHERE what = 'slug' AND t.slug = ANY (wanted) AND current_setting('kreisportal.actor', true) = 'region'
    UNION ALL SELECT t.code FROM tenants t
        WHERE what = 'code' AND t.code = ANY (wanted) AND current_setting('kreisportal.actor', true) = 'region'
    UNION ALL SELECT h.host FROM hosts h
        WHERE what = 'host' AND h.host = ANY (wanted) AND current_setting('kreisportal.actor', true) = 'region'
$$"""


def _make(function: str, signature: str) -> None:
    op.execute(function)
    op.execute(f"GRANT EXECUTE ON FUNCTION definer.{signature} TO kreisportal_app")
    op.execute(f"ALTER FUNCTION definer.{signature} OWNER TO kreisportal_definer")


def upgrade() -> None:
    """Ask by name."""
    op.execute("DROP FUNCTION definer.taken_names()")
    _make(AFTER, "taken_names(text, text[])")


def downgrade() -> None:
    """Ask for all."""
    op.execute("DROP FUNCTION definer.taken_names(text, text[])")
    _make(BEFORE, "taken_names()")
