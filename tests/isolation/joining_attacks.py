"""Attacks on joining an identity from outside to an account. Each says whether it came through."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from kreisportal.app import create_app, create_wsgi
from kreisportal.bundid import account_simulator_views
from kreisportal.kernel.ids import new_id
from tests.accounts.people import HOST, Citizen
from tests.bundid.showing import is_in, show
from tests.cases.citizen import token_of
from tests.isolation.world import World
from tests.support.browser import Browser

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication


_JOIN = "/de/zugang/anbieter/verbinden"


@dataclass
class Scene:
    """The world with the simulated provider in it, which else is in demonstrations only."""

    world: World
    wsgi: WSGIApplication

    def browser(self) -> Browser:
        """A new one, at the account host."""
        return Browser(self.wsgi, HOST)

    def person(self) -> Citizen:
        """Somebody with an account, who is signed in."""
        person = Citizen(f"{secrets.token_hex(6)}@buerger.example", lambda host: Browser(self.wsgi, host))
        person.sign_up(self.world.program)
        return person

    def joined(self, person: Citizen, who: str) -> bool:
        """Whether the identity is this account's."""
        rows = self.world.house.rows(
            "SELECT a.email FROM account_identities i JOIN accounts a ON a.id = i.account_id"
            " WHERE i.subject = %s",
            who,
        )
        return (person.email,) in rows


@contextmanager
def _scene(world: World, **told: str) -> Iterator[tuple[Scene, str]]:
    """The scene, and the subject of somebody whom the provider knows and of whom it tells ``told``."""
    settings = replace(world.program.settings, identity_simulation=True)
    program = replace(world.program, settings=settings)
    who = f"p{secrets.token_hex(6)}"
    account_simulator_views._PEOPLE[who] = {name.replace("__", "."): value for name, value in told.items()}
    try:
        yield Scene(world, create_wsgi(program, create_app(program, world.house.locksmith.passwords))), who
    finally:
        del account_simulator_views._PEOPLE[who]


def _join(browser: Browser) -> None:
    """Say yes to joining, whether or not the page would ask for it."""
    browser.post(_JOIN, {"csrf_token": token_of(browser.get("/de/mitnehmen/"))})


def identity_with_ones_address(world: World) -> bool:
    """A provider tells of a stranger the address of somebody's account, which it has never checked."""
    with _scene(world) as (scene, _):
        victim = scene.person()
    with _scene(world, contact__email=victim.email) as (scene, who):
        thief = scene.browser()
        show(thief, who, "high")
        return is_in(thief)


def identity_joined_at_an_open_screen(world: World) -> bool:
    """A way in of one's own, joined to an account at a screen that somebody has left hours ago."""
    with _scene(world) as (scene, who):
        victim = scene.person()
        world.superuser.execute(
            "UPDATE sessions SET authenticated_at = now() - interval '2 hours' WHERE account_id ="
            " (SELECT id FROM accounts WHERE email = %s)",
            [victim.email],
        )
        show(victim.at(HOST), who)
        _join(victim.at(HOST))
        return scene.joined(victim, who)


def identity_that_waits_elsewhere(world: World) -> bool:
    """An identity that waits in another browser, joined by who has had one waiting that is over."""
    with _scene(world) as (scene, who):
        thief, owner = scene.person(), scene.browser()
        show(thief.at(HOST), who)
        world.superuser.execute("DELETE FROM arrived_identities")
        show(owner, who)
        _join(thief.at(HOST))
        return scene.joined(thief, who)


def identity_of_another_issuer(world: World) -> bool:
    """Somebody who goes at one provider by the name by which another provider knows the victim."""
    with _scene(world) as (scene, who):
        victim, thief = scene.person(), scene.browser()
        world.superuser.execute(
            "INSERT INTO account_identities (id, account_id, provider, issuer, subject, level, attributes)"
            " SELECT %s, id, 'land', 'https://land.example', %s, 'high', '{}' FROM accounts WHERE email = %s",
            [new_id(), who, victim.email],
        )
        show(thief, who, "high")
        return is_in(thief)


def identity_joined_by_another_meanwhile(world: World) -> bool:
    """An identity that waits here, while its owner joins it elsewhere to their own account."""
    with _scene(world) as (scene, who):
        first, second = scene.person(), scene.person()
        for person in (first, second):
            show(person.at(HOST), who)
        _join(first.at(HOST))
        assert scene.joined(first, who)
        _join(second.at(HOST))
        return scene.joined(second, who)


def session_made_surer_by_anothers_identity(world: World) -> bool:
    """An account that somebody uses is as sure as the identity of somebody else, who has another account."""
    with _scene(world) as (scene, who):
        owner, other = scene.person(), scene.person()
        show(owner.at(HOST), who)
        _join(owner.at(HOST))
        show(other.at(HOST), who, "high")
        found = "SELECT s.trust FROM sessions s JOIN accounts a ON a.id = s.account_id WHERE a.email = %s"
        return ("high",) in world.house.rows(found, other.email)
