"""Whatever goes wrong, nothing that was typed is lost."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.journeys import citizen
from tests.journeys.desk import Desk
from tests.journeys.filling import DOG, answer, fill_in, heading_of
from tests.journeys.people import hire
from tests.journeys.stage import Stage
from tests.journeys.windows import PHONE, follow

pytestmark = pytest.mark.browser

FIRST = "/de/antrag/hund-anmelden/start"
REFUSED = ("status of 422", "status of 400", "status of 503")


def go_on(page: Page) -> None:
    """Press the button of the form's page."""
    follow(page.get_by_role("button", name="Weiter", exact=True).last)


def go_to(page: Page, stage: Stage, heading: str) -> None:
    """Fill in up to the page with this heading."""
    page.goto(stage.portal("vechta", FIRST))
    while heading_of(page).inner_text() != heading:
        before = heading_of(page).inner_text()
        answer(page, DOG)
        go_on(page)
        expect(heading_of(page)).not_to_have_text(before)


def typed(page: Page) -> dict[str, str]:
    """What stands in the fields of the form's page."""
    fields = page.locator("main form input[type=text], main form textarea, main form select")
    return {field.get_attribute("name") or "": field.input_value() for field in fields.all()}


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_a_page_with_an_error_keeps_everything(
    stage: Stage, window: Callable[..., Page], script: bool
) -> None:
    page = window(size=PHONE, script=script, expected=REFUSED)
    go_to(page, stage, "Wer hält den Hund?")
    answer(page, {**DOG, "residence.postcode": "493", "birth_date": "40.12.1980"})
    before = typed(page)
    go_on(page)
    expect(page.get_by_role("alert")).to_be_visible()
    assert typed(page) == before
    page.goto(page.url)
    assert typed(page) == before, "also after looking at the page anew"
    answer(page, DOG)
    go_on(page)
    expect(heading_of(page)).to_have_text("Wie erreichen wir Sie?")


def test_going_back_over_a_page_with_an_error_asks_nothing(stage: Stage, window: Callable[..., Page]) -> None:
    """The browser's back button shows the page with what was typed, not the question whether to send it again."""
    page = window(size=PHONE, expected=REFUSED)
    go_to(page, stage, "Wer hält den Hund?")
    answer(page, {**DOG, "residence.postcode": "493"})
    go_on(page)
    expect(page.get_by_role("alert")).to_be_visible()
    answer(page, DOG)
    before = typed(page)
    go_on(page)
    expect(heading_of(page)).to_have_text("Wie erreichen wir Sie?")
    page.go_back()
    expect(heading_of(page)).to_have_text("Wer hält den Hund?")
    assert typed(page) == before


def test_a_refused_decision_leaves_the_address_of_the_case(stage: Stage, window: Callable[..., Page]) -> None:
    """So that loading the page anew, or going back to it, shows the case; the address of the act cannot be shown."""
    page = window(size=PHONE)
    page.goto(stage.portal("vechta", "/de/leistungen/hund-anmelden"))
    receipt = citizen.apply(page, DOG)
    desk = Desk(window(expected=REFUSED), stage, hire(stage, "vechta", "Wiebke Ahrendsen"))
    desk.open(receipt.number)
    address = desk.page.url
    desk.unfold("Entscheiden")
    desk.page.get_by_label("Text für die antragstellende Person").fill("Steuer festgesetzt")
    wrong = {"name": "Bescheid.exe", "mimeType": "application/octet-stream", "buffer": b"MZ\x90\x00"}
    desk.page.get_by_label("Bescheid als Datei").set_input_files([wrong])
    desk.page.get_by_role("button", name="Entscheidung senden").click()
    expect(desk.page.locator("[data-error-summary]")).to_be_visible()
    expect(desk.page.get_by_label("Text für die antragstellende Person")).to_have_value("Steuer festgesetzt")
    assert desk.page.url == address
    desk.page.reload()
    expect(desk.page.get_by_role("main")).to_contain_text(receipt.number)


