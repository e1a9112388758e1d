"""Figures of services: how often looked at, begun and sent, where given up, how long decisions take, what people say."""

from alembic import op

revision = "0031_service_figures"
down_revision = "0030_departments"
branch_labels = None
depends_on = None

ACTOR = "(SELECT current_setting('kreisportal.actor', true))"
TENANT = "(SELECT nullif(current_setting('kreisportal.tenant_id', true), '')::int)"

# Counts only: nothing of whom they are about. A decision's time is published from ten on, so that nobody is known by it.
TABLES = """
CREATE TABLE service_figures (
    tenant_id int NOT NULL CONSTRAINT fk_service_figures_tenant_id REFERENCES tenants (id),
    month date NOT NULL,
    service_key text NOT NULL,
    what text NOT NULL CONSTRAINT ck_service_figures_what CHECK (what IN ('viewed', 'started', 'finished', 'abandoned')),
    step text NOT NULL,
    count int NOT NULL,
    CONSTRAINT pk_service_figures PRIMARY KEY (tenant_id, month, service_key, what, step)
);
CREATE TABLE decision_times (
    tenant_id int NOT NULL CONSTRAINT fk_decision_times_tenant_id REFERENCES tenants (id),
    service_key text NOT NULL,
    decided int NOT NULL CONSTRAINT ck_decision_times_decided CHECK (decided >= 10),
    median_days int NOT NULL,
    most_days int NOT NULL,
    CONSTRAINT pk_decision_times PRIMARY KEY (tenant_id, service_key)
);
COMMENT ON COLUMN decision_times.most_days IS 'Nine of ten were decided within these days';
CREATE TABLE feedback (
    tenant_id int NOT NULL CONSTRAINT fk_feedback_tenant_id REFERENCES tenants (id),
    id uuid NOT NULL,
    given_on date NOT NULL DEFAULT current_date,
    service_key text NOT NULL,
    occasion text NOT NULL CONSTRAINT ck_feedback_occasion CHECK (occasion IN ('sent', 'left')),
    stars int NOT NULL CONSTRAINT ck_feedback_stars CHECK (stars BETWEEN 1 AND 5),
    words text CONSTRAINT ck_feedback_words CHECK (char_length(words) BETWEEN 1 AND 1000),
    CONSTRAINT pk_feedback PRIMARY KEY (tenant_id, id)
);
CREATE INDEX ix_feedback_service_key ON feedback (tenant_id, service_key, given_on);
"""
NAMES = ("service_figures", "decision_times", "feedback")

FUNCTIONS = {
    "note_service_figures(int[], text[], text[], text[], int[])": """
CREATE FUNCTION definer.note_service_figures(tenants int[], services text[], whats text[], steps text[], counts int[])
RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    INSERT INTO service_figures AS f (tenant_id, month, service_key, what, step, count)
    SELECT t.id, date_trunc('month', now())::date, n.service, n.what, n.step, sum(n.count)
    FROM unnest(tenants, services, whats, steps, counts) AS n (tenant_id, service, what, step, count)
    JOIN tenants t ON t.id = n.tenant_id
    WHERE n.what IN ('viewed', 'started', 'finished', 'abandoned') AND n.count BETWEEN 1 AND 1000000
        AND char_length(n.service) <= 200 AND char_length(n.step) <= 200
    GROUP BY t.id, n.service, n.what, n.step
    ORDER BY t.id, n.service, n.what, n.step
    ON CONFLICT (tenant_id, month, service_key, what, step) DO UPDATE SET count = f.count + excluded.count;
    DELETE FROM service_figures WHERE month < date_trunc('month', now()) - interval '24 months';
$$""",
    "note_feedback(int, text, text, int, text)": """
CREATE FUNCTION definer.note_feedback(of_tenant int, service text, at_occasion text, given int, said text)
RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    INSERT INTO feedback (tenant_id, id, service_key, occasion, stars, words)
    VALUES (of_tenant, gen_random_uuid(), service, at_occasion, given, nullif(said, ''));
    DELETE FROM feedback WHERE given_on < current_date - 365;
$$""",
}

# As definer.note_tenants, which who migrates may not hang on another table.
NOTE = """
CREATE FUNCTION definer.note_decision_times() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(4202612);
    INSERT INTO public.changes (tenant_id) SELECT DISTINCT tenant_id FROM changed;
    RETURN NULL;
END $$
"""

