"""The guards of access tokens by name, what it takes to be without each, and which attack then gets through."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from kreisportal.access.policy_api import SCOPES
from kreisportal.access.scopes import Scope
from kreisportal.kernel.database import ActorKind, Context
from kreisportal.staff import access_tokens
from kreisportal.web import tokens
from tests.isolation.account_mutants import Breach
from tests.isolation.asking import Answer, Ask
from tests.isolation.entering import REGION_HOST
from tests.isolation.mutants import function, policy
from tests.isolation.programs import CHANGED, OFF

if TYPE_CHECKING:
    from tests.isolation.town import Town
    from tests.isolation.world import Facts, World

_COUNTED = "meldebescheinigung"


def _asked(world: World, town: Town, token: str, path: str, method: str = "GET", **fields: str) -> Answer:
    host = town.tenant.host("portal") or ""
    return world.door.ask(Ask(host, method, f"/api/v1{path}", "", "", fields=fields), None, token)


def _at_another_town(world: World) -> bool:
    a, b = world.facts.a, world.facts.b
    read = _asked(world, b, a.tokens.town, f"/offers/{OFF}")
    return bool(b.words.found(read.text))


def _changes_at_another_town(world: World) -> bool:
    a, b = world.facts.a, world.facts.b
    channel = "SELECT channel FROM offers WHERE tenant_id = %s AND service_key = %s"
    before = world.house.rows(channel, b.tenant.id, CHANGED)
    _asked(world, b, a.tokens.town, f"/offers/{CHANGED}", "PATCH", channel="appointment")
    return world.house.rows(channel, b.tenant.id, CHANGED) != before


def _revoked(world: World) -> bool:
    b = world.facts.b
    world.superuser.execute("UPDATE access_tokens SET revoked_at = now() WHERE id = %s", (b.tokens.town_id,))
    return _asked(world, b, b.tokens.town, "/offers").status == 200


def _expired(world: World) -> bool:
    b = world.facts.b
    world.superuser.execute(
        "UPDATE access_tokens SET expires_at = now() - interval '1 second' WHERE id = %s", (b.tokens.town_id,)
    )
    return _asked(world, b, b.tokens.town, "/offers").status == 200


def _beyond_its_scope(world: World) -> bool:
    b = world.facts.b
    context = Context(ActorKind.STAFF, b.tenant.id, staff_id=b.admin.id)
    with world.house.acting(context) as session:
        token = access_tokens.make(session, context, "Nur Zahlen", [Scope.FIGURES_READ], 30)
    return bool(b.words.found(_asked(world, b, token, f"/offers/{OFF}").text))


def _counts_of_another_town(world: World) -> bool:
    a, b = world.facts.a, world.facts.b
    world.superuser.execute(
        "INSERT INTO service_figures VALUES (%s, date_trunc('month', now()), %s, 'viewed', '', 7)"
        " ON CONFLICT DO NOTHING",
        (b.tenant.id, _COUNTED),
    )
    rows = json.loads(_asked(world, a, a.tokens.town, "/figures").body)["items"]
    return any(row["key"] == _COUNTED and row["viewed"] == 7 for row in rows)


def _cases_by_a_token(world: World) -> bool:
    """What the program cannot ask for, its context does not see either."""
    b = world.facts.b
    context = Context(ActorKind.TOKEN, b.tenant.id, staff_id=b.admin.id, subject_id=b.open.id)
    with world.house.acting(context) as session:
        seen = session.connection().exec_driver_sql("SELECT count(*) FROM cases").scalar_one()
    return bool(seen)


def _of_somebody_let_out(world: World) -> bool:
    a = world.facts.a
    world.superuser.execute("UPDATE region_staff SET active = false WHERE id = %s", (a.manager.id,))
    try:
        ask = Ask(REGION_HOST, "GET", f"/api/v1/towns/{a.tenant.ars}/proposal", "", "")
        return world.door.ask(ask, None, a.tokens.region).status != 401
    finally:
        world.superuser.execute("UPDATE region_staff SET active = true WHERE id = %s", (a.manager.id,))


def _signed_in_without_token(world: World) -> bool:
    """Cookies count for nothing: an admin's session opens no address for tokens."""
    a = world.facts.a
    host = a.tenant.host("portal") or ""
    cookie = world.facts.cookies["vechta", "admin"]
    return world.door.ask(Ask(host, "GET", "/api/v1/offers", "", ""), cookie).status != 401


def _one_scope(patch: pytest.MonkeyPatch, _: Facts) -> None:
    patch.setattr(tokens, "SCOPES", dict.fromkeys(SCOPES, Scope.FIGURES_READ))


def _no_token_needed(patch: pytest.MonkeyPatch, _: Facts) -> None:
    patch.setattr(
        tokens,
        "_shown",
        lambda: tokens.Shown(access_tokens.new_id(), frozenset(Scope), Context(ActorKind.TOKEN, 1)),
    )


_ANY_TOWN = function(
    "use_access_token", ("t.digest = of_digest AND t.tenant_id = of_tenant", "t.digest = of_digest")
)
BREACHES = [
    Breach("tokens: read at their own town only", _at_another_town, in_database=_ANY_TOWN),
    Breach("tokens: change at their own town only", _changes_at_another_town, in_database=_ANY_TOWN),
    Breach(
        "tokens: revoked",
        _revoked,
        in_database=function("use_access_token", ("t.revoked_at IS NULL AND ", "")),
    ),
    Breach(
        "tokens: expired",
        _expired,
        in_database=function("use_access_token", (" AND t.expires_at > now()", "")),
    ),
    Breach("tokens: what they are for", _beyond_its_scope, in_program=_one_scope),
    Breach("tokens: asked for at all", _signed_in_without_token, in_program=_no_token_needed),
    Breach(
        "row security of figures: a token's own town",
        _counts_of_another_town,
        in_database=policy("service_figures", "token_reads", "tenant_id"),
    ),
    Breach(
        "row security of cases: not for tokens",
        _cases_by_a_token,
        in_database=policy("cases", "staff_reads", "actor"),
    ),
    Breach(
        "tokens of the region: those who have made them are there still",
        _of_somebody_let_out,
        in_database=function("use_region_access_token", (" AND s.active", "")),
    ),
]
