"""Two towns full of canaries, the program on them, and everybody who may try to see what is not theirs."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest
from flask import Flask
from werkzeug.routing import Map

from kreisportal.app import create_app, create_program, create_wsgi
from kreisportal.catalogue.snapshot import Snapshot
from kreisportal.catalogue.snapshot_keeper import SnapshotKeeper
from kreisportal.kernel.database import Scope, scope_of
from kreisportal.kernel.http.kept_pages import SESSION_COOKIE
from kreisportal.kernel.ids import digest
from kreisportal.staff.sign_in import Locksmith
from kreisportal.web.demo import HOST as INDEX
from kreisportal.web.program import Program
from tests.cases.house import SERVICE, House
from tests.isolation.asking import Ask, Door
from tests.isolation.sweep import SPENT_CASE, SPENT_DRAFT, Host, Plan, Role
from tests.isolation.town import Town, furnish
from tests.isolation.words import Words
from tests.support.browser import Browser
from tests.support.region import settings_for
from tests.support.schema import all_models
from tests.support.server import DatabaseCopy
from tests.support.staff import Person, sign_in

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

A, B = "vechta", "cloppenburg"

TENANT_TABLES = sorted(name for name, table in all_models().tables.items() if scope_of(table) is Scope.TENANT)
_ROWS = " UNION ALL ".join(
    [f"SELECT '{table}', md5(t::text) FROM {table} t WHERE tenant_id = %(b)s" for table in TENANT_TABLES]
    + [
        f"SELECT '{table}', md5(t::text) FROM {table} t WHERE position(%(n)s in lower(t::text)) > 0"
        for table in TENANT_TABLES
    ]
    + [
        "SELECT 'hosts', md5(t::text) FROM hosts t WHERE tenant_id = %(b)s",
        "SELECT 'tenants', md5(t::text) FROM tenants t WHERE id = %(b)s",
        "SELECT 'sessions', md5(s.token_digest::text || coalesce(s.staff_id::text, ''))"
        " FROM sessions s WHERE tenant_id = %(b)s",
        "SELECT 'session_grants', md5(t::text) FROM session_grants t WHERE tenant_id = %(b)s",
        "SELECT 'jobs', md5(t.id || t.task_name || t.args::text) FROM procrastinate_jobs t"
        " WHERE args->>'tenant_id' = %(b)s::text",
    ]
)

Rows = frozenset[tuple[str, str]]


@dataclass(frozen=True)
class Facts:
    """What was made once, for every copy of the database that it was made in."""

    a: Town
    neighbour: Town
    b: Town
    public: Words
    cookies: dict[tuple[str, str], str]
    sessions: list[tuple[object, ...]]
    grants: list[tuple[object, ...]]

    @property
    def towns(self) -> tuple[Town, Town]:
        """Both towns."""
        return self.a, self.b

    def role(self, town: str, name: str, *, forged: bool = False) -> Role:
        """Somebody of a town by what they are: applicant, caseworker, admin, halfway, newcomer; or nobody."""
        if name == "anonymous":
            return Role("anonymous", None, town)
        site = "portal" if name == "applicant" else "desk"
        return Role(f"{town}'s {name}", self.cookies[town, name], town, site, forged)


@dataclass
class World:
    """A copy of the towns with the program on it."""

    facts: Facts
    program: Program
    app: Flask
    wsgi: WSGIApplication
    superuser: psycopg.Connection
    house: House
    door: Door

    @property
    def url_map(self) -> Map:
        """The map of the application's addresses."""
        return self.app.url_map

    @property
    def hosts(self) -> list[Host]:
        """All hosts: both towns' portals and desks, and the demonstration's list."""
        hosts = [
            Host(town.tenant.host(site) or "", site, slug)
            for slug, town in ((A, self.facts.a), (B, self.facts.b))
            for site in ("portal", "desk")
        ]
        return [*hosts, Host(INDEX, "index", "")]

    @property
    def hosts_of_b(self) -> set[str]:
        """The hosts of the town B."""
        return {host.name for host in self.hosts if host.town == B}

    def home_of(self, role: Role) -> str | None:
        """The host where a role's session is good."""
        (home,) = [host.name for host in self.hosts if (host.town, host.site) == (role.town, role.site)] or [
            None
        ]
        return home

    def rows(self) -> Rows:
        """Every row that belongs to the town B, or to the neighbour in A, as it is now."""
        values = {"b": self.facts.b.tenant.id, "n": self.facts.neighbour.words.start}
        return frozenset(self.superuser.execute(_ROWS, values).fetchall())

    def restore(self) -> None:
        """Bring back the sessions that have ended."""
        with self.superuser.cursor() as cursor:
            cursor.executemany(
                "INSERT INTO sessions (token_digest, site, tenant_id, staff_id, verified, idle_seconds, expires_at)"
                " VALUES (%s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING",
                self.facts.sessions,
            )
            cursor.executemany(
                "INSERT INTO session_grants VALUES (%s, %s, %s) ON CONFLICT DO NOTHING", self.facts.grants
            )

    def with_something_left(self, ask: Ask, plan: Plan) -> Ask:
        """The request, about a new draft or case if it would use up the role's own."""
        own = plan.own
        if ask.method != "POST" or plan.role.forged or ask.host != self.home_of(plan.role):
            return ask
        if ask.endpoint in SPENT_DRAFT and str(own.draft.id) in ask.path:
            draft = self.house.draft(own.tenant.slug, files=1)
            self._grant(plan.role, own.tenant.id, draft.id)
            return replace(ask, path=ask.path.replace(str(own.draft.id), str(draft.id)))
        if ask.endpoint in SPENT_CASE and str(own.open.id) in ask.path:
            case = self.house.case(own.tenant.slug)
            self._grant(plan.role, own.tenant.id, case.id)
            return replace(ask, path=ask.path.replace(str(own.open.id), str(case.id)))
        return ask

    def _grant(self, role: Role, tenant_id: int, subject: object) -> None:
        if role.cookie and role.site == "portal":
            self.superuser.execute(
                "INSERT INTO session_grants VALUES (%s, %s, %s)", (digest(role.cookie), tenant_id, subject)
            )


