"""What people do with mandates in a browser, for the tests of them."""

from __future__ import annotations

import datetime
import uuid
from dataclasses import dataclass

from werkzeug.test import TestResponse

from kreisportal.kernel import clock
from kreisportal.mandates.service import invitation_token
from tests.accounts.people import HOST, Citizen
from tests.cases.house import SERVICE, CaseFacts, House

PAGES = "/de/vollmachten"
GIVER, ACTING = "Erika Beispiel", "Dörte Beispiel"


@dataclass
class Pair:
    """Who gives a mandate, and who acts by it."""

    house: House
    giver: Citizen
    acting: Citizen

    def case(self, slug: str = "vechta", **changes: object) -> CaseFacts:
        """A case of the giver's."""
        case = self.house.case(slug, **changes)  # type: ignore[arg-type] - the house's own keywords.
        self.house.superuser.execute(
            "UPDATE cases SET account_id = %s WHERE id = %s", (account_of(self.house, self.giver), case.id)
        )
        return case

    def fill(self, kind: str, **changes: str) -> TestResponse:
        """Send the form by which somebody is invited."""
        day = clock.today() + datetime.timedelta(days=100)
        own = self.giver.at(HOST)
        page = own.get(f"{PAGES}/neu/{kind}")
        values = {
            "called": ACTING,
            "email": self.acting.email,
            "own_name": GIVER,
            **{"bis-day": str(day.day), "bis-month": str(day.month), "bis-year": str(day.year)},
            **({} if kind == "vorgang" else {"behoerde": "vechta"}),
            **({"leistung": SERVICE} if kind == "leistung" else {}),
            **changes,
        }
        return own.submit(page, values, f"neu/{kind}")

    def invite(self, kind: str = "behoerde", **changes: str) -> uuid.UUID:
        """Invite; the mandate's id."""
        done = self.fill(kind, **changes)
        assert done.status_code == 303, done.text
        return uuid.UUID(done.headers["Location"].rpartition("/")[2])

    def link(self, mandate_id: uuid.UUID) -> str:
        """The path that the invitation's mail leads to."""
        return invitation_path(self.house, mandate_id)

    def accept(self, mandate_id: uuid.UUID, answer: str = "ja") -> TestResponse:
        """Answer the invitation as who is to act."""
        return answer_as(self.acting, self.link(mandate_id), answer)

    def give(self, kind: str = "behoerde", **changes: str) -> uuid.UUID:
        """Invite and accept; the mandate's id."""
        mandate_id = self.invite(kind, **changes)
        assert self.accept(mandate_id).status_code == 303
        return mandate_id

    def end(self, mandate_id: uuid.UUID, person: Citizen | None = None) -> TestResponse:
        """End it as the giver, or as somebody else."""
        own = (person or self.giver).at(HOST)
        path = f"{PAGES}/{mandate_id}"
        return own.submit(own.get(path), {}, f"{path}/beenden")

    def set(self, mandate_id: uuid.UUID, **columns: str) -> None:
        """Let a column of the mandate be an expression of SQL."""
        changes = ", ".join(f"{name} = {value}" for name, value in columns.items())
        self.house.superuser.execute(f"UPDATE account_mandates SET {changes} WHERE id = %s", (mandate_id,))

    def acts(self, mandate_id: uuid.UUID) -> list[str]:
        """What was done by it, oldest first."""
        rows = self.house.rows(
            "SELECT what FROM account_mandate_acts WHERE mandate_id = %s ORDER BY id", mandate_id
        )
        return [what for (what,) in rows]


def answer_as(person: Citizen, path: str, answer: str = "ja") -> TestResponse:
    """Answer an invitation by its link."""
    own = person.at(HOST)
    page = own.get(path)
    if page.status_code != 200:
        return page
    return own.submit(page, {"own_name": ACTING, "antwort": answer}, path)


def invitation_path(house: House, mandate_id: uuid.UUID) -> str:
    """The path of an invitation."""
    return f"{PAGES}/einladung/{invitation_token(house.program.settings.secret_key, mandate_id)}"


def account_of(house: House, person: Citizen) -> uuid.UUID:
    """The id of somebody's account."""
    return uuid.UUID(str(house.value("SELECT id FROM accounts WHERE email = %s", person.email)))
