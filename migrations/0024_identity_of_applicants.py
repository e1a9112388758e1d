"""How surely it is known who applies: what sessions tell of it, and identities that an office has seen in person."""

from alembic import op

revision = "0024_identity_of_applicants"
down_revision = "0023_mandates"
branch_labels = None
depends_on = None

HEAD = "SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$"
OWN = """
    IF current_setting('kreisportal.account_id', true) IS DISTINCT FROM of_account::text THEN
        RAISE EXCEPTION 'not this account' USING ERRCODE = 'insufficient_privilege';
    END IF;"""

# "outside:KEY" names the provider by its key, so that the sessions of one can be told from those of another.
COLUMNS = """
ALTER TABLE sessions ADD COLUMN trust_by text, ADD COLUMN trust_at timestamptz;
COMMENT ON COLUMN sessions.trust_by IS 'By what the level of trust was shown: a word of means';
COMMENT ON COLUMN sessions.trust_at IS 'When it was';
ALTER TABLE sessions DROP CONSTRAINT ck_sessions_means;
ALTER TABLE sessions ADD CONSTRAINT ck_sessions_means CHECK (
    means IN ('password', 'password+code', 'password+recovery', 'passkey')
    OR means ~ '^outside(:[^+]+)?([+](code|recovery))?$');
"""

OPEN = """
CREATE FUNCTION definer.open_account_session(
    digest bytea, of_site text, of_tenant int, of_account uuid, parent bytea, of_trust text, idle int, lifetime int,
    of_means text DEFAULT 'password', of_browser text DEFAULT NULL
) RETURNS void LANGUAGE sql {HEAD}
    INSERT INTO sessions (token_digest, site, tenant_id, account_id, parent_digest, trust, authenticated_at, verified,
        idle_seconds, expires_at, means, browser{COLUMNS})
    VALUES (digest, of_site, of_tenant, of_account, parent, of_trust, now(), true, idle,
        now() + make_interval(secs => lifetime), of_means, of_browser{VALUES})
$$"""
_OPEN = "open_account_session(bytea, text, int, uuid, bytea, text, int, int, text, text)"

# Whoever is surer of the person begins times anew; less sure a session never becomes, and a password does not
# lengthen one that stands on more than that, nor does it count as what the level was shown by.
RENEW = """
CREATE FUNCTION definer.{NAME}({ARGUMENTS}
) RETURNS boolean LANGUAGE plpgsql {HEAD}
DECLARE
    before sessions;
BEGIN{OWN}
    SELECT s.* INTO before FROM sessions s WHERE s.token_digest = old AND s.account_id = of_account
        AND s.parent_digest IS NULL AND s.expires_at > now()
        AND s.seen_at + make_interval(secs => s.idle_seconds) > now() FOR UPDATE;
    IF before.token_digest IS NULL THEN
        RETURN false;
    END IF;
    before.token_digest := new;
    before.means := of_means;
    before.authenticated_at := now();
    before.seen_at := now();{TIMES}
    INSERT INTO sessions SELECT before.*;
    -- What stands on the session goes over to the new one: towns, what was opened, codes that are on their way.
    UPDATE sessions SET parent_digest = new WHERE parent_digest = old;
    UPDATE session_grants SET token_digest = new WHERE token_digest = old;
    UPDATE sign_in_codes SET session_digest = new WHERE session_digest = old;
    UPDATE client_sessions SET session_digest = new WHERE session_digest = old;
    DELETE FROM sessions WHERE token_digest = old;
    RETURN true;
END $$"""
_RENEW_ARGUMENTS = "\n    old bytea, new bytea, of_account uuid, of_means text, lifetime int"
_RENEW = "renew_account_session(bytea, bytea, uuid, text, int)"
_RENEWED = """
    IF before.trust = 'basic' THEN
        before.expires_at := now() + make_interval(secs => lifetime);{SHOWN}
    END IF;"""
_RAISE_ARGUMENTS = """
    old bytea, new bytea, of_account uuid, of_means text, of_trust text, idle int, lifetime int"""
_RAISE = "raise_account_session(bytea, bytea, uuid, text, text, int, int)"
_RAISED = """
    before.trust := of_trust;
    before.idle_seconds := idle;
    before.expires_at := now() + make_interval(secs => lifetime);{SHOWN}"""
_SHOWN = """
        before.trust_by := of_means;
        before.trust_at := now();"""

