"""The guards by name, and for each what it takes to be without it.

A guard that has a second one behind it is taken out together with that, and says so. What each single condition of
each policy is good for is shown at the database itself (tests/kernel/database/test_policies_are_needed.py), that of
the functions in tests/migrations, of the gate and the kept pages in tests/kernel/http, of the storage in tests/documents.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from flask import Flask
from flask_wtf import CSRFProtect
from werkzeug.exceptions import Unauthorized

from kreisportal import app as application
from kreisportal.access.who import Who
from kreisportal.cases import desk_views, queries, status_views
from kreisportal.kernel.http.kept_pages import KeptPages
from kreisportal.web import guard, responses
from kreisportal.web.sessions import Session
from tests.isolation.world import A, B
from tests.kernel.database.mutants import mutants

if TYPE_CHECKING:
    from tests.isolation.world import Facts

Statements = Callable[[psycopg.Connection], object]
Patch = Callable[[pytest.MonkeyPatch, "Facts"], object]


@dataclass(frozen=True)
class Mutant:
    """A guard taken out, and who then finds a leak where.

    ``town`` and ``role`` are who asks, ``at`` the hosts (town, site), ``of`` how the names of the routes begin;
    ``of_neighbour``: for what lies in the same account, but is of the other town.
    """

    guard: str
    town: str
    role: str
    at: tuple[tuple[str, str], ...]
    of: tuple[str, ...]
    in_database: Statements = lambda connection: None
    in_program: Patch = lambda patch, facts: None
    forged: bool = False
    of_neighbour: bool = False


def policy(table: str, policy: str, part: str) -> Statements:
    """A policy without one of its conditions."""

    def alter(connection: psycopg.Connection) -> None:
        (statement,) = [
            statement
            for name, statement in mutants(connection, table)
            if name.startswith(f"{policy} without ") and part in name
        ]
        connection.execute(statement)

    return alter


def all_of(*steps: Statements) -> Statements:
    """Several guards at once."""

    def every(connection: psycopg.Connection) -> None:
        for step in steps:
            step(connection)

    return every


def _dropped(table: str, policy: str) -> Statements:
    return lambda connection: connection.execute(f"DROP POLICY {policy} ON {table}")


def _off(table: str) -> Statements:
    return lambda connection: connection.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")


def function(name: str, *changes: tuple[str, str]) -> Statements:
    """A function of the definer's with other words in it."""

    def replace(connection: psycopg.Connection) -> None:
        row = connection.execute(
            "SELECT pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = 'definer'::regnamespace"
            " AND proname = %s",
            (name,),
        ).fetchone()
        assert row is not None
        text = str(row[0])
        for old, new in changes:
            assert old in text, f"{name} holds no {old!r}"
            text = text.replace(old, new)
        connection.execute(text)  # type: ignore[arg-type]

    return replace


def _by_any_token(column: str, alias: str, *first: str) -> tuple[tuple[str, str], ...]:
    """Whatever the token: one that it does not belong to, ``first`` by these, of the town that comes first by name."""
    town = f"(SELECT slug FROM tenants t WHERE t.id = {alias}.tenant_id)"
    return (
        (f"{alias}.{column} = digest", f"{alias}.{column} IS NOT NULL"),
        (
            "\n$function$",
            f"\nORDER BY {', '.join([f'{alias}.{column} = digest', *first, town])} LIMIT 1\n$function$",
        ),
    )


SESSION_ANYWHERE = function(
    "read_session", ("s.site = of_site AND s.tenant_id IS NOT DISTINCT FROM of_tenant", "true")
)


class _Everything:
    def __contains__(self, _: object) -> bool:
        return True


class _Equal(uuid.UUID):
    """An id that is any other."""

    __hash__ = uuid.UUID.__hash__

    def __eq__(self, _: object) -> bool:
        return True


def _any_document(session: Any, document_id: uuid.UUID) -> Any:
    """A document that seems to belong to whatever case it is held against."""
    from kreisportal.documents.service import find

    found = find(session, document_id)
    if found is None:
        return None
    return SimpleNamespace(
        case_id=_Equal(int=0), tenant_id=found.tenant_id, media_type=found.media_type, name=found.name
    )


