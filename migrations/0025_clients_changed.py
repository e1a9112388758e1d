"""Clients from outside change and are switched off; they are told how one signed in; one sees where one is at them."""

from alembic import op

revision = "0025_clients_changed"
down_revision = "0024_identity_of_applicants"
branch_labels = None
depends_on = None

HEAD = "SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$"
OWN = """
    IF current_setting('kreisportal.account_id', true) IS DISTINCT FROM of_account::text THEN
        RAISE EXCEPTION 'not this account' USING ERRCODE = 'insufficient_privilege';
    END IF;"""
ALIVE = "s.expires_at > now() AND s.seen_at + make_interval(secs => s.idle_seconds) > now()"

CHANGEABLE = "name, redirect_uris, post_logout_redirect_uris, scopes, privacy_url, logout_url, disabled_at"
COLUMNS = f"""
ALTER TABLE outside_clients ADD COLUMN disabled_at timestamptz;
COMMENT ON COLUMN outside_clients.disabled_at IS 'Since when the client is switched off: it gets nothing';
GRANT SELECT (disabled_at) ON outside_clients TO kreisportal_app;
GRANT UPDATE ({CHANGEABLE}) ON outside_clients TO kreisportal_app;
ALTER TABLE client_sessions ADD COLUMN created_at timestamptz NOT NULL DEFAULT now();
COMMENT ON COLUMN client_sessions.created_at IS 'Since when; of those before this column, since it was added';
"""

# What ends at a client that is switched off is told to it like every end, and at the address that is right now.
FOLLOW = """
CREATE FUNCTION definer.follow_client() RETURNS trigger
LANGUAGE plpgsql {HEAD}
BEGIN
    UPDATE client_sessions SET logout_url = NEW.logout_url
    WHERE client_id = NEW.id AND logout_url IS DISTINCT FROM NEW.logout_url;
    IF NEW.disabled_at IS NOT NULL THEN
        DELETE FROM client_sessions WHERE client_id = NEW.id;
    END IF;
    RETURN NULL;
END $$"""
ATTACHED = """
CREATE TRIGGER follow_client AFTER UPDATE OF logout_url, disabled_at ON outside_clients
    FOR EACH ROW EXECUTE FUNCTION definer.follow_client();
"""

ISSUE_CODE = """
CREATE FUNCTION definer.issue_client_code(
    of_digest bytea, of_session bytea, of_client text, of_redirect text, of_challenge text, of_nonce text,
    of_scopes text[], seconds int
) RETURNS void LANGUAGE plpgsql {HEAD}
DECLARE
    found uuid;
BEGIN
    -- Only what the person has consented to, to an address of the client's.
    INSERT INTO client_sessions (session_digest, account_id, client_id, subject, logout_url)
    SELECT s.token_digest, s.account_id, c.id, encode(sha256(c.subject_salt || uuid_send(s.account_id)), 'hex'),
        c.logout_url
    FROM sessions s JOIN account_consents a USING (account_id) JOIN outside_clients c ON c.id = a.client_id
    WHERE s.token_digest = of_session AND s.site = 'account' AND {ALIVE}
        AND c.id = of_client AND of_redirect = ANY (c.redirect_uris) AND of_scopes <@ a.scopes{ON}
    ON CONFLICT (session_digest, client_id) DO UPDATE SET logout_url = excluded.logout_url
    RETURNING id INTO found;
    IF found IS NULL THEN
        RAISE EXCEPTION 'no consent of an account that is signed in' USING ERRCODE = 'insufficient_privilege';
    END IF;
    INSERT INTO client_codes (digest, client_session_id, redirect_uri, challenge, nonce, scopes, expires_at)
    VALUES (of_digest, found, of_redirect, of_challenge, of_nonce, of_scopes, now() + make_interval(secs => seconds));
END $$"""
_ISSUE_CODE = "issue_client_code(bytea, bytea, text, text, text, text, text[], int)"

USE_CODE = """
CREATE FUNCTION definer.use_client_code(of_digest bytea, of_client text) RETURNS TABLE (
    client_session_id uuid, account_id uuid, subject text, redirect_uri text, challenge text, nonce text,
    scopes text[], trust text, authenticated_at timestamptz{COLUMN}
) LANGUAGE plpgsql {HEAD}
#variable_conflict use_column
DECLARE
    used client_codes;
BEGIN
    SELECT c.* INTO used FROM client_codes c WHERE c.digest = of_digest FOR UPDATE;
    IF used.digest IS NULL THEN
        RETURN;
    END IF;
    -- A code that is shown again was stolen, then or now: what it was worth is worth nothing any more.
    IF used.used_at IS NOT NULL THEN
        DELETE FROM client_tokens t WHERE t.code_digest = of_digest;
        RETURN;
    END IF;
    -- Whatever comes of it, a code that was shown is used up.
    UPDATE client_codes c SET used_at = now() WHERE c.digest = of_digest;
    RETURN QUERY
    SELECT h.id, h.account_id, h.subject, used.redirect_uri, used.challenge, used.nonce, {SCOPES},
        s.trust, s.authenticated_at{VALUE}
    FROM client_sessions h JOIN sessions s ON s.token_digest = h.session_digest{CLIENT}
    WHERE h.id = used.client_session_id AND h.client_id = of_client AND used.expires_at > now() AND {ALIVE}{ON};
END $$"""
_USE_CODE = "use_client_code(bytea, text)"

