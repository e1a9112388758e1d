"""Drafts and cases of an account: whose they are goes with them, also when a case is passed on."""

from alembic import op

revision = "0012_account_cases"
down_revision = "0011_accounts"
branch_labels = None
depends_on = None

ACTOR = "(SELECT current_setting('kreisportal.actor', true))"
ACCOUNT = "(SELECT nullif(current_setting('kreisportal.account_id', true), '')::uuid)"

COLUMNS = """
ALTER TABLE drafts ADD COLUMN account_id uuid
    CONSTRAINT fk_drafts_account_id REFERENCES accounts (id) ON DELETE SET NULL;
ALTER TABLE cases ADD COLUMN account_id uuid
    CONSTRAINT fk_cases_account_id REFERENCES accounts (id) ON DELETE SET NULL;
CREATE INDEX ix_drafts_account_id ON drafts (account_id) WHERE account_id IS NOT NULL;
CREATE INDEX ix_cases_account_id ON cases (account_id) WHERE account_id IS NOT NULL;
"""

# Whose a draft or case is can only be said by the account itself, and only while it is nobody's. The rows of a case
# that was passed on, and those of an account that is deleted, are changed by the definer and by the foreign key.
GUARD = """
CREATE FUNCTION guard_account() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    before uuid := CASE WHEN TG_OP = 'UPDATE' THEN OLD.account_id END;
BEGIN
    IF current_user = 'kreisportal_app' AND NEW.account_id IS DISTINCT FROM before AND (
        before IS NOT NULL
        OR NEW.account_id IS DISTINCT FROM nullif(current_setting('kreisportal.account_id', true), '')::uuid)
        -- A draft that is sent by its mailed link, without its account's session, stays the account's.
        AND NOT (TG_OP = 'INSERT' AND TG_TABLE_NAME = 'cases' AND EXISTS (
            SELECT FROM drafts d
            WHERE d.tenant_id = NEW.tenant_id AND d.id = NEW.id AND d.account_id = NEW.account_id)) THEN
        RAISE EXCEPTION 'a draft or case can be taken into one''s own account only'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER guard_account BEFORE INSERT OR UPDATE OF account_id ON drafts
    FOR EACH ROW EXECUTE FUNCTION guard_account();
CREATE TRIGGER guard_account BEFORE INSERT OR UPDATE OF account_id ON cases
    FOR EACH ROW EXECUTE FUNCTION guard_account();
"""

POLICIES = f"""
CREATE POLICY account_reads ON drafts FOR SELECT USING ({ACTOR} = 'account' AND account_id = {ACCOUNT});
CREATE POLICY account_reads ON cases FOR SELECT USING ({ACTOR} = 'account' AND account_id = {ACCOUNT});
"""

# Where a draft or case of one's own is, and on whose portals it may be seen: where it is, came in and was first.
OWN_SIGNATURE = "own_subject(uuid)"
OWN = """
CREATE FUNCTION definer.own_subject(subject uuid) RETURNS TABLE (tenant_id int, seen_at int[])
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT d.tenant_id, ARRAY[d.tenant_id, d.via_tenant_id] FROM drafts d
    WHERE d.id = subject AND d.account_id = nullif(current_setting('kreisportal.account_id', true), '')::uuid
    UNION ALL
    SELECT c.tenant_id, ARRAY[c.tenant_id, c.via_tenant_id] || ARRAY(
        SELECT f.tenant_id FROM cases f WHERE f.id = subject AND f.came_from_id IS NULL)
    FROM cases c
    WHERE c.id = subject AND c.went_to_id IS NULL
        AND c.account_id = nullif(current_setting('kreisportal.account_id', true), '')::uuid
$$
"""

