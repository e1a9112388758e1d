"""Mandates: a person lets another act for them, within a scope and until a day; and what was done by them."""

from alembic import op

revision = "0023_mandates"
down_revision = "0022_profile"
branch_labels = None
depends_on = None

ACTOR = "(SELECT current_setting('kreisportal.actor', true))"
ACCOUNT = "(SELECT nullif(current_setting('kreisportal.account_id', true), '')::uuid)"
MANDATE = "(SELECT nullif(current_setting('kreisportal.mandate_id', true), '')::uuid)"
SUBJECT = "(SELECT nullif(current_setting('kreisportal.subject_id', true), '')::uuid)"

# A mandate outlives the accounts, without them: who was part of it still sees for a year what was done by it.
TABLES = """
CREATE TABLE account_mandates (
    id uuid NOT NULL CONSTRAINT pk_account_mandates PRIMARY KEY,
    giver_id uuid CONSTRAINT fk_account_mandates_giver_id REFERENCES accounts (id) ON DELETE SET NULL,
    representative_id uuid
        CONSTRAINT fk_account_mandates_representative_id REFERENCES accounts (id) ON DELETE SET NULL,
    giver_name text NOT NULL,
    called text NOT NULL,
    representative_name text,
    email text NOT NULL,
    scope text NOT NULL,
    tenant_id int NOT NULL CONSTRAINT fk_account_mandates_tenant_id REFERENCES tenants (id),
    service_key text,
    case_id uuid,
    case_number text,
    ends_at timestamptz NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    invitation_digest bytea NOT NULL CONSTRAINT uq_account_mandates_invitation_digest UNIQUE,
    invitation_until timestamptz NOT NULL,
    accepted_at timestamptz,
    declined_at timestamptz,
    ended_at timestamptz,
    ended_by text CONSTRAINT ck_account_mandates_ended_by CHECK (ended_by IN ('giver', 'representative')),
    CONSTRAINT ck_account_mandates_scope CHECK (CASE scope
        WHEN 'town' THEN service_key IS NULL AND case_id IS NULL AND case_number IS NULL
        WHEN 'service' THEN service_key IS NOT NULL AND case_id IS NULL AND case_number IS NULL
        WHEN 'case' THEN service_key IS NOT NULL AND case_id IS NOT NULL AND case_number IS NOT NULL
        ELSE false END),
    CONSTRAINT ck_account_mandates_two_people CHECK (representative_id <> giver_id)
);
CREATE INDEX ix_account_mandates_giver_id ON account_mandates (giver_id);
CREATE INDEX ix_account_mandates_representative_id ON account_mandates (representative_id);
COMMENT ON COLUMN account_mandates.giver_name IS 'What the giver wants to be called';
COMMENT ON COLUMN account_mandates.called IS 'What the giver calls the one who acts; shown to the giver';

CREATE TABLE account_mandate_acts (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_account_mandate_acts PRIMARY KEY,
    mandate_id uuid NOT NULL
        CONSTRAINT fk_account_mandate_acts_mandate_id REFERENCES account_mandates (id) ON DELETE CASCADE,
    at timestamptz NOT NULL DEFAULT now(),
    what text NOT NULL CONSTRAINT ck_account_mandate_acts_what
        CHECK (what IN ('opened', 'copy', 'letter', 'document', 'applied', 'answered')),
    tenant_id int NOT NULL CONSTRAINT fk_account_mandate_acts_tenant_id REFERENCES tenants (id),
    service_key text NOT NULL,
    case_id uuid NOT NULL,
    case_number text NOT NULL
);
CREATE INDEX ix_account_mandate_acts_mandate_id ON account_mandate_acts (mandate_id, at);

ALTER TABLE drafts ADD COLUMN mandate_id uuid
    CONSTRAINT fk_drafts_mandate_id REFERENCES account_mandates (id) ON DELETE SET NULL;
CREATE INDEX ix_drafts_mandate_id ON drafts (mandate_id) WHERE mandate_id IS NOT NULL;
COMMENT ON COLUMN drafts.mandate_id IS 'By which mandate it was begun; whose it is, account_id says';
"""

