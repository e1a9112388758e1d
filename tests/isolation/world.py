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
from kreisportal.kernel.ids import digest
from kreisportal.staff.sign_in import Locksmith
from kreisportal.web.demo import HOST as INDEX
from kreisportal.web.program import Program
from tests.accounts.people import HOST as ACCOUNTS
from tests.cases.house import SERVICE, House
from tests.isolation.asking import Ask, Door
from tests.isolation.citizens import begin_account
from tests.isolation.entering import REGION_HOST, enter
from tests.isolation.mandates import almost_acting
from tests.isolation.memory import bring_back, let_last, remember
from tests.isolation.rows import ROWS
from tests.isolation.sweep import PROVES_PASSWORD, SPENT_CASE, SPENT_DRAFT, Host, Plan, Role
from tests.isolation.town import Town, furnish, furnish_account
from tests.isolation.words import Words
from tests.support.region import settings_for
from tests.support.server import DatabaseCopy

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

A, B = "vechta", "cloppenburg"
ACCOUNT_ROLES = ("citizen", "account")

REGION_ROLES = ("manager", "region newcomer")
"""Who runs a town's district, and who is about to."""
_SITES = {
    **{"applicant": "portal", "citizen": "portal", "account": "account"},
    **dict.fromkeys((*REGION_ROLES, "operator"), "region"),
}

Rows = frozenset[tuple[str, str]]


