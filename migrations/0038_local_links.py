"""A town puts links of its own on its start page; the desk knows which of them lead to a client of the account."""

from alembic import op

revision = "0038_local_links"
down_revision = "0037_towns_over_time"
branch_labels = None
depends_on = None

SIGNATURE = "change_town(text, jsonb, jsonb)"
BEFORE = "{brand,home,notice,contact,hours,offices,texts,legal,declaration}"
AFTER = "{brand,home,notice,contact,hours,offices,texts,legal,declaration,links}"

# Staff read nothing of the clients but this: the id of one that is on and is led back to at this origin.
CLIENT_AT = """
CREATE FUNCTION definer.client_at(of_origin text) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT c.id FROM outside_clients c
    WHERE current_setting('kreisportal.actor', true) = 'staff' AND c.disabled_at IS NULL
        AND EXISTS (SELECT FROM unnest(c.redirect_uris) u WHERE starts_with(u, of_origin || '/'))
    ORDER BY c.id LIMIT 1
$$
"""


def _parts(before: str, after: str) -> None:
    """Let the town change other parts of its profile; all else of the function stays as it is."""
    op.execute(
        f"DO $do$ DECLARE known text := pg_get_functiondef('definer.{SIGNATURE}'::regprocedure); BEGIN"
        f" IF strpos(known, '{before}') = 0 THEN RAISE EXCEPTION 'the parts are others'; END IF;"
        # Who migrates owns the schema, and not the function: it is made anew.
        f" DROP FUNCTION definer.{SIGNATURE};"
        f" EXECUTE replace(known, '{before}', '{after}'); END $do$"
    )
    _give_to_definer(SIGNATURE)


def _give_to_definer(signature: str) -> None:
    """A function that the application may call and that looks past row security."""
    op.execute(f"GRANT EXECUTE ON FUNCTION definer.{signature} TO kreisportal_app")
    op.execute(f"ALTER FUNCTION definer.{signature} OWNER TO kreisportal_definer")


def upgrade() -> None:
    """One part more, and the question for a client."""
    _parts(BEFORE, AFTER)
    op.execute(CLIENT_AT)
    _give_to_definer("client_at(text)")


def downgrade() -> None:
    """Drop both; links that were set stay in the profiles, where nobody asks for them, and go as towns are read in."""
    op.execute("DROP FUNCTION definer.client_at(text)")
    _parts(AFTER, BEFORE)
    op.execute("DELETE FROM town_changes WHERE area = 'links'")