_known: dict[str, Snapshot] = {}


def _program(copy: DatabaseCopy, folder: Path, furnished: str = "") -> Program:
    """The program as a demonstration. What all copies of a database have in common is read once."""
    with pytest.MonkeyPatch.context() as patch:
        if furnished in _known:
            patch.setattr(SnapshotKeeper, "_whole", lambda keeper: _known[furnished])
        program = create_program(replace(settings_for(copy, folder), mode="demo"))
    if furnished and furnished not in _known:
        _known[furnished] = program.keeper.current
    return program


@contextmanager
def opened(
    copy: DatabaseCopy, facts: Facts, folder: Path, locksmith: Locksmith, furnished: str
) -> Iterator[World]:
    """The program on a copy of the furnished database; ``folder`` holds a copy of its files."""
    program = _program(copy, folder, furnished)
    try:
        app = create_app(program, locksmith.passwords)
        wsgi = create_wsgi(program, app)
        with copy.superuser() as superuser:
            house = House(program, superuser, locksmith)
            yield World(
                facts, program, app, wsgi, superuser, house, Door(wsgi, facts.a.tenant.host("desk") or "")
            )
    finally:
        program.database.close()


@dataclass(frozen=True)
class Original:
    """The database that all copies are made of, and its files."""

    copy: DatabaseCopy
    facts: Facts
    folder: Path

    @contextmanager
    def opened(
        self, folder: Path, locksmith: Locksmith, prepare: Callable[[psycopg.Connection], object] = bool
    ) -> Iterator[World]:
        """A world of one's own. ``prepare`` may change its database as a superuser first."""
        server = self.copy.server
        copy = server.copy(self.copy.name.removeprefix(f"{server.run}_"))
        shutil.copytree(self.folder, folder, dirs_exist_ok=True)
        try:
            with copy.superuser() as connection:
                prepare(connection)
            with opened(copy, self.facts, folder, locksmith, self.copy.name) as world:
                yield world
        finally:
            server.drop(copy)


