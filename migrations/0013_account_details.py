"""What a person lets the account remember, so that forms can propose it."""

from alembic import op

revision = "0013_account_details"
down_revision = "0012_account_cases"
branch_labels = None
depends_on = None

ACTOR = "(SELECT current_setting('kreisportal.actor', true))"
ACCOUNT = "(SELECT nullif(current_setting('kreisportal.account_id', true), '')::uuid)"


def upgrade() -> None:
    """Create the table."""
    op.execute("""
        CREATE TABLE account_details (
            account_id uuid NOT NULL
                CONSTRAINT fk_account_details_account_id REFERENCES accounts (id) ON DELETE CASCADE,
            key text NOT NULL,
            value jsonb NOT NULL,
            source text NOT NULL CONSTRAINT ck_account_details_source CHECK (source IN ('typed', 'application')),
            updated_at timestamptz NOT NULL DEFAULT now(),
            CONSTRAINT pk_account_details PRIMARY KEY (account_id, key)
        )
    """)
    op.execute(
        "COMMENT ON COLUMN account_details.key IS 'What a form may propose it for, e.g. person.given_names'"
    )
    op.execute("ALTER TABLE account_details ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE account_details FORCE ROW LEVEL SECURITY")
    op.execute(
        f"CREATE POLICY own_all ON account_details USING ({ACTOR} = 'account' AND account_id = {ACCOUNT})"
    )
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON account_details TO kreisportal_app")


def downgrade() -> None:
    """Drop it."""
    op.execute("DROP TABLE account_details")