READ = """
CREATE FUNCTION definer.read_session(digest bytea, of_site text, of_tenant int) RETURNS TABLE (
    staff_id uuid, verified boolean, created_at timestamptz, expires_at timestamptz, grants jsonb,
    account_id uuid, trust text, authenticated_at timestamptz{COLUMNS}
) LANGUAGE plpgsql {HEAD}
#variable_conflict use_column
DECLARE
    found sessions;
    above sessions;
BEGIN
    SELECT s.* INTO found FROM sessions s
    WHERE s.token_digest = digest AND s.site = of_site AND s.tenant_id IS NOT DISTINCT FROM of_tenant
        AND s.expires_at > now() AND s.seen_at + make_interval(secs => s.idle_seconds) > now();
    IF found.token_digest IS NULL THEN
        RETURN;
    END IF;
    IF found.parent_digest IS NOT NULL THEN
        SELECT s.* INTO above FROM sessions s
        WHERE s.token_digest = found.parent_digest
            AND s.expires_at > now() AND s.seen_at + make_interval(secs => s.idle_seconds) > now();
        IF above.token_digest IS NULL THEN
            RETURN;
        END IF;
    END IF;
    -- Being seen is written at most once a minute, so that reading costs no write.
    IF found.seen_at < now() - interval '1 minute' THEN
        UPDATE sessions s SET seen_at = now() WHERE s.token_digest IN (digest, found.parent_digest);
    END IF;
    RETURN QUERY
    SELECT found.staff_id, found.verified, found.created_at, found.expires_at,
        (SELECT jsonb_agg(jsonb_build_array(g.tenant_id, g.subject_id))
            FROM session_grants g WHERE g.token_digest = found.token_digest),
        found.account_id, coalesce(above.trust, found.trust),
        coalesce(above.authenticated_at, found.authenticated_at){VALUES};
END $$"""
_READ = "read_session(bytea, text, int)"

TABLES = """
CREATE TABLE identity_checks (
    tenant_id int NOT NULL CONSTRAINT fk_identity_checks_tenant_id REFERENCES tenants (id),
    id uuid NOT NULL,
    case_id uuid,
    document text NOT NULL CONSTRAINT ck_identity_checks_document
        CHECK (document IN ('identity_card', 'passport', 'residence_permit')),
    state text NOT NULL CONSTRAINT ck_identity_checks_state
        CHECK (state IN ('open', 'confirmed', 'refused', 'revoked')),
    asked_by uuid NOT NULL,
    asked_at timestamptz NOT NULL DEFAULT now(),
    decided_by uuid,
    decided_at timestamptz,
    revoked_by uuid,
    revoked_at timestamptz,
    CONSTRAINT pk_identity_checks PRIMARY KEY (tenant_id, id),
    CONSTRAINT ck_identity_checks_decided CHECK ((state = 'open') = (decided_by IS NULL)),
    CONSTRAINT ck_identity_checks_two_persons CHECK (decided_by <> asked_by),
    CONSTRAINT fk_identity_checks_case FOREIGN KEY (tenant_id, case_id) REFERENCES cases (tenant_id, id)
        ON DELETE SET NULL (case_id),
    CONSTRAINT fk_identity_checks_asked_by FOREIGN KEY (tenant_id, asked_by) REFERENCES staff (tenant_id, id),
    CONSTRAINT fk_identity_checks_decided_by FOREIGN KEY (tenant_id, decided_by) REFERENCES staff (tenant_id, id),
    CONSTRAINT fk_identity_checks_revoked_by FOREIGN KEY (tenant_id, revoked_by) REFERENCES staff (tenant_id, id)
);
CREATE UNIQUE INDEX uq_identity_checks_open ON identity_checks (tenant_id, case_id) WHERE state = 'open';
COMMENT ON TABLE identity_checks IS 'A person was seen with a document: asked by one of the office, decided by another';

CREATE TABLE account_confirmations (
    account_id uuid NOT NULL
        CONSTRAINT fk_account_confirmations_account_id REFERENCES accounts (id) ON DELETE CASCADE,
    tenant_id int NOT NULL CONSTRAINT fk_account_confirmations_tenant_id REFERENCES tenants (id),
    check_id uuid NOT NULL,
    document text NOT NULL,
    confirmed_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    CONSTRAINT pk_account_confirmations PRIMARY KEY (account_id, tenant_id, check_id)
);
CREATE INDEX ix_account_confirmations_check_id ON account_confirmations (check_id);
COMMENT ON TABLE account_confirmations IS 'Offices that have seen who owns an account. It is no way in';
"""

