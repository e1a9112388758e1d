"""Looking changes nothing: no GET, HEAD or OPTIONS writes, whoever asks and however often."""

from __future__ import annotations

import dataclasses

import pytest

from kreisportal.kernel.http.kept_pages import SESSION_COOKIE
from tests.accounts.people import HOST, Citizen, title_of
from tests.isolation.sweep import Plan, asks
from tests.isolation.world import ACCOUNT_ROLES, A, World
from tests.support.browser import Browser

# When a session was last seen, how often somebody asked, and who looked at a case are written down for reading, too.
_SEEN = {
    "sessions": "token_digest, site, tenant_id, staff_id, verified, created_at, idle_seconds, expires_at, account_id,"
    " parent_digest, trust, authenticated_at"
}
_COUNTED = {"rate_limits", "case_readings", "account_seen_cases"}

BY_PROTOCOL = {
    "provider.authorize": "the answer to the request is a redirection with a code, which is issued by it (RFC 6749, 4.1.2)",
    "sso.callback": "the browser brings the code by that redirection, and it is good for one use (RFC 6749, 4.1.2)",
}
"""What writes though it is asked for by GET, and why: the protocol has the browser come and go by redirections."""


def everything(world: World) -> frozenset[tuple[str, str]]:
    """All rows of all tables, and the files."""
    tables = world.superuser.execute(
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"
    ).fetchall()
    rows = set()
    for (table,) in tables:
        if table not in _COUNTED:
            columns = _SEEN.get(table, "*")
            found = world.superuser.execute(f"SELECT md5(t::text) FROM (SELECT {columns} FROM {table}) t")
            rows |= {(table, digest) for (digest,) in found}
    folder = world.program.settings.files_folder
    return frozenset(rows | {("file", str(file)) for file in folder.rglob("*")})


def _wanted(endpoint: str) -> bool:
    return endpoint not in BY_PROTOCOL


@pytest.mark.parametrize(
    "name", ["anonymous", "applicant", "newcomer", "halfway", "admin", "caseworker", *ACCOUNT_ROLES]
)
def test_no_look_writes(world: World, name: str) -> None:
    facts = world.facts
    role = facts.role(A, name)
    hosts = [host for host in world.hosts if role.cookie is None or host.name == world.home_of(role)]
    before, asked = everything(world), 0
    own = facts.home(A, name)
    plain, queried = Plan(role, own, (), ()), Plan(role, own, (own,), ())
    for host in hosts:
        planned = [ask for ask in asks(world.url_map, host, plain, _wanted) if ask.method == "GET"]
        planned += [dataclasses.replace(ask, method="HEAD") for ask in planned]
        planned += [
            ask for ask in asks(world.url_map, host, queried, _wanted) if ask.query or ask.method == "OPTIONS"
        ]
        for ask in planned:
            if ask.method != "POST":
                world.door.ask(ask, role.cookie)
                asked += 1
    assert everything(world) - before == set()
    assert before - everything(world) == set()
    assert asked > 100


def test_what_writes_by_protocol_writes_codes_and_sessions_only(world: World) -> None:
    """And only for who is signed in: a stranger's request for a code, or with one, writes nothing."""
    facts = world.facts
    written = {}
    for name in ("account", "anonymous"):
        role, before = facts.role(A, name), everything(world)
        for host in world.hosts:
            plan = Plan(role, facts.citizen_a, (facts.citizen_a,), ())
            for ask in asks(world.url_map, host, plan, BY_PROTOCOL.__contains__):
                if ask.method != "POST":
                    world.door.ask(ask, role.cookie)
        written[name] = {table for table, _ in everything(world) ^ before}
    assert written == {"account": {"sign_in_codes"}, "anonymous": set()}
    person = Citizen(facts.citizen_a.account.email, lambda host: Browser(world.wsgi, host))
    person.at(HOST).set_cookie(SESSION_COOKIE, facts.citizen_a.account.cookies["account"])
    before = everything(world)
    assert title_of(person.sign_in_at(A)) == "Kontakt"
    assert {table for table, _ in everything(world) ^ before} == {"sessions"}
