"""What happens to towns over time: another name, a mistake that is withdrawn, one that becomes part of another."""

from alembic import op

revision = "0037_towns_over_time"
down_revision = "0036_catalogue_editing"
branch_labels = None
depends_on = None

COLUMNS = """
ALTER TABLE tenants ADD COLUMN renaming jsonb;
COMMENT ON COLUMN tenants.renaming IS 'The name that the tenant will have, and from which day on';
ALTER TABLE tenants ADD COLUMN merged_into_id int;
ALTER TABLE tenants ADD COLUMN merging jsonb;
COMMENT ON COLUMN tenants.merged_into_id IS 'The tenant that has become its successor';
COMMENT ON COLUMN tenants.merging IS 'How far it is on its way there, or back; nothing when that is settled';
ALTER TABLE tenants ADD CONSTRAINT uq_tenants_district UNIQUE (id, parent_id);
-- The successor lies in the same district, whoever says otherwise.
ALTER TABLE tenants ADD CONSTRAINT fk_tenants_merged_into_id
    FOREIGN KEY (merged_into_id, parent_id) REFERENCES tenants (id, parent_id);
ALTER TABLE tenants ADD CONSTRAINT ck_tenants_merged_into CHECK (merged_into_id <> id);
ALTER TABLE tenants ADD CONSTRAINT ck_tenants_merging CHECK (merging IS NULL OR merged_into_id IS NOT NULL);
ALTER TABLE drafts ADD COLUMN merged_from_id int CONSTRAINT fk_drafts_merged_from_id REFERENCES tenants (id);
ALTER TABLE cases ADD COLUMN merged_from_id int CONSTRAINT fk_cases_merged_from_id REFERENCES tenants (id);
"""

_LOAD = """
CREATE FUNCTION definer.load_tenants(only_ids int[]) RETURNS TABLE (
    id int, slug text, code text, kind text, ars text, parent_id int, has_portal boolean, state text,
    profile jsonb, hosts jsonb, offers jsonb{COLUMN}
) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT t.id, t.slug, t.code, t.kind, t.ars, t.parent_id, t.has_portal, t.state, t.profile,
        (SELECT jsonb_agg(jsonb_build_array(h.host, h.site, h.canonical) ORDER BY h.canonical DESC, h.host)
            FROM hosts h WHERE h.tenant_id = t.id),
        (SELECT jsonb_object_agg(o.service_key, jsonb_strip_nulls(jsonb_build_object(
                'channel', o.channel, 'from', o.open_from, 'until', o.open_until{TOOK})) || o.details)
            FROM offers o{JOIN} WHERE o.tenant_id = t.id AND o.is_on){VALUE}
    FROM tenants t
    WHERE only_ids IS NULL OR t.id = ANY (only_ids)
    ORDER BY t.id
$$"""

_TOOK = ", 'took', CASE WHEN d.decided IS NOT NULL THEN jsonb_build_array(d.median_days, d.most_days, d.decided) END"
_JOIN = " LEFT JOIN decision_times d ON d.tenant_id = o.tenant_id AND d.service_key = o.service_key"

_REACHED = """current_setting('kreisportal.actor', true) = 'region'
        AND (definer.whole_region() OR of_tenant IN (SELECT definer.own_tenants()))"""

