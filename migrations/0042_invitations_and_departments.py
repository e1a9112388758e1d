"""Those who run the region have invitations mailed, take over departments of towns that merge, and remove clients."""

from alembic import op

revision = "0042_invitations_and_departments"
down_revision = "0041_host_looks"
branch_labels = None
depends_on = None

ACTOR = "(SELECT current_setting('kreisportal.actor', true))"
_REACHED = "((SELECT definer.whole_region()) OR tenant_id IN (SELECT definer.own_tenants()))"

# Whom it comes from is a tenant that the actor reaches. They read no mail, not even their own.
MAILS = f"""
CREATE POLICY region_adds ON mails FOR INSERT TO kreisportal_app
    WITH CHECK ({ACTOR} = 'region' AND state = 'queued' AND case_id IS NULL AND {_REACHED});
"""
# A town that becomes part of another one of the district brings its departments along.
DEPARTMENTS = ("departments", "department_services", "department_members")


# A tile of a start page keeps which client it leads to; that one signs in there is shown only while the client is on.
LOAD, PROFILE, SHOWN = (
    "load_tenants(int[])",
    "t.state, t.profile,",
    """t.state, CASE WHEN jsonb_path_exists(t.profile, '$.links[*].client') THEN
        jsonb_set(t.profile, '{links}', (SELECT jsonb_agg(CASE WHEN EXISTS (SELECT FROM outside_clients c
                WHERE c.id = l.link ->> 'client' AND c.disabled_at IS NULL)
            THEN l.link ELSE l.link - 'client' END ORDER BY l.place)
            FROM jsonb_array_elements(t.profile -> 'links') WITH ORDINALITY l (link, place)))
        ELSE t.profile END,""",
)
# As definer.note_tenants, for the towns with a tile that leads to the client.
NOTE = """
CREATE FUNCTION definer.note_client() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(4202612);
    INSERT INTO public.changes (tenant_id) SELECT t.id FROM public.tenants t WHERE t.profile
        @> jsonb_build_object('links', jsonb_build_array(jsonb_build_object('client', OLD.id)));
    RETURN NULL;
END $$
"""
TRIGGERS = """
CREATE TRIGGER note_removal AFTER DELETE ON outside_clients FOR EACH ROW EXECUTE FUNCTION definer.note_client();
CREATE TRIGGER note_switch AFTER UPDATE ON outside_clients FOR EACH ROW
    WHEN ((OLD.disabled_at IS NULL) <> (NEW.disabled_at IS NULL)) EXECUTE FUNCTION definer.note_client();
"""


def _rewrite_load(before: str, after: str) -> None:
    """Make the function anew with other words in one place; all else of it stays as it is."""
    op.execute(
        f"DO $do$ DECLARE known text := pg_get_functiondef('definer.{LOAD}'::regprocedure); BEGIN"
        f" IF strpos(known, $old${before}$old$) = 0 THEN RAISE EXCEPTION 'the function is another'; END IF;"
        # Who migrates owns the schema, and not the function: it is made anew.
        f" DROP FUNCTION definer.{LOAD}; EXECUTE replace(known, $old${before}$old$, $new${after}$new$); END $do$"
    )
    op.execute(f"GRANT EXECUTE ON FUNCTION definer.{LOAD} TO kreisportal_app")
    op.execute(f"ALTER FUNCTION definer.{LOAD} OWNER TO kreisportal_definer")
    op.execute("SET LOCAL ROLE kreisportal_definer")
    op.execute(
        f"COMMENT ON FUNCTION definer.{LOAD} IS 'Public facts of all tenants for the snapshot in memory'"
    )
    op.execute("RESET ROLE")


def upgrade() -> None:
    """Let them do so within their towns, and let tiles follow the clients that they lead to."""
    op.execute(MAILS)
    for table in DEPARTMENTS:
        among = f"({ACTOR} = 'region' AND {_REACHED})"
        op.execute(f"CREATE POLICY region_reads ON {table} FOR SELECT TO kreisportal_app USING {among}")
        op.execute(f"CREATE POLICY region_adds ON {table} FOR INSERT TO kreisportal_app WITH CHECK {among}")
        op.execute(f"CREATE POLICY region_removes ON {table} FOR DELETE TO kreisportal_app USING {among}")
    _rewrite_load(PROFILE, SHOWN)
    op.execute(NOTE)
    op.execute(TRIGGERS)
    op.execute("ALTER FUNCTION definer.note_client() OWNER TO kreisportal_definer")


def downgrade() -> None:
    """Let nobody of the region do any of it; tiles say again what they said when they were saved."""
    for trigger in ("note_removal", "note_switch"):
        op.execute(f"DROP TRIGGER {trigger} ON outside_clients")
    op.execute("DROP FUNCTION definer.note_client()")
    _rewrite_load(SHOWN, PROFILE)
    for table in DEPARTMENTS:
        for policy in ("region_reads", "region_adds", "region_removes"):
            op.execute(f"DROP POLICY {policy} ON {table}")
    op.execute("DROP POLICY region_adds ON mails")
