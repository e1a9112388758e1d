"""Pages of acting for somebody."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

from kreisportal.accounts.address import writing_as
from kreisportal.kernel import clock
from kreisportal.kernel.ids import new_id
from kreisportal.mandates.service import Gift, Scope, answer, give, invitation_token
from tests.journeys.pages.cast import Cast
from tests.journeys.pages.inspection import Kind, press
from tests.journeys.pages.kinds_account import new_person, open_account_session, open_at_town


def mandates(cast: Cast) -> Iterator[Kind]:
    """Giving and answering mandates, both sides of one, and a case that somebody acts in."""
    giver, acting = new_person(cast, with_everything=True), new_person(cast)
    person, other = open_account_session(cast, giver), open_account_session(cast, acting)
    given, invited = give_mandate(cast, giver, acting), give_mandate(cast, giver, None)
    yield Kind("mandates", "/vollmachten/", person)
    yield Kind("for what to give a mandate", "/vollmachten/neu", person)
    yield Kind("give a mandate", "/vollmachten/neu/leistung", person)
    yield Kind("give a mandate with errors", "/vollmachten/neu/vorgang", person, 422, press)
    yield Kind("mandate given", f"/vollmachten/{given}", person)
    yield Kind("invitation", f"/vollmachten/einladung/{_token(cast, invited)}", other)
    yield Kind("invitation gone", f"/vollmachten/einladung/{_token(cast, given)}", other, 404)
    yield Kind("matters of somebody", "/", other)


def acting(cast: Cast) -> Iterator[Kind]:
    """What a town's portal shows of it; and a draft that lies in an account, or beyond what an account may see."""
    giver, other = new_person(cast), new_person(cast)
    give_mandate(cast, giver, other)
    case, draft = cast.house.case(cast.slug), cast.draft()
    for table, number, owner in (("cases", case.id, giver), ("drafts", draft, other)):
        cast.house.superuser.execute(f"UPDATE {table} SET account_id = %s WHERE id = %s", [owner, number])
    session = open_at_town(cast, other)
    yield Kind("case of somebody", f"/vorgang/{case.id}", session)
    yield Kind("pause in an account", f"/antrag/{draft}/unterbrechen", session)
    yield Kind("out of reach", f"/vorgang/{new_id()}", session, 404)


def give_mandate(cast: Cast, giver: uuid.UUID, acting: uuid.UUID | None) -> uuid.UUID:
    """A mandate for the whole town, in force, or only an invitation."""
    tenant_id = cast.house.tenant(cast.slug).id
    gift = Gift(
        giver,
        "Erika Beispiel",
        "Dörte Beispiel",
        "doerte@post.example",
        Scope("town", tenant_id),
        clock.today(),
        "de",
    )
    secret_key = cast.house.program.settings.secret_key
    with cast.database.transaction(writing_as(giver, tenant_id)) as session:
        number = give(session, gift, tenant_id, secret_key)
    if acting is not None:
        with cast.database.transaction(writing_as(acting, tenant_id)) as session:
            token = invitation_token(secret_key, number)
            answer(session, acting, tenant_id, token, accepts=True, name="Dörte Beispiel")
    return number


def _token(cast: Cast, mandate_id: uuid.UUID) -> str:
    return invitation_token(cast.house.program.settings.secret_key, mandate_id)
