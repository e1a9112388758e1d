"""What was done in a town, on the tenant admin's page."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from kreisportal.access.roles import Role
from kreisportal.audit.service import record
from kreisportal.kernel.database import ActorKind, Context, Database
from kreisportal.staff import admin_act_views, departments
from kreisportal.staff.sign_in import Locksmith
from kreisportal.tenancy.town_changes import change_town
from tests.support.browser import Browser
from tests.support.staff import Person, add_person, sign_in

PAGE = "/de/protokoll/"
NOTICE = {"text": {"de": "Wasser gesperrt."}, "kind": "info", "from": "2026-12-01", "until": "2026-12-02"}


@pytest.fixture
def admin(database: Database, locksmith: Locksmith, towns: dict[str, int]) -> Person:
    return add_person(database, locksmith, towns["cloppenburg"], Role.TENANT_ADMIN, name="Änne Leitung")


@pytest.fixture
def browser(client: Callable[..., Browser], admin: Person) -> Browser:
    """The desk of the town, with its admin."""
    made = client("verwaltung.cloppenburg.localhost")
    assert sign_in(made, admin).status_code == 303
    return made


def rows(page: str) -> list[list[str]]:
    """The cells of the table, without marks."""
    body = page.partition("<tbody>")[2].partition("</tbody>")[0]
    return [
        [re.sub(r"<[^>]+>", "", cell).strip() for cell in re.findall(r"<t[hd].*?</t[hd]>", row, re.DOTALL)]
        for row in body.split("</tr>")[:-1]
    ]


def test_who_did_what_is_told_the_newest_first(database: Database, browser: Browser, admin: Person) -> None:
    context = Context(ActorKind.STAFF, admin.tenant_id, staff_id=admin.id)
    with database.transaction(context) as session:
        change_town(session, context, "notice", lambda now: {"notice": NOTICE})
        record(session, context, "offer.changed", "service", "hund-anmelden", fields=["fee_de", "fee_en"])
        departments.add(session, context, admin.tenant_id, "Amt für Protokolle")
        record(session, context, "case.read", "case", "1")
    found = [row[1:] for row in rows(browser.get(PAGE).text)]
    assert found[:3] == [
        ["Änne Leitung", "Amt für Protokolle", "Abteilung angelegt"],
        ["Änne Leitung", "Hund anmelden", "geändert: Gebühr"],
        ["Änne Leitung", "Mitteilung", "geändert"],
    ]
    english = [row[1:] for row in rows(browser.get("/en/protokoll/").text)]
    assert english[0] == ["Änne Leitung", "Amt für Protokolle", "department added"]


def test_other_towns_and_what_is_done_at_cases_are_not_told(
    database: Database,
    browser: Browser,
    admin: Person,
    locksmith: Locksmith,
    towns: dict[str, int],
) -> None:
    other = add_person(database, locksmith, towns["vechta"], Role.TENANT_ADMIN, name="Otto Andere")
    for person in (admin, other):
        context = Context(ActorKind.STAFF, person.tenant_id, staff_id=person.id)
        with database.transaction(context) as session:
            record(session, context, "offer.on", "service", "sperrmuell")
            record(session, context, "case.read", "case", "1")
            record(session, context, "signed-in", "staff", person.id)
    page = browser.get(PAGE).text
    assert "Otto Andere" not in page
    assert rows(page)[0][2:] == ["Sperrmüll abholen lassen", "angeschaltet"]
    assert "case.read" not in page and "signed-in" not in page


def test_earlier_entries_follow_page_by_page(
    database: Database, browser: Browser, admin: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(admin_act_views, "_MOST", 2)
    context = Context(ActorKind.STAFF, admin.tenant_id, staff_id=admin.id)
    with database.transaction(context) as session:
        for number in range(5):
            departments.add(session, context, admin.tenant_id, f"Blatt {number}")
    seen, path = list[str](), PAGE
    for _ in range(3):
        page = browser.get(path).text
        seen += [row[2] for row in rows(page)]
        # The first such link is that of the page itself, in the menu of languages.
        path = re.findall(r'href="(/de/protokoll/\?vor=\d+)"', page)[-1]
    assert seen[:5] == [f"Blatt {number}" for number in (4, 3, 2, 1, 0)]
    assert "Die neuesten" in browser.get(path).text
    for odd in ("x", "-1", "²", "9" * 40):
        assert browser.get(f"{PAGE}?vor={odd}").status_code == 200


def test_a_caseworker_sees_none_of_it(desk: Callable[..., Browser]) -> None:
    assert desk("cloppenburg", Role.CASEWORKER).get(PAGE).status_code == 403
