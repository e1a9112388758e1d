"""Staff of a tenant, departments, and the audit of what everybody did."""

from alembic import op

revision = "0003_staff"
down_revision = "0002_sessions"
branch_labels = None
depends_on = None

ACTOR = "(SELECT current_setting('kreisportal.actor', true))"
TENANT = "(SELECT nullif(current_setting('kreisportal.tenant_id', true), '')::int)"

TABLES = """
CREATE TABLE staff (
    tenant_id int NOT NULL CONSTRAINT fk_staff_tenant_id REFERENCES tenants (id),
    id uuid NOT NULL,
    email text NOT NULL,
    name text NOT NULL,
    roles text[] NOT NULL,
    language text NOT NULL,
    password_hash text,
    totp_secret bytea,
    totp_last_step bigint,
    recovery_codes text[] NOT NULL,
    failures int NOT NULL,
    locked_until timestamptz,
    active boolean NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT pk_staff PRIMARY KEY (tenant_id, id),
    CONSTRAINT uq_staff_email UNIQUE (tenant_id, email)
);

CREATE TABLE audit_entries (
    tenant_id int NOT NULL CONSTRAINT fk_audit_entries_tenant_id REFERENCES tenants (id),
    id bigint GENERATED ALWAYS AS IDENTITY,
    at timestamptz NOT NULL DEFAULT now(),
    actor text NOT NULL,
    staff_id uuid,
    action text NOT NULL,
    subject_kind text NOT NULL,
    subject_id text NOT NULL,
    data jsonb NOT NULL,
    CONSTRAINT pk_audit_entries PRIMARY KEY (tenant_id, id)
);
CREATE INDEX ix_audit_entries_subject_id ON audit_entries (tenant_id, subject_id);
"""

POLICIES = f"""
CREATE POLICY staff_all ON staff USING ({ACTOR} = 'staff' AND tenant_id = {TENANT});
CREATE POLICY region_all ON staff USING ({ACTOR} = 'region');
CREATE POLICY job_reads ON staff FOR SELECT USING ({ACTOR} = 'job' AND tenant_id = {TENANT});

CREATE POLICY own_writes ON audit_entries FOR INSERT
    WITH CHECK ({ACTOR} IN ('staff', 'applicant', 'account', 'job') AND tenant_id = {TENANT} AND actor = {ACTOR});
CREATE POLICY region_writes ON audit_entries FOR INSERT WITH CHECK ({ACTOR} = 'region' AND actor = 'region');
CREATE POLICY staff_reads ON audit_entries FOR SELECT USING ({ACTOR} = 'staff' AND tenant_id = {TENANT});
"""


def upgrade() -> None:
    """Create staff and audit; nobody may change or delete an entry of the audit."""
    op.execute(TABLES)
    for table in ("staff", "audit_entries"):
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(POLICIES)
    op.execute("GRANT SELECT, INSERT, UPDATE ON staff TO kreisportal_app")
    op.execute("GRANT SELECT, INSERT ON audit_entries TO kreisportal_app")


def downgrade() -> None:
    """Drop both."""
    op.execute("DROP TABLE audit_entries")
    op.execute("DROP TABLE staff")
