"""Who of an office has read a case, for its applicant to see."""

from alembic import op

revision = "0014_case_readings"
down_revision = "0013_account_details"
branch_labels = None
depends_on = None

ACTOR = "(SELECT current_setting('kreisportal.actor', true))"
TENANT = "(SELECT nullif(current_setting('kreisportal.tenant_id', true), '')::int)"
STAFF = "(SELECT nullif(current_setting('kreisportal.staff_id', true), '')::uuid)"
SUBJECT = "(SELECT nullif(current_setting('kreisportal.subject_id', true), '')::uuid)"
ACCOUNT = "(SELECT nullif(current_setting('kreisportal.account_id', true), '')::uuid)"

TABLE = """
CREATE TABLE case_readings (
    tenant_id int NOT NULL CONSTRAINT fk_case_readings_tenant_id REFERENCES tenants (id),
    id bigint GENERATED ALWAYS AS IDENTITY,
    case_id uuid NOT NULL,
    at timestamptz NOT NULL DEFAULT now(),
    staff_id uuid NOT NULL,
    role text NOT NULL,
    what text NOT NULL CONSTRAINT ck_case_readings_what CHECK (what IN ('case', 'copy', 'letter', 'document')),
    CONSTRAINT pk_case_readings PRIMARY KEY (tenant_id, id),
    CONSTRAINT fk_case_readings_case FOREIGN KEY (tenant_id, case_id) REFERENCES cases (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_case_readings_staff_id FOREIGN KEY (tenant_id, staff_id) REFERENCES staff (tenant_id, id)
);
CREATE INDEX ix_case_readings_case_id ON case_readings (case_id, at);
ALTER TABLE case_readings ENABLE ROW LEVEL SECURITY;
ALTER TABLE case_readings FORCE ROW LEVEL SECURITY;
GRANT SELECT, INSERT ON case_readings TO kreisportal_app;
"""

# A case that was passed on is the account's where it is now; who read it before, elsewhere, goes by its id.
POLICIES = f"""
CREATE POLICY staff_adds ON case_readings FOR INSERT
    WITH CHECK ({ACTOR} = 'staff' AND tenant_id = {TENANT} AND staff_id = {STAFF});
CREATE POLICY staff_reads ON case_readings FOR SELECT
    USING ({ACTOR} = 'staff' AND tenant_id = {TENANT} AND staff_id = {STAFF});
CREATE POLICY applicant_reads ON case_readings FOR SELECT
    USING ({ACTOR} = 'applicant' AND tenant_id = {TENANT} AND case_id = {SUBJECT});
CREATE POLICY account_reads ON case_readings FOR SELECT
    USING ({ACTOR} = 'account' AND case_id IN (SELECT c.id FROM cases c WHERE c.account_id = {ACCOUNT}));
"""  # noqa: S608 - constants of this file.


def upgrade() -> None:
    """Create the table."""
    op.execute(TABLE)
    op.execute(POLICIES)


def downgrade() -> None:
    """Drop it."""
    op.execute("DROP TABLE case_readings")
