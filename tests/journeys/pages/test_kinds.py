"""Every kind of page, in every language, both colour schemes and both themes, as it is served.

Each is visited in German, whose words are the longest. Other languages are at another town, so that all is seen in
both themes: some of their pages each time, all of them by ``make a11y``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import pytest
from _pytest.mark.structures import ParameterSet

from kreisportal.app import create_app
from tests.cases.house import House
from tests.journeys.pages import (
    kinds_account,
    kinds_applicant,
    kinds_catalogue,
    kinds_desk,
    kinds_identities,
    kinds_mandates,
    kinds_portal,
    kinds_region,
    kinds_takeout,
)
from tests.journeys.pages.cast import Cast
from tests.journeys.pages.inspection import Inspector, Kind

pytestmark = pytest.mark.browser

Kinds = Callable[[Cast], Iterator[Kind]]
Inspecting = Callable[..., AbstractContextManager[Inspector]]
EVERYBODYS: list[Kinds] = [kinds_portal.reading, kinds_portal.services, kinds_portal.applying]
APPLICANTS: list[Kinds] = [
    kinds_applicant.forms,
    kinds_applicant.following,
    kinds_account.signing_in,
    kinds_mandates.acting,
]
ACCOUNT: list[Kinds] = [
    kinds_account.account,
    kinds_mandates.mandates,
    kinds_takeout.takeouts,
    kinds_identities.identities,
]
NO_PAGES = {
    "portal.suggest",
    "sso.start",
    "account_openid.start",
    "account_takeout.download",
    "status.copy",
    "status.document",
    "status.letter",
    "status.receipt_keys",
    "cases_desk.copy",
    "cases_desk.document",
    "cases_desk.letter",
    *("figures_admin.as_csv_file", "figures_admin.as_xlsx_file"),
    *("look_admin.colour_css", "region_lists.report", "region_catalogue_files.export"),
}
"""What stands under a language too but is a file, data or only leads elsewhere."""
DESK: list[Kinds] = [kinds_desk.access, kinds_desk.work]
REGION: list[Kinds] = [kinds_region.region, kinds_catalogue.catalogue]


SAMPLE = 5
"""Of the pages in other languages than German every fifth is looked at each time."""


def visits(kinds: list[Kinds], **towns: str) -> list[ParameterSet]:
    """All kinds in the languages given, each at its town: (kinds, language, town, every how many of them)."""
    found = []
    for each in kinds:
        for language, town in towns.items():
            visit = (each, language.replace("_", "-"), town)
            if language == "de":
                found.append(pytest.param(*visit, 1))
            else:
                found += [
                    pytest.param(*visit, SAMPLE),
                    pytest.param(*visit, 1, marks=pytest.mark.slow_a11y),
                ]
    return found


@pytest.mark.parametrize(
    ("kinds", "language", "town", "every"),
    [
        *visits(EVERYBODYS, de="vechta", en="cloppenburg", de_simple="vechta"),
        # What is only seen after applying has no words of its own in plain language.
        *visits(APPLICANTS, de="cloppenburg", en="vechta"),
    ],
)
def test_portal(
    look_closely: Inspecting, cast: Callable[[str], Cast], town: str, kinds: Kinds, language: str, every: int
) -> None:
    with look_closely() as inspector:
        for number, kind in enumerate(kinds(cast(town))):
            inspector.visit(kind, number % every == 0, f"{town}.localhost", language)


@pytest.mark.parametrize(("kinds", "language", "town", "every"), visits(DESK, de="vechta", en="cloppenburg"))
def test_desk(
    look_closely: Inspecting, cast: Callable[[str], Cast], town: str, kinds: Kinds, language: str, every: int
) -> None:
    with look_closely() as inspector:
        for number, kind in enumerate(kinds(cast(town))):
            inspector.visit(kind, number % every == 0, f"verwaltung.{town}.localhost", language)


def test_every_page_of_the_program_is_of_a_kind(house: House, cast: Callable[[str], Cast]) -> None:
    """A new page fails this until it is among the kinds that are looked at."""
    urls = create_app(house.program).url_map
    sites = {"portal": [*EVERYBODYS, *APPLICANTS], "desk": DESK, "account": ACCOUNT, "region": REGION}
    looked_at = {
        urls.bind("all.localhost", subdomain=site)
        .match(f"/de{kind.path.partition('?')[0]}")[0]
        .replace("region_staff", "staff")
        for site, groups in sites.items()
        for kinds in groups
        for kind in kinds(cast("vechta"))
        if kind.name != "not found"
    }
    pages = {
        # The pages of signing in and of one's access are those of a desk.
        str(rule.endpoint).replace("region_staff", "staff")
        for rule in urls.iter_rules()
        if rule.subdomain in sites and "GET" in (rule.methods or ()) and "<language:lang>" in rule.rule
    }
    assert pages - looked_at == NO_PAGES


@pytest.mark.parametrize(("kinds", "language", "town", "every"), visits(REGION, de="vechta", en="vechta"))
def test_region(
    look_closely: Inspecting, cast: Callable[[str], Cast], town: str, kinds: Kinds, language: str, every: int
) -> None:
    with look_closely() as inspector:
        for number, kind in enumerate(kinds(cast(town))):
            inspector.visit(kind, number % every == 0, "region.localhost", language)


@pytest.mark.parametrize(
    ("kinds", "language", "town", "every"), visits(ACCOUNT, de="vechta", en="cloppenburg")
)
def test_account(
    look_closely: Inspecting, cast: Callable[[str], Cast], town: str, kinds: Kinds, language: str, every: int
) -> None:
    with look_closely() as inspector:
        for number, kind in enumerate(kinds(cast(town))):
            inspector.visit(kind, number % every == 0, "konto.localhost", language)
