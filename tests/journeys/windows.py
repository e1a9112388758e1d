"""Browser windows as people have them: a phone or a desktop, light or dark, with or without JavaScript."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from random import randrange
from typing import Literal
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Locator, Page, expect

PHONE, DESKTOP, NARROW = (360, 740), (1280, 800), (320, 640)
Mode = Literal["light", "dark"]
PATIENCE = 60_000
"""Milliseconds that a page, or a thing on it, may take to come on a machine that does much else. Nothing waits longer
than it must."""

expect.set_options(timeout=PATIENCE)


@contextmanager
def opened(
    browser: Browser,
    *,
    size: tuple[int, int] = DESKTOP,
    script: bool = True,
    mode: Mode = "light",
    expected: tuple[str, ...] = (),
) -> Iterator[Page]:
    """A window of a person who has nothing to do with those of the other windows.

    Fails at the end if a page complained in the console or asked another host. ``expected`` are words of
    complaints that belong to the journey, e.g. of an answer with status 422.
    """
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        java_script_enabled=script,
        color_scheme=mode,
        locale="de-DE",
        accept_downloads=True,
        extra_http_headers={"X-Forwarded-For": f"10.0.{randrange(256)}.{randrange(1, 255)}"},
    )
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda said: faults.append(said.text) if said.type in ("error", "warning") else None)
    page.on(
        "request",
        lambda request: (
            faults.append(f"asked another host: {request.url}") if is_foreign(request.url) else None
        ),
    )
    yield page
    context.close()
    faults = [fault for fault in faults if not any(words in fault for words in expected)]
    assert faults == [], faults


def follow(link: Locator) -> None:
    """Click a link, or the button of a form, and come back when the page it leads to is there.

    A click alone comes back when it was made: on a busy machine what is done next would still meet the old page.
    """
    with link.page.expect_navigation():
        link.click()


def is_foreign(url: str) -> bool:
    """Whether an address leads to somebody else."""
    parts = urlsplit(url)
    return parts.scheme in ("http", "https") and not (parts.hostname or "").endswith("localhost")
