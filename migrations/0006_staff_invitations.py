"""Staff: how a person is let in for the first time, and the second factor that is not yet confirmed."""

from alembic import op

revision = "0006_staff_invitations"
down_revision = "0005_cases"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns. One invitation is open at a time; a newer one takes the place of the older."""
    op.execute("""
        ALTER TABLE staff
            ADD COLUMN invitation_digest bytea,
            ADD COLUMN invitation_expires_at timestamptz,
            ADD COLUMN pending_totp_secret bytea,
            ADD CONSTRAINT ck_staff_invitation CHECK ((invitation_digest IS NULL) = (invitation_expires_at IS NULL))
    """)
    op.execute("CREATE UNIQUE INDEX uq_staff_invitation_digest ON staff (tenant_id, invitation_digest)")


def downgrade() -> None:
    """Drop them."""
    op.execute("""
        ALTER TABLE staff
            DROP COLUMN invitation_digest, DROP COLUMN invitation_expires_at, DROP COLUMN pending_totp_secret
    """)
