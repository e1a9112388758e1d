"""Those who run the region have invitations mailed."""

from alembic import op

revision = "0042_invitations_and_departments"
down_revision = "0040_council"
branch_labels = None
depends_on = None

ACTOR = "(SELECT current_setting('kreisportal.actor', true))"

# Whom it comes from is a tenant that the actor reaches. They read no mail, not even their own.
MAILS = f"""
CREATE POLICY region_adds ON mails FOR INSERT WITH CHECK ({ACTOR} = 'region' AND state = 'queued' AND case_id IS NULL
    AND ((SELECT definer.whole_region()) OR tenant_id IN (SELECT definer.own_tenants())));
"""


def upgrade() -> None:
    """Let them add mails that are about no case."""
    op.execute(MAILS)


def downgrade() -> None:
    """Let nobody of the region add any."""
    op.execute("DROP POLICY region_adds ON mails")
