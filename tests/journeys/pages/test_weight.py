"""What a first view weighs: everything that comes over the wire to somebody who was never here before."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.journeys.pages.conftest import TOWNS
from tests.journeys.stage import Stage

pytestmark = pytest.mark.browser

LIGHT = 100_000
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
    context = chromium.new_context()
    page = context.new_page()
    wire = context.new_cdp_session(page)
    came: list[tuple[str, float]] = []
    names: dict[str, str] = {}
    packed: dict[str, str] = {}

    def answered(event: dict[str, Any]) -> None:
        answer = event["response"]
        names[event["requestId"]] = answer["url"]
        packed[answer["url"]] = answer["headers"].get("Content-Encoding", "")

    def finished(event: dict[str, Any]) -> None:
        came.append((names[event["requestId"]], event["encodedDataLength"]))

    wire.on("Network.responseReceived", answered)
    wire.on("Network.loadingFinished", finished)
    wire.send("Network.enable")
    page.goto(stage.portal(town, path), wait_until="networkidle")
    context.close()
    assert sum(size for _, size in came) <= LIGHT, came
    assert len(came) >= 4, "page, two style sheets and script"
    for url, encoding in packed.items():
        if url.endswith((".css", ".js")):
            assert encoding in ("br", "gzip"), url