# What is given, accepted and ended goes through functions, but for giving: nobody can write an acceptance.
GRANTS = """
GRANT SELECT ON account_mandates, account_mandate_acts TO kreisportal_app;
GRANT INSERT (id, giver_id, giver_name, called, email, scope, tenant_id, service_key, case_id, case_number, ends_at,
    invitation_digest, invitation_until) ON account_mandates TO kreisportal_app;
"""

POLICIES = f"""
CREATE POLICY own_reads ON account_mandates FOR SELECT
    USING ({ACTOR} = 'account' AND {ACCOUNT} IN (giver_id, representative_id));
CREATE POLICY giver_adds ON account_mandates FOR INSERT WITH CHECK ({ACTOR} = 'account' AND giver_id = {ACCOUNT});
CREATE POLICY own_reads ON account_mandate_acts FOR SELECT
    USING ({ACTOR} = 'account' AND mandate_id IN (
        SELECT m.id FROM account_mandates m WHERE {ACCOUNT} IN (m.giver_id, m.representative_id)));
"""  # noqa: S608 - constants of this file.

# Restrictive: besides what an applicant may; the owner never acts by a mandate. Who does acts only while it is in force,
# and only within it.
WITHIN = f"""
CREATE POLICY within_mandate ON drafts AS RESTRICTIVE TO kreisportal_app
    USING ({MANDATE} IS NULL
        OR (mandate_id = {MANDATE} AND definer.mandate_covers(mandate_id, tenant_id, id, service_key, account_id)));
CREATE POLICY within_mandate ON cases AS RESTRICTIVE TO kreisportal_app
    USING ({MANDATE} IS NULL OR definer.mandate_covers({MANDATE}, tenant_id, id, service_key, account_id));
CREATE POLICY within_mandate ON case_events AS RESTRICTIVE TO kreisportal_app
    USING ({MANDATE} IS NULL OR (SELECT definer.mandate_reaches({SUBJECT})));
CREATE POLICY within_mandate ON documents AS RESTRICTIVE TO kreisportal_app
    USING ({MANDATE} IS NULL OR (SELECT definer.mandate_reaches({SUBJECT})));
CREATE POLICY giver_withdraws ON cases AS RESTRICTIVE FOR UPDATE TO kreisportal_app
    WITH CHECK ({MANDATE} IS NULL OR state <> 'withdrawn');
"""

WORDS = {
    "HEAD": "SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$",
    "OWN": "nullif(current_setting('kreisportal.account_id', true), '')::uuid",
    "BY": "nullif(current_setting('kreisportal.mandate_id', true), '')::uuid",
    "HERE": "nullif(current_setting('kreisportal.tenant_id', true), '')::int",
}

