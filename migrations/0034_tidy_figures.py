"""What is counted and said is forgotten once a night: looking for it at every note read whole tables each time."""

from alembic import op

revision = "0034_tidy_figures"
down_revision = "0033_onboarding_lists"
branch_labels = None
depends_on = None

DEFINER = "SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp"
# By signature: what a note writes down, and what it forgot as well until now.
NOTES = {
    "note_missed_words(tenants int[], words text[], counts int[])": (
        """
    INSERT INTO missed_words AS m (tenant_id, month, word, count)
    SELECT t.id, date_trunc('month', now())::date, n.word, sum(n.count)
    FROM unnest(tenants, words, counts) AS n (tenant_id, word, count) JOIN tenants t ON t.id = n.tenant_id
    WHERE char_length(n.word) BETWEEN 2 AND 60 AND n.count BETWEEN 1 AND 100000
    GROUP BY t.id, n.word
    ORDER BY t.id, n.word
    ON CONFLICT (tenant_id, month, word) DO UPDATE SET count = m.count + excluded.count;
""",
        """-- What nobody has mended for a year is no longer asked for.
    DELETE FROM missed_words WHERE month < date_trunc('month', now()) - interval '12 months';""",
    ),
    "note_service_figures(tenants int[], services text[], whats text[], steps text[], counts int[])": (
        """
    INSERT INTO service_figures AS f (tenant_id, month, service_key, what, step, count)
    SELECT t.id, date_trunc('month', now())::date, n.service, n.what, n.step, sum(n.count)
    FROM unnest(tenants, services, whats, steps, counts) AS n (tenant_id, service, what, step, count)
    JOIN tenants t ON t.id = n.tenant_id
    WHERE n.what IN ('viewed', 'started', 'finished', 'abandoned') AND n.count BETWEEN 1 AND 1000000
        AND char_length(n.service) <= 200 AND char_length(n.step) <= 200
    GROUP BY t.id, n.service, n.what, n.step
    ORDER BY t.id, n.service, n.what, n.step
    ON CONFLICT (tenant_id, month, service_key, what, step) DO UPDATE SET count = f.count + excluded.count;
""",
        "DELETE FROM service_figures WHERE month < date_trunc('month', now()) - interval '24 months';",
    ),
    "note_feedback(of_tenant int, service text, at_occasion text, given int, said text)": (
        """
    INSERT INTO feedback (tenant_id, id, service_key, occasion, stars, words)
    VALUES (of_tenant, gen_random_uuid(), service, at_occasion, given, nullif(said, ''));
""",
        "DELETE FROM feedback WHERE given_on < current_date - 365;",
    ),
}
_ORDER = (
    "    ORDER BY t.id, n.word\n"  # Two processes that note the same words would else wait for each other.
)
TIDY = "".join(f"\n    {forget}" for _, forget in NOTES.values()) + "\n"


def _create(signature: str, body: str) -> None:
    """A function that the application may call and that looks past row security."""
    op.execute(f"CREATE FUNCTION definer.{signature} RETURNS void LANGUAGE sql {DEFINER} AS $${body}$$")
    name = signature.partition("(")[0]
    op.execute(f"GRANT EXECUTE ON FUNCTION definer.{name} TO kreisportal_app")
    op.execute(f"ALTER FUNCTION definer.{name} OWNER TO kreisportal_definer")


def upgrade() -> None:
    """Notes only note; a job of the region forgets."""
    for signature, (body, _) in NOTES.items():
        op.execute(f"DROP FUNCTION definer.{signature}")
        _create(signature, body)
    _create("tidy_figures()", TIDY)


def downgrade() -> None:
    """Each note forgets again."""
    op.execute("DROP FUNCTION definer.tidy_figures()")
    for signature, (body, forget) in NOTES.items():
        op.execute(f"DROP FUNCTION definer.{signature}")
        _create(signature, f"{body.replace(_ORDER, '')}    {forget}\n")
