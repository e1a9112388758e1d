"""Drafts, cases with their chain of events, documents, mails."""

from alembic import op

revision = "0005_cases"
down_revision = "0004_jobs"
branch_labels = None
depends_on = None

ACTOR = "(SELECT current_setting('kreisportal.actor', true))"
TENANT = "(SELECT nullif(current_setting('kreisportal.tenant_id', true), '')::int)"
SUBJECT = "(SELECT nullif(current_setting('kreisportal.subject_id', true), '')::uuid)"

TABLES = """
CREATE TABLE drafts (
    tenant_id int NOT NULL CONSTRAINT fk_drafts_tenant_id REFERENCES tenants (id),
    id uuid NOT NULL,
    via_tenant_id int NOT NULL CONSTRAINT fk_drafts_via_tenant_id REFERENCES tenants (id),
    service_key text NOT NULL,
    form_key text NOT NULL,
    form_version int NOT NULL,
    language text NOT NULL,
    answers jsonb NOT NULL,
    revision int NOT NULL,
    resume_digest bytea CONSTRAINT uq_drafts_resume_digest UNIQUE,
    email text,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    CONSTRAINT pk_drafts PRIMARY KEY (tenant_id, id)
);
CREATE INDEX ix_drafts_expires_at ON drafts (tenant_id, expires_at);

CREATE TABLE case_numbers (
    tenant_id int NOT NULL CONSTRAINT fk_case_numbers_tenant_id REFERENCES tenants (id),
    year int NOT NULL,
    last int NOT NULL,
    CONSTRAINT pk_case_numbers PRIMARY KEY (tenant_id, year)
);

CREATE TABLE cases (
    tenant_id int NOT NULL CONSTRAINT fk_cases_tenant_id REFERENCES tenants (id),
    id uuid NOT NULL,
    number text NOT NULL,
    via_tenant_id int NOT NULL CONSTRAINT fk_cases_via_tenant_id REFERENCES tenants (id),
    service_key text NOT NULL,
    form_key text NOT NULL,
    form_version int NOT NULL,
    language text NOT NULL,
    answers jsonb,
    draft_revision int NOT NULL,
    applicant_name text,
    search_text text,
    email text,
    email_confirmed_at timestamptz,
    confirm_digest bytea,
    secret_digest bytea NOT NULL,
    receipt text NOT NULL,
    state text NOT NULL CONSTRAINT ck_cases_state
        CHECK (state IN ('new', 'in_progress', 'waiting', 'decided', 'withdrawn', 'passed_on')),
    assignee_id uuid,
    received_at timestamptz NOT NULL,
    due_on date NOT NULL,
    decided_at timestamptz,
    closed_at timestamptz,
    delete_on date,
    came_from_id int CONSTRAINT fk_cases_came_from_id REFERENCES tenants (id),
    went_to_id int CONSTRAINT fk_cases_went_to_id REFERENCES tenants (id),
    events int NOT NULL,
    last_hash bytea NOT NULL,
    CONSTRAINT pk_cases PRIMARY KEY (tenant_id, id),
    CONSTRAINT uq_cases_number UNIQUE (tenant_id, number),
    CONSTRAINT fk_cases_assignee_id FOREIGN KEY (tenant_id, assignee_id) REFERENCES staff (tenant_id, id)
);
CREATE INDEX ix_cases_inbox ON cases (tenant_id, state, due_on, id);
CREATE INDEX ix_cases_assignee_id ON cases (tenant_id, assignee_id) WHERE closed_at IS NULL;
CREATE INDEX ix_cases_number ON cases (number);
CREATE INDEX ix_cases_confirm_digest ON cases (confirm_digest) WHERE confirm_digest IS NOT NULL;
CREATE INDEX ix_cases_delete_on ON cases (tenant_id, delete_on) WHERE delete_on IS NOT NULL;

CREATE TABLE case_events (
    tenant_id int NOT NULL,
    case_id uuid NOT NULL,
    sequence int NOT NULL,
    at timestamptz NOT NULL,
    kind text NOT NULL,
    actor text NOT NULL,
    staff_id uuid,
    is_public boolean NOT NULL,
    data jsonb NOT NULL,
    content jsonb,
    salt bytea,
    content_digest bytea,
    previous_hash bytea NOT NULL,
    hash bytea NOT NULL,
    CONSTRAINT pk_case_events PRIMARY KEY (tenant_id, case_id, sequence),
    CONSTRAINT fk_case_events_case FOREIGN KEY (tenant_id, case_id) REFERENCES cases (tenant_id, id) ON DELETE CASCADE
);

CREATE TABLE documents (
    tenant_id int NOT NULL CONSTRAINT fk_documents_tenant_id REFERENCES tenants (id),
    id uuid NOT NULL,
    draft_id uuid,
    case_id uuid,
    kind text NOT NULL CONSTRAINT ck_documents_kind CHECK (kind IN ('upload', 'copy', 'decision', 'letter')),
    field text,
    name text NOT NULL,
    media_type text NOT NULL,
    size bigint NOT NULL,
    sha256 text NOT NULL,
    is_public boolean NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT pk_documents PRIMARY KEY (tenant_id, id),
    CONSTRAINT ck_documents_owner CHECK (draft_id IS NOT NULL OR case_id IS NOT NULL),
    CONSTRAINT fk_documents_draft FOREIGN KEY (tenant_id, draft_id) REFERENCES drafts (tenant_id, id)
        ON DELETE CASCADE,
    CONSTRAINT fk_documents_case FOREIGN KEY (tenant_id, case_id) REFERENCES cases (tenant_id, id)
);
CREATE INDEX ix_documents_draft_id ON documents (tenant_id, draft_id) WHERE draft_id IS NOT NULL;
CREATE INDEX ix_documents_case_id ON documents (tenant_id, case_id) WHERE case_id IS NOT NULL;

CREATE TABLE mails (
    tenant_id int NOT NULL CONSTRAINT fk_mails_tenant_id REFERENCES tenants (id),
    id uuid NOT NULL,
    case_id uuid,
    recipient text NOT NULL,
    language text NOT NULL,
    template text NOT NULL,
    data jsonb NOT NULL,
    state text NOT NULL CONSTRAINT ck_mails_state CHECK (state IN ('queued', 'sent', 'bounced', 'failed')),
    attempts int NOT NULL,
    problem text,
    created_at timestamptz NOT NULL DEFAULT now(),
    sent_at timestamptz,
    CONSTRAINT pk_mails PRIMARY KEY (tenant_id, id)
);
CREATE INDEX ix_mails_case_id ON mails (tenant_id, case_id) WHERE case_id IS NOT NULL;
CREATE INDEX ix_mails_queued ON mails (tenant_id, created_at) WHERE state = 'queued';
"""