FUNCTIONS = {
    # The only place that knows when a mandate is in force; without a parameter for whose, it is always one's own.
    "mandate_in_force(uuid)": """
CREATE FUNCTION definer.mandate_in_force(of_mandate uuid) RETURNS SETOF account_mandates LANGUAGE sql STABLE {HEAD}
    SELECT m.* FROM account_mandates m
    WHERE m.id = of_mandate AND m.representative_id = {OWN} AND m.giver_id IS NOT NULL
        AND m.accepted_at IS NOT NULL AND m.ended_at IS NULL AND m.ends_at > now()
$$""",
    "mandate_covers(uuid, int, uuid, text, uuid)": """
CREATE FUNCTION definer.mandate_covers(
    of_mandate uuid, of_tenant int, of_subject uuid, of_service text, of_account uuid
) RETURNS boolean LANGUAGE sql STABLE {HEAD}
    SELECT EXISTS (SELECT FROM definer.mandate_in_force(of_mandate) m
        WHERE m.giver_id = of_account AND CASE m.scope
            WHEN 'case' THEN m.case_id = of_subject
            WHEN 'service' THEN m.tenant_id = of_tenant AND m.service_key = of_service
            WHEN 'town' THEN m.tenant_id = of_tenant
        END)
$$""",
    "mandate_reaches(uuid)": """
CREATE FUNCTION definer.mandate_reaches(of_subject uuid) RETURNS boolean LANGUAGE sql STABLE {HEAD}
    SELECT EXISTS (SELECT FROM cases c WHERE c.tenant_id = {HERE} AND c.id = of_subject
            AND definer.mandate_covers({BY}, c.tenant_id, c.id, c.service_key, c.account_id))
        OR EXISTS (SELECT FROM drafts d WHERE d.tenant_id = {HERE} AND d.id = of_subject AND d.mandate_id = {BY}
            AND definer.mandate_covers({BY}, d.tenant_id, d.id, d.service_key, d.account_id))
$$""",
    # Where a draft or case of somebody's that one acts for is, and by which mandate; like own_subject.
    "represented_subject(uuid)": """
CREATE FUNCTION definer.represented_subject(of_subject uuid) RETURNS TABLE (
    tenant_id int, seen_at int[], mandate_id uuid
) LANGUAGE sql STABLE {HEAD}
    SELECT d.tenant_id, ARRAY[d.tenant_id, d.via_tenant_id], d.mandate_id FROM drafts d
    WHERE d.id = of_subject
        AND definer.mandate_covers(d.mandate_id, d.tenant_id, d.id, d.service_key, d.account_id)
    UNION ALL
    (SELECT c.tenant_id, ARRAY[c.tenant_id, c.via_tenant_id] || ARRAY(
        SELECT f.tenant_id FROM cases f WHERE f.id = of_subject AND f.came_from_id IS NULL), m.id
    FROM cases c JOIN account_mandates m ON m.giver_id = c.account_id AND m.representative_id = {OWN}
    WHERE c.id = of_subject AND c.went_to_id IS NULL
        AND definer.mandate_covers(m.id, c.tenant_id, c.id, c.service_key, c.account_id)
    ORDER BY m.ends_at DESC LIMIT 1)
    LIMIT 1
$$""",
    "represented_matters()": """
CREATE FUNCTION definer.represented_matters() RETURNS TABLE (
    giver_name text, tenant_id int, id uuid, via_tenant_id int, service_key text, is_draft boolean, at timestamptz,
    number text, state text, until timestamptz
) LANGUAGE sql STABLE {HEAD}
    SELECT DISTINCT ON (c.id) m.giver_name, c.tenant_id, c.id, c.via_tenant_id, c.service_key, false, c.received_at,
        c.number, c.state, NULL::timestamptz
    FROM account_mandates m JOIN cases c ON c.account_id = m.giver_id
    WHERE m.representative_id = {OWN} AND c.went_to_id IS NULL
        AND definer.mandate_covers(m.id, c.tenant_id, c.id, c.service_key, c.account_id)
    UNION ALL
    SELECT m.giver_name, d.tenant_id, d.id, d.via_tenant_id, d.service_key, true, d.updated_at, '', '', d.expires_at
    FROM account_mandates m JOIN drafts d ON d.mandate_id = m.id
    WHERE m.representative_id = {OWN} AND d.expires_at > now()
        AND definer.mandate_covers(m.id, d.tenant_id, d.id, d.service_key, d.account_id)
$$""",
    # What forms may propose, and where the office's mails go: to the giver, however the form is filled in.
    "represented_person(uuid)": """
CREATE FUNCTION definer.represented_person(of_mandate uuid) RETURNS TABLE (
    giver_id uuid, giver_name text, representative_name text, email text, details jsonb
) LANGUAGE sql STABLE {HEAD}
    SELECT m.giver_id, m.giver_name, m.representative_name, a.email, coalesce((
        SELECT jsonb_object_agg(d.key, d.value) FROM account_details d
        WHERE d.account_id = m.giver_id AND m.scope <> 'case' AND d.key <> ALL (a.withheld)
            AND d.key IN ('person.given_names', 'person.family_name', 'person.birth_date', 'person.address')), '{}')
    FROM definer.mandate_in_force(of_mandate) m JOIN accounts a ON a.id = m.giver_id
$$""",
    # Looks at the same thing within ten minutes are one, as with those of an office.
    "note_mandate_act(text)": """
CREATE FUNCTION definer.note_mandate_act(of_what text) RETURNS void LANGUAGE sql {HEAD}
    INSERT INTO account_mandate_acts (mandate_id, what, tenant_id, service_key, case_id, case_number)
    SELECT {BY}, of_what, c.tenant_id, c.service_key, c.id, c.number FROM cases c
    WHERE c.tenant_id = {HERE} AND c.id = nullif(current_setting('kreisportal.subject_id', true), '')::uuid
        AND definer.mandate_covers({BY}, c.tenant_id, c.id, c.service_key, c.account_id)
        AND (of_what IN ('applied', 'answered') OR NOT EXISTS (SELECT FROM account_mandate_acts o
            WHERE o.mandate_id = {BY} AND o.what = of_what AND o.case_id = c.id
                AND o.at > now() - interval '10 minutes'))
$$""",
    "read_mandate_invitation(bytea)": """
CREATE FUNCTION definer.read_mandate_invitation(of_digest bytea) RETURNS TABLE (
    id uuid, giver_name text, scope text, tenant_id int, service_key text, case_number text, ends_at timestamptz,
    is_ones_own boolean
) LANGUAGE sql STABLE {HEAD}
    SELECT m.id, m.giver_name, m.scope, m.tenant_id, m.service_key, m.case_number, m.ends_at, m.giver_id = {OWN}
    FROM account_mandates m
    WHERE m.invitation_digest = of_digest AND {OWN} IS NOT NULL AND m.giver_id IS NOT NULL
        AND m.accepted_at IS NULL AND m.declined_at IS NULL AND m.ended_at IS NULL
        AND m.invitation_until > now() AND m.ends_at > now()
$$""",
    # The link and a signed-in account that is not the giver's are the proof; no address is looked at.
    "answer_mandate(bytea, boolean, text)": """
CREATE FUNCTION definer.answer_mandate(of_digest bytea, accepts boolean, of_name text) RETURNS TABLE (
    id uuid, email text, language text
) LANGUAGE plpgsql {HEAD}
#variable_conflict use_column
DECLARE
    answered account_mandates;
BEGIN
    UPDATE account_mandates m SET
        representative_id = CASE WHEN accepts THEN {OWN} END,
        representative_name = CASE WHEN accepts THEN of_name END,
        accepted_at = CASE WHEN accepts THEN now() END,
        declined_at = CASE WHEN NOT accepts THEN now() END
    WHERE m.invitation_digest = of_digest AND m.giver_id IS NOT NULL AND m.giver_id <> {OWN}
        AND m.accepted_at IS NULL AND m.declined_at IS NULL AND m.ended_at IS NULL
        AND m.invitation_until > now() AND m.ends_at > now()
    RETURNING m.* INTO answered;
    RETURN QUERY SELECT answered.id, a.email, a.language FROM accounts a WHERE a.id = answered.giver_id;
END $$""",
    # Whoever is part of it can end it, once. What comes back is who is to be told: the other, if there is one.
    "end_mandate(uuid)": """
CREATE FUNCTION definer.end_mandate(of_mandate uuid) RETURNS TABLE (email text, language text)
LANGUAGE plpgsql {HEAD}
#variable_conflict use_column
DECLARE
    ended account_mandates;
BEGIN
    UPDATE account_mandates m SET ended_at = now(),
        ended_by = CASE WHEN m.giver_id = {OWN} THEN 'giver' ELSE 'representative' END
    WHERE m.id = of_mandate AND {OWN} IN (m.giver_id, m.representative_id)
        AND m.ended_at IS NULL AND m.declined_at IS NULL AND m.ends_at > now()
    RETURNING m.* INTO ended;
    IF ended.id IS NULL THEN
        RAISE EXCEPTION 'no such mandate' USING ERRCODE = 'no_data_found';
    END IF;
    RETURN QUERY SELECT a.email, a.language FROM accounts a
        WHERE a.id IN (ended.giver_id, ended.representative_id) AND ended.accepted_at IS NOT NULL;
END $$""",
}

