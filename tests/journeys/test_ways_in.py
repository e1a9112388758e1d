"""Ways into an account, in a real browser: passkey, code of an app, recovery code."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.accounts.people import code_of
from tests.journeys.filling import heading_of
from tests.journeys.mailbox import link_in
from tests.journeys.stage import Stage
from tests.journeys.windows import PHONE, follow

pytestmark = pytest.mark.browser

PASSWORD = "Vier kluge Katzen tanzen leise"


def begin_account(stage: Stage, page: Page, email: str) -> None:
    """Begin an account by a mailed link."""
    page.goto(stage.portal("konto", "/de/registrieren"))
    page.get_by_label("E-Mail-Adresse").fill(email)
    follow(page.get_by_role("button", name="Link schicken"))
    page.goto(link_in(stage.mails.wait_for(email, "Legen Sie Ihr Bürgerkonto an"), "/link/"))
    for label in ("Neues Passwort", "Neues Passwort noch einmal"):
        page.get_by_label(label, exact=True).fill(PASSWORD)
    follow(page.get_by_role("button", name="Konto anlegen"))
    expect(heading_of(page)).to_have_text("Meine Vorgänge")


def sign_out(stage: Stage, page: Page) -> None:
    page.goto(stage.portal("konto", "/de/zugang/"))
    page.locator("header details").last.locator("summary").click()
    follow(page.get_by_role("button", name="Abmelden"))
    expect(heading_of(page)).to_have_text("Mit Ihrem Konto anmelden")


def show_password(page: Page, email: str) -> None:
    page.get_by_label("E-Mail-Adresse").fill(email)
    page.get_by_label("Passwort").fill(PASSWORD)
    follow(page.get_by_role("button", name="Anmelden", exact=True))


def plug_in(page: Page, *, verified: bool = True) -> None:
    """A device with a fingerprint sensor, whose owner holds a finger on it."""
    wire = page.context.new_cdp_session(page)
    wire.send("WebAuthn.enable")
    wire.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": verified,
                "automaticPresenceSimulation": True,
            }
        },
    )


def test_a_passkey_signs_in_at_a_town(stage: Stage, window: Callable[..., Page]) -> None:
    page = window(size=PHONE)
    plug_in(page)
    begin_account(stage, page, "passkey@buerger.example")
    page.goto(stage.portal("konto", "/de/einstellungen"))
    follow(page.get_by_role("link", name="Zugang und Sicherheit"))
    follow(page.get_by_role("link", name="Passkey anlegen"))
    page.get_by_label("Name des Passkeys").fill("Mein Handy")
    follow(page.get_by_role("button", name="Passkey anlegen"))
    expect(page.get_by_role("main")).to_contain_text("Ihr Passkey ist angelegt.")
    expect(page.get_by_role("main")).to_contain_text("Mein Handy")
    sign_out(stage, page)
    page.goto(stage.portal("vechta", "/de/anmelden?next=/de/kontakt"))
    expect(page.get_by_role("heading", name="Oder mit Passwort")).to_be_visible()
    follow(page.get_by_role("button", name="Mit Passkey anmelden"))
    follow(page.get_by_role("button", name="Zustimmen und weiter"))
    expect(heading_of(page)).to_have_text("Kontakt")
    # Signed in, at the account host and at a town that was agreed to: by passkey straight back to the town.
    sign_out(stage, page)
    page.goto(stage.portal("vechta", "/de/anmelden?next=/de/kontakt"))
    follow(page.get_by_role("button", name="Mit Passkey anmelden"))
    expect(heading_of(page)).to_have_text("Kontakt")
    page.goto(stage.portal("konto", "/de/zugang/"))
    expect(page.get_by_role("main")).to_contain_text("zuletzt benutzt")
    follow(page.get_by_role("link", name="Entfernen Mein Handy"))
    follow(page.get_by_role("button", name="Passkey entfernen"))
    expect(page.get_by_role("main")).not_to_contain_text("Mein Handy")


def test_who_shows_no_passkey_is_told(stage: Stage, window: Callable[..., Page]) -> None:
    page = window()
    plug_in(page, verified=False)
    page.goto(stage.portal("konto", "/de/anmelden"))
    page.get_by_role("button", name="Mit Passkey anmelden").click()
    expect(page.get_by_role("status")).to_have_text(
        "Das hat mit dem Passkey nicht geklappt. Versuchen Sie es noch einmal."
    )


@pytest.mark.parametrize("script", [True, False], ids=["script", "no JavaScript"])
def test_an_app_for_codes(stage: Stage, window: Callable[..., Page], script: bool) -> None:
    page = window(size=PHONE, script=script)
    email = f"codes-{script}@buerger.example".lower()
    begin_account(stage, page, email)
    page.goto(stage.portal("konto", "/de/zugang/"))
    follow(page.get_by_role("button", name="App für Codes einrichten"))
    page.get_by_text("Schlüssel lieber abtippen?").click()
    secret = page.locator(".kp-number--long").inner_text().replace(" ", "")
    page.get_by_label("Code aus der App").fill(code_of(secret))
    follow(page.get_by_role("button", name="Weiter"))
    expect(heading_of(page)).to_have_text("Ihre Ersatzcodes")
    codes = page.locator(".kp-codes code").all_inner_texts()
    with page.expect_download() as saved:
        page.get_by_role("link", name="Als Textdatei speichern").click()
    kept = saved.value.path().read_text("utf-8")
    assert len(codes) == 10 and all(code in kept for code in codes)
    sign_out(stage, page)
    if not script:
        assert "Die Anmeldung mit Passkey geht nur mit JavaScript." in page.locator("main").inner_text()
    show_password(page, email)
    expect(heading_of(page)).to_have_text("Code eingeben")
    page.get_by_label("Code aus der App").fill(code_of(secret, 1))
    follow(page.get_by_role("button", name="Anmelden"))
    expect(heading_of(page)).to_have_text("Meine Vorgänge")
    sign_out(stage, page)
    show_password(page, email)
    follow(page.get_by_role("link", name="App nicht zur Hand? Ersatzcode eingeben"))
    page.get_by_label("Ersatzcode").fill(codes[4])
    follow(page.get_by_role("button", name="Anmelden"))
    expect(page.get_by_role("main")).to_contain_text("Sie haben noch 9 Ersatzcodes.")


def test_another_address_and_back(stage: Stage, window: Callable[..., Page]) -> None:
    page, old, new = window(), "alt@buerger.example", "neu@buerger.example"
    begin_account(stage, page, old)
    page.goto(stage.portal("konto", "/de/zugang/"))
    follow(page.get_by_role("definition").filter(has_text=old).get_by_role("link"))
    page.get_by_label("Neue E-Mail-Adresse").fill(new)
    follow(page.get_by_role("button", name="Link schicken"))
    expect(heading_of(page)).to_have_text("Sehen Sie in Ihr Postfach")
    page.goto(
        link_in(stage.mails.wait_for(new, "Bestätigen Sie Ihre neue E-Mail-Adresse"), "/zugang/adresse/")
    )
    follow(page.get_by_role("button", name="Adresse bestätigen"))
    expect(page.get_by_role("main")).to_contain_text(new)
    follow(page.get_by_role("link", name="Geräte ansehen"))
    expect(page.get_by_role("main")).to_contain_text("auf Linux (dieses Gerät)")
    notice = stage.mails.wait_for(old, "Ihr Bürgerkonto hat jetzt eine andere Adresse")
    other = window()
    other.goto(link_in(notice, "/adresse-zurueck/"))
    follow(other.get_by_role("button", name="Konto zurückholen"))
    expect(other.get_by_role("main")).to_contain_text("Ihr Konto hat wieder die alte Adresse.")
    page.reload()
    expect(heading_of(page)).to_have_text("Mit Ihrem Konto anmelden")
