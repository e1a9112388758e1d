"""The gallery in Chromium: accessible, without overflow, within the policy, usable without JavaScript."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from kreisportal.theming import palette, theme_css
from tests.theming.gallery import PAGES, ROOT, TOWNS

pytestmark = pytest.mark.browser

AXE = ROOT / "node_modules/axe-core/axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
COLOURS = ["color-contrast", "link-in-text-block"]
PHONE = {"width": 320, "height": 640}
DESKTOP = {"width": 1280, "height": 800}


@pytest.fixture(scope="module")
def browser(chromium: Browser) -> Browser:
    """The browser."""
    return chromium


def faults(page: Page, rules: list[str] | None = None) -> list[str]:
    """What axe finds on the page, one line each: by all rules of WCAG 2.2 AA, or by some."""
    # evaluate() goes by the developer protocol, which the content security policy does not bind.
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text("utf-8"))
    found: dict[str, Any] = page.evaluate(f"axe.run(document, {{runOnly: {rules or RULES!r}}})")
    return [
        f"{violation['id']}: {node['target']} {node['failureSummary']}"
        for violation in found["violations"]
        for node in violation["nodes"]
    ]


def test_pages_are_accessible_and_fit(browser: Browser, address: str) -> None:
    """On a desktop; the journeys look at every kind of page on phones. In the dark nothing but colours is another."""
    context = browser.new_context(viewport=DESKTOP, color_scheme="light")
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    # Which town it is makes a difference to colours only: all other rules are held against the pages in turn.
    for number, (name, slug) in enumerate(product(PAGES, TOWNS)):
        page.goto(f"{address}/de/{slug}-{name}.html")
        assert faults(page, COLOURS if number % 2 else RULES) == [], f"{slug} {name}"
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= DESKTOP["width"], f"{slug} {name} is {wide} wide"
        page.emulate_media(color_scheme="dark")
        assert faults(page, COLOURS) == [], f"{slug} {name}, dark"
        page.emulate_media(color_scheme="light")
    assert said == []
    context.close()


def test_opened_parts_are_accessible(browser: Browser, address: str) -> None:
    page = browser.new_page(viewport=DESKTOP)
    for name in ("service", "status"):
        page.goto(f"{address}/de/vechta-{name}.html")
        page.evaluate("document.querySelectorAll('main details').forEach((part) => { part.open = true })")
        assert faults(page) == []
    page.close()


def test_menus_open_without_javascript(browser: Browser, address: str) -> None:
    context = browser.new_context(viewport=PHONE, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}/de/vechta-service.html")
    expect(page.get_by_role("link", name="English")).to_be_hidden()
    page.locator("summary", has_text="Sprache").click()
    expect(page.get_by_role("link", name="English")).to_be_visible()
    page.locator("summary", has_text="Menü").click()
    expect(page.get_by_role("link", name="Alle Leistungen")).to_be_visible()
    expect(page.get_by_role("link", name="English")).to_be_hidden()
    context.close()


def test_escape_closes_a_menu_and_keeps_the_focus(browser: Browser, address: str) -> None:
    page = browser.new_page(viewport=PHONE)
    page.goto(f"{address}/de/vechta-service.html")
    menu = page.locator("summary", has_text="Menü")
    menu.click()
    page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="Alle Leistungen")).to_be_hidden()
    expect(menu).to_be_focused()
    page.close()


def test_the_skip_link_is_first_and_leads_to_the_content(browser: Browser, address: str) -> None:
    page = browser.new_page(viewport=PHONE)
    page.goto(f"{address}/de/vechta-service.html")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Zum Inhalt springen")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    page.close()


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_the_summary_of_errors_has_the_focus(browser: Browser, address: str, script: bool) -> None:
    context = browser.new_context(viewport=PHONE, java_script_enabled=script)
    page = context.new_page()
    page.goto(f"{address}/de/vechta-form.html")
    expect(page.locator(".kp-error-summary")).to_be_focused()
    page.get_by_role("link", name="Geben Sie ein Datum").click()
    expect(page.get_by_label("Tag")).to_be_focused()
    context.close()


def test_suggestions_can_be_chosen_with_the_keyboard(browser: Browser, address: str) -> None:
    page = browser.new_page(viewport=PHONE)
    page.goto(f"{address}/de/vechta-home.html")
    box = page.get_by_role("combobox")
    box.press_sequentially("hun")
    expect(page.get_by_role("option")).to_have_count(2)
    expect(box).to_have_attribute("aria-expanded", "true")
    assert faults(page) == []
    box.press("ArrowDown")
    box.press("ArrowDown")
    chosen = page.get_by_role("option", selected=True)
    expect(chosen).to_have_text("Hund abmelden")
    expect(box).to_have_attribute("aria-activedescendant", chosen.get_attribute("id") or "")
    box.press("Escape")
    expect(page.get_by_role("listbox")).to_be_hidden()
    box.press_sequentially("d")
    expect(page.get_by_role("option")).to_have_count(2)
    box.press("ArrowDown")
    box.press("Enter")
    page.wait_for_url("**/vechta-service.html")
    page.close()


def test_a_suggestion_can_be_tapped(browser: Browser, address: str) -> None:
    page = browser.new_page(viewport=PHONE)
    page.goto(f"{address}/de/vechta-home.html")
    page.get_by_role("combobox").press_sequentially("hun")
    page.get_by_role("option", name="Hund anmelden").click()
    page.wait_for_url("**/vechta-service.html")
    page.close()


def test_colours_follow_the_system_and_the_attribute(browser: Browser, address: str) -> None:
    page = browser.new_page(viewport=PHONE, color_scheme="dark")
    page.goto(f"{address}/de/vechta-home.html")
    colour = "getComputedStyle(document.body).backgroundColor"
    dark = page.evaluate(colour)
    page.evaluate("document.documentElement.dataset.kernTheme = 'light'")
    assert page.evaluate(colour) == "rgb(255, 255, 255)" != dark
    page.emulate_media(color_scheme="light")
    page.evaluate("document.documentElement.dataset.kernTheme = 'dark'")
    assert page.evaluate(colour) == dark
    page.close()


def test_main_targets_are_large_enough_for_a_finger(browser: Browser, address: str) -> None:
    """44 px for what pages are about; everything else is measured by axe (24 px)."""
    page = browser.new_page(viewport=PHONE)
    selector = (
        ".kern-btn, .kp-menu > summary, .kp-list__link, .kp-search__button, .kp-search__input, .kp-chips a"
    )
    for name in PAGES:
        page.goto(f"{address}/de/vechta-{name}.html")
        for box in page.locator(selector).all():
            if box.is_visible():
                size = box.bounding_box()
                assert size is not None
                assert size["height"] >= 44, box.inner_html()
    page.close()


def test_typing_on_does_not_lose_the_suggestions(browser: Browser, address: str) -> None:
    """A question that a newer one overtakes is aborted; that must not close the newer one's answer."""
    page = browser.new_page(viewport=PHONE)
    held: list[Route] = []
    page.route("**/suggest?q=hu", lambda route: held.append(route))
    page.goto(f"{address}/de/vechta-home.html")
    box = page.get_by_role("combobox")
    with page.expect_request("**/suggest?q=hu"):
        box.press_sequentially("hu")
    box.press_sequentially("n")
    expect(page.get_by_role("option")).to_have_count(2)
    assert len(held) == 1
    page.close()


@pytest.mark.parametrize("brand", ["#ffd500", "#ffffff", "#000000"])
def test_pages_can_be_read_in_any_brand(browser: Browser, address: str, brand: str) -> None:
    """The declared pairs are the ones that stand on each other: axe measures what is really painted."""
    page = browser.new_page(viewport=DESKTOP)
    css = theme_css(palette(brand))
    page.route("**/vechta.css", lambda route: route.fulfill(body=css, content_type="text/css"))
    for mode in ("light", "dark"):
        page.emulate_media(color_scheme=mode)
        for name in ("components", "desk"):
            page.goto(f"{address}/de/vechta-{name}.html")
            page.evaluate("document.querySelectorAll('details').forEach((part) => { part.open = true })")
            assert faults(page, ["color-contrast"]) == [], f"{mode} {name}"
    page.close()
