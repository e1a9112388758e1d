"""Looking changes nothing: no GET, HEAD or OPTIONS writes, whoever asks and however often."""

from __future__ import annotations

import dataclasses

import pytest

from tests.isolation.sweep import Plan, asks
from tests.isolation.world import A, World

# When a session was last seen, and how often somebody asked, are written down for reading, too.
_SEEN = {
    "sessions": "token_digest, site, tenant_id, staff_id, verified, created_at, idle_seconds, expires_at"
}
_COUNTED = {"rate_limits"}


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


@pytest.mark.parametrize("name", ["anonymous", "applicant", "newcomer", "halfway", "admin", "caseworker"])
def test_no_look_writes(world: World, name: str) -> None:
    facts = world.facts
    role = facts.role(A, name)
    hosts = [host for host in world.hosts if role.cookie is None or host.name == world.home_of(role)]
    before, asked = everything(world), 0
    plain, queried = Plan(role, facts.a, (), ()), Plan(role, facts.a, (facts.a,), ())
    for host in hosts:
        planned = [ask for ask in asks(world.url_map, host, plain, bool) if ask.method == "GET"]
        planned += [dataclasses.replace(ask, method="HEAD") for ask in planned]
        planned += [
            ask for ask in asks(world.url_map, host, queried, bool) if ask.query or ask.method == "OPTIONS"
        ]
        for ask in planned:
            if ask.method != "POST":
                world.door.ask(ask, role.cookie)
                asked += 1
    assert everything(world) - before == set()
    assert before - everything(world) == set()
    assert asked > 100