# Numbers only: what somebody who runs the region must know of a town before it is withdrawn or merged.
HOLDINGS = """
CREATE FUNCTION definer.town_holdings(of_tenant int) RETURNS TABLE (what text, rows bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT * FROM (
        SELECT 'cases', count(*) FROM cases WHERE tenant_id = of_tenant AND went_to_id IS NULL
        UNION ALL SELECT 'open_cases', count(*) FROM cases
            WHERE tenant_id = of_tenant AND state IN ('new', 'in_progress', 'waiting')
        UNION ALL SELECT 'came_along', count(*) FROM cases c JOIN tenants t ON t.merged_into_id = c.tenant_id
            WHERE t.id = of_tenant AND c.merged_from_id = of_tenant AND c.went_to_id IS NULL
        UNION ALL SELECT 'drafts', count(*) FROM drafts WHERE tenant_id = of_tenant
        UNION ALL SELECT 'drafts_along', count(*) FROM drafts d JOIN tenants t ON t.merged_into_id = d.tenant_id
            WHERE t.id = of_tenant AND d.merged_from_id = of_tenant
        UNION ALL SELECT 'documents', count(*) FROM documents WHERE tenant_id = of_tenant
        UNION ALL SELECT 'via', count(*) FROM cases WHERE via_tenant_id = of_tenant
        UNION ALL SELECT 'offers', count(*) FROM offers WHERE tenant_id = of_tenant AND is_on
        UNION ALL SELECT 'staff', count(*) FROM staff WHERE tenant_id = of_tenant AND active
        UNION ALL SELECT 'departments', count(*) FROM departments WHERE tenant_id = of_tenant
        UNION ALL SELECT 'hosts', count(*) FROM hosts WHERE tenant_id = of_tenant
    ) counted WHERE {REACHED}
$$"""

# Each table after those that refer to it. A test holds the list against the models.
_OF_TOWN = (
    *("access_tokens", "case_readings", "identity_checks", "documents", "mails", "case_numbers", "drafts"),
    *("department_services", "department_members", "departments", "town_changes", "feedback"),
    *(
        "decision_times",
        "service_figures",
        "missed_words",
        "offers",
        "staff",
        "session_grants",
        "sessions",
        "hosts",
    ),
)
_DELETE = "    DELETE FROM {TABLE} WHERE tenant_id = of_tenant;\n"
WITHDRAW = """
CREATE FUNCTION definer.withdraw_town(of_tenant int, was_known boolean) RETURNS SETOF uuid
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    town text;
BEGIN
    IF NOT coalesce({REACHED}, false) THEN
        RAISE EXCEPTION 'not one of the towns that are run' USING ERRCODE = 'insufficient_privilege';
    END IF;
    SELECT slug INTO town FROM tenants WHERE id = of_tenant AND has_portal AND state = 'preparing' FOR UPDATE;
    IF town IS NULL
        OR EXISTS (SELECT FROM cases WHERE of_tenant IN (tenant_id, via_tenant_id))
        OR EXISTS (SELECT FROM audit_entries WHERE tenant_id = of_tenant AND action = 'tenant-open') THEN
        RAISE EXCEPTION 'no town that is only being prepared' USING ERRCODE = 'no_data_found';
    END IF;
    RETURN QUERY SELECT id FROM documents WHERE tenant_id = of_tenant;
    -- Somebody who looked at the preview may have begun something of another authority: that goes on over there.
    UPDATE drafts SET via_tenant_id = tenant_id WHERE via_tenant_id = of_tenant AND tenant_id <> of_tenant;
{DELETE}    DELETE FROM procrastinate_jobs WHERE status = 'todo' AND (args ->> 'tenant_id')::int = of_tenant;
    IF NOT was_known THEN
        -- What was done is not lost with the town: it stands in the region's own audit from now on.
        INSERT INTO region_audit_entries (at, actor, staff_id, action, subject_kind, subject_id, data)
        SELECT at, actor, staff_id, action, subject_kind, subject_id, data || jsonb_build_object('town', town)
        FROM audit_entries WHERE tenant_id = of_tenant ORDER BY id;
        DELETE FROM audit_entries WHERE tenant_id = of_tenant;
        DELETE FROM tenants WHERE id = of_tenant;
    END IF;
END $$"""

SUCCESSOR = """
CREATE FUNCTION definer.successor(of_tenant int) RETURNS int
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    WITH RECURSIVE way AS (
        SELECT id, merged_into_id FROM tenants WHERE id = of_tenant
        UNION SELECT t.id, t.merged_into_id FROM way w JOIN tenants t ON t.id = w.merged_into_id)
    SELECT id FROM way WHERE merged_into_id IS NULL
$$"""

_COVERS = """
CREATE OR REPLACE FUNCTION definer.mandate_covers(
    of_mandate uuid, of_tenant int, of_subject uuid, of_service text, of_account uuid
) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM definer.mandate_in_force(of_mandate) m
        WHERE m.giver_id = of_account AND CASE m.scope
            WHEN 'case' THEN m.case_id = of_subject
            WHEN 'service' THEN {TOWN} AND m.service_key = of_service
            WHEN 'town' THEN {TOWN}
        END)
$$"""

