"""The kinds of pages of the region's catalogue: what there is, a service being changed, its history, files, additions,
and bundles of services.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from playwright.sync_api import Page
from psycopg.types.json import Jsonb

from kreisportal.catalogue.files import Entry
from kreisportal.catalogue.publishing import entry_in_force, publish_one
from kreisportal.kernel.database.context import REGION
from tests.journeys.pages.cast import Cast
from tests.journeys.pages.cast_region import RegionCast
from tests.journeys.pages.inspection import Kind, press

_SERVICE = "abfallkalender"
_PAGE = f"/katalog/{_SERVICE}"


def catalogue(cast: Cast) -> Iterator[Kind]:
    """A service of which a draft lacks a text and has a long one, and whose fees were changed once."""
    people = RegionCast(cast.house)
    mine = people.session()
    _change_once(people)
    yield Kind("preview of a service", f"{_PAGE}/vorschau?sprache=de-simple", mine)
    _draft(people)
    yield Kind("catalogue", "/katalog/", mine)
    yield Kind("service of the catalogue", _PAGE, mine)
    yield Kind("texts of a service with errors", f"{_PAGE}/texte/name", mine)
    yield Kind("changes of a service", f"{_PAGE}/aenderungen", mine, act=_ask_first)
    yield Kind("history of a service", f"{_PAGE}/verlauf/", mine)
    yield Kind("earlier version of a service", f"{_PAGE}/verlauf/1", mine, act=_ask_first)
    yield Kind("files of the catalogue with errors", "/katalog-dateien/", mine, 422, press)
    yield Kind("addition of a district", f"{_PAGE}/ergaenzung/landkreis-vechta", mine)
    yield Kind("bundles", "/pakete/", mine)
    yield Kind("bundle being changed", "/pakete/1/aendern", mine)
    yield Kind("bundle with errors", "/pakete/neu", mine, 422, press)
    yield Kind("what a bundle would change", "/pakete/1", mine, act=_open_all)


def _change_once(people: RegionCast) -> None:
    """Its fees are others since its first version."""
    with people.database.transaction(REGION) as session:
        now = entry_in_force(session, "service", _SERVICE)
        if now.version == 1:
            changed: dict[str, Any] = {**now.data, "fees": {"de": "Das kostet nichts.", "en": "It is free."}}
            publish_one(session, Entry("service", _SERVICE, changed), None, "edit")


def _draft(people: RegionCast) -> None:
    typed = {"name.en": "", "short.de": "Viele Wörter " * 20, "fees.de": "Das kostet jetzt 3 Euro."}
    people.house.superuser.execute(
        "INSERT INTO catalogue_drafts VALUES (%s, 2, %s, NULL, now()) ON CONFLICT DO NOTHING",
        [_SERVICE, Jsonb(typed)],
    )


def _open_all(page: Page) -> None:
    for each in page.locator("main details > summary").all():
        each.click()


def _ask_first(page: Page) -> None:
    page.locator("details.kp-confirm summary").first.click()