def build(copy: DatabaseCopy, folder: Path, locksmith: Locksmith) -> Facts:
    """Furnish both towns and let everybody sign in. Leaves no connection to the database open."""
    program = _program(copy, folder)
    try:
        wsgi = create_wsgi(program, create_app(program, locksmith.passwords))
        with copy.superuser() as superuser:
            house = House(program, superuser, locksmith)
            a, neighbour, b = (
                furnish(house, slug, Words(owner)) for slug, owner in ((A, "A"), (A, "neighbour"), (B, "B"))
            )
            _miss(superuser, b)
            public = Words("B's public pages")
            _say(superuser, b, public.word("offer/text"))
            cookies = {
                (slug, name): cookie for slug, town in ((A, a), (B, b)) for name, cookie in _enter(wsgi, town)
            }
            sessions = superuser.execute(
                "SELECT token_digest, site, tenant_id, staff_id, verified, idle_seconds, expires_at FROM sessions"
            ).fetchall()
            grants = superuser.execute("SELECT * FROM session_grants").fetchall()
    finally:
        program.database.close()
    return Facts(a, neighbour, b, public, cookies, sessions, grants)


def _miss(superuser: psycopg.Connection, town: Town) -> None:
    """Let somebody have looked in vain for a word in the town."""
    superuser.execute(
        "SELECT definer.note_missed_words(%s, %s, %s)",
        ([town.tenant.id], [town.words.word("search/missed word").lower()], [3]),
    )


def _say(superuser: psycopg.Connection, town: Town, word: str) -> None:
    """Let the town say a word on the page of a service: it is public, but no other town's page says it."""
    done = superuser.execute(
        "UPDATE offers SET details = details || jsonb_build_object('text', jsonb_build_object('de', %s::text))"
        " WHERE tenant_id = %s AND service_key = %s",
        (word, town.tenant.id, SERVICE),
    )
    assert done.rowcount == 1


def _enter(wsgi: WSGIApplication, town: Town) -> Iterator[tuple[str, str]]:
    """The cookies of everybody of a town."""
    yield "applicant", _cookie(_applicant(wsgi, town))
    for name, person in (("caseworker", town.caseworker), ("admin", town.admin)):
        browser = Browser(wsgi, town.tenant.host("desk") or "")
        assert sign_in(browser, person).status_code == 303
        yield name, _cookie(browser)
    for name, person in (("halfway", town.halfway), ("newcomer", town.newcomer)):
        yield name, _cookie(_with_password(wsgi, town, person))


def _applicant(wsgi: WSGIApplication, town: Town) -> Browser:
    browser = Browser(wsgi, town.tenant.host("portal") or "")
    page = browser.get(f"/de/antrag/weiter/{town.resume_token}")
    assert browser.submit(page).status_code == 303
    for case in town.cases:
        page = browser.get("/de/vorgang")
        done = browser.submit(page, {"nummer": case.number, "kennwort": case.secret})
        assert done.status_code == 303, done.text
    return browser


def _with_password(wsgi: WSGIApplication, town: Town, person: Person) -> Browser:
    browser = Browser(wsgi, town.tenant.host("desk") or "")
    page = browser.get("/de/anmelden")
    done = browser.submit(page, {"email": person.email, "password": person.password})
    assert done.status_code == 303, done.text
    return browser


def _cookie(browser: Browser) -> str:
    cookie = browser.cookie(SESSION_COOKIE)
    assert cookie
    return cookie
