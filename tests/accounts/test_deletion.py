"""Deleting an account: what is told before, what is proven afterwards, and that no browser remembers."""

from __future__ import annotations

import pytest

from tests.accounts.people import HOST, PASSWORD, Citizen, add_passkey, set_up_app, title_of
from tests.support.authenticator import Authenticator
from tests.support.server import DatabaseCopy

pytestmark = pytest.mark.usefixtures("end_delays")


def test_what_goes_is_told_before_and_after(citizen: Citizen, region: DatabaseCopy) -> None:
    browser = citizen.at(HOST)
    page = browser.get("/de/angaben/phone")
    assert browser.submit(page, {"phone": "04441 898-0"}).status_code == 303
    assert add_passkey(browser, Authenticator()).status_code == 303
    set_up_app(browser)
    asked = browser.get("/de/loeschen")
    for words in ("Gespeicherte Angaben", "Passkeys", "App für Codes", "Kein Amt hat einen Antrag"):
        assert words in asked.text
    done = browser.submit(asked, {"password": PASSWORD})
    assert title_of(done) == "Ihr Konto ist gelöscht"
    for words in ("Gespeicherte Angaben", "Passkeys", "App für Codes", "Anmeldungen", citizen.email):
        assert words in done.text
    assert done.headers["Cache-Control"] == "no-store"
    kept = [name for name in ("__Host-session", "__Host-device", "__Host-passkey") if browser.cookie(name)]
    assert kept == []
    with region.superuser() as connection:
        mail = connection.execute(
            "SELECT template, data->'gone', data->'kept' FROM mails WHERE recipient = %s", [citizen.email]
        ).fetchall()
    ((template, gone, left),) = mail
    assert (template, left) == ("account_deleted", [])
    assert ["Passkeys", 1] in gone


def test_a_wrong_password_deletes_nothing(citizen: Citizen) -> None:
    browser = citizen.at(HOST)
    refused = browser.submit(browser.get("/de/loeschen"), {"password": "falsch"})
    assert refused.status_code == 422
    assert "Das Passwort stimmt nicht" in refused.text
    assert title_of(browser.get("/de/")) == "Meine Vorgänge"


def test_once_it_is_deleted_nobody_can_use_it(citizen: Citizen) -> None:
    citizen.sign_in_at("vechta")
    browser = citizen.at(HOST)
    page = browser.get("/de/loeschen")
    assert browser.submit(page, {"password": PASSWORD}).status_code == 200
    assert citizen.email not in citizen.at("vechta.localhost").get("/de/kontakt").text
    refused = browser.submit(browser.get("/de/anmelden"), {"email": citizen.email, "password": PASSWORD})
    assert refused.status_code == 422