ACCESS = """
CREATE FUNCTION definer.read_client_token(of_digest bytea) RETURNS TABLE (
    account_id uuid, client_id text, subject text, scopes text[]
) LANGUAGE sql STABLE {HEAD}
    SELECT h.account_id, h.client_id, h.subject, {SCOPES}
    FROM client_tokens t JOIN client_codes {USED} ON {USED}.digest = t.code_digest
        JOIN client_sessions h ON h.id = {USED}.client_session_id
        JOIN sessions s ON s.token_digest = h.session_digest{CLIENT}
    WHERE t.digest = of_digest AND t.expires_at > now() AND {ALIVE}{ON}
$$"""
_ACCESS = "read_client_token(bytea)"

SESSIONS = """
CREATE FUNCTION definer.sessions_of_account(of_account uuid) RETURNS TABLE (
    handle text, above text, tenant_id int, browser text, means text, created_at timestamptz, seen_at timestamptz{COLUMNS}
) LANGUAGE plpgsql STABLE {HEAD}
#variable_conflict use_column
BEGIN{OWN}
    -- A handle says nothing of the digest, by which a session is found.
    RETURN QUERY SELECT encode(sha256(s.token_digest), 'hex'), encode(sha256(s.parent_digest), 'hex'), s.tenant_id,
        s.browser, s.means, s.created_at, s.seen_at{NONE}
    FROM sessions s WHERE s.account_id = of_account AND s.expires_at > now()
        AND s.seen_at + make_interval(secs => s.idle_seconds) > now(){CLIENTS}
    ORDER BY {FIRST} DESC;
END $$"""
_SESSIONS = "sessions_of_account(uuid)"
AT_CLIENTS = """
    UNION ALL SELECT encode(sha256(uuid_send(h.id)), 'hex'), encode(sha256(h.session_digest), 'hex'), NULL,
        NULL, NULL, h.created_at, s.seen_at, o.name, h.logout_url IS NOT NULL
    FROM client_sessions h JOIN sessions s ON s.token_digest = h.session_digest JOIN outside_clients o ON o.id = h.client_id
    WHERE h.account_id = of_account AND h.entered AND s.expires_at > now()
        AND s.seen_at + make_interval(secs => s.idle_seconds) > now()"""

CLOSE = """
CREATE FUNCTION definer.close_session_of_account(of_account uuid, of_handle text) RETURNS void
LANGUAGE plpgsql {HEAD}
BEGIN{OWN}
    DELETE FROM sessions WHERE account_id = of_account AND encode(sha256(token_digest), 'hex') = of_handle;{CLIENTS}
END $$"""
_CLOSE = "close_session_of_account(uuid, text)"
CLOSE_AT_CLIENT = """
    DELETE FROM client_sessions WHERE of_account = account_id AND encode(sha256(uuid_send(id)), 'hex') = of_handle;"""

_BEFORE = {"ON": "", "CLIENT": "", "SCOPES": "used.scopes", "COLUMN": "", "VALUE": ""}
# What a client may not ask for any more it does not get by what it was given before.
_AFTER = {
    "ON": " AND o.disabled_at IS NULL",
    "CLIENT": "\n        JOIN outside_clients o ON o.id = h.client_id",
    "SCOPES": "ARRAY(SELECT x FROM unnest(used.scopes) x WHERE x = ANY (o.scopes))",
    "COLUMN": ", means text",
    "VALUE": ", s.means",
}


def upgrade() -> None:
    """Add the columns, the trigger that ends what stands on a client, and what the functions tell of it."""
    op.execute(COLUMNS)
    op.execute(FOLLOW.replace("{HEAD}", HEAD))
    op.execute(ATTACHED)
    op.execute("ALTER FUNCTION definer.follow_client() OWNER TO kreisportal_definer")
    _replace(_ISSUE_CODE, ISSUE_CODE, ON=" AND c.disabled_at IS NULL")
    _replace(_USE_CODE, USE_CODE, **_AFTER)
    _replace(_ACCESS, ACCESS, USED="used", **_AFTER)
    columns = ", client text, is_told boolean"
    none = ", NULL::text, NULL::boolean"
    _replace(_SESSIONS, SESSIONS, COLUMNS=columns, NONE=none, CLIENTS=AT_CLIENTS, FIRST="6")
    _replace(_CLOSE, CLOSE, CLIENTS=CLOSE_AT_CLIENT)


def downgrade() -> None:
    """Clients that are switched off are switched on by it: remove them before."""
    _replace(_CLOSE, CLOSE, CLIENTS="")
    _replace(_SESSIONS, SESSIONS, COLUMNS="", NONE="", CLIENTS="", FIRST="s.created_at")
    _replace(_ACCESS, ACCESS, USED="c", **{**_BEFORE, "SCOPES": "c.scopes"})
    _replace(_USE_CODE, USE_CODE, **_BEFORE)
    _replace(_ISSUE_CODE, ISSUE_CODE, ON="")
    op.execute("DROP TRIGGER follow_client ON outside_clients")
    op.execute("DROP FUNCTION definer.follow_client()")
    op.execute("ALTER TABLE client_sessions DROP COLUMN created_at")
    op.execute(f"REVOKE UPDATE ({CHANGEABLE}) ON outside_clients FROM kreisportal_app")
    op.execute("ALTER TABLE outside_clients DROP COLUMN disabled_at")


def _replace(signature: str, statement: str, **parts: str) -> None:
    op.execute(f"DROP FUNCTION definer.{signature}")
    for name, part in {**parts, "HEAD": HEAD, "OWN": OWN, "ALIVE": ALIVE}.items():
        statement = statement.replace(f"{{{name}}}", part)
    op.execute(statement)
    op.execute(f"GRANT EXECUTE ON FUNCTION definer.{signature} TO kreisportal_app")
    op.execute(f"ALTER FUNCTION definer.{signature} OWNER TO kreisportal_definer")