def test_files_that_are_too_large_take_nothing_with_them(stage: Stage, window: Callable[..., Page]) -> None:
    page = window(size=PHONE, expected=("status of 413",))
    page.goto(stage.portal("vechta", "/de/leistungen/hund-anmelden"))
    citizen.apply(page, DOG)
    follow(page.get_by_role("link", name="Stand ansehen"))
    page.locator("summary", has_text="Nachricht schreiben").click()
    page.locator("main textarea").fill("Hier ist das Foto.")
    large = {"name": "Foto.jpg", "mimeType": "image/jpeg", "buffer": bytes(13 << 20)}
    for _ in range(2):
        page.get_by_label("Dateien").set_input_files([large])
        page.get_by_role("button", name="Senden", exact=True).click()
        expect(page.get_by_role("alert")).to_contain_text("Die Dateien sind zusammen zu groß.")
    page.get_by_label("Dateien").set_input_files([])
    follow(page.get_by_role("button", name="Senden", exact=True))
    expect(page.get_by_role("main")).to_contain_text("Ihre Nachricht ist angekommen")
    expect(page.get_by_role("main")).to_contain_text("Hier ist das Foto.")


def test_a_page_that_was_open_too_long(stage: Stage, window: Callable[..., Page]) -> None:
    page = window(expected=REFUSED)
    go_to(page, stage, "Wer hält den Hund?")
    answer(page, DOG)
    before = typed(page)
    page.context.clear_cookies(name="__Host-csrf")
    go_on(page)
    expect(page.get_by_role("alert")).to_contain_text("Die Seite war lange offen.")
    assert typed(page) == before
    go_on(page)
    expect(heading_of(page)).to_have_text("Wie erreichen wir Sie?")


def test_a_form_that_was_open_too_long_at_the_desk(stage: Stage, window: Callable[..., Page]) -> None:
    page = window(size=PHONE)
    page.goto(stage.portal("vechta", "/de/leistungen/hund-anmelden"))
    receipt = citizen.apply(page, DOG)
    desk = Desk(window(expected=REFUSED), stage, hire(stage, "vechta", "Wiebke Ahrendsen"))
    desk.open(receipt.number)
    desk.unfold("Rückfrage")
    desk.page.get_by_label("Ihre Frage").fill("Was für\nein <Hund>?")
    desk.page.context.clear_cookies(name="__Host-csrf")
    follow(desk.page.get_by_role("button", name="Frage senden"))
    expect(desk.page.get_by_role("main")).to_contain_text("Was Sie eingegeben haben, ist noch da.")
    follow(desk.page.get_by_role("button", name="Noch einmal senden"))
    expect(desk.page.get_by_role("main")).to_contain_text("Was für ein <Hund>?", use_inner_text=False)


def test_the_database_goes_away(stage: Stage, window: Callable[..., Page]) -> None:
    """Pages that everybody may read stay, the form says honestly that it cannot save, and then it goes on."""
    page, fresh = window(size=PHONE, expected=REFUSED), window(expected=REFUSED)
    go_to(page, stage, "Wer hält den Hund?")
    answer(page, DOG)
    fresh.goto(stage.portal("vechta", FIRST))
    answer(fresh, DOG)
    with stage.without_database():
        go_on(page)
        expect(page.get_by_role("main")).to_contain_text("Was Sie eingegeben haben, ist noch da.")
        follow(page.get_by_role("button", name="Noch einmal senden"))
        expect(page.get_by_role("button", name="Noch einmal senden")).to_be_visible()
        go_on(fresh)
        expect(fresh.get_by_role("alert")).to_contain_text("Speichern geht gerade nicht")
        assert typed(fresh)["taken_in.year"] == "2025"
        assert "Was möchten Sie erledigen?" in stage.read("vechta")
        assert "Online anmelden" in stage.read("cloppenburg", "/de/leistungen/hund-anmelden")
    follow(page.get_by_role("button", name="Noch einmal senden"))
    expect(heading_of(page)).to_have_text("Wie erreichen wir Sie?")
    go_on(page)
    expect(page.get_by_role("main")).to_contain_text("Änne Łucja")
    go_on(fresh)
    expect(heading_of(fresh)).to_have_text("Woher kommt der Hund?")
    fill_in(fresh, DOG)
