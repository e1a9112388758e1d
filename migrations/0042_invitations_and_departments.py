"""Those who run the region have invitations mailed, and take over departments of towns that merge."""

from alembic import op

revision = "0042_invitations_and_departments"
down_revision = "0040_council"
branch_labels = None
depends_on = None

ACTOR = "(SELECT current_setting('kreisportal.actor', true))"
_REACHED = "((SELECT definer.whole_region()) OR tenant_id IN (SELECT definer.own_tenants()))"

# Whom it comes from is a tenant that the actor reaches. They read no mail, not even their own.
MAILS = f"""
CREATE POLICY region_adds ON mails FOR INSERT WITH CHECK ({ACTOR} = 'region' AND state = 'queued' AND case_id IS NULL
    AND {_REACHED});
"""
# A town that becomes part of another one of the district brings its departments along.
DEPARTMENTS = ("departments", "department_services", "department_members")


def upgrade() -> None:
    """Let them add mails that are about no case, and see, add and remove departments of the towns that they reach."""
    op.execute(MAILS)
    for table in DEPARTMENTS:
        among = f"({ACTOR} = 'region' AND {_REACHED})"
        op.execute(f"CREATE POLICY region_reads ON {table} FOR SELECT USING {among}")
        op.execute(f"CREATE POLICY region_adds ON {table} FOR INSERT WITH CHECK {among}")
        op.execute(f"CREATE POLICY region_removes ON {table} FOR DELETE USING {among}")


def downgrade() -> None:
    """Let nobody of the region do any of it."""
    for table in DEPARTMENTS:
        for policy in ("region_reads", "region_adds", "region_removes"):
            op.execute(f"DROP POLICY {policy} ON {table}")
    op.execute("DROP POLICY region_adds ON mails")