ACTOR = "(SELECT current_setting('kreisportal.actor', true))"
TENANT = "(SELECT nullif(current_setting('kreisportal.tenant_id', true), '')::int)"
ACCOUNT = "(SELECT nullif(current_setting('kreisportal.account_id', true), '')::uuid)"

# What is written goes through the functions below; the account may take a confirmation off.
POLICIES = f"""
CREATE POLICY staff_reads ON identity_checks FOR SELECT USING ({ACTOR} = 'staff' AND tenant_id = {TENANT});
CREATE POLICY own_all ON account_confirmations USING ({ACTOR} = 'account' AND account_id = {ACCOUNT});
GRANT SELECT ON identity_checks TO kreisportal_app;
GRANT SELECT, DELETE ON account_confirmations TO kreisportal_app;
"""

# Who acts, by the transaction's context: active, of the town, and with the role. Raises for anybody else.
MEMBER = """
    SELECT s.* INTO member FROM staff s
    WHERE current_setting('kreisportal.actor', true) = 'staff' AND s.active AND '{ROLE}' = ANY (s.roles)
        AND s.tenant_id = nullif(current_setting('kreisportal.tenant_id', true), '')::int
        AND s.id = nullif(current_setting('kreisportal.staff_id', true), '')::uuid;
    IF member.id IS NULL THEN
        RAISE EXCEPTION 'not somebody of the office' USING ERRCODE = 'insufficient_privilege';
    END IF;"""

# An own case is told by address or name: a namesake leaves it to a colleague.
NOT_OWN = """
    IF lower(member.email) IN (lower(matter.email), (SELECT lower(a.email) FROM accounts a WHERE a.id = matter.account_id))
        OR lower(member.name) = lower(matter.applicant_name) THEN
        RAISE EXCEPTION 'one''s own case' USING ERRCODE = 'KP001';
    END IF;"""

CHECKS = {
    "ask_identity_check(uuid, uuid, text)": """
CREATE FUNCTION definer.ask_identity_check(new_id uuid, of_case uuid, of_document text) RETURNS void
LANGUAGE plpgsql {HEAD}
DECLARE
    member staff;
    matter cases;
BEGIN{MEMBER}
    SELECT c.* INTO matter FROM cases c WHERE c.tenant_id = member.tenant_id AND c.id = of_case
        AND c.state IN ('new', 'in_progress', 'waiting') FOR UPDATE;
    IF matter.id IS NULL THEN
        RAISE EXCEPTION 'no such open case' USING ERRCODE = 'no_data_found';
    END IF;{NOT_OWN}
    INSERT INTO identity_checks (tenant_id, id, case_id, document, state, asked_by)
    VALUES (member.tenant_id, new_id, of_case, of_document, 'open', member.id);
END $$""",
    "decide_identity_check(uuid, boolean, int)": """
CREATE FUNCTION definer.decide_identity_check(of_case uuid, confirmed boolean, years int) RETURNS TABLE (
    asked_by uuid, document text, account_email text, account_language text
) LANGUAGE plpgsql {HEAD}
#variable_conflict use_column
DECLARE
    member staff;
    matter cases;
    asked identity_checks;
    word text := CASE WHEN confirmed THEN 'confirmed' ELSE 'refused' END;
BEGIN{MEMBER}
    SELECT c.* INTO matter FROM cases c WHERE c.tenant_id = member.tenant_id AND c.id = of_case
        AND c.state IN ('new', 'in_progress', 'waiting') FOR UPDATE;
    SELECT i.* INTO asked FROM identity_checks i
    WHERE i.tenant_id = member.tenant_id AND i.case_id = matter.id AND i.state = 'open' FOR UPDATE;
    IF asked.id IS NULL THEN
        RAISE EXCEPTION 'nothing is asked' USING ERRCODE = 'no_data_found';
    END IF;
    IF asked.asked_by = member.id THEN
        RAISE EXCEPTION 'the same person' USING ERRCODE = 'KP002';
    END IF;{NOT_OWN}
    UPDATE identity_checks i SET state = word, decided_by = member.id, decided_at = now()
    WHERE i.tenant_id = asked.tenant_id AND i.id = asked.id;
    IF confirmed AND matter.account_id IS NOT NULL THEN
        DELETE FROM account_confirmations a WHERE a.expires_at <= now();
        INSERT INTO account_confirmations (account_id, tenant_id, check_id, document, confirmed_at, expires_at)
        VALUES (matter.account_id, asked.tenant_id, asked.id, asked.document, now(), now() + make_interval(years => years));
    END IF;
    RETURN QUERY SELECT asked.asked_by, asked.document, a.email, a.language
    FROM (SELECT) one LEFT JOIN accounts a ON a.id = matter.account_id;
END $$""",
    "revoke_identity_check(uuid)": """
CREATE FUNCTION definer.revoke_identity_check(of_check uuid) RETURNS uuid LANGUAGE plpgsql {HEAD}
DECLARE
    member staff;
    found identity_checks;
BEGIN{ADMIN}
    SELECT i.* INTO found FROM identity_checks i
    WHERE i.tenant_id = member.tenant_id AND i.id = of_check AND i.state = 'confirmed' FOR UPDATE;
    IF found.id IS NULL THEN
        RAISE EXCEPTION 'no such confirmation' USING ERRCODE = 'no_data_found';
    END IF;
    UPDATE identity_checks SET state = 'revoked', revoked_by = member.id, revoked_at = now()
    WHERE tenant_id = found.tenant_id AND id = found.id;
    DELETE FROM account_confirmations WHERE tenant_id = found.tenant_id AND check_id = found.id;
    RETURN found.case_id;
END $$""",
}


