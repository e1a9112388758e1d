"""Those who run the region: operators and district admins, what they may reach, and the audit of what they do."""

from alembic import op

revision = "0026_region_staff"
down_revision = "0025_clients_changed"
branch_labels = None
depends_on = None

ACTOR = "(SELECT current_setting('kreisportal.actor', true))"
STAFF = "(SELECT nullif(current_setting('kreisportal.staff_id', true), '')::uuid)"

TABLES = """
CREATE TABLE region_staff (
    id uuid NOT NULL CONSTRAINT pk_region_staff PRIMARY KEY,
    district_id int CONSTRAINT fk_region_staff_district_id REFERENCES tenants (id),
    email text NOT NULL CONSTRAINT uq_region_staff_email UNIQUE,
    name text NOT NULL,
    roles text[] NOT NULL,
    language text NOT NULL,
    password_hash text,
    totp_secret bytea,
    totp_last_step bigint,
    pending_totp_secret bytea,
    recovery_codes text[] NOT NULL,
    invitation_digest bytea CONSTRAINT uq_region_staff_invitation_digest UNIQUE,
    invitation_expires_at timestamptz,
    failures int NOT NULL,
    locked_until timestamptz,
    active boolean NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT ck_region_staff_invitation CHECK ((invitation_digest IS NULL) = (invitation_expires_at IS NULL)),
    CONSTRAINT ck_region_staff_roles CHECK (CASE
        WHEN district_id IS NULL THEN roles = '{operator}' ELSE roles = '{district_admin}' END)
);
CREATE INDEX ix_region_staff_district_id ON region_staff (district_id);
ALTER TABLE staff ADD CONSTRAINT ck_staff_roles CHECK (roles <@ '{caseworker,tenant_admin}');

CREATE TABLE region_audit_entries (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_region_audit_entries PRIMARY KEY,
    at timestamptz NOT NULL DEFAULT now(),
    actor text NOT NULL,
    staff_id uuid,
    action text NOT NULL,
    subject_kind text NOT NULL,
    subject_id text NOT NULL,
    data jsonb NOT NULL
);
COMMENT ON TABLE region_audit_entries IS 'Acts of the region that concern no single tenant';
"""

# A command of the operator's names nobody. Who is named reaches what their role says, and nothing if there is no such
# person any more: a page that looks somebody up before they have signed in names an id that nobody has.
FUNCTIONS = {
    "whole_region()": """
CREATE FUNCTION definer.whole_region() RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT coalesce(current_setting('kreisportal.staff_id', true), '') = '' OR EXISTS (
        SELECT FROM region_staff s
        WHERE s.id = nullif(current_setting('kreisportal.staff_id', true), '')::uuid
            AND s.active AND s.district_id IS NULL)
$$""",
    "own_district()": """
CREATE FUNCTION definer.own_district() RETURNS int
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT s.district_id FROM region_staff s
    WHERE s.id = nullif(current_setting('kreisportal.staff_id', true), '')::uuid AND s.active
$$""",
    "own_tenants()": """
CREATE FUNCTION definer.own_tenants() RETURNS SETOF int
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT t.id FROM tenants t WHERE (SELECT definer.own_district()) IN (t.id, t.parent_id)
$$""",
}

# Numbers only, of all towns that the acting person reaches; whose cases they are stays with the towns.
FIGURES = """
CREATE FUNCTION definer.region_figures() RETURNS TABLE (
    tenant_id int, state text, has_portal boolean, offers_on int, open_cases int, oldest_case timestamptz,
    failed_mails int, failed_jobs int
) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT t.id, t.state, t.has_portal,
        (SELECT count(*)::int FROM offers o WHERE o.tenant_id = t.id AND o.is_on),
        coalesce(c.open, 0), c.oldest, coalesce(m.failed, 0), coalesce(j.failed, 0)
    FROM tenants t
    LEFT JOIN (SELECT c.tenant_id, count(*)::int AS open, min(c.received_at) AS oldest FROM cases c
        WHERE c.state IN ('new', 'in_progress', 'waiting') GROUP BY 1) c ON c.tenant_id = t.id
    LEFT JOIN (SELECT m.tenant_id, count(*)::int AS failed FROM mails m
        WHERE m.state IN ('bounced', 'failed') AND m.created_at > now() - interval '30 days' GROUP BY 1) m
        ON m.tenant_id = t.id
    LEFT JOIN (SELECT (j.args ->> 'tenant_id')::int AS tenant_id, count(*)::int AS failed
        FROM procrastinate_jobs j WHERE j.status = 'failed' GROUP BY 1) j ON j.tenant_id = t.id
    WHERE current_setting('kreisportal.actor', true) = 'region'
        AND ((SELECT definer.whole_region()) OR t.id IN (SELECT definer.own_tenants()))
    ORDER BY t.id
$$"""

POLICIES = f"""
CREATE POLICY region_all ON region_staff USING ({ACTOR} = 'region');
CREATE POLICY region_writes ON region_audit_entries FOR INSERT WITH CHECK ({ACTOR} = 'region' AND actor = 'region');
CREATE POLICY region_reads ON region_audit_entries FOR SELECT USING ({ACTOR} = 'region');
CREATE POLICY region_reads ON audit_entries FOR SELECT USING ({ACTOR} = 'region' AND actor = 'region');
"""

