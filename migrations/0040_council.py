"""What was fetched of the meetings and papers of a town's council, for its portal's snapshot."""

from alembic import op

revision = "0040_council"
down_revision = "0039_bundles"
branch_labels = None
depends_on = None

ACTOR = "(SELECT current_setting('kreisportal.actor', true))"
TENANT = "(SELECT nullif(current_setting('kreisportal.tenant_id', true), '')::int)"

TABLE = """
CREATE TABLE council_contents (
    tenant_id int NOT NULL CONSTRAINT pk_council_contents PRIMARY KEY
        CONSTRAINT fk_council_contents_tenant_id REFERENCES tenants (id),
    body text NOT NULL,
    shown jsonb,
    read_at timestamptz,
    tried_at timestamptz NOT NULL,
    failing_since timestamptz,
    fault text,
    failures int NOT NULL DEFAULT 0,
    next_at timestamptz NOT NULL,
    CONSTRAINT ck_council_contents_fault CHECK ((fault IS NULL) = (failing_since IS NULL))
);
COMMENT ON COLUMN council_contents.body IS 'The address of the OParl body that all of it is of';
COMMENT ON COLUMN council_contents.shown IS 'Meetings and papers as the portal shows them, of which day; null: never read';
"""

# As definer.note_tenants. When nothing new was read, no page changes: so it is asked row by row.
NOTE = """
CREATE FUNCTION definer.note_council() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(4202612);
    INSERT INTO public.changes (tenant_id) VALUES (coalesce(NEW.tenant_id, OLD.tenant_id));
    RETURN NULL;
END $$
"""
TRIGGERS = """
CREATE TRIGGER note_change AFTER INSERT OR DELETE ON council_contents
    FOR EACH ROW EXECUTE FUNCTION definer.note_council();
CREATE TRIGGER note_update AFTER UPDATE ON council_contents
    FOR EACH ROW WHEN (OLD.shown IS DISTINCT FROM NEW.shown OR OLD.body <> NEW.body)
    EXECUTE FUNCTION definer.note_council();
"""

# Numbers only: of which towns it is time to ask. A source that has changed is asked at once.
DUE = """
CREATE FUNCTION definer.due_councils(at timestamptz) RETURNS SETOF int
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT t.id FROM tenants t LEFT JOIN council_contents c ON c.tenant_id = t.id
    WHERE current_setting('kreisportal.actor', true) = 'region' AND definer.whole_region()
        AND t.has_portal AND t.state <> 'closed'
        AND jsonb_typeof(t.profile -> 'council') = 'object'
        AND coalesce(t.profile #>> '{council,on}', 'true') = 'true'
        AND (c.tenant_id IS NULL OR c.next_at <= at OR c.body <> t.profile #>> '{council,body}')
    ORDER BY t.id
$$
"""

CHANGE_TOWN, LOAD, WITHDRAW = (
    "change_town(text, jsonb, jsonb)",
    "load_tenants(int[])",
    "withdraw_town(int, boolean)",
)
_FACTS = (
    ",\n        (SELECT jsonb_build_object('body', c.body, 'shown', c.shown)"
    " FROM council_contents c WHERE c.tenant_id = t.id AND c.shown IS NOT NULL)"
)
_DELETE = "    DELETE FROM council_contents WHERE tenant_id = of_tenant;\n"
_BEFORE_IT = "    DELETE FROM offers WHERE"
CHANGED: dict[str, tuple[tuple[str, str], ...]] = {
    CHANGE_TOWN: (("declaration,links", "declaration,links,council"),),
    LOAD: (
        ("merged_into_id integer", "merged_into_id integer, council jsonb"),
        ("t.merged_into_id\n", f"t.merged_into_id{_FACTS}\n"),
    ),
    WITHDRAW: ((_BEFORE_IT, _DELETE + _BEFORE_IT),),
}
"""Functions that were there before, and what is written otherwise in each."""


def _rewrite(signature: str, changes: list[tuple[str, str]]) -> None:
    """Make a function anew with other words in some places; all else of it stays as it is."""
    steps = "".join(
        f" IF strpos(known, $old${old}$old$) = 0 THEN RAISE EXCEPTION 'the function is another'; END IF;"
        f" known := replace(known, $old${old}$old$, $new${new}$new$);"
        for old, new in changes
    )
    op.execute(
        f"DO $do$ DECLARE known text := pg_get_functiondef('definer.{signature}'::regprocedure); BEGIN{steps}"
        # Who migrates owns the schema, and not the function: it is made anew.
        f" DROP FUNCTION definer.{signature}; EXECUTE known; END $do$"
    )
    _give_to_definer(signature)


def _give_to_definer(signature: str) -> None:
    """A function that the application may call and that looks past row security."""
    op.execute(f"GRANT EXECUTE ON FUNCTION definer.{signature} TO kreisportal_app")
    op.execute(f"ALTER FUNCTION definer.{signature} OWNER TO kreisportal_definer")


def _comment() -> None:
    op.execute("SET LOCAL ROLE kreisportal_definer")
    op.execute(
        "COMMENT ON FUNCTION definer.load_tenants IS 'Public facts of all tenants for the snapshot in memory'"
    )
    op.execute("RESET ROLE")


def upgrade() -> None:
    """Create the table, which jobs write and the town's staff read, and let the snapshot hold what is in it."""
    op.execute(TABLE)
    op.execute("ALTER TABLE council_contents ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE council_contents FORCE ROW LEVEL SECURITY")
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON council_contents TO kreisportal_app")
    op.execute(
        f"CREATE POLICY staff_reads ON council_contents FOR SELECT USING ({ACTOR} = 'staff' AND tenant_id = {TENANT})"
    )
    op.execute(f"CREATE POLICY job_all ON council_contents USING ({ACTOR} = 'job' AND tenant_id = {TENANT})")
    op.execute(NOTE)
    op.execute(TRIGGERS)
    op.execute("ALTER FUNCTION definer.note_council() OWNER TO kreisportal_definer")
    op.execute(DUE)
    _give_to_definer("due_councils(timestamptz)")
    for signature, changes in CHANGED.items():
        _rewrite(signature, list(changes))
    _comment()


def downgrade() -> None:
    """Drop all of it; the sources stay in the profiles, where nobody asks for them."""
    for signature, changes in CHANGED.items():
        _rewrite(signature, [(new, old) for old, new in reversed(changes)])
    _comment()
    op.execute("DELETE FROM town_changes WHERE area = 'council'")
    op.execute("DROP FUNCTION definer.due_councils(timestamptz)")
    op.execute("DROP TABLE council_contents")
    op.execute("DROP FUNCTION definer.note_council()")
