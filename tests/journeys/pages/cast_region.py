"""Those who run the region, and what they have, for the pages of the region's host."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from functools import cached_property

from kreisportal.kernel.database import ActorKind, Context, Database
from kreisportal.kernel.database.context import ANONYMOUS, REGION
from kreisportal.kernel.ids import digest, new_token
from kreisportal.sso import outside
from kreisportal.staff import access_tokens
from kreisportal.staff.access_tokens import Scope
from tests.cases.house import House
from tests.journeys.pages.cast import OPEN_SESSION
from tests.support.staff import Person, add_region_person


@dataclass(frozen=True)
class RegionCast:
    """Somebody who runs the whole region, and what is done there."""

    house: House

    @property
    def database(self) -> Database:
        """The program's way to the database."""
        return self.house.program.database

    @cached_property
    def member(self) -> Person:
        """Who runs the region."""
        return add_region_person(self.database, self.house.locksmith, None)

    def session(self) -> str:
        """The token of a session of theirs."""
        token = new_token()
        row = {
            "digest": digest(token),
            "site": "region",
            "tenant": None,
            "staff": self.member.id,
            "verified": True,
        }
        with self.database.transaction(ANONYMOUS) as session:
            session.execute(OPEN_SESSION, row)
        return token

    def bring(self, slug: str, state: str) -> None:
        """Bring a town into a state; its portal shows it within a second."""
        self.house.superuser.execute("UPDATE tenants SET state = %s WHERE slug = %s", [state, slug])

    def see(self, slug: str, *leads: str) -> None:
        """A town's names were last seen to lead there, in turn."""
        self.house.superuser.execute(
            "INSERT INTO host_looks"
            " SELECT h.tenant_id, h.host, now(), (%s::text[])[row_number() OVER (ORDER BY h.site DESC)]"
            " FROM hosts h JOIN tenants t ON t.id = h.tenant_id WHERE t.slug = %s ON CONFLICT DO NOTHING",
            [list(leads), slug],
        )

    def merge(self, slug: str, into: str) -> None:
        """A town is on its way to another one: all has gone over, and nobody has confirmed it."""
        self.house.superuser.execute(
            'UPDATE tenants SET merging = \'{"state": "moved"}\', merged_into_id ='
            " (SELECT id FROM tenants WHERE slug = %s) WHERE slug = %s",
            [into, slug],
        )

    def part(self, slug: str) -> None:
        """It is on its own again."""
        self.house.superuser.execute(
            "UPDATE tenants SET merging = NULL, merged_into_id = NULL WHERE slug = %s", [slug]
        )

    def forget_clients(self) -> None:
        """No client from outside is registered any more."""
        self.house.superuser.execute("DELETE FROM outside_clients")

    def client(self) -> str:
        """The id of the one client from outside."""
        self.forget_clients()
        said = outside.Registration("Bücherei", ["https://buch.example/"], "https://buch.example/datenschutz")
        with self.database.transaction(REGION) as session:
            return outside.add_client(session, said)[0].id

    def token(self) -> uuid.UUID:
        """The id of a token that brings towns on line."""
        context = Context(ActorKind.REGION, staff_id=self.member.id)
        with self.database.transaction(context) as session:
            access_tokens.make(session, context, "Liste der Kommunen", [Scope.ONBOARDING], 90)
            return access_tokens.all_tokens(session, context)[0].id

    def colleague(self) -> uuid.UUID:
        """The id of somebody else who runs the region."""
        return add_region_person(self.database, self.house.locksmith, None, name="Nils Neu").id

    def forget_town(self, ars: str) -> None:
        """A town that was brought on line is gone again, and its district, if nobody else is in it."""
        execute, keys = self.house.superuser.execute, [ars, ars[:5].ljust(12, "0")]
        ids = [row[0] for row in execute("SELECT id FROM tenants WHERE ars = ANY (%s)", [keys])]
        for table in ("hosts", "offers", "staff", "mails", "audit_entries"):
            execute(f"DELETE FROM {table} WHERE tenant_id = ANY (%s)", [ids])
        for kept in ("parent_id IS NOT NULL", "true"):
            execute(f"DELETE FROM tenants WHERE id = ANY (%s) AND {kept}", [ids])
