"""The tenant admin's pages on town hall, offices and legal texts: what they do to the portal at once, what they refuse."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import psycopg
import pytest

from kreisportal.access.roles import Role
from kreisportal.kernel import clock
from kreisportal.staff.sign_in import Locksmith
from kreisportal.tenancy.town_changes import AREAS
from kreisportal.web.program import Program
from tests.support.browser import Browser, forms_of
from tests.support.server import DatabaseCopy
from tests.support.staff import add_person, sign_in

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

Desks = Callable[..., Browser]
Clients = Callable[..., Browser]

HUB = "/de/portal/"
HALL, CLOSINGS, OFFICES, LEGAL = (
    f"{HUB}{part}/" for part in ("rathaus", "schliesstage", "aemter", "rechtstexte")
)
SAVE = {"tat": "speichern"}
DOG = "hund-anmelden"


@pytest.fixture(scope="module")
def admin(wsgi: WSGIApplication, program: Program, locksmith: Locksmith, towns: dict[str, int]) -> Browser:
    """A browser with Vechta's tenant admin."""
    browser = Browser(wsgi, "verwaltung.vechta.localhost")
    person = add_person(program.database, locksmith, towns["vechta"], Role.TENANT_ADMIN)
    assert sign_in(browser, person).status_code == 303
    return browser


@pytest.fixture
def portal(client: Clients) -> Browser:
    """Somebody at Vechta's portal."""
    return client("vechta.localhost")


@pytest.fixture(scope="module")
def superuser(region: DatabaseCopy) -> Iterator[psycopg.Connection]:
    """Looks behind row security."""
    with region.superuser() as connection:
        yield connection


@pytest.fixture
def as_it_was(superuser: psycopg.Connection, program: Program) -> Iterator[None]:
    """Puts back what the test has changed."""
    town = "(SELECT id FROM tenants WHERE slug = 'vechta')"
    profile = superuser.execute("SELECT profile::text FROM tenants WHERE slug = 'vechta'").fetchone()
    offers = superuser.execute(
        f"SELECT details::text, service_key FROM offers WHERE tenant_id = {town}"
    ).fetchall()
    yield
    superuser.execute("UPDATE tenants SET profile = %s::jsonb WHERE slug = 'vechta'", profile)
    for row in offers:
        superuser.execute(
            f"UPDATE offers SET details = %s::jsonb WHERE tenant_id = {town} AND service_key = %s", row
        )
    superuser.execute("DELETE FROM town_changes")
    program.keeper.renew()


def saved(browser: Browser, path: str, **values: object) -> str:
    """Fill in a page and save it; what the page says then."""
    answer = browser.submit(browser.get(path), values)
    assert answer.status_code == 303, answer.text
    return browser.follow(answer).text


def typed(browser: Browser, path: str) -> dict[str, str]:
    """What the fields of a page's form hold."""
    return next(form.values for form in forms_of(browser.get(path).text) if "gesehen" in form.names)


def office_of(superuser: psycopg.Connection, service: str) -> str | None:
    row = superuser.execute(
        "SELECT details ->> 'office' FROM offers WHERE service_key = %s AND tenant_id ="
        " (SELECT id FROM tenants WHERE slug = 'vechta')",
        (service,),
    ).fetchone()
    assert row
    return row[0]


@pytest.mark.usefixtures("as_it_was")
def test_who_takes_a_change_back_stays_on_the_page(admin: Browser, superuser: psycopg.Connection) -> None:
    for area in AREAS:
        superuser.execute(
            "INSERT INTO town_changes (tenant_id, staff_id, area, before)"
            " SELECT t.id, s.id, %s, t.profile FROM tenants t JOIN staff s ON s.tenant_id = t.id"
            " WHERE t.slug = 'vechta' LIMIT 1",
            [area],
        )
    pages = re.findall(rf'href="({HUB}[a-z]+/)"', admin.get(HUB).text)
    found = []
    for page in dict.fromkeys((*pages, CLOSINGS, f"{LEGAL}angaben/")):
        (back,) = (form.action for form in forms_of(admin.get(page).text) if form.action.endswith("/zurueck"))
        answer = admin.submit(admin.get(page), {}, "/zurueck")
        assert answer.headers["Location"] == page, back
        found.append(back)
    assert len(found) == len(AREAS) + 2, "the picture is of the look, and the closings are of the hall"
    # A page of another area leads to the area's own.
    wrong = admin.submit(admin.get(CLOSINGS), {"seite": "picture"}, "/hall/zurueck")
    assert wrong.headers["Location"] == HALL