FUNCTIONS["erase_mandates_of_account(uuid)"] = """
CREATE FUNCTION definer.erase_mandates_of_account(of_account uuid) RETURNS int LANGUAGE plpgsql {HEAD}
DECLARE
    gone int;
BEGIN
    IF current_setting('kreisportal.actor', true) IS DISTINCT FROM 'account' OR of_account IS DISTINCT FROM {OWN} THEN
        RAISE EXCEPTION 'not this account' USING ERRCODE = 'insufficient_privilege';
    END IF;
    SELECT count(*) INTO gone FROM account_mandates m WHERE of_account IN (m.giver_id, m.representative_id);
    DELETE FROM account_mandates m
    WHERE (m.giver_id = of_account AND m.representative_id IS NULL)
        OR (m.representative_id = of_account AND m.giver_id IS NULL);
    -- The other one still sees for a year for whom or by whom what was done; that is their own, too.
    UPDATE account_mandates m SET email = '', called = CASE WHEN m.giver_id = of_account THEN '' ELSE m.called END
    WHERE of_account IN (m.giver_id, m.representative_id);
    RETURN gone;
END $$"""

GUARD = """
CREATE OR REPLACE FUNCTION guard_account() RETURNS trigger LANGUAGE plpgsql
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
            WHERE d.tenant_id = NEW.tenant_id AND d.id = NEW.id AND d.account_id = NEW.account_id)) THEN{MORE}
        RAISE EXCEPTION 'a draft or case can be taken into one''s own account only'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$"""
