"""Drafts: what was typed on a page that could not be accepted yet, so that a pause does not lose it."""

from alembic import op

revision = "0007_unfinished_pages"
down_revision = "0006_staff_invitations"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column."""
    op.execute("ALTER TABLE drafts ADD COLUMN unfinished jsonb")
    op.execute(
        "COMMENT ON COLUMN drafts.unfinished IS 'step and what was typed there; no answer of the draft yet'"
    )


def downgrade() -> None:
    """Drop it."""
    op.execute("ALTER TABLE drafts DROP COLUMN unfinished")