SIGNATURE = "pass_case_on(int, uuid, int)"
FUNCTION = """
CREATE FUNCTION definer.pass_case_on(from_tenant int, of_case uuid, to_tenant int) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    -- Only the staff of the tenant that has the case may pass it on, and only while it has it.
    IF current_setting('kreisportal.actor', true) IS DISTINCT FROM 'staff'
        OR nullif(current_setting('kreisportal.tenant_id', true), '')::int IS DISTINCT FROM from_tenant THEN
        RAISE EXCEPTION 'not the staff of this tenant' USING ERRCODE = 'insufficient_privilege';
    END IF;
    PERFORM FROM cases WHERE tenant_id = from_tenant AND id = of_case AND state IN ('new', 'in_progress', 'waiting')
        FOR UPDATE;
    IF NOT FOUND OR to_tenant = from_tenant OR NOT EXISTS (
        SELECT FROM tenants WHERE id = to_tenant AND has_portal AND state = 'open') THEN
        RAISE EXCEPTION 'no such open case or tenant' USING ERRCODE = 'no_data_found';
    END IF;
    INSERT INTO cases (tenant_id, id, {column}number, via_tenant_id, service_key, form_key, form_version, language, answers,
        draft_revision, applicant_name, search_text, email, email_confirmed_at, confirm_digest, secret_digest, receipt,
        state, received_at, due_on, came_from_id, events, last_hash)
    SELECT to_tenant, id, {column}number, via_tenant_id, service_key, form_key, form_version, language, answers,
        draft_revision, applicant_name, search_text, email, email_confirmed_at, confirm_digest, secret_digest, receipt,
        'new', received_at, due_on, from_tenant, events, last_hash
    FROM cases WHERE tenant_id = from_tenant AND id = of_case
    ON CONFLICT (tenant_id, id) DO UPDATE SET
        -- Where it was received first it came from nobody, however often it returns: there its number is known.
        came_from_id = CASE WHEN cases.came_from_id IS NOT NULL THEN from_tenant END,
        state = 'new', went_to_id = NULL, closed_at = NULL, assignee_id = NULL, delete_on = NULL,
        answers = excluded.answers, events = excluded.events, last_hash = excluded.last_hash,
        applicant_name = excluded.applicant_name, search_text = excluded.search_text, due_on = excluded.due_on,
        email = excluded.email, email_confirmed_at = excluded.email_confirmed_at,
        confirm_digest = excluded.confirm_digest, unread = false, reminded_on = NULL{more};
    INSERT INTO case_events (tenant_id, case_id, sequence, at, kind, actor, staff_id, is_public, data, content, salt,
        content_digest, previous_hash, hash)
    SELECT to_tenant, case_id, sequence, at, kind, actor, staff_id, is_public, data, content, salt,
        content_digest, previous_hash, hash
    FROM case_events WHERE tenant_id = from_tenant AND case_id = of_case
    ON CONFLICT (tenant_id, case_id, sequence) DO UPDATE SET content = excluded.content, salt = excluded.salt;
    INSERT INTO documents (tenant_id, id, case_id, kind, field, name, media_type, size, sha256, is_public, created_at)
    SELECT to_tenant, id, case_id, kind, field, name, media_type, size, sha256, is_public, created_at
    FROM documents WHERE tenant_id = from_tenant AND case_id = of_case
    ON CONFLICT DO NOTHING;
    -- What stays is that there was a case and where it went. The chain holds without content; mails that still wait
    -- to be sent are sent.
    UPDATE cases SET state = 'passed_on', went_to_id = to_tenant, closed_at = now(), assignee_id = NULL,
        answers = NULL, applicant_name = NULL, search_text = NULL, email = NULL, email_confirmed_at = NULL,
        confirm_digest = NULL, unread = false, reminded_on = NULL{end}
    WHERE tenant_id = from_tenant AND id = of_case;
    UPDATE case_events SET content = NULL, salt = NULL WHERE tenant_id = from_tenant AND case_id = of_case;
    DELETE FROM documents WHERE tenant_id = from_tenant AND case_id = of_case;
    DELETE FROM mails WHERE tenant_id = from_tenant AND case_id = of_case AND state <> 'queued';
END $$
"""


def upgrade() -> None:
    """Add the columns; a case that is passed on stays its account's, and where it was it is nobody's."""
    op.execute(COLUMNS)
    op.execute(GUARD)
    op.execute(POLICIES)
    op.execute(OWN)
    op.execute(f"GRANT EXECUTE ON FUNCTION definer.{OWN_SIGNATURE} TO kreisportal_app")
    op.execute(f"ALTER FUNCTION definer.{OWN_SIGNATURE} OWNER TO kreisportal_definer")
    _replace(
        FUNCTION.format(
            column="account_id, ", more=", account_id = excluded.account_id", end=", account_id = NULL"
        )
    )


def downgrade() -> None:
    """Drop the columns; drafts and cases stay, as a guest's."""
    op.execute(f"DROP FUNCTION definer.{OWN_SIGNATURE}")
    _replace(FUNCTION.format(column="", more="", end=""))
    for table in ("drafts", "cases"):
        op.execute(f"DROP POLICY account_reads ON {table}")
        op.execute(f"DROP TRIGGER guard_account ON {table}")
        op.execute(f"ALTER TABLE {table} DROP COLUMN account_id")
    op.execute("DROP FUNCTION guard_account()")


def _replace(function: str) -> None:
    op.execute(f"DROP FUNCTION definer.{SIGNATURE}")
    op.execute(function)
    op.execute(f"GRANT EXECUTE ON FUNCTION definer.{SIGNATURE} TO kreisportal_app")
    op.execute(f"ALTER FUNCTION definer.{SIGNATURE} OWNER TO kreisportal_definer")