POLICIES = f"""
CREATE POLICY applicant_own ON drafts USING ({ACTOR} = 'applicant' AND tenant_id = {TENANT} AND id = {SUBJECT});
CREATE POLICY job_tidies ON drafts USING ({ACTOR} = 'job' AND tenant_id = {TENANT});

CREATE POLICY counts ON case_numbers USING ({ACTOR} IN ('applicant', 'staff') AND tenant_id = {TENANT});

CREATE POLICY applicant_reads ON cases FOR SELECT
    USING ({ACTOR} = 'applicant' AND tenant_id = {TENANT} AND id = {SUBJECT});
CREATE POLICY applicant_sends ON cases FOR INSERT
    WITH CHECK ({ACTOR} = 'applicant' AND tenant_id = {TENANT} AND id = {SUBJECT} AND state = 'new');
CREATE POLICY applicant_changes ON cases FOR UPDATE
    USING ({ACTOR} = 'applicant' AND tenant_id = {TENANT} AND id = {SUBJECT})
    WITH CHECK ({ACTOR} = 'applicant' AND tenant_id = {TENANT} AND id = {SUBJECT} AND state <> 'decided');
CREATE POLICY staff_reads ON cases FOR SELECT USING ({ACTOR} = 'staff' AND tenant_id = {TENANT});
CREATE POLICY staff_works ON cases FOR UPDATE USING ({ACTOR} = 'staff' AND tenant_id = {TENANT});
CREATE POLICY job_all ON cases USING ({ACTOR} = 'job' AND tenant_id = {TENANT});

CREATE POLICY applicant_reads ON case_events FOR SELECT
    USING ({ACTOR} = 'applicant' AND tenant_id = {TENANT} AND case_id = {SUBJECT} AND is_public);
CREATE POLICY applicant_adds ON case_events FOR INSERT
    WITH CHECK ({ACTOR} = 'applicant' AND tenant_id = {TENANT} AND case_id = {SUBJECT} AND actor = 'applicant');
CREATE POLICY staff_reads ON case_events FOR SELECT USING ({ACTOR} = 'staff' AND tenant_id = {TENANT});
CREATE POLICY staff_adds ON case_events FOR INSERT
    WITH CHECK ({ACTOR} = 'staff' AND tenant_id = {TENANT} AND actor = 'staff');
CREATE POLICY job_all ON case_events USING ({ACTOR} = 'job' AND tenant_id = {TENANT});

CREATE POLICY applicant_reads ON documents FOR SELECT
    USING ({ACTOR} = 'applicant' AND tenant_id = {TENANT} AND {SUBJECT} IN (draft_id, case_id) AND is_public);
CREATE POLICY applicant_adds ON documents FOR INSERT
    WITH CHECK ({ACTOR} = 'applicant' AND tenant_id = {TENANT} AND {SUBJECT} IN (draft_id, case_id) AND kind <> 'decision');
CREATE POLICY applicant_binds ON documents FOR UPDATE
    USING ({ACTOR} = 'applicant' AND tenant_id = {TENANT} AND draft_id = {SUBJECT} AND case_id IS NULL)
    WITH CHECK ({ACTOR} = 'applicant' AND tenant_id = {TENANT} AND {SUBJECT} IN (draft_id, case_id) AND kind <> 'decision');
CREATE POLICY applicant_removes ON documents FOR DELETE
    USING ({ACTOR} = 'applicant' AND tenant_id = {TENANT} AND draft_id = {SUBJECT} AND case_id IS NULL);
CREATE POLICY staff_reads ON documents FOR SELECT
    USING ({ACTOR} = 'staff' AND tenant_id = {TENANT} AND case_id IS NOT NULL);
CREATE POLICY staff_adds ON documents FOR INSERT
    WITH CHECK ({ACTOR} = 'staff' AND tenant_id = {TENANT} AND case_id IS NOT NULL);
CREATE POLICY job_all ON documents USING ({ACTOR} = 'job' AND tenant_id = {TENANT});

CREATE POLICY own_adds ON mails FOR INSERT
    WITH CHECK ({ACTOR} IN ('applicant', 'staff') AND tenant_id = {TENANT} AND state = 'queued');
CREATE POLICY staff_reads ON mails FOR SELECT
    USING ({ACTOR} = 'staff' AND tenant_id = {TENANT} AND case_id IS NOT NULL);
CREATE POLICY job_all ON mails USING ({ACTOR} = 'job' AND tenant_id = {TENANT});
"""