# A colleague whose name stands in a case is known where the case is, and can do nothing there.
_LEND_STAFF = """
    INSERT INTO staff SELECT (jsonb_populate_record(s, jsonb_build_object(
        'tenant_id', to_tenant, 'email', s.id || '@merged.invalid', 'active', false, 'password_hash', NULL,
        'totp_secret', NULL, 'totp_last_step', NULL, 'pending_totp_secret', NULL, 'recovery_codes', '[]'::jsonb,
        'invitation_digest', NULL, 'invitation_expires_at', NULL, 'deputy_id', NULL, 'leave_from', NULL,
        'leave_until', NULL))).*
    FROM staff s WHERE s.tenant_id = from_tenant AND s.id IN (
        SELECT staff_id FROM case_events WHERE tenant_id = from_tenant AND case_id = subject
        UNION SELECT staff_id FROM case_readings WHERE tenant_id = from_tenant AND case_id = subject
        UNION SELECT unnest(ARRAY[asked_by, decided_by, revoked_by]) FROM identity_checks
            WHERE tenant_id = from_tenant AND case_id = subject)
    ON CONFLICT (tenant_id, id) DO NOTHING;"""


# Copies rows as they are; what they are copied from goes later, or with its case.
_MOVE = """    INSERT INTO {TABLE} OVERRIDING SYSTEM VALUE SELECT (jsonb_populate_record(r,
        jsonb_build_object('tenant_id', to_tenant))).* FROM {TABLE} r WHERE r.tenant_id = from_tenant AND {WHICH};
"""
_WHICH = {
    "OF_CASE": "r.case_id = subject",
    "OF_DRAFT": "r.draft_id = subject AND r.case_id IS NULL",
    "MAIL_OF_DRAFT": "r.case_id IS NULL AND r.data ->> 'draft_id' = subject::text",
}
MOVE_CASE = """
CREATE FUNCTION definer.move_case(from_tenant int, to_tenant int, subject uuid) RETURNS SETOF uuid
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    back boolean := definer.way_is_back(from_tenant, to_tenant);
    looks case_readings[];
    checks uuid[];
    known boolean;
    came int;
BEGIN
    PERFORM FROM cases WHERE tenant_id = from_tenant AND id = subject AND went_to_id IS NULL
        AND (NOT back OR merged_from_id = to_tenant) FOR UPDATE;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    -- Whoever sends one of its mails is waited for, so that none is sent twice.
    PERFORM FROM mails WHERE tenant_id = from_tenant AND case_id = subject FOR UPDATE;
{LEND_STAFF}
    -- The other town may know the case: it has passed it on once. Then it is known here afterwards.
    SELECT came_from_id, true INTO came, known FROM cases WHERE tenant_id = to_tenant AND id = subject FOR UPDATE;
    IF known THEN
        looks := ARRAY(SELECT r FROM case_readings r WHERE r.tenant_id = to_tenant AND r.case_id = subject);
        checks := ARRAY(SELECT i.id FROM identity_checks i WHERE i.tenant_id = to_tenant AND i.case_id = subject);
        DELETE FROM cases WHERE tenant_id = to_tenant AND id = subject;
    END IF;
    INSERT INTO cases SELECT (jsonb_populate_record(c, jsonb_build_object(
        'tenant_id', to_tenant, 'merged_from_id', CASE WHEN NOT back THEN from_tenant END,
        'came_from_id', CASE WHEN known THEN came ELSE c.came_from_id END,
        'assignee_id', definer.same_person(from_tenant, c.assignee_id, to_tenant)))).*
    FROM cases c WHERE c.tenant_id = from_tenant AND c.id = subject;
{MOVE case_events OF_CASE}
{MOVE documents OF_CASE}
{MOVE mails OF_CASE}

    DELETE FROM documents WHERE tenant_id = from_tenant AND case_id = subject;
    DELETE FROM mails WHERE tenant_id = from_tenant AND case_id = subject;
    IF known THEN
        INSERT INTO case_readings OVERRIDING SYSTEM VALUE SELECT (unnest(looks)).*;
        UPDATE identity_checks SET case_id = subject WHERE tenant_id = to_tenant AND id = ANY (checks);
        UPDATE case_events SET content = NULL, salt = NULL WHERE tenant_id = from_tenant AND case_id = subject;
        UPDATE cases SET state = 'passed_on', went_to_id = to_tenant, closed_at = now(), assignee_id = NULL,
            answers = NULL, applicant_name = NULL, search_text = NULL, email = NULL, email_confirmed_at = NULL,
            confirm_digest = NULL, unread = false, reminded_on = NULL, account_id = NULL, merged_from_id = NULL
        WHERE tenant_id = from_tenant AND id = subject;
    ELSE
{MOVE case_readings OF_CASE}
{MOVE identity_checks OF_CASE}

        DELETE FROM identity_checks WHERE tenant_id = from_tenant AND case_id = subject;
        DELETE FROM cases WHERE tenant_id = from_tenant AND id = subject;
    END IF;
    -- What somebody is still to be told of is told by the town that has the case. Files are cleared away where they were.
    UPDATE procrastinate_jobs SET args = jsonb_set(args, '{tenant_id}', to_jsonb(to_tenant))
    WHERE status = 'todo' AND args ->> 'case_id' = subject::text AND (args ->> 'tenant_id')::int = from_tenant
        AND task_name <> 'cases.clear_away';
    RETURN QUERY SELECT id FROM mails WHERE tenant_id = to_tenant AND case_id = subject AND state = 'queued';
END $$"""

