"""What whoever runs a district has made there: a client from outside, a bundle of services, a list of towns."""

from __future__ import annotations

from kreisportal.bundles.fields import Typed
from kreisportal.bundles.service import add_bundle
from kreisportal.kernel.database import ActorKind, Context
from kreisportal.kernel.database.context import REGION
from kreisportal.onboarding import lists
from kreisportal.onboarding.town_lists import Line
from kreisportal.sso import outside
from kreisportal.tenancy.registry import TenantRecord
from tests.cases.house import SERVICE, House
from tests.isolation.words import Words
from tests.support.staff import Person


def client(house: House, district: int | None, words: Words) -> str:
    """A client from outside that the district looks after; its id."""
    address = f"https://{words.word('client/host').lower()}.example/"
    said = outside.Registration(words.word("client/name"), [address], address)
    with house.acting(REGION) as session:
        client, secret = outside.add_client(session, said, district_id=district)
    words.mark("client/id", client.id, secret)
    return client.id


def bundle(house: House, manager: Person, tenant: TenantRecord, words: Words) -> int:
    """A bundle that whoever runs the district has put together, and not applied."""
    context = Context(ActorKind.REGION, staff_id=manager.id)
    services = house.program.keeper.current.catalogue.services
    said = {
        f"{name}_{language}": words.word(f"bundle/{name}")
        for name in ("name", "reason")
        for language in ("de", "en")
    }
    with house.acting(context) as session:
        typed = Typed(
            {**said, "legal_source": ""}, services=(SERVICE,), audience="towns", towns=(tenant.slug,)
        )
        return add_bundle(session, context, typed, services).id


def onboarding_list(house: House, manager: Person, tenant: TenantRecord, words: Words) -> None:
    """A list that whoever runs the district has given, and that nobody has begun to work."""
    context = Context(ActorKind.REGION, staff_id=manager.id)
    lines = [Line(2, {"town": words.word("list/town")})]
    with house.acting(context) as session:
        lists.give_list(
            session, context, tenant.id, lines, base="kreis.example", open_at_once=False, language="de"
        )