@pytest.mark.usefixtures("as_it_was")
def test_the_town_hall_moves_and_opens_otherwise(admin: Browser, portal: Browser) -> None:
    before = typed(admin, HALL)
    values = {
        "street": "Neuer Platz 7",
        "hours_monday": "7:15 – 12:00, 14:00-16:30",
        "hours_saturday": "09:00-11:00",
    }
    assert "So steht es jetzt im Portal" in saved(admin, HALL, **values)
    contact = portal.get("/de/kontakt").text
    assert "Neuer Platz 7" in contact and "7:15 Uhr – 12 Uhr, 14 Uhr – 16:30 Uhr" in contact
    assert "Samstag" in contact
    assert "Neuer Platz 7" in portal.get("/de/seite/imprint").text
    # The days on which all is closed are not on this page, and stay.
    assert "Heiligabend" in admin.get(CLOSINGS).text
    admin.follow(admin.submit(admin.get(HALL), {}, "/hall/zurueck"))
    assert typed(admin, HALL)["street"] == before["street"]
    assert "Neuer Platz 7" not in portal.get("/de/kontakt").text


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"street": ""}, "street"),
        ({"postcode": "4937"}, "postcode"),
        ({"email": "rathaus"}, "email"),
        ({"phone": "12"}, "phone"),
        ({"website": "http://vechta.example"}, "website"),
        ({"hours_monday": "acht bis zwölf"}, "hours_monday"),
        ({"hours_monday": "08:00-12:00, 11:00-13:00"}, "hours_monday"),
        (
            {f"hours_{day}": "" for day in ("monday", "tuesday", "wednesday", "thursday", "friday")},
            "hours_monday",
        ),
    ],
)
def test_what_does_not_fit_is_said_at_its_field(admin: Browser, values: dict[str, str], field: str) -> None:
    refused = admin.submit(admin.get(HALL), values)
    assert refused.status_code == 422
    assert f'href="#{field}"' in refused.text
    assert all(f'value="{value}"' in refused.text for value in values.values() if value)


@pytest.mark.usefixtures("as_it_was")
def test_a_day_on_which_all_is_closed_is_said_and_goes_again(admin: Browser, portal: Browser) -> None:
    with clock.frozen(datetime(2027, 3, 1, 9, tzinfo=UTC)):
        assert "Stadtlauf" not in portal.get("/de/kontakt").text
    trip = {
        "date": "2027-03-01",
        "until": "2027-03-02",
        "reason_de": "Stadtlauf",
        "reason_en": "Outing",
    }
    saved(admin, CLOSINGS, **trip)
    with clock.frozen(datetime(2027, 3, 1, 9, tzinfo=UTC)):
        contact = portal.get("/de/kontakt").text
        assert "Heute geschlossen (Stadtlauf)" in contact
        assert "2. März 2027 (Stadtlauf)" in contact
        assert "Closed today (Outing)" in portal.get("/en/aemter").text
    page = admin.get(CLOSINGS)
    stamp = re.search(
        r'value="([0-9a-f]{16})"[^<]*<span class="kern-label">Entfernen <span[^<]*1. März',
        page.text,
    )
    assert stamp
    gone = admin.submit(page, {"tag": stamp[1]}, "/entfernen")
    assert "Stadtlauf" not in admin.follow(gone).text
    assert admin.submit(page, {"tag": stamp[1]}, "/entfernen").status_code == 409
    assert "Heiligabend" in admin.get(CLOSINGS).text


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({}, "date"),
        ({"date": "morgen"}, "date"),
        ({"date": "2027-03-02", "until": "2027-03-01"}, "until"),
        ({"date": "2027-03-02", "reason_en": "Outing"}, "reason_de"),
        ({"date": "2027-03-02", "reason_de": "<b>"}, "reason_de"),
    ],
)
def test_a_day_that_does_not_fit_is_said_at_its_field(
    admin: Browser, values: dict[str, str], field: str
) -> None:
    refused = admin.submit(admin.get(CLOSINGS), {"date": "", **values})
    assert refused.status_code == 422 and f'href="#{field}"' in refused.text


