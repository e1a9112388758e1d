"""A town chooses which languages its portal is offered in."""

from alembic import op

revision = "0043_languages"
down_revision = "0042_invitations_and_departments"
branch_labels = None
depends_on = None

SIGNATURE = "change_town(text, jsonb, jsonb)"
BEFORE, AFTER = "declaration,links,council", "declaration,links,council,languages"


def _parts(before: str, after: str) -> None:
    """Let the town change other parts of its profile; all else of the function stays as it is."""
    op.execute(
        f"DO $do$ DECLARE known text := pg_get_functiondef('definer.{SIGNATURE}'::regprocedure); BEGIN"
        f" IF strpos(known, '{before}}}') = 0 THEN RAISE EXCEPTION 'the parts are others'; END IF;"
        # Who migrates owns the schema, and not the function: it is made anew.
        f" DROP FUNCTION definer.{SIGNATURE};"
        f" EXECUTE replace(known, '{before}}}', '{after}}}'); END $do$"
    )
    op.execute(f"GRANT EXECUTE ON FUNCTION definer.{SIGNATURE} TO kreisportal_app")
    op.execute(f"ALTER FUNCTION definer.{SIGNATURE} OWNER TO kreisportal_definer")


def upgrade() -> None:
    """One part more."""
    _parts(BEFORE, AFTER)


def downgrade() -> None:
    """One part less; what was chosen stays in the profiles, where nobody asks for it, and goes as towns are read in."""
    _parts(AFTER, BEFORE)
    op.execute("DELETE FROM town_changes WHERE area = 'languages'")