def _unverified(session: Session, who: Who) -> None:
    if session.staff_id is None:
        raise Unauthorized


def _any_role(session: Session, who: Who) -> None:
    if session.staff_id is None or not session.verified:
        raise Unauthorized


class _NoCsrf(CSRFProtect):
    def protect(self, **_: object) -> None:
        """Nothing is asked for."""


def _nothing(app: Flask) -> None:
    """Nothing is done to requests or answers."""


def _one_page_for_all(patch: pytest.MonkeyPatch, _: Facts) -> None:
    call = KeptPages.__call__

    def everybodys(pages: KeptPages, environ: Any, start_response: Any) -> Iterable[bytes]:
        return call(pages, {**environ, "kreisportal.host": "everybody"}, start_response)

    patch.setattr(KeptPages, "__call__", everybodys)


_DESK_A, _PORTAL_A, _PORTAL_B, _DESK_B = (A, "desk"), (A, "portal"), (B, "portal"), (B, "desk")

MUTANTS = [
    Mutant(
        "row security of cases: staff read their town's",
        *(A, "caseworker", (_DESK_A,), ("cases_desk.show",)),
        in_database=policy("cases", "staff_reads", "tenant_id"),
    ),
    Mutant(
        "row security of cases: inbox, counts and search",
        *(A, "caseworker", (_DESK_A,), ("cases_desk.inbox", "desk.home")),
        in_database=policy("cases", "staff_reads", "tenant_id"),
    ),
    Mutant(
        "row security of cases: staff change their town's (behind that of reading)",
        *(A, "caseworker", (_DESK_A,), ("cases_desk.take", "cases_desk.note")),
        in_database=all_of(
            policy("cases", "staff_reads", "tenant_id"),
            policy("cases", "staff_works", "tenant_id"),
            policy("case_events", "staff_adds", "tenant_id"),
            policy("audit_entries", "own_writes", "tenant_id"),
        ),
    ),
    Mutant(
        "row security of documents: staff read their town's",
        *(A, "caseworker", (_DESK_A,), ("cases_desk.document",)),
        in_database=policy("documents", "staff_reads", "tenant_id"),
    ),
    Mutant(
        "row security of staff: of their town",
        *(A, "caseworker", (_DESK_A,), ("cases_desk.show",)),
        in_database=policy("staff", "staff_all", "tenant_id"),
    ),
    Mutant(
        "row security of cases switched on",
        *(A, "caseworker", (_DESK_A,), ("cases_desk.inbox",)),
        in_database=_off("cases"),
    ),
    Mutant(
        "row security of documents switched on",
        *(A, "caseworker", (_DESK_A,), ("cases_desk.document",)),
        in_database=_off("documents"),
    ),
    Mutant(
        "a document belongs to the case in the path (behind row security of documents by subject)",
        *(A, "applicant", (_PORTAL_A,), ("status.document",)),
        in_database=policy("documents", "applicant_reads", "subject_id"),
        in_program=lambda patch, facts: patch.setattr(status_views, "find", _any_document),
    ),
    Mutant(
        "an applicant's session is one of its host",
        *(B, "applicant", (_PORTAL_A,), ("status.show", "applications.step")),
        in_database=SESSION_ANYWHERE,
    ),
    Mutant(
        "a desk's session is one of its host (before row security of staff, and that looks are written down)",
        *(B, "caseworker", (_DESK_A,), ("cases_desk.show",)),
        in_database=all_of(SESSION_ANYWHERE, policy("staff", "staff_all", "tenant_id")),
        in_program=lambda patch, facts: patch.setattr(desk_views, "_note_look", lambda *looked: None),
    ),
    Mutant(
        "a session sees only what it was shown the secret of",
        *(A, "anonymous", (_PORTAL_B,), ("status.show", "status.answer")),
        in_program=lambda patch, facts: patch.setattr(
            Session, "tenant_of", lambda session, subject: facts.b.tenant.id
        ),
    ),
    Mutant(
        "a case is opened by its secret",
        *(A, "anonymous", (_PORTAL_B,), ("status.enter",)),
        in_database=function("case_by_secret", (" AND c.secret_digest = digest", "")),
    ),
    Mutant(
        "a draft is opened by its link",
        *(A, "anonymous", (_PORTAL_B,), ("applications.resume",)),
        in_database=function("draft_by_resume_digest", *_by_any_token("resume_digest", "d")),
    ),
    Mutant(
        "an address is confirmed by its link",
        *(A, "anonymous", (_PORTAL_B,), ("status.confirm",)),
        in_database=function(
            "case_by_confirm_digest",
            *_by_any_token("confirm_digest", "c", "c.email_confirmed_at IS NOT NULL"),
        ),
    ),
    Mutant(
        "a case is seen on the portals of its own towns",
        *(A, "anonymous", (_PORTAL_A,), ("status.enter", "applications.resume")),
        in_program=lambda patch, facts: patch.setattr(queries, "_seen_at", lambda row: _Everything()),
    ),
    Mutant(
        "a district admin's own district (before that of the audit)",
        *(A, "manager", (("", "region"),), ("region_towns.change",)),
        in_database=all_of(
            _dropped("tenants", "within_district"), _dropped("audit_entries", "within_district")
        ),
    ),
    Mutant(
        "host names of a district admin's own district (behind that of towns, before that of the audit)",
        *(A, "manager", (("", "region"),), ("region_hosts.add",)),
        in_database=all_of(
            *(_dropped(table, "within_district") for table in ("tenants", "hosts", "audit_entries"))
        ),
    ),
    Mutant(
        "what was seen of host names of a district admin's own district (behind that of towns and their names)",
        *(A, "manager", (("", "region"),), ("region_hosts.look",)),
        in_database=all_of(
            *(_dropped(table, "within_district") for table in ("tenants", "hosts", "host_looks"))
        ),
    ),
    Mutant(
        "people of a district admin's own district",
        *(A, "manager", (("", "region"),), ("region_people.switch", "region_people.invite")),
        in_database=_dropped("region_staff", "within_district"),
    ),
    Mutant(
        "clients from outside of a district admin's own district",
        *(A, "manager", (("", "region"),), ("region_clients.show", "region_clients.change")),
        in_database=_dropped("outside_clients", "within_district"),
    ),
    Mutant(
        "bundles of a district admin's own district",
        *(A, "manager", (("", "region"),), ("region_bundles.show", "region_bundles.edit")),
        in_database=policy("bundles", "region_own", "whole_region"),
    ),
    Mutant(
        "drafts of the region's texts are an operator's (behind the role)",
        *(A, "manager", (("", "region"),), ("region_drafts.edit", "region_drafts.compare")),
        in_database=policy("catalogue_drafts", "region_whole", "whole_region"),
        in_program=lambda patch, facts: patch.setattr(Session, "require", _any_role),
    ),
    Mutant(
        "the table of who may",
        *(A, "anonymous", (_DESK_B,), ("cases_desk.copy", "cases_desk.document")),
        in_program=lambda patch, facts: patch.setattr(guard, "install", _nothing),
    ),
    Mutant(
        "the second factor",
        *(B, "halfway", (_DESK_B,), ("cases_desk.inbox", "cases_desk.show")),
        in_program=lambda patch, facts: patch.setattr(Session, "require", _unverified),
    ),
    Mutant(
        "the role",
        *(B, "admin", (_DESK_B,), ("cases_desk.inbox", "cases_desk.show")),
        in_program=lambda patch, facts: patch.setattr(Session, "require", _any_role),
    ),
    Mutant(
        "the token of a form",
        *(B, "caseworker", (_DESK_B,), ("cases_desk.note", "cases_desk.take")),
        in_program=lambda patch, facts: patch.setattr(application, "CSRFProtect", _NoCsrf),
        forged=True,
    ),
    Mutant(
        "pages of people who are signed in are stored nowhere",
        *(A, "caseworker", (_DESK_A,), ("cases_desk.inbox",)),
        in_program=lambda patch, facts: patch.setattr(responses, "install", _nothing),
    ),
    Mutant(
        "a kept page is its host's",
        *(A, "anonymous", (_PORTAL_B, _PORTAL_A), ("portal.service",)),
        in_program=_one_page_for_all,
    ),
]
"""Every guard that the leak test relies on, taken out."""