def test_the_holidays_of_the_land_are_said_by_themselves(admin: Browser, portal: Browser) -> None:
    assert "Reformationstag" in admin.get(CLOSINGS).text
    with clock.frozen(datetime(2028, 10, 31, 9, tzinfo=UTC)):
        for page in ("/de/kontakt", "/de/aemter"):
            assert "Heute geschlossen (Reformationstag)" in portal.get(page).text
    with clock.frozen(datetime(2028, 10, 9, 9, tzinfo=UTC)):
        assert "31. Oktober 2028 (Reformationstag)" in portal.get("/de/kontakt").text


@pytest.mark.usefixtures("as_it_was")
def test_an_office_is_added_changed_and_takes_services_over(
    admin: Browser, portal: Browser, superuser: psycopg.Connection
) -> None:
    saved(
        admin, f"{OFFICES}neu/", name_de="Amt für Hunde & Katzen", name_en="Dogs", hours_friday="10:00-11:00"
    )
    assert "Amt für Hunde &amp; Katzen" in portal.get("/de/aemter").text
    key = "amt-fuer-hunde-katzen"
    saved(admin, f"{OFFICES}{key}/", street="Hundeweg 1", postcode="49377", city="Vechta")
    assert "Hundeweg 1" in portal.get("/de/aemter").text

    before = office_of(superuser, DOG)
    question = admin.get(f"{OFFICES}{before}/entfernen")
    assert "Hund anmelden" in question.text
    refused = admin.submit(question, {"amt": "gibt-es-nicht"})
    assert refused.status_code == 422 and 'href="#amt"' in refused.text
    assert admin.submit(question, {"amt": key}).status_code == 303
    assert office_of(superuser, DOG) == key
    assert "Hundeweg 1" in portal.get(f"/de/leistungen/{DOG}").text
    assert admin.get(f"{OFFICES}{before}/").status_code == 404
    # Now it is needed: taking back that it was added would leave the services without an office.
    back = admin.follow(admin.submit(admin.get(OFFICES), {}, "/offices/zurueck"))
    assert "Zurückgenommen" in back.text
    for _ in range(2):
        superuser.execute("DELETE FROM town_changes WHERE id = (SELECT max(id) FROM town_changes)")
    superuser.execute("UPDATE town_changes SET before = '{\"offices\": []}'")
    back = admin.follow(admin.submit(admin.get(OFFICES), {}, "/offices/zurueck"))
    assert "ist für Leistungen zuständig" in back.text
    admin.submit(admin.get(f"{OFFICES}{key}/entfernen"), {"amt": ""})
    assert office_of(superuser, DOG) is None


@pytest.mark.usefixtures("as_it_was")
def test_two_may_change_two_offices_but_not_the_same_one(admin: Browser) -> None:
    first, second = admin.get(f"{OFFICES}steueramt/"), admin.get(f"{OFFICES}standesamt/")
    assert admin.submit(first, {"name_en": "Taxes"}).status_code == 303
    assert admin.submit(second, {"name_en": "Registry"}).status_code == 303
    late = admin.submit(first, {"name_en": "Revenue"})
    assert late.status_code == 409
    assert (
        "Inzwischen hat jemand anderes" in late.text
        and "Taxes" in late.text
        and 'value="Revenue"' in late.text
    )


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name_de": ""}, "name_de"),
        ({"street": "Am Markt 1", "postcode": "", "city": ""}, "postcode"),
        ({"hours_sunday": "25:00-26:00"}, "hours_sunday"),
        ({"email": "x@"}, "email"),
    ],
)
def test_an_office_that_does_not_fit_is_said_at_its_field(
    admin: Browser, values: dict[str, str], field: str
) -> None:
    refused = admin.submit(admin.get(f"{OFFICES}neu/"), {"name_de": "Amt", **values})
    assert refused.status_code == 422 and f'href="#{field}"' in refused.text


