"""From the search to the decision: a citizen applies, the desk works, the citizen reads."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.documents import samples
from tests.journeys import citizen
from tests.journeys.desk import Desk
from tests.journeys.filling import DOG, heading_of
from tests.journeys.mailbox import link_in, text_of
from tests.journeys.people import hire
from tests.journeys.stage import Stage
from tests.journeys.windows import DESKTOP, PHONE, follow

pytestmark = pytest.mark.browser


@pytest.fixture
def proof(tmp_path: Path) -> Path:
    """A file that a citizen has."""
    file = tmp_path / "Heimtierausweis.pdf"
    file.write_bytes(samples.pdf())
    return file


@pytest.fixture
def letter(tmp_path: Path) -> Path:
    """A file that an office has."""
    file = tmp_path / "Bescheid.txt"
    file.write_text("60 Euro im Jahr\n", "utf-8")
    return file


# Each town, each size and each way with or without JavaScript meets each of the others once.
@pytest.mark.parametrize(
    ("town", "size", "script", "desk_size"),
    [
        pytest.param("vechta", PHONE, False, DESKTOP, id="Vechta, phone without JavaScript"),
        pytest.param("vechta", DESKTOP, True, DESKTOP, id="Vechta, desktop"),
        pytest.param("cloppenburg", PHONE, True, PHONE, id="Cloppenburg, phone"),
        pytest.param("cloppenburg", DESKTOP, False, PHONE, id="Cloppenburg, desktop without JavaScript"),
    ],
)
def test_from_the_search_to_the_decision(
    stage: Stage,
    window: Callable[..., Page],
    proof: Path,
    letter: Path,
    town: str,
    size: tuple[int, int],
    script: bool,
    desk_size: tuple[int, int],
) -> None:
    email = f"anne{size[0]}@{town}.example"
    colleague = hire(stage, town, "Wiebke Ahrendsen")
    page = window(size=size, script=script)

    citizen.find(page, stage, town, "hundesteuer anmelden", "Hund anmelden")
    receipt = citizen.apply(page, {**DOG, "relief": ["shelter"], "email": email}, [proof])
    citizen.confirm_address(page, stage, email)
    confirmation = stage.mails.wait_for(email, f"ist angekommen: {receipt.number}")
    assert "Hund anmelden" in text_of(confirmation)
    assert "Beispiel-Øster" not in text_of(confirmation), "a mail says nothing of what was answered"

    mail = stage.mails.wait_for(colleague.email, f"Neue Anmeldung {receipt.number}")
    assert "Beispiel-Øster" not in text_of(mail)
    desk = Desk(window(size=desk_size, script=not script), stage, colleague)
    desk.page.goto(link_in(mail, "/vorgaenge/"))
    expect(heading_of(desk.page)).to_have_text("Hund anmelden")
    expect(desk.page.get_by_role("main")).to_contain_text("Große Straße 12a")
    assert desk.downloads("Heimtierausweis.pdf") == proof.read_bytes()
    desk.take()
    desk.ask("Wie heißt der Züchter?\n\nBitte schicken Sie uns den Vertrag.")

    citizen.follow_mail(page, stage, email, f"Neues zu {receipt.number}")
    expect(page.get_by_role("main")).to_contain_text("Wie heißt der Züchter?")
    page.get_by_label("Ihre Antwort").fill("Zucht vom Beispielhof")
    page.get_by_label("Dateien").set_input_files(proof)
    follow(page.get_by_role("button", name="Senden"))
    expect(page.locator("[data-status]")).to_have_attribute("data-status", "PROCESSING")

    desk.page.reload()
    expect(desk.page.get_by_role("main")).to_contain_text("Zucht vom Beispielhof")
    desk.decide("Entsprochen", "Wölfchen ist angemeldet.", letter)
    expect(desk.page.get_by_role("main")).to_contain_text("Entschieden")

    citizen.follow_mail(page, stage, email, f"Antwort zu {receipt.number}")
    expect(page.locator("[data-status]")).to_have_attribute("data-status", "COMPLETED")
    expect(page.get_by_role("main")).to_contain_text("Wölfchen ist angemeldet.")
    with page.expect_download() as decision:
        page.get_by_role("link", name="Bescheid.txt").click()
    assert decision.value.path().read_bytes() == letter.read_bytes()
    with page.expect_download() as copy:
        page.get_by_role("link", name="Kopie als PDF").click()
    assert copy.value.suggested_filename == f"{receipt.number}.pdf"
    assert copy.value.path().read_bytes().startswith(b"%PDF-")
    assert len(stage.mails.to(email)) == 4, "confirm, arrived, question, decision: no more"
