"""Looking at one page as it is served: axe in both colour schemes, fits narrow phones, no complaints.

All of it happens in one visit, because loading pages is what takes the time.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from random import randrange
from typing import Any

from playwright.sync_api import Browser, ConsoleMessage, Page, Response

from kreisportal.kernel.paths import project_folder
from tests.journeys.pages import scripts
from tests.journeys.windows import PATIENCE, follow, is_foreign

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
COLOURS = ["color-contrast", "link-in-text-block"]
"""The rules that look at colours. In the other scheme the elements and their texts are the same."""
FRAME = ("body > header", "body > footer")
"""The parts of a page that are the same on many; each is looked at once."""
WIDTHS = (360, 320)
SESSION = "__Host-session"

Validator = Callable[[str], list[str]]
"""Tells what is wrong with a page's HTML."""


@cache
def _axe_source() -> str:
    return (project_folder() / "node_modules/axe-core/axe.min.js").read_text("utf-8")


@dataclass(frozen=True)
class Kind:
    """A kind of page and the way to it.

    ``path`` is what follows the language. ``session`` is a session's token, ``act`` is what leads on from the page at
    the path, e.g. pressing its button. ``status`` is that of the page that is looked at in the end, ``before`` that of
    answers on the way there.
    """

    name: str
    path: str
    session: str = ""
    status: int = 200
    act: Callable[[Page], object] | None = None
    before: int = 200


@dataclass
class Inspector:
    """Looks at pages and keeps what is wrong with them."""

    page: Page
    port: int
    validated: Validator
    frames: set[str] = field(default_factory=set)
    findings: list[str] = field(default_factory=list)
    seen: int = 0
    _said: list[ConsoleMessage] = field(default_factory=list)
    _asked: list[str] = field(default_factory=list)
    _answer: Response | None = None
    _width: int = WIDTHS[0]

    def __post_init__(self) -> None:
        self.page.on("console", lambda said: self._said.append(said))
        self.page.on("pageerror", lambda error: self.findings.append(f"{self.page.url}: {error}"))
        self.page.on("request", lambda request: self._asked.append(request.url))
        self.page.on("response", self._note)

    def _note(self, response: Response) -> None:
        """Remember what the page was made of: its script sends forms with files by itself."""
        if response.request.is_navigation_request() or response.request.method == "POST":
            self._answer = response

    def visit(self, kind: Kind, closely: bool, host: str, language: str) -> None:
        """Look at a page, or only do there what leads on, since the next ones build on it."""
        if closely:
            self.look(kind, host, language)
        elif kind.act:
            self._go(kind, host, language)

    def look(self, kind: Kind, host: str, language: str = "") -> None:
        """Visit a page and check everything about it."""
        self._go(kind, host, language)
        self.check(f"{kind.name} ({language or host})", kind.status, kind.before)

    def _go(self, kind: Kind, host: str, language: str) -> None:
        self.page.context.clear_cookies()
        if kind.session:
            cookie: Any = {"name": SESSION, "value": kind.session, "url": f"https://{host}/", "secure": True}
            self.page.context.add_cookies([cookie])
        self._said.clear()
        self._asked.clear()
        self.page.goto(f"http://{host}:{self.port}{'/' if language else ''}{language}{kind.path}")
        if kind.act:
            kind.act(self.page)

    def check(self, name: str, status: int = 200, before: int = 200) -> None:
        """Check the page that is open."""
        found = [*self._served(status), *self._fits(*WIDTHS)]
        # What is folded away is looked at too; its summary stays as it was.
        if self.page.evaluate(scripts.UNFOLD):
            found += self._fits(WIDTHS[-1])
        frame: str = self.page.evaluate(scripts.FRAME, FRAME)
        known = FRAME if frame in self.frames else ()
        found += self.axe(without=known)
        found += self.page.evaluate(scripts.TWICE)
        found += self.colours(without=known)
        self.frames.add(frame)
        found += self._heard(status, before)
        self.seen += 1
        self.findings += [f"{name}: {each}" for each in dict.fromkeys(found)]

    def axe(self, rules: Iterable[str] = (), part: str = "html", without: Iterable[str] = ()) -> list[str]:
        """What axe finds: by all rules of WCAG 2.2 AA and of good practice, or by some; on the page or in a part,
        ``without`` some of it.
        """
        found: list[str] = self.page.evaluate(scripts.AXE, [RULES, list(rules), part, list(without)])
        return found

    def colours(self, without: Iterable[str] = ()) -> list[str]:
        """What axe finds in the colours of the dark scheme."""
        self.page.emulate_media(color_scheme="dark")
        found = [f"dark: {each}" for each in self.axe(COLOURS, without=without)]
        self.page.emulate_media(color_scheme="light")
        return found

    def _served(self, status: int) -> Iterator[str]:
        answer = self._answer
        assert answer is not None
        if answer.status != status:
            yield f"answered {answer.status} instead of {status} at {answer.url}"
        yield from self.validated(answer.text())

    def _fits(self, *widths: int) -> Iterator[str]:
        # Each other width is laid out anew: begin with the one that is there.
        for width in sorted(widths, key=lambda each: each != self._width):
            if width != self._width:
                self.page.set_viewport_size({"width": width, "height": 740})
                self._width = width
            if (wide := self.page.evaluate("document.documentElement.scrollWidth")) > width:
                yield f"{wide} wide at {width}: {self.page.evaluate(scripts.WIDEST, width)}"

    def _heard(self, *statuses: int) -> Iterator[str]:
        """What was said in the console or asked of others; that an answer had its status is no complaint."""
        expected = [f"status of {status} " for status in statuses]
        for said in self._said:
            if said.type in ("error", "warning") and not any(words in said.text for words in expected):
                yield f"console: {said.text}"
        for url in self._asked:
            if is_foreign(url):
                yield f"asked another host: {url}"


@contextmanager
def inspecting(
    browser: Browser, port: int, validated: Validator, frames: set[str], locale: str = "de-DE"
) -> Iterator[Inspector]:
    """An inspector with a window of its own. Fails at the end with all that was found, not with the first of it.

    ``frames`` are what was looked at around pages before.
    """
    context = browser.new_context(
        viewport={"width": WIDTHS[0], "height": 740},
        color_scheme="light",
        reduced_motion="reduce",
        locale=locale,
        extra_http_headers={"X-Forwarded-For": f"10.{randrange(256)}.{randrange(256)}.{randrange(1, 255)}"},
    )
    context.set_default_timeout(PATIENCE)
    # It comes by the developer protocol, which the content security policy does not bind.
    context.add_init_script(_axe_source())
    looking = Inspector(context.new_page(), port, validated, frames)
    yield looking
    context.close()
    assert looking.findings == [], "\n".join(looking.findings)


@contextmanager
def validating() -> Iterator[Validator]:
    """A validator of HTML, in a process of its own."""
    command: list[Any] = ["node", Path(__file__).with_name("validator.mjs")]
    command.append(project_folder() / "themes/base/htmlvalidate.json")
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        asked, told = process.stdin, process.stdout
        assert asked is not None and told is not None

        def validated(page: str) -> list[str]:
            print(json.dumps(page), file=asked, flush=True)
            found: list[str] = json.loads(told.readline())
            return found

        yield validated
        asked.close()


def press(page: Page) -> None:
    """Press the main button of the page's first form that is seen."""
    follow(page.locator("main form button.kern-btn--primary:visible").first)
