"""Those who run the region in the world of these tests: an operator, an admin of each town as if it were a district."""

from __future__ import annotations

from psycopg import Connection

from kreisportal.kernel.database import ActorKind, Context
from kreisportal.kernel.database.context import REGION_VISITOR
from tests.kernel.database.labels import A, B, uid

_MEMBER = """
INSERT INTO region_staff (id, district_id, email, name, roles, language, recovery_codes, failures, active)
    VALUES (%s, %s, %s, %s, %s, 'de', '{}', 0, %s)
"""
_ACT = """
INSERT INTO region_audit_entries (actor, staff_id, action, subject_kind, subject_id, data)
    VALUES ('region', %s, %s, '-', '-', '{}')
"""
_ACT_ON = """
INSERT INTO audit_entries (tenant_id, actor, action, subject_kind, subject_id, data)
    VALUES (%s, 'region', %s, '-', '-', '{}')
"""
_LIST = """
INSERT INTO onboarding_lists (id, staff_id, base, open_at_once, language, asked_at, touched_at)
    VALUES (%s, %s, %s, false, 'de', now(), now())
"""
_LINE = """
INSERT INTO onboarding_lines (list_id, number, staff_id, said)
    VALUES (%s, 2, %s, jsonb_build_object('town', %s::text))
"""
_DRAFT = "INSERT INTO catalogue_drafts VALUES ('dog', 1, '{}', NULL, now())"
_BUNDLE = """
INSERT INTO bundles (id, district_id, name, reason, services, required, legal_source, audience, kinds, tenant_ids)
    OVERRIDING SYSTEM VALUE
    VALUES (%s, %s, jsonb_build_object('de', %s::text), '{}', '{}', false, '', 'all', '{}', '{}')
"""
_BUNDLES = {"bundle of the region": (11, None), "bundle of A": (12, A), "bundle of B": (13, B)}
# The district's and the region's have reached A, and nothing but its own B.
_REACHED = {A: '{"11": "on", "12": "none"}', B: '{"13": "off"}'}
REACHING_A = {"bundle of the region", "bundle of A"}
"""What the desk of A sees of them."""
_NEW_BUNDLE = (
    "INSERT INTO bundles (district_id, name, reason, services, required, legal_source, audience, kinds, tenant_ids)"
    " VALUES ({district}, '{{}}', '{{}}', '{{}}', false, '', 'all', '{{}}', '{{}}')"
)
_IMPORT = "INSERT INTO catalogue_imports VALUES ('service', 'imported', '{}')"
_FILES = "INSERT INTO catalogue_readings VALUES (%s, now(), jsonb_build_object('label', %s::text))"
_MEMBERS: dict[str, tuple[int | None, bool]] = {
    "operator": (None, True),
    "district admin": (A, True),
    "neighbour's admin": (B, True),
    "neighbour's admin who has left": (B, False),
    "admin who has left": (A, False),
    "operator who has left": (None, False),
}


def _as(name: str) -> Context:
    return Context(ActorKind.REGION, staff_id=uid(name))


CONTEXTS = {
    "operator": _as("operator"),
    "district admin": _as("district admin"),
    "admin who has left": _as("admin who has left"),
    "operator who has left": _as("operator who has left"),
    "about to sign in at the region": REGION_VISITOR,
}
DEPARTMENTS = ("departments", "department_services", "department_members")
WHOLE_REGION = ("region", "operator")
"""Who writes in both towns: a command on the machine, and an operator."""

_ALL_MEMBERS = set(_MEMBERS)
_ALL_ACTS = {f"act of {name}" for name in ("operator", "district admin")}
_GIVERS = ("operator", "district admin", "neighbour's admin")
LABELS = {
    "region_staff": "name",
    "region_audit_entries": "action",
    "onboarding_lists": "base",
    "onboarding_lines": "said ->> 'town'",
    "catalogue_drafts": "service_key",
    "catalogue_imports": "key",
    "catalogue_readings": "entries ->> 'label'",
    "bundles": "name ->> 'de'",
}
"""The region's own tables, and the column that tells a row."""
OF_REGION = set(LABELS)
OWN = {
    "region_staff": _ALL_MEMBERS,
    "region_audit_entries": _ALL_ACTS,
    "onboarding_lists": {f"list of {name}" for name in _GIVERS},
    "onboarding_lines": {f"town of {name}" for name in _GIVERS},
    "catalogue_drafts": {"dog"},
    "catalogue_imports": {"imported"},
    "catalogue_readings": {f"files of {name}" for name in _GIVERS},
    "bundles": set(_BUNDLES),
}
"""What the whole region sees of its own tables."""