@pytest.mark.usefixtures("as_it_was")
def test_a_legal_page_is_proposed_changed_and_the_proposal_again(admin: Browser, portal: Browser) -> None:
    proposed = admin.get(f"{LEGAL}imprint/")
    assert "{postcode} {city}" in proposed.text and "49377 Vechta" in proposed.text
    own = {"text_de": "# Unser Impressum\n\n## Wer\n\n{name}, {street}\n", "text_en": ""}
    preview = admin.submit(proposed, {**own, "tat": "vorschau"}, "/imprint")
    assert "Gespeichert ist noch nichts" in preview.text and "<h3>Unser Impressum</h3>" in preview.text
    assert "Unser Impressum" not in portal.get("/de/seite/imprint").text
    assert admin.submit(preview, {**own, **SAVE}, "/imprint").status_code == 303
    shown = portal.get("/de/seite/imprint").text
    assert "<h1>Unser Impressum</h1>" in shown and "Stadt Vechta, " in shown
    assert "Who provides this portal" in portal.get("/en/seite/imprint").text
    assert "eigener Text" in admin.get(LEGAL).text
    admin.submit(admin.get(f"{LEGAL}imprint/"), {"text_de": "", "text_en": "", **SAVE}, "/imprint")
    assert "Unser Impressum" not in portal.get("/de/seite/imprint").text
    assert "eigener Text" not in admin.get(LEGAL).text


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("# Neu\n\n{nmae}", "{nmae}"),
        ("# Neu\n\n<script>alert(1)</script>", "spitze Klammern"),
        ("x" * 40_001, "40000 Zeichen"),
    ],
)
def test_a_page_that_could_not_be_shown_is_refused_and_kept(admin: Browser, text: str, sentence: str) -> None:
    refused = admin.submit(admin.get(f"{LEGAL}privacy/"), {"text_de": text, **SAVE}, "/privacy")
    assert refused.status_code == 422 and sentence in refused.text and 'href="#text_de"' in refused.text


@pytest.mark.usefixtures("as_it_was")
def test_the_state_of_the_declaration_stands_on_its_page(admin: Browser, portal: Browser) -> None:
    facts = f"{LEGAL}angaben/"
    assert "Diese Erklärung ist vom 2. November 2026." in portal.get("/de/seite/accessibility").text
    saved(admin, facts, date="2027-05-04", checked_by="Prüfstelle Nord")
    german, english = (portal.get(f"/{lang}/seite/accessibility").text for lang in ("de", "en"))
    assert "Geprüft haben: Prüfstelle Nord." in german and "vom 4. Mai 2027" in german
    assert "Who checked: Prüfstelle Nord." in english and "4 May 2027" in english
    assert "vom 4. Mai 2027" in admin.get(LEGAL).text
    saved(admin, facts, date="2025-11-01")
    assert "vom 1. November 2025 ist älter als ein Jahr" in admin.get(LEGAL).text
    saved(admin, facts, date="", checked_by="")
    assert "hat noch kein Datum" in admin.get(LEGAL).text
    assert "Diese Erklärung ist vom" not in portal.get("/de/seite/accessibility").text
    refused = admin.submit(admin.get(facts), {"privacy_email": "", "checked_by": "wir", "date": ""})
    assert refused.status_code == 422
    assert 'href="#privacy_email"' in refused.text and 'href="#date"' in refused.text


def test_there_are_no_other_pages(admin: Browser) -> None:
    for path in (
        f"{LEGAL}plain-language/",
        f"{LEGAL}nichts/",
        f"{OFFICES}nichts/",
        f"{OFFICES}nichts/entfernen",
    ):
        assert admin.get(path).status_code == 404


def test_a_caseworker_sees_none_of_it(desk: Desks) -> None:
    browser = desk("vechta", Role.CASEWORKER)
    for path in (HALL, CLOSINGS, OFFICES, f"{OFFICES}neu/", LEGAL, f"{LEGAL}imprint/", f"{LEGAL}angaben/"):
        assert browser.get(path).status_code == 403
