"""How old a town's open cases are, in numbers, for those who run the region."""

from alembic import op

revision = "0029_ages_of_cases"
down_revision = "0028_clients_of_districts"
branch_labels = None
depends_on = None

# As in 0026, with how many of the open cases came in within a week, and within thirty days.
FIGURES = """
CREATE FUNCTION definer.region_figures() RETURNS TABLE (
    tenant_id int, state text, has_portal boolean, offers_on int, open_cases int, oldest_case timestamptz,
    failed_mails int, failed_jobs int{NAMES}
) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT t.id, t.state, t.has_portal,
        (SELECT count(*)::int FROM offers o WHERE o.tenant_id = t.id AND o.is_on),
        coalesce(c.open, 0), c.oldest, coalesce(m.failed, 0), coalesce(j.failed, 0){VALUES}
    FROM tenants t
    LEFT JOIN (SELECT c.tenant_id, count(*)::int AS open, min(c.received_at) AS oldest{COUNTS} FROM cases c
        WHERE c.state IN ('new', 'in_progress', 'waiting') GROUP BY 1) c ON c.tenant_id = t.id
    LEFT JOIN (SELECT m.tenant_id, count(*)::int AS failed FROM mails m
        WHERE m.state IN ('bounced', 'failed') AND m.created_at > now() - interval '30 days' GROUP BY 1) m
        ON m.tenant_id = t.id
    LEFT JOIN (SELECT (j.args ->> 'tenant_id')::int AS tenant_id, count(*)::int AS failed
        FROM procrastinate_jobs j WHERE j.status = 'failed' GROUP BY 1) j ON j.tenant_id = t.id
    WHERE current_setting('kreisportal.actor', true) = 'region'
        AND ((SELECT definer.whole_region()) OR t.id IN (SELECT definer.own_tenants()))
    ORDER BY t.id
$$"""
_NEW = {
    "{NAMES}": ", open_week int, open_month int",
    "{VALUES}": ", coalesce(c.week, 0), coalesce(c.month, 0)",
    "{COUNTS}": """,
        count(*) FILTER (WHERE c.received_at > now() - interval '7 days')::int AS week,
        count(*) FILTER (WHERE c.received_at <= now() - interval '7 days'
            AND c.received_at > now() - interval '30 days')::int AS month""",
}
_BEFORE = dict.fromkeys(_NEW, "")


def _replace(parts: dict[str, str]) -> None:
    """What a function returns cannot be changed: it is made anew."""
    statement = FIGURES
    for mark, words in parts.items():
        statement = statement.replace(mark, words)
    op.execute("DROP FUNCTION definer.region_figures()")
    op.execute(statement)
    op.execute("GRANT EXECUTE ON FUNCTION definer.region_figures() TO kreisportal_app")
    op.execute("ALTER FUNCTION definer.region_figures() OWNER TO kreisportal_definer")


def upgrade() -> None:
    """Count by age, too."""
    _replace(_NEW)


def downgrade() -> None:
    """Tell the oldest only."""
    _replace(_BEFORE)