BEGINS = """
        -- Who acts for somebody begins drafts for them, within the mandate.
        IF TG_OP = 'INSERT' AND TG_TABLE_NAME = 'drafts' THEN
            IF NEW.mandate_id = nullif(current_setting('kreisportal.mandate_id', true), '')::uuid
                AND definer.mandate_covers(NEW.mandate_id, NEW.tenant_id, NEW.id, NEW.service_key, NEW.account_id) THEN
                RETURN NEW;
            END IF;
        END IF;"""

TIDY = """
CREATE FUNCTION definer.tidy_mandates() RETURNS void LANGUAGE sql {HEAD}
    -- Over for a year, whatever it was that ended them; or nobody is left who could look at them.
    DELETE FROM account_mandates m
    WHERE least(m.ended_at, m.declined_at, CASE WHEN m.accepted_at IS NULL THEN m.invitation_until END, m.ends_at)
            < now() - interval '1 year'
        OR (m.giver_id IS NULL AND m.representative_id IS NULL)
$$"""


def upgrade() -> None:
    """Create the tables; what a mandate lets through, the functions know, and policies ask them."""
    op.execute(TABLES)
    for table in ("account_mandates", "account_mandate_acts"):
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(GRANTS)
    op.execute(POLICIES)
    for signature, statement in {**FUNCTIONS, "tidy_mandates()": TIDY}.items():
        for name, expression in WORDS.items():
            statement = statement.replace(f"{{{name}}}", expression)
        op.execute(statement)
        op.execute(f"GRANT EXECUTE ON FUNCTION definer.{signature} TO kreisportal_app")
        op.execute(f"ALTER FUNCTION definer.{signature} OWNER TO kreisportal_definer")
    op.execute(WITHIN)
    op.execute(GUARD.replace("{MORE}", BEGINS))


def downgrade() -> None:
    """Drop all of it; drafts that were begun by a mandate stay those of whom they were begun for."""
    op.execute(GUARD.replace("{MORE}", ""))
    op.execute("DROP POLICY giver_withdraws ON cases")
    for table in ("drafts", "cases", "case_events", "documents"):
        op.execute(f"DROP POLICY within_mandate ON {table}")
    for signature in reversed(["tidy_mandates()", *reversed(FUNCTIONS)]):
        op.execute(f"DROP FUNCTION definer.{signature}")
    op.execute("ALTER TABLE drafts DROP COLUMN mandate_id")
    op.execute("DROP TABLE account_mandate_acts")
    op.execute("DROP TABLE account_mandates")
