"""What a first view weighs: everything that comes over the wire to somebody who was never here before."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.cases.house import House
from tests.journeys.pages.conftest import TOWNS
from tests.journeys.stage import Stage
from tests.support.pictures import heavy_picture, show_picture

pytestmark = pytest.mark.browser

LIGHT = 100_000
PICTURE = 42_000
PAGES = [
    "/de/",
    "/de/leistungen/hund-anmelden",
    "/de/antrag/hund-anmelden/start",
    "/de/themen",
    "/en/suche?q=dog",
]


@pytest.mark.parametrize("town", TOWNS)
@pytest.mark.parametrize("path", PAGES)
def test_a_first_view_is_light(chromium: Browser, stage: Stage, town: str, path: str) -> None:
    came, packed = _looked_at(chromium, stage.portal(town, path))
    assert sum(came.values()) <= LIGHT, came
    assert len(came) >= 4, "page, two style sheets and script"
    for url, encoding in packed.items():
        if url.endswith((".css", ".js")):
            assert encoding in ("br", "gzip"), url


def test_a_picture_of_the_town_leaves_it_light(chromium: Browser, stage: Stage, house: House) -> None:
    show_picture(house, "lohne", heavy_picture())
    stage.seconds_until(lambda: "/picture." in stage.read("lohne"))
    came, _ = _looked_at(chromium, stage.portal("lohne"))
    pictures = [size for url, size in came.items() if "/picture." in url]
    assert len(pictures) == 1 and 20_000 < pictures[0] <= PICTURE, came
    assert sum(came.values()) <= LIGHT, came


def _looked_at(chromium: Browser, address: str) -> tuple[dict[str, float], dict[str, str]]:
    """What came over the wire, in bytes, and how it was packed, by address."""
    context = chromium.new_context()
    page = context.new_page()
    wire = context.new_cdp_session(page)
    came: dict[str, float] = {}
    names: dict[str, str] = {}
    packed: dict[str, str] = {}

    def answered(event: dict[str, Any]) -> None:
        answer = event["response"]
        names[event["requestId"]] = answer["url"]
        packed[answer["url"]] = answer["headers"].get("Content-Encoding", "")

    def finished(event: dict[str, Any]) -> None:
        came[names[event["requestId"]]] = event["encodedDataLength"]

    wire.on("Network.responseReceived", answered)
    wire.on("Network.loadingFinished", finished)
    wire.send("Network.enable")
    page.goto(address, wait_until="networkidle")
    context.close()
    return came, packed
