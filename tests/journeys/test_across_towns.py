"""One town's portal files for another town, and a case goes to the authority that is responsible."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.documents import samples
from tests.journeys import citizen
from tests.journeys.desk import Desk
from tests.journeys.filling import DOG, heading_of
from tests.journeys.people import hire
from tests.journeys.stage import Stage
from tests.journeys.windows import PHONE, follow

pytestmark = pytest.mark.browser

NOT_THERE = ("status of 404", "status of 422")


def choose_bakum(page: Page, stage: Stage, typed: str) -> None:
    """Say at Vechta's portal that it is about a place in Bakum."""
    page.goto(stage.portal("vechta", "/de/leistungen/hund-anmelden"))
    follow(page.get_by_role("link", name="Geht es um einen anderen Ort?"))
    page.get_by_label("Name oder Postleitzahl").fill(typed)
    follow(page.get_by_role("button", name="Ort suchen"))
    follow(page.get_by_role("main").get_by_role("link", name="Bakum"))
    expect(page.get_by_role("main")).to_contain_text("Gemeinde Bakum (für Bakum)")


def test_another_place_is_found_by_its_postcode(stage: Stage, window: Callable[..., Page]) -> None:
    choose_bakum(window(size=PHONE), stage, "49456")


def test_filed_at_vechta_for_bakum_without_javascript(stage: Stage, window: Callable[..., Page]) -> None:
    page = window(size=PHONE, script=False, expected=NOT_THERE)
    choose_bakum(page, stage, "bakum")
    follow(page.get_by_role("link", name="Online anmelden"))
    expect(page.get_by_role("main")).to_contain_text("Ihre Anmeldung geht an: Gemeinde Bakum")
    page.go_back()
    bakum = {**DOG, "residence.postcode": "49456", "residence.city": "Bakum"}
    receipt = citizen.apply(page, bakum)
    assert receipt.number.startswith("BAK-")
    assert citizen.fact(page, "Zuständig") == "Gemeinde Bakum"

    there = Desk(window(), stage, hire(stage, "bakum", "Frauke Dammeyer"))
    there.open(receipt.number)
    expect(there.page.get_by_role("main")).to_contain_text("gestellt über das Portal: Stadt Vechta")
    not_there = Desk(window(expected=NOT_THERE), stage, hire(stage, "vechta", "Jannis Lüttmann"))
    for basket in ("eingang", "offen", "erledigt"):
        not_there.look_for(receipt.number, basket)
        expect(not_there.page.get_by_role("main")).to_contain_text("Kein Vorgang passt dazu.")
    not_there.page.goto(there.page.url.replace("bakum", "vechta"))
    expect(heading_of(not_there.page)).to_have_text("Diese Seite gibt es nicht")

    for town in ("vechta", "bakum"):
        elsewhere = window(script=False)
        citizen.look_up(elsewhere, stage, town, receipt)
        expect(elsewhere.locator("[data-status]")).to_have_attribute("data-status", "RECEIVED")
    stranger = window(expected=NOT_THERE)
    citizen.look_up(stranger, stage, "cloppenburg", receipt)
    expect(stranger.get_by_role("alert")).to_contain_text("Nummer und Kennwort passen nicht zusammen")


def test_passed_on_from_lohne_to_the_district(
    stage: Stage, window: Callable[..., Page], tmp_path: Path
) -> None:
    proof, letter = tmp_path / "Nachweis.pdf", tmp_path / "Bescheid.txt"
    proof.write_bytes(samples.pdf())
    letter.write_text("erteilt\n", "utf-8")
    email = "anne@lohne.example"
    colleague = hire(stage, "landkreis-vechta", "Silke Moorbrink")
    page = window(size=PHONE)
    page.goto(stage.portal("lohne", "/de/leistungen/hund-anmelden"))
    receipt = citizen.apply(page, {**DOG, "relief": ["shelter"], "email": email}, [proof])
    citizen.confirm_address(page, stage, email)

    lohne = Desk(window(), stage, hire(stage, "lohne", "Imke Sandkuhl"))
    lohne.open(receipt.number)
    lohne.page.get_by_label("Notiz für").fill("Der Hund gilt als gefährlich.")
    follow(lohne.page.get_by_role("button", name="Notiz speichern"))
    lohne.pass_on("Landkreis Vechta", "Für gefährliche Hunde ist der Landkreis zuständig.")
    expect(lohne.page.get_by_role("group", name="Was Sie tun können")).to_be_hidden()
    lohne.look_for(receipt.number, "offen")
    expect(lohne.page.get_by_role("main")).to_contain_text("Kein Vorgang passt dazu.")
    lohne.open(receipt.number, "erledigt")
    expect(lohne.page.get_by_role("main")).to_contain_text("Weitergegeben an Landkreis Vechta")

    stage.mails.wait_for(colleague.email, f"Neue Anmeldung {receipt.number}")
    district = Desk(window(), stage, colleague)
    district.open(receipt.number)
    whole = district.page.get_by_role("main")
    for words in ("Weitergegeben von Stadt Lohne", "Große Straße 12a", "Der Hund gilt als gefährlich."):
        expect(whole).to_contain_text(words)
    expect(whole).to_contain_text(receipt.received)
    assert district.downloads("Nachweis.pdf") == proof.read_bytes()

    citizen.follow_mail(page, stage, email, f"Neues zu {receipt.number}")
    expect(page.get_by_role("main")).to_contain_text("Für gefährliche Hunde ist der Landkreis zuständig.")
    assert citizen.fact(page, "Zuständig") == "Landkreis Vechta"
    assert citizen.fact(page, "Eingegangen") == receipt.received
    district.take()
    district.decide("Erledigt", "Die Erlaubnis ist erteilt.", letter)
    citizen.follow_mail(page, stage, email, f"Antwort zu {receipt.number}")
    expect(page.get_by_role("main")).to_contain_text("Die Erlaubnis ist erteilt.")
    another = window(script=False)
    citizen.look_up(another, stage, "lohne", receipt)
    with another.expect_download() as decision:
        another.get_by_role("link", name="Bescheid.txt").click()
    assert decision.value.path().read_bytes() == letter.read_bytes()