MOVE_DRAFT = """
CREATE FUNCTION definer.move_draft(from_tenant int, to_tenant int, subject uuid) RETURNS SETOF uuid
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    back boolean := definer.way_is_back(from_tenant, to_tenant);
    link bytea;
BEGIN
    SELECT resume_digest INTO link FROM drafts WHERE tenant_id = from_tenant AND id = subject
        AND (NOT back OR merged_from_id = to_tenant) FOR UPDATE;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    PERFORM FROM mails r WHERE r.tenant_id = from_tenant AND {MAIL_OF_DRAFT} FOR UPDATE;
    -- Its link leads to one row only, and so to this one when the other is gone.
    INSERT INTO drafts SELECT (jsonb_populate_record(d, jsonb_build_object(
        'tenant_id', to_tenant, 'merged_from_id', CASE WHEN NOT back THEN from_tenant END, 'resume_digest', NULL))).*
    FROM drafts d WHERE d.tenant_id = from_tenant AND d.id = subject;
{MOVE documents OF_DRAFT}
{MOVE mails MAIL_OF_DRAFT}

    DELETE FROM mails r WHERE r.tenant_id = from_tenant AND {MAIL_OF_DRAFT};
    DELETE FROM documents r WHERE r.tenant_id = from_tenant AND {OF_DRAFT};
    DELETE FROM drafts WHERE tenant_id = from_tenant AND id = subject;
    UPDATE drafts SET resume_digest = link WHERE tenant_id = to_tenant AND id = subject;
    RETURN QUERY SELECT r.id FROM mails r WHERE r.tenant_id = to_tenant AND {MAIL_OF_DRAFT} AND r.state = 'queued';
END $$"""

# Only a job of the town that something goes to, and only while the two are being merged, or parted again.
WAY = """
CREATE FUNCTION definer.way_is_back(from_tenant int, to_tenant int) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    back boolean;
BEGIN
    IF current_setting('kreisportal.actor', true) = 'job'
        AND nullif(current_setting('kreisportal.tenant_id', true), '')::int = to_tenant THEN
        SELECT t.id = to_tenant INTO back FROM tenants t
        WHERE (t.id = from_tenant AND t.merged_into_id = to_tenant AND t.merging ->> 'state' = 'moving')
            OR (t.id = to_tenant AND t.merged_into_id = from_tenant AND t.merging ->> 'state' = 'returning')
        FOR SHARE;
    END IF;
    IF back IS NULL THEN
        RAISE EXCEPTION 'nothing goes from this town to that' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN back;
END $$"""