LOAD = """
CREATE FUNCTION definer.load_tenants(only_ids int[]) RETURNS TABLE (
    id int, slug text, code text, kind text, ars text, parent_id int, has_portal boolean, state text,
    profile jsonb, hosts jsonb, offers jsonb
) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT t.id, t.slug, t.code, t.kind, t.ars, t.parent_id, t.has_portal, t.state, t.profile,
        (SELECT jsonb_agg(jsonb_build_array(h.host, h.site, h.canonical) ORDER BY h.canonical DESC, h.host)
            FROM hosts h WHERE h.tenant_id = t.id),
        (SELECT jsonb_object_agg(o.service_key, jsonb_strip_nulls(jsonb_build_object(
                'channel', o.channel, 'from', o.open_from, 'until', o.open_until{TOOK})) || o.details)
            FROM offers o{JOIN} WHERE o.tenant_id = t.id AND o.is_on)
    FROM tenants t
    WHERE only_ids IS NULL OR t.id = ANY (only_ids)
    ORDER BY t.id
$$
"""
_TOOK = ", 'took', CASE WHEN d.decided IS NOT NULL THEN jsonb_build_array(d.median_days, d.most_days, d.decided) END"
_JOIN = " LEFT JOIN decision_times d ON d.tenant_id = o.tenant_id AND d.service_key = o.service_key"


def _load(took: str, join: str) -> None:
    """Let the snapshot know how long decisions take, or no longer."""
    op.execute("DROP FUNCTION definer.load_tenants(int[])")
    op.execute(LOAD.replace("{TOOK}", took).replace("{JOIN}", join))
    op.execute(
        "COMMENT ON FUNCTION definer.load_tenants IS 'Public facts of all tenants for the snapshot in memory'"
    )
    _give_to_definer("load_tenants(int[])")


def _give_to_definer(signature: str) -> None:
    """A function that the application may call and that looks past row security."""
    op.execute(f"GRANT EXECUTE ON FUNCTION definer.{signature} TO kreisportal_app")
    op.execute(f"ALTER FUNCTION definer.{signature} OWNER TO kreisportal_definer")


def _note_trigger(table: str) -> None:
    """What changes here shows on the town's pages."""
    op.execute(NOTE)
    for event, which in (("INSERT", "NEW"), ("UPDATE", "NEW"), ("DELETE", "OLD")):
        op.execute(
            f"CREATE TRIGGER note_{event.lower()} AFTER {event} ON {table} REFERENCING {which} TABLE AS changed"
            " FOR EACH STATEMENT EXECUTE FUNCTION definer.note_decision_times()"
        )
    op.execute("ALTER FUNCTION definer.note_decision_times() OWNER TO kreisportal_definer")


def upgrade() -> None:
    """Create them. Counts and what people say come in by functions only; the town's staff read."""
    op.execute(TABLES)
    for table in NAMES:
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(
            f"CREATE POLICY staff_reads ON {table} FOR SELECT USING ({ACTOR} = 'staff' AND tenant_id = {TENANT})"
        )
        op.execute(f"GRANT SELECT ON {table} TO kreisportal_app")
    op.execute(f"CREATE POLICY job_all ON decision_times USING ({ACTOR} = 'job' AND tenant_id = {TENANT})")
    op.execute("GRANT INSERT, UPDATE, DELETE ON decision_times TO kreisportal_app")
    # Words that say more than they should can be erased; the stars stay.
    op.execute(
        f"CREATE POLICY staff_erases ON feedback FOR UPDATE USING ({ACTOR} = 'staff' AND tenant_id = {TENANT})"
    )
    op.execute("GRANT UPDATE (words) ON feedback TO kreisportal_app")
    _note_trigger("decision_times")
    for signature, statement in FUNCTIONS.items():
        op.execute(statement)
        _give_to_definer(signature)
    _load(_TOOK, _JOIN)


def downgrade() -> None:
    """Drop them."""
    _load("", "")
    for signature in FUNCTIONS:
        op.execute(f"DROP FUNCTION definer.{signature}")
    for table in NAMES:
        op.execute(f"DROP TABLE {table}")
    op.execute("DROP FUNCTION definer.note_decision_times()")
