"""What an account has seen of its cases, so that the mailbox can tell what is new."""

from alembic import op

revision = "0018_mailbox"
down_revision = "0017_account_address"
branch_labels = None
depends_on = None

ACTOR = "(SELECT current_setting('kreisportal.actor', true))"
ACCOUNT = "(SELECT nullif(current_setting('kreisportal.account_id', true), '')::uuid)"

TABLE = f"""
CREATE TABLE account_seen_cases (
    account_id uuid NOT NULL
        CONSTRAINT fk_account_seen_cases_account_id REFERENCES accounts (id) ON DELETE CASCADE,
    case_id uuid NOT NULL,
    events int NOT NULL,
    CONSTRAINT pk_account_seen_cases PRIMARY KEY (account_id, case_id)
);
COMMENT ON COLUMN account_seen_cases.events IS 'The last event that was shown';
ALTER TABLE account_seen_cases ENABLE ROW LEVEL SECURITY;
ALTER TABLE account_seen_cases FORCE ROW LEVEL SECURITY;
CREATE POLICY own_all ON account_seen_cases USING ({ACTOR} = 'account' AND account_id = {ACCOUNT});
GRANT SELECT, INSERT, UPDATE, DELETE ON account_seen_cases TO kreisportal_app;
"""

# The account sees what happened to its own cases, as far as their applicant may.
POLICY = f"""
CREATE POLICY account_reads ON case_events FOR SELECT
    USING ({ACTOR} = 'account' AND is_public
        AND case_id IN (SELECT c.id FROM cases c WHERE c.account_id = {ACCOUNT}))
"""  # noqa: S608 - constants of this file.


def upgrade() -> None:
    """Create the table, and let accounts read their cases' events."""
    op.execute(TABLE)
    op.execute(POLICY)


def downgrade() -> None:
    """Drop both."""
    op.execute("DROP POLICY account_reads ON case_events")
    op.execute("DROP TABLE account_seen_cases")
