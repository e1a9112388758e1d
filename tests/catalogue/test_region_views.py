"""The catalogue on the region's host: found, changed, seen before, published, taken back, and by whom not."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from html import unescape

import psycopg
import pytest

from kreisportal.catalogue.description import fields_of
from kreisportal.staff.sign_in import Locksmith
from kreisportal.web.program import Program
from tests.support.browser import Browser
from tests.support.server import DatabaseCopy
from tests.support.staff import add_region_person, sign_in

DOG = "/de/katalog/hund-anmelden"
Client = Callable[..., Browser]


@pytest.fixture(scope="module")
def superuser(region: DatabaseCopy) -> Iterator[psycopg.Connection]:
    """Looks behind row security."""
    with region.superuser() as connection:
        yield connection


def _signed_in(program: Program, locksmith: Locksmith, client: Client, district: str | None) -> Browser:
    tenant_id = program.keeper.current.registry.by_slug[district] if district else None
    person = add_region_person(program.database, locksmith, tenant_id)
    browser = client("region.localhost")
    assert sign_in(browser, person).status_code == 303
    return browser


@pytest.fixture
def operator(program: Program, locksmith: Locksmith, client: Client) -> Browser:
    """A browser with somebody who runs the whole region."""
    return _signed_in(program, locksmith, client, None)


@pytest.fixture
def district_admin(program: Program, locksmith: Locksmith, client: Client) -> Browser:
    """A browser with somebody who runs a district."""
    return _signed_in(program, locksmith, client, "landkreis-vechta")


@pytest.fixture(autouse=True)
def _without_drafts(superuser: psycopg.Connection) -> Iterator[None]:
    yield
    superuser.execute("DELETE FROM catalogue_drafts")


def texts(page: str) -> dict[str, str]:
    """What stands in the fields of a page's form."""
    areas = re.findall(r'<textarea[^>]* name="([^"]+)"[^>]*>(.*?)</textarea>', page, re.DOTALL)
    lines = re.findall(r'<input[^>]* name="([a-z_]+(?:\.[a-z-]+)?)"[^>]* value="([^"]*)"', page)
    return {name: unescape(value) for name, value in [*lines, *areas] if name != "csrf_token"}


def save(browser: Browser, part: str, **typed: str) -> str:
    """Change some fields of a page; what the page says then."""
    page = browser.get(f"{DOG}/texte/{part}")
    there = texts(page.text)
    fields = {field: there[field] for field in fields_of(part)}
    changed = {name.replace("__", "."): text for name, text in typed.items()}
    return browser.follow(browser.submit(page, {**fields, **changed}, f"/texte/{part}")).text


def test_services_are_found_by_words_and_kind_page_by_page(district_admin: Browser) -> None:
    page = district_admin.get("/de/katalog/").text
    assert "150 Einträge" in page
    assert page.count('href="/de/katalog/') > 40
    assert "abfallkalender" in page
    last = district_admin.get("/de/katalog/?seite=4").text
    assert "abfallkalender" not in last
    assert last.count('href="/de/katalog/') > 20
    found = district_admin.get("/de/katalog/?q=hundest").text
    assert 'href="/de/katalog/hund-anmelden"' in found
    assert "baugenehmigung" not in found
    forms = district_admin.get("/de/katalog/?art=form&q=hund-anmelden").text
    assert "1 Eintrag" in forms
    assert district_admin.get("/de/katalog/?seite=99").status_code == 200


def test_from_a_changed_text_to_all_portals_and_back(
    operator: Browser, client: Client, superuser: psycopg.Connection
) -> None:
    portal, wanted = client("vechta.localhost"), "Die Anmeldung kostet 3 Euro & ein Lächeln."
    before = texts(operator.get(f"{DOG}/texte/cost").text)["fees.de"]
    said = save(operator, "cost", fees__de=wanted)
    assert "Im Entwurf gespeichert." in said
    assert "Diese Zahlen stehen nur in einer der beiden Sprachen: 3" in said
    assert "Es gibt einen Entwurf, den noch niemand sieht" in operator.get(DOG).text
    assert "ein Lächeln" not in portal.get("/de/leistungen/hund-anmelden").text
    seen = operator.get(f"{DOG}/vorschau").text
    assert "3 Euro &amp; ein Lächeln" in seen
    assert "Register a dog" in operator.get(f"{DOG}/vorschau?sprache=en").text
    assert "Schwere Wörter" in operator.get(f"{DOG}/vorschau?sprache=de-simple").text
    changes = operator.get(f"{DOG}/aenderungen")
    assert "<ins>" in changes.text
    assert "<del>" in changes.text
    done = operator.follow(operator.submit(changes, action="/veroeffentlichen")).text
    assert "Veröffentlicht. So steht es jetzt in allen Portalen." in done
    assert "3 Euro &amp; ein Lächeln" in portal.get("/de/leistungen/hund-anmelden").text
    history = operator.get(f"{DOG}/verlauf/").text
    assert "Fassung 2" in history
    assert "Kosten (Deutsch)" in history
    old = operator.get(f"{DOG}/verlauf/1")
    assert before[:40] in unescape(old.text)
    back = operator.follow(operator.submit(old, action="/zurueck")).text
    assert "Fassung 1 gilt wieder." in back
    assert "ein Lächeln" not in portal.get("/de/leistungen/hund-anmelden").text
    log = operator.get("/de/protokoll/").text
    assert "Leistung veröffentlicht: Hund anmelden" in log
    assert "Frühere Fassung einer Leistung zurückgeholt: Hund anmelden" in log
    rows = superuser.execute("SELECT origin, staff_id IS NULL FROM catalogue_releases ORDER BY id").fetchall()
    assert rows == [("files", True), ("edit", False), ("back", False)]