_WHOLE = f"({ACTOR} IS DISTINCT FROM 'region' OR (SELECT definer.whole_region()))"
_NOBODY = f"{STAFF} = '00000000-0000-0000-0000-000000000000'"


def within(table: str, column: str) -> str:
    """A policy that keeps a district admin to rows of the own district and its towns."""
    return (
        f"CREATE POLICY within_district ON {table} AS RESTRICTIVE TO kreisportal_app"
        f" USING ({_WHOLE} OR {column} IN (SELECT definer.own_tenants()));\n"
    )


def region_only(table: str, *commands: str) -> str:
    """Policies that keep what is the whole region's from a district admin."""
    return "".join(
        f"CREATE POLICY operator_{command.lower()} ON {table} AS RESTRICTIVE FOR {command} TO kreisportal_app"
        f" {'WITH CHECK' if command == 'INSERT' else 'USING'} ({_WHOLE});\n"
        for command in commands
    )


# A town that is brought on line belongs to the own district, and stays there; the district itself has no parent.
RESTRICTIVE = (
    "CREATE POLICY within_district ON tenants AS RESTRICTIVE TO kreisportal_app"
    # By the row itself: what is just being added must be seen by who adds it.
    f" USING ({_WHOLE} OR (SELECT definer.own_district()) IN (id, parent_id))"
    f" WITH CHECK ({_WHOLE} OR parent_id = (SELECT definer.own_district())"
    " OR (id = (SELECT definer.own_district()) AND parent_id IS NULL));\n"
    # Whoever signs in is looked up before it is known who they are, by the code of the program; they change themselves only.
    "CREATE POLICY within_district ON region_staff AS RESTRICTIVE TO kreisportal_app"
    f" USING ({_WHOLE} OR {_NOBODY} OR id = {STAFF} OR district_id = (SELECT definer.own_district()))"
    f" WITH CHECK ({_WHOLE} OR district_id = (SELECT definer.own_district()));\n"
    "CREATE POLICY own_acts ON region_audit_entries AS RESTRICTIVE FOR SELECT TO kreisportal_app"
    f" USING ({_WHOLE} OR staff_id = {STAFF});\n"
    + within("hosts", "tenant_id")
    + within("offers", "tenant_id")
    + within("staff", "tenant_id")
    + within("missed_words", "tenant_id")
    + within("audit_entries", "tenant_id")
    + region_only("catalogue_releases", "INSERT")
    + region_only("catalogue_entries", "INSERT", "UPDATE")
    + region_only("changes", "DELETE")
    + "".join(region_only(table, "ALL") for table in ("signing_keys", "outside_clients", "client_logouts"))
)
RESTRICTED = {
    "tenants": ["within_district"],
    "hosts": ["within_district"],
    "offers": ["within_district"],
    "staff": ["within_district"],
    "missed_words": ["within_district"],
    "audit_entries": ["within_district", "region_reads"],
    "catalogue_releases": ["operator_insert"],
    "catalogue_entries": ["operator_insert", "operator_update"],
    "changes": ["operator_delete"],
    "signing_keys": ["operator_all"],
    "outside_clients": ["operator_all"],
    "client_logouts": ["operator_all"],
}

CLOSE_SESSIONS = """
CREATE FUNCTION definer.close_sessions_of_staff(of_tenant int, of_staff uuid) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    DELETE FROM sessions WHERE tenant_id {SAME} of_tenant AND staff_id = of_staff
$$"""


def _create(signature: str, statement: str) -> None:
    """Create a function of the definer's that the application may call."""
    op.execute(statement)
    op.execute(f"GRANT EXECUTE ON FUNCTION definer.{signature} TO kreisportal_app")
    op.execute(f"ALTER FUNCTION definer.{signature} OWNER TO kreisportal_definer")


def _replace_closing(same: str) -> None:
    """Those who run the region have no tenant: their sessions are found only if NULL is the same as NULL."""
    op.execute("DROP FUNCTION definer.close_sessions_of_staff(int, uuid)")
    _create("close_sessions_of_staff(int, uuid)", CLOSE_SESSIONS.replace("{SAME}", same))


def upgrade() -> None:
    """Create both tables; what a district admin reaches, the functions know, and restrictive policies ask them."""
    op.execute(TABLES)
    for table in ("region_staff", "region_audit_entries"):
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute("GRANT SELECT, INSERT, UPDATE ON region_staff TO kreisportal_app")
    op.execute("GRANT SELECT, INSERT ON region_audit_entries TO kreisportal_app")
    for signature, statement in {**FUNCTIONS, "region_figures()": FIGURES}.items():
        _create(signature, statement)
    op.execute(POLICIES)
    op.execute(RESTRICTIVE)
    _replace_closing("IS NOT DISTINCT FROM")


def downgrade() -> None:
    """Drop all of it."""
    _replace_closing("=")
    for table, policies in RESTRICTED.items():
        for policy in policies:
            op.execute(f"DROP POLICY {policy} ON {table}")
    op.execute("ALTER TABLE staff DROP CONSTRAINT ck_staff_roles")
    op.execute("DROP TABLE region_audit_entries")
    op.execute("DROP TABLE region_staff")
    for signature in ("region_figures()", *reversed(FUNCTIONS)):
        op.execute(f"DROP FUNCTION definer.{signature}")
