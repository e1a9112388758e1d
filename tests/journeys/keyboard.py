"""Going through pages with the keyboard alone, watching that one always sees where one is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from playwright.sync_api import Page

from tests.journeys.filling import Answers, value_of

_MOST_STOPS = 150
_MOST_FRAMES = 5

_FOCUSED = """() => {
  const at = document.activeElement;
  const box = at.getBoundingClientRect();
  const style = getComputedStyle(at);
  const line = at.getClientRects()[0] ?? box;
  const [x, y] = [line.left + line.width / 2, line.top + line.height / 2];
  const top = document.elementFromPoint(x, y);
  return {
    tag: at.tagName, type: at.type || "", name: at.name || "", value: at.value || "",
    text: (at.innerText || "").trim(), checked: Boolean(at.checked), place: at === document.body,
    ringed: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
    inside: y > 0 && y < innerHeight && x > 0 && x < innerWidth,
    uncovered: Boolean(top) && (at.contains(top) || top.contains(at) || at.labels?.[0]?.contains(top) === true),
  };
}"""


@dataclass(frozen=True)
class Focused:
    """What has the focus, and whether one sees that it has."""

    tag: str
    type: str
    name: str
    value: str
    text: str
    checked: bool
    place: bool
    ringed: bool
    inside: bool
    uncovered: bool

    @property
    def seen(self) -> bool:
        """Whether a person can see that it has the focus (WCAG 2.4.7 and 2.4.11)."""
        return self.place or (self.ringed and self.inside and self.uncovered)

    def check(self) -> Focused:
        """Itself, if one sees that it has the focus."""
        assert self.seen, self
        return self


def focused(page: Page) -> Focused:
    """What has the focus now.

    The browser scrolls to it over the next frames, for which this waits: on the way its middle is at times just at
    the edge of the window, where nothing lies at that point yet.
    """
    found = Focused(**page.evaluate(_FOCUSED))
    for _ in range(_MOST_FRAMES):
        if found.seen:
            break
        page.screenshot()  # Draws a frame.
        found = Focused(**page.evaluate(_FOCUSED))
    return found


def tab(page: Page) -> Focused:
    """One stop further."""
    page.keyboard.press("Tab")
    return focused(page).check()


def tab_to(page: Page, text: str) -> None:
    """Go on until a link or button with this text has the focus."""
    for _ in range(_MOST_STOPS):
        if tab(page).text == text:
            return
    raise AssertionError(f"no way to {text!r} by keyboard on {page.url}")


def go_by_keys(page: Page, text: str) -> None:
    """Go on to a link or button, press it, and come back when the page that it leads to is there."""
    tab_to(page, text)
    enter(page)


def enter(page: Page) -> None:
    """Press what has the focus, and wait for the page that it leads to."""
    with page.expect_navigation():
        page.keyboard.press("Enter")


def fill_by_keys(page: Page, typed: Mapping[str, str], button: str) -> None:
    """Type into the fields that are named, in the order of the page, and press the button."""
    for _ in range(_MOST_STOPS):
        stop = tab(page)
        if stop.name in typed:
            page.keyboard.press("Control+A")
            page.keyboard.type(typed[stop.name])
        elif stop.tag == "BUTTON" and stop.text == button:
            enter(page)
            return
    raise AssertionError(f"no button {button!r} reached by keyboard on {page.url}")


def brighten_by_keys(page: Page, name: str) -> str:
    """Choose a brighter colour in the browser's own window for it; which one it is."""
    for _ in range(_MOST_STOPS):
        stop = tab(page)
        if stop.name == name:
            break
    else:
        raise AssertionError(f"no field {name!r} reached by keyboard on {page.url}")
    page.keyboard.press("Enter")
    for _ in range(_MOST_STOPS):
        # The first ones may come before the window is there.
        page.keyboard.press("ArrowUp")
        if focused(page).value != stop.value:
            break
    page.keyboard.press("Enter")
    return focused(page).check().value


def answer_by_keys(page: Page, answers: Answers) -> None:
    """Answer a page of a form and press its button."""
    done: set[str] = set()
    for _ in range(_MOST_STOPS):
        stop = tab(page)
        if stop.tag == "BUTTON" and stop.text == "Weiter":
            page.keyboard.press("Enter")
            return
        value = value_of(answers, stop.name)
        if value is None or (stop.name in done and stop.type != "checkbox"):
            continue
        done.add(stop.name)
        if stop.type == "radio":
            _choose(page, str(value))
        elif stop.type == "checkbox":
            if stop.value in value and not stop.checked:
                page.keyboard.press("Space")
        else:
            page.keyboard.press("Control+A")
            page.keyboard.type(str(value))
    raise AssertionError(f"no button reached by keyboard on {page.url}")


def _choose(page: Page, value: str) -> None:
    """Go through the options of a choice with the arrows until the wanted one is chosen."""
    page.keyboard.press("Space")
    for _ in range(_MOST_STOPS):
        if focused(page).check().value == value:
            return
        page.keyboard.press("ArrowDown")
    raise AssertionError(f"no option {value!r}")