OF_OPERATOR = {
    "onboarding_lists": {"list of operator"},
    "onboarding_lines": {"town of operator"},
    "catalogue_readings": {"files of operator"},
}
"""What an operator sees of lists and files, unlike a command on the machine: nobody's but the own."""

VISIBLE: dict[str, dict[str, set[str]]] = {
    "district admin": {
        "tenants": {"A town"},
        "hosts": {"a.test"},
        "host_looks": {"a.test"},
        "offers": {"A offer"},
        "staff": {"A staff"},
        "departments": {"A department"},
        "department_services": {"A service"},
        "department_members": {str(uid("A department"))},
        "missed_words": {"A word"},
        "audit_entries": {"A act of the region"},
        "outside_clients": {"A bus"},
        "region_staff": {"district admin", "admin who has left"},
        "region_audit_entries": {"act of district admin"},
        "onboarding_lists": {"list of district admin"},
        "onboarding_lines": {"town of district admin"},
        "bundles": REACHING_A,
    },
    "admin who has left": {"region_staff": {"admin who has left"}},
    "operator who has left": {"region_staff": {"operator who has left"}},
    "about to sign in at the region": {"region_staff": _ALL_MEMBERS},
}

ATTEMPTS = {
    "register a client of a district": (
        "INSERT INTO outside_clients (id, district_id, name, confidential, subject_salt, redirect_uris,"
        " post_logout_redirect_uris, scopes, privacy_url)"
        " VALUES ('c', {id}, 'c', true, '', '{{}}', '{{}}', '{{}}', '-')"
    ),
    "change clients of a district": "UPDATE outside_clients SET name = 'c' WHERE district_id = {id}",
    "give clients to another district": (
        "UPDATE outside_clients SET district_id = {other} WHERE district_id = {id}"
    ),
    "add a town to a district": (
        "INSERT INTO tenants (slug, code, kind, ars, parent_id, has_portal, state, profile, imported)"
        " VALUES ('new', 'NEW', 'city', '039980099999', {id}, true, 'open', '{{}}', '{{}}')"
    ),
    "give a town to another district": "UPDATE tenants SET parent_id = {other} WHERE id = {id}",
    "add an operator": (
        "INSERT INTO region_staff (id, email, name, roles, language, recovery_codes, failures, active)"
        " VALUES ('{new}', 'new', 'n', '{{operator}}', 'de', '{{}}', 0, true)"
    ),
    "add an admin of a district": (
        "INSERT INTO region_staff (id, district_id, email, name, roles, language, recovery_codes, failures, active)"
        " VALUES ('{new}', {id}, 'new', 'n', '{{district_admin}}', 'de', '{{}}', 0, true)"
    ),
    "change admins of a district": "UPDATE region_staff SET name = 'n' WHERE district_id = {id}",
    "switch oneself on again": f"UPDATE region_staff SET active = true WHERE id = '{uid('operator who has left')}'",
    "make admins operators": (
        "UPDATE region_staff SET district_id = NULL, roles = '{{operator}}' WHERE district_id = {id}"
    ),
    "give admins to another district": "UPDATE region_staff SET district_id = {other} WHERE district_id = {id}",
    "remove members of the region": "DELETE FROM region_staff",
    "write the region's own audit": (
        "INSERT INTO region_audit_entries (actor, action, subject_kind, subject_id, data)"
        " VALUES ('region', 'a', '-', '-', '{{}}')"
    ),
    "write the region's own audit as staff": (
        "INSERT INTO region_audit_entries (actor, action, subject_kind, subject_id, data)"
        " VALUES ('staff', 'a', '-', '-', '{{}}')"
    ),
    "change lists": "UPDATE onboarding_lists SET base = 'b'",
    "change lines of lists": "UPDATE onboarding_lines SET outcome = 'o'",
    "remove lists": "DELETE FROM onboarding_lists",
    "remove lines of lists": "DELETE FROM onboarding_lines",
    "give a list in an operator's name": (
        "INSERT INTO onboarding_lists (id, staff_id, base, open_at_once, language, asked_at, touched_at)"
        f" VALUES ('{{new}}', '{uid('operator who has left')}', 'b', true, 'de', now(), now())"
    ),
    "forget what the region did": "DELETE FROM region_audit_entries",
    "begin to change a service": "INSERT INTO catalogue_drafts VALUES ('cat', 1, '{{}}', NULL, now())",
    "change drafts of services": "UPDATE catalogue_drafts SET typed = '{{}}'",
    "throw drafts of services away": "DELETE FROM catalogue_drafts",
    "say what files said": "INSERT INTO catalogue_imports VALUES ('service', 'new', '{{}}')",
    "change what files said": "UPDATE catalogue_imports SET data = '{{}}'",
    "forget what files said": "DELETE FROM catalogue_imports",
    "change files to be read in": "UPDATE catalogue_readings SET entries = '{{}}'",
    "put files away": "DELETE FROM catalogue_readings",
    "put a bundle together for the region": _NEW_BUNDLE.replace("{district}", "NULL"),
    "put a bundle together for a district": _NEW_BUNDLE.replace("{district}", "{id}"),
    "change the region's bundles": "UPDATE bundles SET applied_at = now() WHERE district_id IS NULL",
    "change a district's bundles": "UPDATE bundles SET applied_at = now() WHERE district_id = {id}",
    # Without WHERE nothing is read, so that the policies of reading do not help those of writing.
    "throw bundles away": "DELETE FROM bundles",
    "give bundles to another district": "UPDATE bundles SET district_id = {other} WHERE district_id = {id}",
    "give files in an operator's name": (
        f"INSERT INTO catalogue_readings VALUES ('{uid('operator who has left')}', now(), '{{{{}}}}')"
    ),
}
WITHOUT_TOWN = {
    *("add an operator", "switch oneself on again", "remove members of the region"),
    *("change lists", "change lines of lists", "remove lists", "remove lines of lists"),
    "give a list in an operator's name",
    *("begin to change a service", "change drafts of services", "throw drafts of services away"),
    *("say what files said", "change what files said", "forget what files said"),
    *("change files to be read in", "put files away", "give files in an operator's name"),
    *("put a bundle together for the region", "change the region's bundles", "throw bundles away"),
    *("write the region's own audit", "write the region's own audit as staff", "forget what the region did"),
}