def upgrade() -> None:
    """Add the columns; a session that is there already does not tell by what its level was shown. Create the tables."""
    op.execute(COLUMNS)
    _replace(_OPEN, OPEN, COLUMNS=", trust_by, trust_at", VALUES=", of_means, now()")
    _replace(
        _READ,
        READ,
        COLUMNS=", trust_by text, trust_at timestamptz",
        VALUES=", coalesce(above.trust_by, found.trust_by), coalesce(above.trust_at, found.trust_at)",
    )
    _replace_exchanges(_SHOWN)
    op.execute(TABLES)
    for table in ("identity_checks", "account_confirmations"):
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(POLICIES)
    members = {
        "MEMBER": MEMBER.replace("{ROLE}", "caseworker"),
        "ADMIN": MEMBER.replace("{ROLE}", "tenant_admin"),
    }
    for signature, statement in CHECKS.items():
        _create(signature, statement, NOT_OWN=NOT_OWN, **members)


def downgrade() -> None:
    """Drop all of it; who is signed in by a provider is signed in by any."""
    for signature in CHECKS:
        op.execute(f"DROP FUNCTION definer.{signature}")
    op.execute("DROP TABLE account_confirmations")
    op.execute("DROP TABLE identity_checks")
    _replace_exchanges("")
    _replace(_READ, READ, COLUMNS="", VALUES="")
    _replace(_OPEN, OPEN, COLUMNS="", VALUES="")
    # The owner is bound by row security too, and sees no sessions.
    op.execute("ALTER TABLE sessions NO FORCE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE sessions DROP CONSTRAINT ck_sessions_means")
    op.execute("UPDATE sessions SET means = regexp_replace(means, ':[^+]*', '') WHERE means LIKE 'outside:%'")
    op.execute("ALTER TABLE sessions FORCE ROW LEVEL SECURITY")
    op.execute(
        "ALTER TABLE sessions ADD CONSTRAINT ck_sessions_means CHECK (means IN ('password', 'password+code',"
        " 'password+recovery', 'passkey', 'outside', 'outside+code', 'outside+recovery'))"
    )
    op.execute("ALTER TABLE sessions DROP COLUMN trust_by, DROP COLUMN trust_at")


def _replace_exchanges(shown: str) -> None:
    """The two functions by which somebody who is signed in shows once more who they are."""
    for signature, arguments, times in (
        (_RENEW, _RENEW_ARGUMENTS, _RENEWED),
        (_RAISE, _RAISE_ARGUMENTS, _RAISED),
    ):
        name = signature.partition("(")[0]
        statement = RENEW.replace("{TIMES}", times)
        _replace(signature, statement, NAME=name, ARGUMENTS=arguments, SHOWN=shown, OWN=OWN)


def _replace(signature: str, statement: str, **parts: str) -> None:
    op.execute(f"DROP FUNCTION definer.{signature}")
    _create(signature, statement, **parts)


def _create(signature: str, statement: str, **parts: str) -> None:
    for name, part in {**parts, "HEAD": HEAD}.items():
        statement = statement.replace(f"{{{name}}}", part)
    op.execute(statement)
    op.execute(f"GRANT EXECUTE ON FUNCTION definer.{signature} TO kreisportal_app")
    op.execute(f"ALTER FUNCTION definer.{signature} OWNER TO kreisportal_definer")