FUNCTIONS = {
    "draft_by_resume_digest(bytea)": """
CREATE FUNCTION definer.draft_by_resume_digest(digest bytea) RETURNS TABLE (tenant_id int, id uuid, via_tenant_id int)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT d.tenant_id, d.id, d.via_tenant_id FROM drafts d
    WHERE d.resume_digest = digest AND d.expires_at > now()
$$""",
    "case_by_secret(text, bytea)": """
CREATE FUNCTION definer.case_by_secret(of_number text, digest bytea) RETURNS TABLE (
    tenant_id int, id uuid, via_tenant_id int, first_tenant_id int
) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT c.tenant_id, c.id, c.via_tenant_id,
        (SELECT f.tenant_id FROM cases f WHERE f.number = of_number AND f.came_from_id IS NULL)
    FROM cases c
    WHERE c.number = of_number AND c.secret_digest = digest AND c.went_to_id IS NULL
$$""",
    "case_by_confirm_digest(bytea)": """
CREATE FUNCTION definer.case_by_confirm_digest(digest bytea) RETURNS TABLE (
    tenant_id int, id uuid, via_tenant_id int, first_tenant_id int
) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT c.tenant_id, c.id, c.via_tenant_id,
        (SELECT f.tenant_id FROM cases f WHERE f.number = c.number AND f.came_from_id IS NULL)
    FROM cases c
    WHERE c.confirm_digest = digest AND c.went_to_id IS NULL
$$""",
    "pass_case_on(int, uuid, int)": """
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
        confirm_digest = excluded.confirm_digest;
    INSERT INTO case_events (tenant_id, case_id, sequence, at, kind, actor, staff_id, is_public, data, content, salt,
        content_digest, previous_hash, hash)
    SELECT to_tenant, case_id, sequence, at, kind, actor, staff_id, is_public, data, content, salt,
        content_digest, previous_hash, hash
    FROM case_events WHERE tenant_id = from_tenant AND case_id = of_case
    ON CONFLICT DO NOTHING;
    INSERT INTO documents (tenant_id, id, case_id, kind, field, name, media_type, size, sha256, is_public, created_at)
    SELECT to_tenant, id, case_id, kind, field, name, media_type, size, sha256, is_public, created_at
    FROM documents WHERE tenant_id = from_tenant AND case_id = of_case
    ON CONFLICT DO NOTHING;
    UPDATE cases SET state = 'passed_on', went_to_id = to_tenant, closed_at = now(), assignee_id = NULL
    WHERE tenant_id = from_tenant AND id = of_case;
END $$""",
}


def upgrade() -> None:
    """Create the tables of drafts and cases; an event can be added and its content erased, nothing else."""
    op.execute(TABLES)
    for table in ("drafts", "case_numbers", "cases", "case_events", "documents", "mails"):
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(POLICIES)
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON drafts, documents, mails TO kreisportal_app")
    op.execute("GRANT SELECT, INSERT, UPDATE ON cases, case_numbers TO kreisportal_app")
    op.execute("GRANT DELETE ON cases TO kreisportal_app")
    op.execute("GRANT SELECT, INSERT, UPDATE (content, salt) ON case_events TO kreisportal_app")
    for signature, statement in FUNCTIONS.items():
        op.execute(statement)
        op.execute(f"GRANT EXECUTE ON FUNCTION definer.{signature} TO kreisportal_app")
        op.execute(f"ALTER FUNCTION definer.{signature} OWNER TO kreisportal_definer")


def downgrade() -> None:
    """Drop all of it."""
    for signature in FUNCTIONS:
        op.execute(f"DROP FUNCTION definer.{signature}")
    for table in ("mails", "documents", "case_events", "cases", "case_numbers", "drafts"):
        op.execute(f"DROP TABLE {table}")