def test_what_is_wrong_is_kept_and_told_at_its_field(operator: Browser) -> None:
    page = save(operator, "name", short__en="", name__de="")
    assert 'href="#short-en"' in page
    assert "Schreiben Sie den Text auch auf Englisch." in page
    changes = operator.get(f"{DOG}/aenderungen").text
    assert "veroeffentlichen" not in changes
    assert f'href="{DOG}/texte/name#short-en"' in changes
    assert "Die Vorschau geht erst" in operator.get(f"{DOG}/vorschau").text
    # The first name that it has is shown for want of another one.
    assert "2 Fehler sind noch zu beheben." in operator.get(DOG).text


def test_two_editors_at_once_lose_nothing(operator: Browser) -> None:
    page = operator.get(f"{DOG}/texte/cost")
    fields = {field: texts(page.text)[field] for field in fields_of("cost")}
    save(operator, "cost", fees__de="Sieben Euro.")
    late = operator.submit(page, {**fields, "fees.de": "Acht Euro."}, "/texte/cost")
    assert late.status_code == 409
    assert "Inzwischen hat jemand anderes diese Texte geändert" in late.text
    assert texts(late.text)["fees.de"] == "Acht Euro."
    assert "Sieben " in late.text
    again = operator.submit(late, {**fields, "fees.de": "Acht Euro."}, "/texte/cost")
    assert again.status_code == 303
    assert texts(operator.get(f"{DOG}/texte/cost").text)["fees.de"] == "Acht Euro."


def test_what_cannot_be_kept_is_given_back(operator: Browser) -> None:
    page = operator.get(f"{DOG}/texte/cost")
    fields = {field: texts(page.text)[field] for field in fields_of("cost")}
    refused = operator.submit(page, {**fields, "fees.de": "a\x07b", "deadlines.de": "Bald."}, "/texte/cost")
    assert refused.status_code == 422
    assert 'href="#fees-de"' in refused.text
    assert texts(refused.text)["deadlines.de"] == "Bald."


def test_of_two_who_publish_the_second_looks_again(operator: Browser) -> None:
    save(operator, "cost", fees__de="Sieben Euro.")
    seen = operator.get(f"{DOG}/aenderungen")
    save(operator, "cost", fees__de="Acht Euro.")
    late = operator.submit(seen, action="/veroeffentlichen")
    assert late.status_code == 409
    assert "Acht" in late.text
    late = operator.follow(operator.submit(seen, action="/verwerfen"))
    assert "Inzwischen hat jemand etwas geändert." in late.text
    assert "Acht" in late.text
    gone = operator.submit(operator.get(f"{DOG}/aenderungen"), action="/verwerfen")
    assert "Der Entwurf ist verworfen." in operator.follow(gone).text
    assert operator.submit(seen, action="/veroeffentlichen").status_code == 404


def test_saving_leads_on_from_page_to_page(operator: Browser) -> None:
    for part, following in (("name", "/texte/content"), ("law", "/hund-anmelden")):
        page = operator.get(f"{DOG}/texte/{part}")
        fields = {field: texts(page.text)[field] for field in fields_of(part)}
        answer = operator.submit(page, {**fields, "weiter": "ja"}, f"/texte/{part}")
        assert answer.headers["Location"].endswith(following)
    # Nothing was changed, so there is no draft.
    assert "Es gibt keinen Entwurf" in operator.get(f"{DOG}/aenderungen").text


def test_a_district_admin_reads_and_changes_nothing(district_admin: Browser, operator: Browser) -> None:
    save(operator, "cost", fees__de="Geheimer Entwurf.")
    page = district_admin.get(DOG)
    assert "Den Hund anmelden" in page.text
    assert "/texte/" not in page.text
    assert "Geheimer Entwurf" not in page.text
    assert "Entwurf</span>" not in district_admin.get("/de/katalog/?q=hund+anmelden").text
    assert "zurueck" not in district_admin.get(f"{DOG}/verlauf/1").text
    for path in ("texte/cost", "aenderungen", "vorschau"):
        assert district_admin.get(f"{DOG}/{path}").status_code == 403


@pytest.mark.parametrize(
    "path", ["gibt-es-nicht", "hund-anmelden/texte/xyz", "hund-anmelden/verlauf/99", "gibt-es-nicht/verlauf/"]
)
def test_what_is_not_there_is_not_found(operator: Browser, path: str) -> None:
    assert operator.get(f"/de/katalog/{path}").status_code == 404
