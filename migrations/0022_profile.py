"""What a profile has several of: further addresses, children, dogs, businesses. And what forms may not propose."""

from alembic import op

revision = "0022_profile"
down_revision = "0021_takeouts"
branch_labels = None
depends_on = None

ACTOR = "(SELECT current_setting('kreisportal.actor', true))"
ACCOUNT = "(SELECT nullif(current_setting('kreisportal.account_id', true), '')::uuid)"

TABLE = """
CREATE TABLE account_entries (
    id uuid NOT NULL CONSTRAINT pk_account_entries PRIMARY KEY,
    account_id uuid NOT NULL
        CONSTRAINT fk_account_entries_account_id REFERENCES accounts (id) ON DELETE CASCADE,
    part text NOT NULL CONSTRAINT ck_account_entries_part CHECK (part IN ('address', 'child', 'dog', 'business')),
    details jsonb NOT NULL,
    withheld text[] NOT NULL DEFAULT '{}',
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX ix_account_entries_account_id ON account_entries (account_id);
COMMENT ON COLUMN account_entries.details IS 'By the keys of forms, e.g. dog.name: value, source and day of each';
COMMENT ON COLUMN account_entries.withheld IS 'Keys of what forms may not propose';
ALTER TABLE accounts ADD COLUMN withheld text[] NOT NULL DEFAULT '{}';
COMMENT ON COLUMN accounts.withheld IS 'Keys of what forms may not propose, whoever has told it';
ALTER TABLE drafts ADD COLUMN chosen jsonb;
COMMENT ON COLUMN drafts.chosen IS 'Which entry of the profile it is about, by part, e.g. the second dog'
"""

# The owner is bound by row security too, and sees no account's rows.
BUSINESSES = """
ALTER TABLE account_details NO FORCE ROW LEVEL SECURITY;
INSERT INTO account_entries (id, account_id, part, details)
    SELECT gen_random_uuid(), account_id, 'business',
        jsonb_object_agg(key, jsonb_build_object('value', value, 'source', source, 'at', updated_at))
    FROM account_details WHERE key LIKE 'business.%' GROUP BY account_id;
DELETE FROM account_details WHERE key LIKE 'business.%';
ALTER TABLE account_details FORCE ROW LEVEL SECURITY
"""

BUSINESSES_BACK = """
ALTER TABLE account_entries NO FORCE ROW LEVEL SECURITY;
ALTER TABLE account_details NO FORCE ROW LEVEL SECURITY;
INSERT INTO account_details (account_id, key, value, source, updated_at)
    SELECT e.account_id, d.key, d.value -> 'value', d.value ->> 'source', (d.value ->> 'at')::timestamptz
    FROM (SELECT DISTINCT ON (account_id) * FROM account_entries WHERE part = 'business'
        ORDER BY account_id, created_at) e, jsonb_each(e.details) d;
ALTER TABLE account_details FORCE ROW LEVEL SECURITY
"""

GUARDS = f"""
ALTER TABLE account_entries ENABLE ROW LEVEL SECURITY;
ALTER TABLE account_entries FORCE ROW LEVEL SECURITY;
CREATE POLICY own_all ON account_entries USING ({ACTOR} = 'account' AND account_id = {ACCOUNT});
GRANT SELECT, INSERT, UPDATE, DELETE ON account_entries TO kreisportal_app
"""


def upgrade() -> None:
    """Create the table; what was kept of a business becomes the first one."""
    op.execute(TABLE)
    op.execute(BUSINESSES)
    op.execute(GUARDS)


def downgrade() -> None:
    """Drop it; of several businesses the first is kept."""
    op.execute(BUSINESSES_BACK)
    op.execute("ALTER TABLE drafts DROP COLUMN chosen")
    op.execute("ALTER TABLE accounts DROP COLUMN withheld")
    op.execute("DROP TABLE account_entries")
