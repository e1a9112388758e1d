"""Rate limits: counted by functions whose plans are kept, and several of one act in one call.

And an index for the hosts of a tenant: without it, reading ten thousand tenants looks through all hosts for each.
"""

from alembic import op

revision = "0009_counting_at_once"
down_revision = "0008_case_marks"
branch_labels = None
depends_on = None

ONE = "hit_rate_limit(text, int, int)"
COUNT = """
    INSERT INTO rate_limits AS r (key, hits, expires_at)
    VALUES (of_key, amount, now() + make_interval(secs => window_seconds))
    ON CONFLICT (key) DO UPDATE SET
        hits = CASE WHEN r.expires_at <= now() THEN amount ELSE r.hits + amount END,
        expires_at = CASE WHEN r.expires_at <= now() THEN excluded.expires_at ELSE r.expires_at END
    RETURNING r.hits, r.expires_at
"""
HEAD = """
CREATE FUNCTION definer.hit_rate_limit(of_key text, window_seconds int, amount int) RETURNS TABLE (
    hits bigint, expires_at timestamptz
)"""
SAFE = "SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp"
# A function in SQL is planned at every call, one in PL/pgSQL once in a connection.
PLANNED_ONCE = f"""{HEAD} LANGUAGE plpgsql {SAFE} AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY {COUNT};
END $$"""
PLANNED_EACH_TIME = f"{HEAD} LANGUAGE sql {SAFE} AS $$ {COUNT} $$"

ALL = "hit_rate_limits(text[], int[], bigint[])"
ALL_FUNCTION = f"""
CREATE FUNCTION definer.hit_rate_limits(keys text[], windows int[], limits bigint[]) RETURNS boolean
LANGUAGE plpgsql {SAFE} AS $$
DECLARE
    of_key text;
    window_seconds int;
    amount CONSTANT int := 1;
    counted record;
BEGIN
    FOR place IN 1 .. cardinality(keys) LOOP
        of_key := keys[place];
        window_seconds := windows[place];
        {COUNT.rstrip()} INTO counted;
        -- Whoever is at one limit does not use up those after it.
        IF counted.hits > limits[place] THEN
            RETURN false;
        END IF;
    END LOOP;
    RETURN true;
END $$"""


def upgrade() -> None:
    """Count with a kept plan, and several at once."""
    _replace(ONE, PLANNED_ONCE)
    _create(ALL, ALL_FUNCTION)
    op.execute("CREATE INDEX ix_hosts_tenant_id ON hosts (tenant_id)")


def downgrade() -> None:
    """Count one at a time."""
    op.execute("DROP INDEX ix_hosts_tenant_id")
    op.execute(f"DROP FUNCTION definer.{ALL}")
    _replace(ONE, PLANNED_EACH_TIME)


def _replace(signature: str, function: str) -> None:
    op.execute(f"DROP FUNCTION definer.{signature}")
    _create(signature, function)


def _create(signature: str, function: str) -> None:
    op.execute(function)
    op.execute(f"GRANT EXECUTE ON FUNCTION definer.{signature} TO kreisportal_app")
    op.execute(f"ALTER FUNCTION definer.{signature} OWNER TO kreisportal_definer")
