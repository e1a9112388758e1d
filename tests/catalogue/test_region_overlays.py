"""What a district says to a service, changed on the region's host: on its towns' portals at once, and by whom not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from kreisportal.kernel.database.context import REGION
from kreisportal.kernel.paths import shipped
from kreisportal.staff.sign_in import Locksmith
from kreisportal.tenancy.definition_region import read_tenants
from kreisportal.tenancy.importing import import_tenant
from kreisportal.web.program import Program
from tests.support.browser import Browser
from tests.support.server import DatabaseCopy
from tests.support.staff import add_region_person, sign_in

SERVICE = "abfallkalender"
PAGE = f"/de/katalog/{SERVICE}/ergaenzung/landkreis-vechta"
EMPTY = dict.fromkeys(("fee_de", "fee_en", "text_de", "text_en"), "")
Client = Callable[..., Browser]


@pytest.fixture(scope="module")
def superuser(region: DatabaseCopy) -> Iterator[psycopg.Connection]:
    """Looks behind row security."""
    with region.superuser() as connection:
        yield connection


@pytest.fixture
def someone(program: Program, locksmith: Locksmith, client: Client) -> Callable[[str | None], Browser]:
    """Makes browsers with an operator, or the admin of the district that is named."""

    def signed_in(district: str | None) -> Browser:
        tenant_id = program.keeper.current.registry.by_slug[district] if district else None
        browser = client("region.localhost")
        person = add_region_person(program.database, locksmith, tenant_id)
        assert sign_in(browser, person).status_code == 303
        return browser

    return signed_in


def test_a_district_admin_says_something_on_all_portals_of_the_district(
    someone: Callable[..., Browser], client: Client, superuser: psycopg.Connection, program: Program
) -> None:
    browser = someone("landkreis-vechta")
    service = browser.get(f"/de/katalog/{SERVICE}").text
    assert f'href="{PAGE}"' in service
    assert "/ergaenzung/landkreis-cloppenburg" not in service
    said = {**EMPTY, "text_de": "Am **Freitag** kommt der Wagen.", "text_en": "The lorry comes on Friday."}
    done = browser.follow(browser.submit(browser.get(PAGE), said, PAGE)).text
    assert "Gespeichert." in done
    address = f"/de/leistungen/{SERVICE}"
    assert "<strong>Freitag</strong>" in client("vechta.localhost").get(address).text
    assert "<strong>Freitag</strong>" not in client("cloppenburg.localhost").get(address).text
    row = superuser.execute(
        "SELECT t.slug, a.action, a.subject_id FROM audit_entries a JOIN tenants t ON t.id = a.tenant_id"
        " ORDER BY a.id DESC LIMIT 1"
    ).fetchone()
    assert row == ("landkreis-vechta", "overlay-changed", SERVICE)
    assert "Ergänzung des Landkreises geändert" in browser.get("/de/protokoll/").text
    # Reading the district's files in again does not undo it.
    (definition,) = [each for each in read_tenants(shipped("tenants")) if each.slug == "landkreis-vechta"]
    with program.database.transaction(REGION) as session:
        import_tenant(session, definition)
    program.keeper.renew()
    assert "<strong>Freitag</strong>" in client("vechta.localhost").get(address).text
    browser.submit(browser.get(PAGE), EMPTY, PAGE)
    assert "<strong>Freitag</strong>" not in client("vechta.localhost").get(address).text


def test_what_is_wrong_is_told_at_its_field(someone: Callable[..., Browser]) -> None:
    browser = someone("landkreis-vechta")
    refused = browser.submit(
        browser.get(PAGE), {**EMPTY, "text_de": "Nur deutsch", "fee_en": "x" * 201}, PAGE
    )
    assert refused.status_code == 422
    assert "Nur deutsch</textarea>" in refused.text
    for field in ("text_en", "fee_en", "fee_de"):
        assert f'href="#{field}"' in refused.text


def test_two_at_once_lose_nothing(someone: Callable[..., Browser]) -> None:
    browser, other = someone("landkreis-vechta"), someone(None)
    page = browser.get(PAGE)
    other.submit(other.get(PAGE), {**EMPTY, "text_de": "Anders.", "text_en": "Other."}, PAGE)
    late = browser.submit(page, {**EMPTY, "text_de": "Meins.", "text_en": "Mine."}, PAGE)
    assert late.status_code == 409
    assert "Meins.</textarea>" in late.text
    assert "Anders." in late.text
    assert browser.submit(late, {**EMPTY, "text_de": "Meins.", "text_en": "Mine."}, PAGE).status_code == 303
    browser.submit(browser.get(PAGE), EMPTY, PAGE)


@pytest.mark.parametrize("slug", ["landkreis-cloppenburg", "vechta", "gibt-es-nicht"])
def test_another_district_or_a_town_is_not_found(someone: Callable[..., Browser], slug: str) -> None:
    browser = someone("landkreis-vechta")
    path = str(Path(PAGE).parent / slug)
    assert browser.get(path).status_code == 404
    token = browser.get(PAGE).text.partition('name="csrf_token" value="')[2].partition('"')[0]
    assert (
        browser.post(path, {**EMPTY, "text_de": "x", "text_en": "x", "csrf_token": token}).status_code == 404
    )