@dataclass(frozen=True)
class Facts:
    """What was made once, for every copy of the database that it was made in.

    ``a`` and ``b`` hold what guests have begun and sent, ``citizen_a`` and ``citizen_b`` what lies in an account each;
    what the ``neighbour`` has begun and sent in A lies in the account of B's citizen.
    """

    a: Town
    neighbour: Town
    b: Town
    citizen_a: Town
    citizen_b: Town
    public: Words
    cookies: dict[tuple[str, str], str]

    def role(self, town: str, name: str, *, forged: bool = False) -> Role:
        """Somebody of a town by what they are: applicant, caseworker, admin, halfway, newcomer; or nobody.

        An account is signed in at its town as ``citizen``, at the account host as ``account``.
        """
        if name == "anonymous":
            return Role("anonymous", None, town)
        tokens = (self.a if town == A else self.b).tokens
        if name == "program":
            return Role(f"{town}'s program", None, town, "portal", token=tokens.town)
        if name == "region program":
            return Role(f"{town}'s region program", None, "", "region", token=tokens.region)
        site = _SITES.get(name, "desk")
        at = "" if site in ("account", "region") else town
        return Role(f"{town}'s {name}", self.cookies[town, name], at, site, forged)

    def home(self, town: str, name: str) -> Town:
        """The things that somebody may name rightly."""
        with_account, without = (self.citizen_a, self.a) if town == A else (self.citizen_b, self.b)
        return with_account if name in ACCOUNT_ROLES else without

    def strangers(self, name: str) -> tuple[Town, ...]:
        """Whose things are not those of somebody of the town A; another applicant of one's own town is a stranger, too."""
        if name in (*ACCOUNT_ROLES, *REGION_ROLES, "region program"):
            return self.citizen_b, self.b, self.neighbour
        if name in ("anonymous", "applicant"):
            return self.b, self.citizen_b, self.neighbour
        return self.b, self.citizen_b

    def forbidden(self, name: str) -> tuple[Words, ...]:
        """What somebody of the town A must not see: even its own staff and guests see nothing of its citizen's account."""
        strangers = self.strangers(name)
        if name in (*REGION_ROLES, "region program"):
            # Who runs a district sees no case, also of its own towns.
            strangers = (self.a, self.citizen_a, *strangers)
        others = (self.citizen_b.account.words, self.b.district_words, *(town.words for town in strangers))
        return others if name in ACCOUNT_ROLES else (self.citizen_a.account.words, *others)


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
    furnished: Path

    @property
    def url_map(self) -> Map:
        """The map of the application's addresses."""
        return self.app.url_map

    @property
    def hosts(self) -> list[Host]:
        """All hosts: both towns' portals and desks, that of accounts, the demonstration's list, and the region's."""
        hosts = [
            Host(town.tenant.host(site) or "", site, slug)
            for slug, town in ((A, self.facts.a), (B, self.facts.b))
            for site in ("portal", "desk")
        ]
        return [
            *hosts,
            Host(ACCOUNTS, "account", ""),
            Host(INDEX, "index", ""),
            Host(REGION_HOST, "region", ""),
        ]

    def site_of(self, name: str) -> str:
        """The site that a host is of."""
        return next(host.site for host in self.hosts if host.name == name)

    @property
    def leads_on(self) -> dict[str, tuple[str, ...]]:
        """Routes that are there to lead to another host, and how the addresses begin that they may lead to."""
        back = tuple(f"{town.account.asked['redirect_uri']}?" for town in (self.facts.a, self.facts.b))
        return {
            "sso.start": (f"https://{ACCOUNTS}/oidc/authorize?",),
            "provider.authorize": back,
            "account_towns.consent_send": back,
        }

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
        facts, account = self.facts, self.facts.citizen_b.account
        values = {
            "b": facts.b.tenant.id,
            "n": facts.neighbour.words.start,
            "district": facts.b.tenant.parent_id,
            "account": account.id,
            "email": account.email,
            "subjects": [
                thing.id for town in (facts.b, facts.citizen_b) for thing in (town.draft, *town.cases)
            ],
        }
        return frozenset(self.superuser.execute(ROWS, values).fetchall())

    def restore(self) -> None:
        """Bring back sessions and accounts that have ended, files that went with them, and portals that were shut."""
        bring_back(self.superuser)
        if self.superuser.execute("UPDATE tenants SET state = 'open' WHERE state <> 'open'").rowcount:
            self.program.keeper.renew()
        for file in self.furnished.glob("files/*/*/*"):
            target = self.program.settings.data_folder / file.relative_to(self.furnished)
            if not target.exists():
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(file, target)

    def with_something_left(self, ask: Ask, plan: Plan) -> Ask:
        """The request, about a new draft or case if it would use up the role's own."""
        own = plan.own
        if ask.endpoint in PROVES_PASSWORD:
            self.superuser.execute("DELETE FROM rate_limits WHERE key LIKE '%account%'")
        if not ask.changes or plan.role.forged or ask.host != self.home_of(plan.role):
            return ask
        if ask.endpoint in SPENT_DRAFT and str(own.draft.id) in ask.path:
            draft = self.house.draft(own.tenant.slug, files=1)
            self._grant(plan, "drafts", draft.id)
            return replace(ask, path=ask.path.replace(str(own.draft.id), str(draft.id)))
        if ask.endpoint in SPENT_CASE and str(own.open.id) in ask.path:
            case = self.house.case(own.tenant.slug)
            self._grant(plan, "cases", case.id)
            return replace(ask, path=ask.path.replace(str(own.open.id), str(case.id)))
        return ask

    def _grant(self, plan: Plan, table: str, subject: object) -> None:
        """Let a draft or case be the role's own: as its account's, or as that of whoever has shown the secret."""
        role, own = plan.role, plan.own
        if own.own:
            self.superuser.execute(
                f"UPDATE {table} SET account_id = %s WHERE id = %s", (own.account.id, subject)
            )
        elif role.cookie and role.site == "portal":
            self.superuser.execute(
                "INSERT INTO session_grants VALUES (%s, %s, %s)",
                (digest(role.cookie), own.tenant.id, subject),
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
def opened(copy: DatabaseCopy, original: Original, folder: Path, locksmith: Locksmith) -> Iterator[World]:
    """The program on a copy of the furnished database; ``folder`` holds a copy of its files."""
    program, facts = _program(copy, folder, original.copy.name), original.facts
    try:
        app = create_app(program, locksmith.passwords)
        wsgi = create_wsgi(program, app)
        with copy.superuser() as superuser:
            house = House(program, superuser, locksmith)
            yield World(
                *(facts, program, app, wsgi, superuser, house),
                Door(wsgi, facts.a.tenant.host("desk") or ""),
                original.folder,
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
            with opened(copy, self, folder, locksmith) as world:
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
            account_a, account_b = (
                begin_account(house, wsgi, slug, Words(f"{slug}'s account")) for slug in (A, B)
            )
            almost_acting(house, account_b.id, account_a.id, house.tenant(A).id, house.tenant("lohne").id)
            a, b = (
                furnish(house, slug, Words(owner), account)
                for slug, owner, account in ((A, "A", account_a), (B, "B", account_b))
            )
            # Who lives in B and has applied in A too, in the same account.
            neighbour = furnish_account(house, a, Words("neighbour"), account_b)
            citizen_a, citizen_b = (
                furnish_account(house, town, Words(f"{town.words.owner}'s citizen"), town.account)
                for town in (a, b)
            )
            _miss(superuser, b)
            _change(superuser, b)
            _draft_of_service(superuser, b)
            public = Words("B's public pages")
            _say(superuser, b, public.word("offer/text"))
            cookies = {
                (slug, name): cookie for slug, town in ((A, a), (B, b)) for name, cookie in enter(wsgi, town)
            }
            let_last(superuser)
            remember(superuser)
    finally:
        program.database.close()
    return Facts(a, neighbour, b, citizen_a, citizen_b, public, cookies)


def _miss(superuser: psycopg.Connection, town: Town) -> None:
    """Let somebody have looked in vain for a word in the town."""
    superuser.execute(
        "SELECT definer.note_missed_words(%s, %s, %s)",
        ([town.tenant.id], [town.words.word("search/missed word").lower()], [3]),
    )


def _change(superuser: psycopg.Connection, town: Town) -> None:
    """Let the town have changed the order of its start page."""
    superuser.execute(
        "INSERT INTO town_changes (tenant_id, staff_id, area, before) VALUES (%s, %s, 'home', '{\"home\": null}')",
        (town.tenant.id, town.colleague.id),
    )


def _draft_of_service(superuser: psycopg.Connection, town: Town) -> None:
    """Let a text of the region's that nobody shall see yet say a word; it lacks its English, so that it stays a draft."""
    superuser.execute(
        "INSERT INTO catalogue_drafts VALUES (%s, 1, jsonb_build_object('fees.de', %s::text, 'fees.en', ''), NULL, now())",
        (SERVICE, town.district_words.word("draft of a service/fees")),
    )


def _say(superuser: psycopg.Connection, town: Town, word: str) -> None:
    """Let the town say a word on the page of a service: it is public, but no other town's page says it."""
    done = superuser.execute(
        "UPDATE offers SET details = details || jsonb_build_object('text', jsonb_build_object('de', %s::text))"
        " WHERE tenant_id = %s AND service_key = %s",
        (word, town.tenant.id, SERVICE),
    )
    assert done.rowcount == 1
