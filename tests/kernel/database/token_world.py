"""Access tokens in the world of these tests: one of each town, one of each who runs the region; and who acts with one."""

from __future__ import annotations

from psycopg import Connection

from kreisportal.kernel.database import ActorKind, Context
from tests.kernel.database.labels import A, B, uid

_TOKEN = """
INSERT INTO access_tokens (tenant_id, id, staff_id, name, scopes, digest, expires_at)
    VALUES (%s, %s, %s, %s, '{}', %s, 'infinity')
"""
_REGION_TOKEN = """
INSERT INTO region_access_tokens (id, staff_id, name, scopes, digest, expires_at)
    VALUES (%s, %s, %s, '{}', %s, 'infinity')
"""
CONTEXTS = {"token": Context(ActorKind.TOKEN, A, staff_id=uid("A staff"), subject_id=uid("A own case"))}
LABELS = {"access_tokens": "name", "region_access_tokens": "name"}
OF_REGION = {"region_access_tokens"}

_MAKERS = ("operator", "district admin", "neighbour's admin")
OWN = {"region_access_tokens": {f"token of {name}" for name in _MAKERS}}
"""What a command on the machine sees."""
OF_OPERATOR = {"region_access_tokens": {"token of operator"}}
OF_DISTRICT_ADMIN = {"region_access_tokens": {"token of district admin"}}
VISIBLE: dict[str, dict[str, set[str]]] = {
    "token": {
        "offers": {"A offer"},
        **{table: {"A service"} for table in ("service_figures", "decision_times", "feedback")},
    }
}

ATTEMPTS = {
    # Without WHERE nothing is read, so that the policy of reading does not help that of changing.
    "change whatever is offered": "UPDATE offers SET is_on = false",
    "write the audit as a token": (
        "INSERT INTO audit_entries (tenant_id, actor, action, subject_kind, subject_id, data)"
        " VALUES ({id}, 'token', 'a', 'service', '-', '{{}}')"
    ),
    "make a token": (
        "INSERT INTO access_tokens (tenant_id, id, staff_id, name, scopes, digest, expires_at)"
        " VALUES ({id}, '{new}', '{reader}', 'n', '{{}}', '', 'infinity')"
    ),
    "revoke tokens": "UPDATE access_tokens SET revoked_at = now() WHERE tenant_id = {id}",
    "let tokens be for more": "UPDATE access_tokens SET scopes = '{{onboarding}}' WHERE tenant_id = {id}",
    "read what tokens are": "UPDATE access_tokens SET revoked_at = now() WHERE digest <> '' AND tenant_id = {id}",
    "remove tokens": "DELETE FROM access_tokens WHERE tenant_id = {id}",
    "make a token in an operator's name": (
        "INSERT INTO region_access_tokens (id, staff_id, name, scopes, digest, expires_at)"
        f" VALUES ('{{new}}', '{uid('operator who has left')}', 'n', '{{{{}}}}', '', 'infinity')"
    ),
    "revoke tokens of the region": "UPDATE region_access_tokens SET revoked_at = now()",
    "let tokens of the region be for more": "UPDATE region_access_tokens SET scopes = '{{}}'",
    "remove tokens of the region": "DELETE FROM region_access_tokens",
}
WITHOUT_TOWN = {
    "change whatever is offered",
    "make a token in an operator's name",
    *("revoke tokens of the region", "let tokens of the region be for more", "remove tokens of the region"),
}
MAY: dict[str, dict[str, int]] = {
    "change whatever is offered": {"staff": 1, "token": 1, "region": 2, "operator": 2, "district admin": 1},
    "write the audit as a token": {"token": 1},
    "make a token": {"staff": 1},
    "revoke tokens": {"staff": 1},
    "make a token in an operator's name": {"region": 1, "operator who has left": 1},
    "revoke tokens of the region": {"region": 3, "operator": 1, "district admin": 1},
}


def fill(connection: Connection) -> None:
    """The tokens."""
    for town, name in ((A, "A"), (B, "B")):
        label = f"{name} token"
        connection.execute(_TOKEN, (town, uid(label), uid(f"{name} staff"), label, label.encode()))
    for name in _MAKERS:
        label = f"token of {name}"
        connection.execute(_REGION_TOKEN, (uid(label), uid(name), label, label.encode()))
