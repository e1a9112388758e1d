"""Taking out all that is one's own, and erasing it: what an account has asked to be gathered, and what goes with it."""

from alembic import op

revision = "0021_takeouts"
down_revision = "0020_saml"
branch_labels = None
depends_on = None

ACTOR = "(SELECT current_setting('kreisportal.actor', true))"
ACCOUNT = "(SELECT nullif(current_setting('kreisportal.account_id', true), '')::uuid)"
HEAD = "SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$"
OWN = """
    IF current_setting('kreisportal.actor', true) IS DISTINCT FROM 'account'
        OR current_setting('kreisportal.account_id', true) IS DISTINCT FROM of_account::text THEN
        RAISE EXCEPTION 'not this account' USING ERRCODE = 'insufficient_privilege';
    END IF;"""

TABLE = f"""
CREATE TABLE account_takeouts (
    id uuid NOT NULL CONSTRAINT pk_account_takeouts PRIMARY KEY,
    account_id uuid NOT NULL
        CONSTRAINT fk_account_takeouts_account_id REFERENCES accounts (id) ON DELETE CASCADE,
    language text NOT NULL,
    state text NOT NULL
        CONSTRAINT ck_account_takeouts_state CHECK (state IN ('waiting', 'running', 'ready', 'failed')),
    attempts int NOT NULL DEFAULT 0,
    parts jsonb NOT NULL DEFAULT '[]',
    size bigint,
    asked_at timestamptz NOT NULL DEFAULT now(),
    touched_at timestamptz NOT NULL DEFAULT now(),
    ready_at timestamptz,
    expires_at timestamptz,
    CONSTRAINT uq_account_takeouts_account_id UNIQUE (account_id)
);
CREATE INDEX ix_account_takeouts_expires_at ON account_takeouts (expires_at) WHERE expires_at IS NOT NULL;
COMMENT ON COLUMN account_takeouts.parts IS 'How far it is: of the account and of each town, how many parts are done';
COMMENT ON COLUMN account_takeouts.touched_at IS 'When it last got further';
ALTER TABLE account_takeouts ENABLE ROW LEVEL SECURITY;
ALTER TABLE account_takeouts FORCE ROW LEVEL SECURITY;
CREATE POLICY own_all ON account_takeouts USING ({ACTOR} = 'account' AND account_id = {ACCOUNT});
GRANT SELECT, INSERT, UPDATE, DELETE ON account_takeouts TO kreisportal_app;
"""

