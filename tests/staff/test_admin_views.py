"""The pages of the town's team, for who leads the portal."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import psycopg
import pytest

from kreisportal.access.roles import Role
from kreisportal.kernel.database import Database
from kreisportal.staff.sign_in import Locksmith
from tests.cases.citizen import token_of
from tests.support.browser import Browser
from tests.support.server import DatabaseCopy
from tests.support.staff import Person, add_person, sign_in

PATH = "/de/team/"
Desks = Callable[..., Browser]

pytestmark = pytest.mark.usefixtures("end_delays")


@pytest.fixture
def admin(desk: Desks) -> Browser:
    """A browser with Vechta's tenant admin."""
    return desk("vechta", Role.TENANT_ADMIN)


@pytest.fixture
def superuser(region: DatabaseCopy) -> Iterator[psycopg.Connection]:
    """Looks behind row security."""
    with region.superuser() as connection:
        yield connection


def invite(admin: Browser, email: str, **fields: object) -> str:
    """Invite somebody by the page; what it says then."""
    typed = {"name": "Nele Neu", "email": email, "language": "de", "roles": "caseworker", **fields}
    answer = admin.submit(admin.get(f"{PATH}einladen"), typed)
    return admin.follow(answer).text if answer.status_code == 303 else answer.text


def test_the_list_tells_who_is_there_with_what_and_how_far(
    admin: Browser, person: Person, superuser: psycopg.Connection
) -> None:
    superuser.execute("UPDATE staff SET name = 'Ada Amtlich' WHERE id = %s", [person.id])
    assert "Der Link geht an liste@rathaus.example" in invite(admin, "liste@rathaus.example")
    page = admin.get(PATH).text
    assert page.index("Ada Amtlich") < page.index("Nele Neu")
    for words in ("Sachbearbeitung", "Leitung des Portals", "eingeladen", "mit App für Codes"):
        assert words in page
    superuser.execute("UPDATE staff SET invitation_expires_at = now() WHERE email = 'liste@rathaus.example'")
    assert "Einladung abgelaufen" in admin.get(PATH).text


def test_what_is_wrong_is_said_at_its_field_and_what_was_typed_stays(admin: Browser) -> None:
    page = admin.submit(
        admin.get(f"{PATH}einladen"), {"name": "Nele Neu", "email": "keine Adresse", "language": "xx"}
    )
    assert page.status_code == 422
    for words in ('value="keine Adresse"', 'value="Nele Neu"', 'id="email-error"', 'id="language-error"'):
        assert words in page.text


def test_roles_are_changed_and_hold_at_once(admin: Browser, desk: Desks, program: object) -> None:
    worker = desk("vechta")
    own = worker.get("/de/zugang/").text
    assert worker.get("/de/team/").status_code == 403
    email = own.split("@")[0].rpartition(">")[2]
    path = next(
        part.partition('"')[0] for part in admin.get(PATH).text.split('href="') if _is_of(admin, part, email)
    )
    page = admin.get(path)
    answer = admin.submit(page, {"name": "Erika Neuname", "roles": "tenant_admin"}, path)
    assert "Gespeichert." in admin.follow(answer).text
    assert worker.get("/de/team/").status_code == 200
    assert worker.get("/de/vorgaenge/").status_code == 403
    nobody = admin.submit(admin.get(path), {"name": ""}, path)
    assert nobody.status_code == 422
    assert 'id="name-error"' in nobody.text


def _is_of(admin: Browser, part: str, email: str) -> bool:
    path = part.partition('"')[0]
    return path.startswith(PATH) and len(path) > 30 and email in part.partition("</li>")[0]


def test_who_is_sent_away_is_out_at_once_and_may_come_back(
    admin: Browser, client: Callable[..., Browser], database: Database, locksmith: Locksmith, person: Person
) -> None:
    browser = client("verwaltung.vechta.localhost")
    sign_in(browser, person)
    assert browser.get("/de/").status_code == 200
    path = f"{PATH}{person.id}"
    done = admin.submit(admin.get(path), {}, f"{path}/beenden")
    assert "hat keinen Zugang mehr" in admin.follow(done).text
    assert browser.get("/de/").status_code == 303
    assert "Zugang beendet" in admin.get(PATH).text
    done = admin.submit(admin.get(path), {}, f"{path}/wiedergeben")
    assert "hat wieder Zugang" in admin.follow(done).text
    # The session that was ended stays so.
    assert browser.get("/de/").status_code == 303


def test_a_lost_phone_is_asked_about_before_it_is_reset(
    admin: Browser, client: Callable[..., Browser], person: Person
) -> None:
    browser = client("verwaltung.vechta.localhost")
    sign_in(browser, person)
    path = f"{PATH}{person.id}"
    page = admin.get(path)
    assert "Sind Sie sicher, dass Erika Muster selbst darum bittet?" in page.text
    done = admin.submit(page, {}, f"{path}/zuruecksetzen")
    assert f"Ein neuer Link geht an {person.email}" in admin.follow(done).text
    assert browser.get("/de/").status_code == 303
    again = admin.submit(admin.get(path), {}, f"{path}/erneut")
    assert f"Ein neuer Link geht an {person.email}" in admin.follow(again).text


def test_the_last_admin_is_told_why_not(
    superuser: psycopg.Connection,
    database: Database,
    locksmith: Locksmith,
    client: Callable[..., Browser],
    towns: dict[str, int],
) -> None:
    superuser.execute("UPDATE staff SET active = false WHERE tenant_id = %s", [towns["lohne"]])
    last = add_person(database, locksmith, towns["lohne"], Role.TENANT_ADMIN)
    browser, path = client("verwaltung.lohne.localhost"), f"{PATH}{last.id}"
    sign_in(browser, last)
    page = browser.get(path)
    refused = browser.submit(page, {}, f"{path}/beenden")
    assert refused.status_code == 409
    assert "Das ist die letzte Person" in refused.text
    raised = browser.post(
        path, {"csrf_token": token_of(page), "name": "Erika", "roles": ["caseworker", "tenant_admin"]}
    )
    assert raised.status_code == 409
    assert "Das machen nicht Sie selbst" in raised.text
    assert "zuruecksetzen" not in page.text


def test_a_person_of_another_town_is_not_found(
    admin: Browser, database: Database, towns: dict[str, int], locksmith: Locksmith
) -> None:
    other = add_person(database, locksmith, towns["lohne"])
    token = token_of(admin.get(PATH + "einladen"))
    assert admin.get(f"{PATH}{other.id}").status_code == 404
    for act in ("", "/beenden", "/wiedergeben", "/zuruecksetzen", "/erneut"):
        fields = {"csrf_token": token, "name": "X", "roles": "caseworker"}
        assert admin.post(f"{PATH}{other.id}{act}", fields).status_code == 404
