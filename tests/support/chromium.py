"""The real browser."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright

FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]


def whole_browser() -> str | None:
    """The path of a browser as people have it: KREISPORTAL_BROWSER names it, or it is on the path. None: Playwright's."""
    return os.environ.get("KREISPORTAL_BROWSER") or shutil.which("chromium") or shutil.which("google-chrome")


def quick_browser() -> str | None:
    """The path of Debian's Chromium without windows, else of the whole one.

    It shows pages in the same way, in two thirds of the time, but has no settings: it takes third parties' cookies.
    """
    return shutil.which("chromium-headless-shell") or whole_browser()


@contextmanager
def started(path: str | None) -> Iterator[Browser]:
    """A browser."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()