_OF_CATALOGUE = (
    *("begin to change a service", "change drafts of services", "throw drafts of services away"),
    *("say what files said", "change what files said", "forget what files said"),
)
_WHOLE = dict.fromkeys(WHOLE_REGION, 1)
_WITH_ADMIN = {**_WHOLE, "district admin": 1}
_ANY_ACT = dict.fromkeys(("region", *CONTEXTS), 1)
MAY: dict[str, dict[str, int]] = {
    "register a client of a district": _WITH_ADMIN,
    "change clients of a district": _WITH_ADMIN,
    "add a town to a district": _WITH_ADMIN,
    "give a town to another district": _WHOLE,
    "add an operator": _WHOLE,
    "add an admin of a district": _WITH_ADMIN,
    "change admins of a district": {**dict.fromkeys(WHOLE_REGION, 2), "district admin": 2},
    "switch oneself on again": _WHOLE,
    "make admins operators": dict.fromkeys(WHOLE_REGION, 2),
    "give admins to another district": dict.fromkeys(WHOLE_REGION, 2),
    "write the region's own audit": _ANY_ACT,
    **{
        act: {"region": 3, "operator": 1, "district admin": 1}
        for act in ("change lists", "change lines of lists", "remove lists", "remove lines of lists")
    },
    "give a list in an operator's name": {"region": 1, "operator who has left": 1},
    **dict.fromkeys(_OF_CATALOGUE, _WHOLE),
    **{act: {"region": 3, "operator": 1} for act in ("change files to be read in", "put files away")},
    "give files in an operator's name": {"region": 1},
    "put a bundle together for the region": _WHOLE,
    "change the region's bundles": _WHOLE,
    "put a bundle together for a district": _WITH_ADMIN,
    "change a district's bundles": _WITH_ADMIN,
    "throw bundles away": {**dict.fromkeys(WHOLE_REGION, 3), "district admin": 1},
    "give bundles to another district": _WHOLE,
}


def fill(connection: Connection) -> None:
    """The people, and what they did."""
    for name, (district, active) in _MEMBERS.items():
        role = "{operator}" if district is None else "{district_admin}"
        connection.execute(_MEMBER, (uid(name), district, name, name, role, active))
    for name in ("operator", "district admin"):
        connection.execute(_ACT, (uid(name), f"act of {name}"))
    for name in _GIVERS:
        connection.execute(_LIST, (uid(f"list of {name}"), uid(name), f"list of {name}"))
        connection.execute(_LINE, (uid(f"list of {name}"), uid(name), f"town of {name}"))
        connection.execute(_FILES, (uid(name), f"files of {name}"))
    connection.execute(_DRAFT)
    connection.execute(_IMPORT)
    for label, (number, district) in _BUNDLES.items():
        connection.execute(_BUNDLE, (number, district, label))
    for town, reached in _REACHED.items():
        connection.execute("UPDATE offers SET bundles = %s WHERE tenant_id = %s", (reached, town))
    for town, label in ((A, "A"), (B, "B")):
        connection.execute(_ACT_ON, (town, f"{label} act of the region"))