SAME_PERSON = """
CREATE FUNCTION definer.same_person(from_tenant int, of_staff uuid, to_tenant int) RETURNS uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT b.id FROM staff a JOIN staff b ON b.tenant_id = to_tenant AND (b.id = a.id OR b.email = a.email)
    WHERE a.tenant_id = from_tenant AND a.id = of_staff AND b.active ORDER BY b.id = a.id DESC LIMIT 1
$$"""

CALLED = {
    "town_holdings(int)": HOLDINGS,
    "withdraw_town(int, boolean)": WITHDRAW,
    "successor(int)": SUCCESSOR,
    "move_case(int, int, uuid)": MOVE_CASE,
    "move_draft(int, int, uuid)": MOVE_DRAFT,
}
WITHIN = {"way_is_back(int, int)": WAY, "same_person(int, uuid, int)": SAME_PERSON}
"""Those that only the others call."""


def upgrade() -> None:
    """Add the columns and the functions by which a town goes, or goes over."""
    op.execute(COLUMNS)
    _load(", merged_into_id int", ", t.merged_into_id")
    for signature, statement in {**WITHIN, **CALLED}.items():
        op.execute(_whole(statement))
        op.execute(f"REVOKE EXECUTE ON FUNCTION definer.{signature} FROM PUBLIC")
        if signature in CALLED:
            op.execute(f"GRANT EXECUTE ON FUNCTION definer.{signature} TO kreisportal_app")
        op.execute(f"ALTER FUNCTION definer.{signature} OWNER TO kreisportal_definer")
    _cover("of_tenant IN (m.tenant_id, definer.successor(m.tenant_id))")


def downgrade() -> None:
    """Drop all of it; what has gone over stays where it is."""
    _cover("m.tenant_id = of_tenant")
    for signature in (*CALLED, *WITHIN):
        op.execute(f"DROP FUNCTION definer.{signature}")
    _load("", "")
    for table in ("cases", "drafts"):
        op.execute(f"ALTER TABLE {table} DROP COLUMN merged_from_id")
    for column in ("renaming", "merging", "merged_into_id"):
        op.execute(f"ALTER TABLE tenants DROP COLUMN {column}")
    op.execute("ALTER TABLE tenants DROP CONSTRAINT uq_tenants_district")


def _whole(statement: str) -> str:
    """A function with what several of them say filled in."""
    deleted = "".join(_DELETE.replace("{TABLE}", table) for table in _OF_TOWN)
    parts = {"REACHED": _REACHED, "DELETE": deleted, "LEND_STAFF": _LEND_STAFF}
    for table in ("case_events", "documents", "mails", "case_readings", "identity_checks"):
        for name, which in _WHICH.items():
            parts[f"MOVE {table} {name}"] = _MOVE.replace("{TABLE}", table).replace("{WHICH}", which)
    for name, text in {**parts, **_WHICH}.items():
        statement = statement.replace(f"{{{name}}}", text)
    return statement


def _load(column: str, value: str) -> None:
    """Let the snapshot know who is whose successor, or no longer."""
    op.execute("DROP FUNCTION definer.load_tenants(int[])")
    whole = _LOAD.replace("{TOOK}", _TOOK).replace("{JOIN}", _JOIN)
    op.execute(whole.replace("{COLUMN}", column).replace("{VALUE}", value))
    op.execute(
        "COMMENT ON FUNCTION definer.load_tenants IS 'Public facts of all tenants for the snapshot in memory'"
    )
    op.execute("GRANT EXECUTE ON FUNCTION definer.load_tenants(int[]) TO kreisportal_app")
    op.execute("ALTER FUNCTION definer.load_tenants(int[]) OWNER TO kreisportal_definer")


def _cover(town: str) -> None:
    """A mandate for a town is one for its successor, or no longer. Policies ask the function: it stays, and its owner."""
    op.execute("SET LOCAL ROLE kreisportal_definer")
    op.execute(_COVERS.replace("{TOWN}", town))
    op.execute("RESET ROLE")
