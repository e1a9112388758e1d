"""Mandates in the world of these tests: one account acts for the other, in each town, by a mandate of its own there."""

from __future__ import annotations

from psycopg import Connection

from kreisportal.kernel.database import ActorKind, Context
from tests.kernel.database.labels import A, B, uid

_MANDATE = """
INSERT INTO account_mandates (id, giver_id, representative_id, giver_name, called, email, scope, tenant_id, ends_at,
    invitation_digest, invitation_until, accepted_at) VALUES (%s, %s, %s, '-', %s, '-', 'town', %s, 'infinity', %s,
    'infinity', now())
"""
_ACT = """
INSERT INTO account_mandate_acts (mandate_id, what, tenant_id, service_key, case_id, case_number)
    VALUES (%s, 'opened', %s, 's', gen_random_uuid(), %s)
"""


def _acting(subject: str, mandate: str) -> Context:
    """In the town A, by a mandate."""
    return Context(
        ActorKind.APPLICANT,
        A,
        account_id=uid("account"),
        subject_id=uid(subject),
        mandate_id=uid(mandate),
    )


CONTEXTS = {
    "acting": _acting("A own case", "mandate in A"),
    "acting with a draft": _acting("A own draft", "mandate in A"),
    "acting beyond": _acting("A own case", "mandate in B"),
    "acting beyond with a draft": _acting("A own draft", "mandate in B"),
    "acting for something new": _acting("A new", "mandate in A"),
}

_READINGS = {"case_readings": {"A own case: reading", "A own case: another's reading"}}
VISIBLE: dict[str, dict[str, set[str]]] = {
    "acting": {
        **_READINGS,
        "cases": {"A own case"},
        "case_events": {"A own case: public event"},
        "documents": {"A own case: public document", "A bound document"},
    },
    "acting with a draft": {
        "drafts": {"A own draft"},
        "documents": {"A own draft: document", "A bound document"},
    },
    "acting beyond": _READINGS,
    "acting beyond with a draft": {},
    "acting for something new": {},
}
"""What each of them sees besides what all applicants of the town do."""

_OWN = ("mandate in A", "mandate in B", "mandate given")
OWN = {"account_mandates": set(_OWN), "account_mandate_acts": {f"{label}: act" for label in _OWN}}
"""What the account sees of mandates."""


def give_mandates(connection: Connection) -> None:
    """The other account lets this one act for it in each town; a third one has nothing to do with it."""
    connection.execute(
        "INSERT INTO accounts (id, email, language) VALUES (%s, 'third', 'de')", (uid("third"),)
    )
    own, another, third = uid("account"), uid("another account"), uid("third")
    for label, town, giver, acting in (
        ("mandate in A", A, another, own),
        ("mandate in B", B, another, own),
        ("mandate given", A, own, third),
        ("others' mandate", A, another, third),
    ):
        connection.execute(_MANDATE, (uid(label), giver, acting, label, town, label.encode()))
        connection.execute(_ACT, (uid(label), town, f"{label}: act"))
    begun = "UPDATE drafts SET mandate_id = %s WHERE tenant_id = %s AND id = %s"
    connection.execute(begun, (uid("mandate in A"), A, uid("A own draft")))
