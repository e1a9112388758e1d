"""Looking at one page as it is served: axe in both colour schemes, fits narrow phones, asks nobody else, no complaints.

All of it happens in one visit, because loading pages is what takes the time. What was served is kept as a file, for
the validator to look at all of them at once.
"""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import randrange
from typing import Any

from playwright.sync_api import Browser, ConsoleMessage, Page, Response, expect

from kreisportal.kernel.paths import project_folder
from tests.journeys.windows import PATIENCE, is_foreign

AXE = project_folder() / "node_modules/axe-core/axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
COLOURS = ["color-contrast", "link-in-text-block"]
"""The rules that look at colours: the other scheme has the same elements."""
WIDTHS = (320, 360)
SESSION = "__Host-session"

_RUN = """async ([tags, rules]) => {
  const found = await axe.run(document, {
    runOnly: rules.length ? {type: "rule", values: rules} : {type: "tag", values: tags},
    resultTypes: ["violations"], preload: false,
  });
  return found.violations.flatMap((each) =>
    each.nodes.map((node) => `${each.id}: ${node.target} ${node.failureSummary}`));
}"""
_UNFOLD = """() => {
  const parts = document.querySelectorAll("main details");
  for (const part of parts) {
    part.removeAttribute("name");
    part.open = true;
  }
  return parts.length;
}"""
_TWICE = """() => [...document.forms].flatMap((form) => {
  const alone = [...form.elements].filter((each) =>
    each.name && !["radio", "checkbox", "submit", "button", "fieldset"].includes(each.type) &&
    !(each.type === "hidden" && form.elements[each.name] instanceof RadioNodeList &&
      [...form.elements[each.name]].some((other) => other.type === "file")));
  const names = alone.map((each) => each.name);
  return names.filter((name, place) => names.indexOf(name) !== place).map((name) => `two inputs ${name}`);
})"""
"""Names that stand twice in a form, other than a file's beside those of the files that are stored already."""
_WIDE = "document.documentElement.scrollWidth"
_WIDEST = """(width) => [...document.querySelectorAll("body *")]
  .filter((each) => each.getBoundingClientRect().right > width)
  .filter((each, _, all) => !all.some((other) => other !== each && each.contains(other)))
  .slice(0, 5).map((each) => each.outerHTML.slice(0, 120)).join("\n    ")"""


@dataclass(frozen=True)
class Kind:
    """A kind of page and the way to it.

    ``path`` is what follows the language. ``session`` is a session's token, ``act`` is what leads on from the page at
    the path, e.g. pressing its button. ``status`` is that of the page that is looked at in the end.
    """

    name: str
    path: str
    session: str = ""
    status: int = 200
    act: Callable[[Page], object] | None = None
    site: str = "portal"


