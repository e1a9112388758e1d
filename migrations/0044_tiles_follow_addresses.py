"""A tile says that one signs in with the citizen account only while its client is led back to where the tile leads."""

from alembic import op

revision = "0044_tiles_follow_addresses"
down_revision = "0043_languages"
branch_labels = None
depends_on = None

LOAD = "load_tenants(int[])"
IS_ON = "c.id = l.link ->> 'client' AND c.disabled_at IS NULL)"
# As definer.client_at, which the desk asks when the tile is saved: scheme, host and port are the same.
LEADS_THERE = """c.id = l.link ->> 'client' AND c.disabled_at IS NULL
                    AND EXISTS (SELECT FROM unnest(c.redirect_uris) u
                        WHERE starts_with(u, substring(l.link ->> 'url' FROM '^[^:/?#]+://[^/?#]*') || '/')))"""
SWITCHED = "(OLD.disabled_at IS NULL) <> (NEW.disabled_at IS NULL)"
MOVED = f"{SWITCHED} OR OLD.redirect_uris <> NEW.redirect_uris"


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
    _as_definer(
        f"COMMENT ON FUNCTION definer.{LOAD} IS 'Public facts of all tenants for the snapshot in memory'"
    )


def _note_when(changed: str) -> None:
    """Let the snapshot hear of changes of clients that change what tiles say."""
    op.execute("DROP TRIGGER note_switch ON outside_clients")
    # Who migrates owns the table, and may not call the function unless its owner says so.
    _as_definer("GRANT EXECUTE ON FUNCTION definer.note_client() TO SESSION_USER")
    op.execute(
        "CREATE TRIGGER note_switch AFTER UPDATE ON outside_clients FOR EACH ROW"
        f" WHEN ({changed}) EXECUTE FUNCTION definer.note_client()"
    )
    _as_definer("REVOKE EXECUTE ON FUNCTION definer.note_client() FROM SESSION_USER")


def _as_definer(statement: str) -> None:
    op.execute("SET LOCAL ROLE kreisportal_definer")
    op.execute(statement)
    op.execute("RESET ROLE")


def upgrade() -> None:
    """Ask for the addresses too, and hear of them."""
    _rewrite_load(IS_ON, LEADS_THERE)
    _note_when(MOVED)


def downgrade() -> None:
    """Ask only whether the client is there and on."""
    _rewrite_load(LEADS_THERE, IS_ON)
    _note_when(SWITCHED)
