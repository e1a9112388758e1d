"""The region in figures: what is counted, and for whom."""

from __future__ import annotations

import re

import psycopg

from kreisportal.web.program import Program
from tests.region.conftest import Region

PATH = "/de/zahlen/"
_CASE = (
    "INSERT INTO cases (tenant_id, id, number, via_tenant_id, service_key, form_key, form_version, language,"
    " draft_revision, secret_digest, receipt, state, received_at, due_on, events, last_hash) VALUES (%s,"
    " gen_random_uuid(), %s, %s, 's', 'f', 1, 'de', 1, %s, '-', 'new', now() - make_interval(days => %s), now(), 0, '')"
)


def rows_of(page: str, caption: str) -> dict[str, list[str]]:
    """A table's rows by their heading."""
    table = page.split(f"<caption>{caption}</caption>")[1].split("</table>")[0]
    found = {}
    for row in table.split("<tr>")[2:]:
        heading = re.findall(r'scope="row">(.*?)</th>', row)[0]
        found[heading] = re.findall(r"<td[^>]*>(.*?)</td>", row)
    return found


def test_open_cases_are_counted_by_their_age(
    region_host: Region, superuser: psycopg.Connection, program: Program
) -> None:
    by_slug = program.keeper.current.registry.by_slug
    assert "Es gibt keine offenen Vorgänge." in region_host().get(PATH).text
    for slug, ages in (("vechta", (1, 6, 8, 40)), ("cloppenburg", (29,))):
        for age in ages:
            number = f"{slug}-{age}"
            superuser.execute(_CASE, (by_slug[slug], number, by_slug[slug], number.encode(), age))
    page = region_host().get(PATH).text
    rows = rows_of(page, "Offene Vorgänge nach Kommune und Alter")
    assert rows == {
        "Stadt Vechta": ["2", "1", "1", "4", "seit 40 Tagen"],
        "Stadt Cloppenburg": ["0", "1", "0", "1", "seit 29 Tagen"],
    }
    chart = page.split("<svg")[2].split("</svg>")[0]
    assert chart.count("<rect") == 4 and "Stadt Vechta" in chart
    assert "vechta-40" not in page, "of a case nothing is told but that there is one"
    own = region_host("landkreis-cloppenburg").get(PATH).text
    assert list(rows_of(own, "Offene Vorgänge nach Kommune und Alter")) == ["Stadt Cloppenburg"]


def test_towns_are_counted_by_their_state(region_host: Region, program: Program) -> None:
    registry = program.keeper.current.registry
    rows = rows_of(region_host().get(PATH).text, "Kommunen nach ihrem Stand")
    open_now = sum(tenant.on_line for tenant in registry.tenants.values())
    assert rows["offen"] == [str(open_now)]
    assert rows["ohne Portal"] == [str(len(registry.tenants) - open_now)]
    assert rows["pausiert"] == ["0"]
