"""Cases: a mark for what the desk has not seen, and when it was last reminded.

A case that is passed on leaves nothing personal behind: who handed it over sees that it went and where.
"""

from alembic import op

revision = "0008_case_marks"
down_revision = "0007_unfinished_pages"
branch_labels = None
depends_on = None

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
    INSERT INTO cases (tenant_id, id, number, via_tenant_id, service_key, form_key, form_version, language, answers,
        draft_revision, applicant_name, search_text, email, email_confirmed_at, confirm_digest, secret_digest, receipt,
        state, received_at, due_on, came_from_id, events, last_hash)
    SELECT to_tenant, id, number, via_tenant_id, service_key, form_key, form_version, language, answers,
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
        confirm_digest = excluded.confirm_digest{more};
    INSERT INTO case_events (tenant_id, case_id, sequence, at, kind, actor, staff_id, is_public, data, content, salt,
        content_digest, previous_hash, hash)
    SELECT to_tenant, case_id, sequence, at, kind, actor, staff_id, is_public, data, content, salt,
        content_digest, previous_hash, hash
    FROM case_events WHERE tenant_id = from_tenant AND case_id = of_case
    ON CONFLICT {conflict};
    INSERT INTO documents (tenant_id, id, case_id, kind, field, name, media_type, size, sha256, is_public, created_at)
    SELECT to_tenant, id, case_id, kind, field, name, media_type, size, sha256, is_public, created_at
    FROM documents WHERE tenant_id = from_tenant AND case_id = of_case
    ON CONFLICT DO NOTHING;
{end}
END $$
"""
END_BEFORE = """
    UPDATE cases SET state = 'passed_on', went_to_id = to_tenant, closed_at = now(), assignee_id = NULL
    WHERE tenant_id = from_tenant AND id = of_case;
"""
END = """
    -- What stays is that there was a case and where it went. The chain holds without content; mails that still wait
    -- to be sent are sent.
    UPDATE cases SET state = 'passed_on', went_to_id = to_tenant, closed_at = now(), assignee_id = NULL,
        answers = NULL, applicant_name = NULL, search_text = NULL, email = NULL, email_confirmed_at = NULL,
        confirm_digest = NULL, unread = false, reminded_on = NULL
    WHERE tenant_id = from_tenant AND id = of_case;
    UPDATE case_events SET content = NULL, salt = NULL WHERE tenant_id = from_tenant AND case_id = of_case;
    DELETE FROM documents WHERE tenant_id = from_tenant AND case_id = of_case;
    DELETE FROM mails WHERE tenant_id = from_tenant AND case_id = of_case AND state <> 'queued';
"""


def upgrade() -> None:
    """Add the columns; passing on erases what is left behind."""
    op.execute(
        "ALTER TABLE cases ADD COLUMN unread boolean NOT NULL DEFAULT false, ADD COLUMN reminded_on date"
    )
    _replace(
        FUNCTION.format(
            more=", unread = false, reminded_on = NULL",
            # What was erased here when the case left is there again when it returns.
            conflict="(tenant_id, case_id, sequence) DO UPDATE SET content = excluded.content, salt = excluded.salt",
            end=END,
        )
    )


def downgrade() -> None:
    """Drop the columns; passing on leaves everything where it was."""
    _replace(FUNCTION.format(more="", conflict="DO NOTHING", end=END_BEFORE))
    op.execute("ALTER TABLE cases DROP COLUMN unread, DROP COLUMN reminded_on")


def _replace(function: str) -> None:
    op.execute(f"DROP FUNCTION definer.{SIGNATURE}")
    op.execute(function)
    op.execute(f"GRANT EXECUTE ON FUNCTION definer.{SIGNATURE} TO kreisportal_app")
    op.execute(f"ALTER FUNCTION definer.{SIGNATURE} OWNER TO kreisportal_definer")
