"""Departments of a town's staff, the services that each works, and who stands in for whom while somebody is away."""

from alembic import op

revision = "0030_departments"
down_revision = "0029_ages_of_cases"
branch_labels = None
depends_on = None

ACTOR = "(SELECT current_setting('kreisportal.actor', true))"
TENANT = "(SELECT nullif(current_setting('kreisportal.tenant_id', true), '')::int)"

# Removing a department is refused while anybody or anything is in it: none of the keys cascades.
TABLES = """
CREATE TABLE departments (
    tenant_id int NOT NULL CONSTRAINT fk_departments_tenant_id REFERENCES tenants (id),
    id uuid NOT NULL,
    name text NOT NULL,
    CONSTRAINT pk_departments PRIMARY KEY (tenant_id, id),
    CONSTRAINT uq_departments_name UNIQUE (tenant_id, name)
);
CREATE TABLE department_services (
    tenant_id int NOT NULL CONSTRAINT fk_department_services_tenant_id REFERENCES tenants (id),
    service_key text NOT NULL,
    department_id uuid NOT NULL,
    CONSTRAINT pk_department_services PRIMARY KEY (tenant_id, service_key),
    CONSTRAINT fk_department_services_department FOREIGN KEY (tenant_id, department_id)
        REFERENCES departments (tenant_id, id)
);
CREATE INDEX ix_department_services_department_id ON department_services (tenant_id, department_id);
CREATE TABLE department_members (
    tenant_id int NOT NULL CONSTRAINT fk_department_members_tenant_id REFERENCES tenants (id),
    department_id uuid NOT NULL,
    staff_id uuid NOT NULL,
    CONSTRAINT pk_department_members PRIMARY KEY (tenant_id, department_id, staff_id),
    CONSTRAINT fk_department_members_department FOREIGN KEY (tenant_id, department_id)
        REFERENCES departments (tenant_id, id),
    CONSTRAINT fk_department_members_staff_id FOREIGN KEY (tenant_id, staff_id) REFERENCES staff (tenant_id, id)
);
CREATE INDEX ix_department_members_staff_id ON department_members (tenant_id, staff_id);
ALTER TABLE staff
    ADD COLUMN deputy_id uuid,
    ADD COLUMN leave_from date,
    ADD COLUMN leave_until date,
    -- Checked at the end, so that two who stand in for each other can be read in one after the other.
    ADD CONSTRAINT fk_staff_deputy_id FOREIGN KEY (tenant_id, deputy_id) REFERENCES staff (tenant_id, id)
        DEFERRABLE INITIALLY DEFERRED,
    ADD CONSTRAINT ck_staff_deputy CHECK (deputy_id <> id),
    ADD CONSTRAINT ck_staff_leave CHECK ((leave_from IS NULL) = (leave_until IS NULL) AND leave_from <= leave_until);
"""
NAMES = ("departments", "department_services", "department_members")


def upgrade() -> None:
    """Create them for the town's staff; a job reads them, to know whom to tell of a case."""
    op.execute(TABLES)
    for table in NAMES:
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY staff_all ON {table} USING ({ACTOR} = 'staff' AND tenant_id = {TENANT})")
        op.execute(
            f"CREATE POLICY job_reads ON {table} FOR SELECT USING ({ACTOR} = 'job' AND tenant_id = {TENANT})"
        )
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO kreisportal_app")


def downgrade() -> None:
    """Drop them."""
    op.execute("ALTER TABLE staff DROP COLUMN deputy_id, DROP COLUMN leave_from, DROP COLUMN leave_until")
    for table in reversed(NAMES):
        op.execute(f"DROP TABLE {table}")