FUNCTIONS = {
    # A job knows the takeout only; whose it is stands in no job's arguments, which outlive an account.
    "begin_takeout(uuid)": """
CREATE FUNCTION definer.begin_takeout(of_takeout uuid) RETURNS TABLE (account_id uuid, language text, attempts int)
LANGUAGE plpgsql {HEAD}
#variable_conflict use_column
BEGIN
    IF current_setting('kreisportal.actor', true) IS DISTINCT FROM 'job' THEN
        RAISE EXCEPTION 'not a job' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN QUERY
    UPDATE account_takeouts t SET state = 'running', attempts = t.attempts + 1, parts = '[]', touched_at = now()
    WHERE t.id = of_takeout AND t.state IN ('waiting', 'running')
    RETURNING t.account_id, t.language, t.attempts;
END $$""",
    "tidy_takeouts()": """
CREATE FUNCTION definer.tidy_takeouts() RETURNS TABLE (id uuid, gone boolean)
LANGUAGE plpgsql {HEAD}
#variable_conflict use_column
BEGIN
    IF current_setting('kreisportal.actor', true) IS DISTINCT FROM 'region' THEN
        RAISE EXCEPTION 'not the region' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN QUERY
    WITH over AS (DELETE FROM account_takeouts t WHERE t.expires_at <= now() RETURNING t.id)
    SELECT t.id, EXISTS (SELECT FROM over o WHERE o.id = t.id) FROM account_takeouts t;
END $$""",
    "addresses_of_account(uuid)": """
CREATE FUNCTION definer.addresses_of_account(of_account uuid) RETURNS TABLE (
    purpose text, email text, created_at timestamptz, expires_at timestamptz
) LANGUAGE plpgsql STABLE {HEAD}
#variable_conflict use_column
BEGIN{OWN}
    RETURN QUERY SELECT l.purpose, l.email, l.created_at, l.expires_at
    FROM account_address_links l WHERE l.account_id = of_account AND l.expires_at > now() ORDER BY l.created_at;
END $$""",
    "erase_drafts_of_account(uuid)": """
CREATE FUNCTION definer.erase_drafts_of_account(of_account uuid) RETURNS TABLE (
    tenant_id int, draft_id uuid, documents uuid[]
) LANGUAGE plpgsql {HEAD}
#variable_conflict use_column
BEGIN{OWN}
    -- Whoever is uploading something waits here, and then finds no draft.
    PERFORM FROM drafts d WHERE d.account_id = of_account FOR UPDATE;
    DELETE FROM mails m USING drafts d WHERE d.account_id = of_account
        AND m.tenant_id = d.tenant_id AND m.case_id IS NULL AND m.data->>'draft_id' = d.id::text;
    RETURN QUERY
    WITH gone AS (
        DELETE FROM documents f USING drafts d WHERE d.account_id = of_account
            AND f.tenant_id = d.tenant_id AND f.draft_id = d.id AND f.case_id IS NULL
        RETURNING f.tenant_id, f.draft_id, f.id)
    SELECT d.tenant_id, d.id, ARRAY(SELECT g.id FROM gone g WHERE g.tenant_id = d.tenant_id AND g.draft_id = d.id)
    FROM drafts d WHERE d.account_id = of_account;
    DELETE FROM drafts d WHERE d.account_id = of_account;
END $$""",
    "release_cases_of_account(uuid)": """
CREATE FUNCTION definer.release_cases_of_account(of_account uuid) RETURNS int
LANGUAGE plpgsql {HEAD}
DECLARE
    released int;
BEGIN{OWN}
    UPDATE cases SET account_id = NULL WHERE account_id = of_account;
    GET DIAGNOSTICS released = ROW_COUNT;
    RETURN released;
END $$""",
    "erase_traces_of_account(uuid)": """
CREATE FUNCTION definer.erase_traces_of_account(of_account uuid) RETURNS TABLE (sessions int, mails int)
LANGUAGE plpgsql {HEAD}
#variable_conflict use_column
DECLARE
    ended int;
    forgotten int;
BEGIN{OWN}
    DELETE FROM sign_in_steps s WHERE s.account_id = of_account;
    DELETE FROM sessions s WHERE s.account_id = of_account;
    GET DIAGNOSTICS ended = ROW_COUNT;
    -- Mails about cases stay with these; others to the account's address, or about another address for it, go.
    DELETE FROM mails m USING accounts a WHERE a.id = of_account
        AND m.case_id IS NULL AND m.template LIKE 'account\\_%' AND (
            lower(m.recipient) = a.email
            OR EXISTS (SELECT FROM account_address_links l WHERE l.account_id = a.id AND lower(m.recipient) = l.email
                AND (m.template IN ('account_address', 'account_address_taken')
                    OR (l.purpose = 'undo' AND m.created_at <= l.created_at))));
    GET DIAGNOSTICS forgotten = ROW_COUNT;
    DELETE FROM account_links l USING accounts a
    WHERE a.id = of_account AND (l.account_id = a.id OR l.email = a.email);
    DELETE FROM account_address_links l WHERE l.account_id = of_account;
    RETURN QUERY SELECT ended, forgotten;
END $$""",
}


def upgrade() -> None:
    """Create the table and the functions that look across towns for what is an account's."""
    op.execute(TABLE)
    for signature, statement in FUNCTIONS.items():
        op.execute(statement.replace("{HEAD}", HEAD).replace("{OWN}", OWN))
        op.execute(f"GRANT EXECUTE ON FUNCTION definer.{signature} TO kreisportal_app")
        op.execute(f"ALTER FUNCTION definer.{signature} OWNER TO kreisportal_definer")


def downgrade() -> None:
    """Drop them. The files that were gathered lie in the folder ``files/0``, which is then to be removed by hand."""
    for signature in FUNCTIONS:
        op.execute(f"DROP FUNCTION definer.{signature}")
    op.execute("DROP TABLE account_takeouts")