@dataclass
class Inspector:
    """Looks at pages of one town and keeps what is wrong with them."""

    page: Page
    port: int
    folder: Path
    findings: list[str] = field(default_factory=list)
    seen: int = 0
    _said: list[ConsoleMessage] = field(default_factory=list)
    _asked: list[str] = field(default_factory=list)
    _answer: Response | None = None

    def __post_init__(self) -> None:
        self.page.on("console", lambda said: self._said.append(said))
        self.page.on("pageerror", lambda error: self.findings.append(f"{self.page.url}: {error}"))
        self.page.on("request", lambda request: self._asked.append(request.url))
        self.page.on("response", self._note)

    def _note(self, response: Response) -> None:
        """Remember what the page was made of: its script sends forms with files by itself."""
        if response.request.is_navigation_request() or response.request.method == "POST":
            self._answer = response

    def look(self, kind: Kind, host: str, language: str) -> None:
        """Visit a page and check everything about it."""
        self.page.context.clear_cookies()
        if kind.session:
            cookie: Any = {"name": SESSION, "value": kind.session, "url": f"https://{host}/", "secure": True}
            self.page.context.add_cookies([cookie])
        self._said.clear()
        self._asked.clear()
        self.page.goto(f"http://{host}:{self.port}{'/' if language else ''}{language}{kind.path}")
        if kind.act:
            kind.act(self.page)
        self.check(f"{kind.name} ({language or host})", kind.status)

    def check(self, name: str, status: int = 200) -> None:
        """Check the page that is open."""
        found = [*self._served(name, status), *self._fits()]
        # What is folded away is looked at too; its summary stays as it was.
        if self.page.evaluate(_UNFOLD):
            found += self._fits()
        found += self._axe([])
        found += self.page.evaluate(_TWICE)
        self.page.emulate_media(color_scheme="dark")
        found += [f"dark: {each}" for each in self._axe(COLOURS)]
        self.page.emulate_media(color_scheme="light")
        found += self._heard(status)
        self.seen += 1
        self.findings += [f"{name}: {each}" for each in dict.fromkeys(found)]

    def _served(self, name: str, status: int) -> Iterator[str]:
        answer = self._answer
        assert answer is not None
        if answer.status != status:
            yield f"answered {answer.status} instead of {status} at {answer.url}"
        number = f"{self.seen:03} {name}".replace("/", "_")
        (self.folder / f"{number}.html").write_bytes(answer.body())

    def _fits(self) -> Iterator[str]:
        for width in WIDTHS:
            self.page.set_viewport_size({"width": width, "height": 740})
            if (wide := self.page.evaluate(_WIDE)) > width:
                yield f"{wide} wide at {width}: {self.page.evaluate(_WIDEST, width)}"

    def _axe(self, rules: list[str]) -> list[str]:
        # evaluate() goes by the developer protocol, which the content security policy does not bind.
        if not self.page.evaluate("'axe' in window"):
            self.page.evaluate(AXE.read_text("utf-8"))
        found: list[str] = self.page.evaluate(_RUN, [RULES, rules])
        return found

    def _heard(self, status: int) -> Iterator[str]:
        """What was said in the console or asked of others; an answer's own status is no complaint."""
        for said in self._said:
            if said.type in ("error", "warning") and f"status of {status} " not in said.text:
                yield f"console: {said.text}"
        for url in self._asked:
            if is_foreign(url):
                yield f"asked another host: {url}"


@contextmanager
def inspecting(browser: Browser, port: int, folder: Path) -> Iterator[Inspector]:
    """An inspector with a window of its own."""
    context = browser.new_context(
        viewport={"width": WIDTHS[-1], "height": 740},
        color_scheme="light",
        reduced_motion="reduce",
        locale="de-DE",
        extra_http_headers={"X-Forwarded-For": f"10.{randrange(256)}.{randrange(256)}.{randrange(1, 255)}"},
    )
    context.set_default_timeout(PATIENCE)
    yield Inspector(context.new_page(), port, folder)
    context.close()


def validated(folder: Path) -> str:
    """What the validator says of all pages in a folder; nothing is good.

    It cannot be told that ids of stored files go by the name of the input for more of them; ``_TWICE`` looks at names.
    """
    command: list[Any] = [project_folder() / "node_modules/.bin/html-validate", "--rule", "form-dup-name:off"]
    command += [
        "--config",
        project_folder() / "themes/base/htmlvalidate.json",
        *sorted(folder.glob("*.html")),
    ]
    done = subprocess.run(command, capture_output=True, check=False, text=True)
    return "" if done.returncode == 0 else done.stdout[-6000:] + done.stderr


def press(page: Page) -> None:
    """Press the main button of the page's first form that is seen."""
    with page.expect_navigation():
        page.locator("main form button.kern-btn--primary:visible").first.click()


def inspect(inspector: Inspector, kinds: Iterable[Kind], host: Callable[[str], str], language: str) -> None:
    """Look at all kinds in a language; fails with everything that was found, not with the first of it."""
    for kind in kinds:
        inspector.look(kind, host(kind.site), language)
    said = validated(inspector.folder)
    assert inspector.findings == [] and said == "", "\n".join([*inspector.findings, said])


__all__ = ["Inspector", "Kind", "expect", "inspect", "inspecting", "press", "validated"]
