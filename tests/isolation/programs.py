"""Programs with access tokens: what a town and those who run its district have given, and what only they may read."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from kreisportal.access.scopes import OF_REGION, OF_TOWNS
from kreisportal.kernel.database import ActorKind, Context
from kreisportal.staff import access_tokens
from tests.cases.house import House
from tests.isolation.words import Words
from tests.support.staff import Person

OFF = "wohngeld"
"""A service that the town has switched off, with a note that nobody is to see yet."""
CHANGED = "sperrmuell"
"""A service whose offer programs change."""
_OFFER = """
INSERT INTO offers (tenant_id, service_key, is_on, channel, details)
    VALUES (%s, %s, false, 'paper', jsonb_build_object('text', jsonb_build_object('de', %s::text)))
    ON CONFLICT (tenant_id, service_key) DO UPDATE SET is_on = false, details = excluded.details
"""


@dataclass(frozen=True)
class Tokens:
    """A token of the town and its id, and one of who runs its district."""

    town: str
    town_id: uuid.UUID
    region: str
    region_id: uuid.UUID


def give(house: House, tenant_id: int, admin: Person, manager: Person, words: Words) -> Tokens:
    """Let both make a token, and the town prepare an offer."""
    house.superuser.execute(_OFFER, (tenant_id, OFF, words.word("offer/text of one that is off")))
    desk = Context(ActorKind.STAFF, tenant_id, staff_id=admin.id)
    region = Context(ActorKind.REGION, staff_id=manager.id)
    with house.acting(desk) as session:
        town = access_tokens.make(session, desk, words.word("token/name"), OF_TOWNS, 30)
        (of_town,) = access_tokens.all_tokens(session, desk)
    with house.acting(region) as session:
        of_region = access_tokens.make(session, region, "Anschluss", OF_REGION, 30)
        (row,) = access_tokens.all_tokens(session, region)
    words.mark("token", town, of_region)
    words.mark("token/id", of_town.id)
    return Tokens(town, of_town.id, of_region, row.id)
