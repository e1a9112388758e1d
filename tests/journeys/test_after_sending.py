"""What can be done with an application that was sent: prove it, take it back."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.journeys import citizen
from tests.journeys.desk import Desk
from tests.journeys.filling import DOG
from tests.journeys.people import hire
from tests.journeys.stage import Stage
from tests.journeys.windows import PHONE, follow

pytestmark = pytest.mark.browser


def test_the_receipt_can_be_checked_by_anybody(stage: Stage, window: Callable[..., Page]) -> None:
    page = window(size=PHONE, script=False)
    page.goto(stage.portal("vechta", "/de/leistungen/hund-anmelden"))
    receipt = citizen.apply(page, DOG)
    page.locator("summary", has_text="Quittung").click()
    code = page.locator(".kp-code").inner_text()

    anybody = window()
    anybody.goto(stage.portal("cloppenburg", "/de/quittung"))
    anybody.get_by_label("Zeichen der Quittung").fill(code)
    follow(anybody.get_by_role("button", name="Prüfen"))
    expect(anybody.get_by_role("status")).to_contain_text("Die Quittung ist echt")
    assert citizen.fact(anybody, "Nummer") == receipt.number
    assert citizen.fact(anybody, "Behörde") == "Stadt Vechta"
    assert citizen.fact(anybody, "Eingegangen") == receipt.received
    middle = len(code) // 2
    tampered = code[:middle] + ("A" if code[middle] != "A" else "B") + code[middle + 1 :]
    anybody.get_by_label("Zeichen der Quittung").fill(tampered)
    follow(anybody.get_by_role("button", name="Prüfen"))
    expect(anybody.get_by_role("alert")).to_contain_text("Diese Quittung stimmt nicht")


def test_a_long_address_in_a_message_does_not_widen_the_page(
    stage: Stage, window: Callable[..., Page]
) -> None:
    page = window(size=PHONE, script=False)
    page.goto(stage.portal("vechta", "/de/leistungen/hund-anmelden"))
    citizen.apply(page, DOG)
    follow(page.get_by_role("link", name="Stand ansehen"))
    page.locator("summary", has_text="Nachricht schreiben").click()
    page.locator("main textarea").fill("Siehe https://bilder.beispiel.example/" + "hund" * 60)
    follow(page.get_by_role("button", name="Senden"))
    expect(page.get_by_role("main")).to_contain_text("Ihre Nachricht ist angekommen")
    widest = page.locator("main .kp-lines").evaluate_all(
        "all => Math.max(...all.map(each => each.getBoundingClientRect().right))"
    )
    assert widest <= PHONE[0], widest


def test_an_application_can_be_withdrawn(stage: Stage, window: Callable[..., Page]) -> None:
    page = window(size=PHONE, script=False, expected=("status of 404",))
    page.goto(stage.portal("vechta", "/de/leistungen/hund-anmelden"))
    receipt = citizen.apply(page, DOG)
    follow(page.get_by_role("link", name="Stand ansehen"))
    page.locator("summary", has_text="Anmeldung zurückziehen").click()
    follow(page.get_by_role("button", name="Ja, zurückziehen"))
    expect(page.locator("[data-status]")).to_have_attribute("data-status", "COMPLETED")
    expect(page.get_by_role("main")).to_contain_text("Von Ihnen zurückgezogen")
    expect(page.get_by_text("Anmeldung zurückziehen")).to_have_count(0)

    desk = Desk(window(), stage, hire(stage, "vechta", "Wiebke Ahrendsen"))
    desk.open(receipt.number, "erledigt")
    expect(desk.page.get_by_role("main")).to_contain_text("Zurückgezogen")
    expect(desk.page.get_by_role("group", name="Was Sie tun können")).to_have_count(0)

    status = page.url
    follow(page.get_by_role("button", name="Sitzung beenden"))
    page.goto(status)
    expect(page.get_by_role("main")).not_to_contain_text(receipt.number)
