"""What is one's own is taken out in one file, and then the account is deleted, which is proven on a page and by mail."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from zipfile import ZipFile

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.filling import answer, heading_of
from tests.journeys.mailbox import link_in
from tests.journeys.stage import Stage
from tests.journeys.test_ways_in import PASSWORD, begin_account
from tests.journeys.windows import PHONE, follow

pytestmark = pytest.mark.browser

_EMAIL = "mitnehmen@buerger.example"


def test_everything_is_taken_out_and_then_deleted(stage: Stage, window: Callable[..., Page]) -> None:
    page = window(size=PHONE, script=False, expected=("422",))
    begin_account(stage, page, _EMAIL)
    page.goto(stage.portal("konto", "/de/angaben/"))
    follow(page.get_by_role("link", name="Hund hinzufügen"))
    answer(page, {"dog_name": "Wölfchen", "breed": "Dackel", "kept_since": "2.1.2024"})
    follow(page.get_by_role("button", name="Speichern"))

    page.goto(stage.portal("konto", "/de/einstellungen"))
    follow(page.get_by_role("main").get_by_role("link", name="Meine Daten mitnehmen"))
    follow(page.get_by_role("button", name="Meine Daten zusammenstellen"))
    page.goto(link_in(stage.mails.wait_for(_EMAIL, "Ihre Daten zum Mitnehmen liegen bereit"), "/mitnehmen/"))
    with page.expect_download() as saved:
        page.get_by_role("link", name="Herunterladen").click()
    assert "Wölfchen" in _checked(saved.value.path())

    page.goto(stage.portal("konto", "/de/einstellungen"))
    follow(page.get_by_role("main").get_by_role("link", name="Konto löschen"))
    page.get_by_label("Passwort").fill(PASSWORD)
    follow(page.get_by_role("button", name="Konto endgültig löschen"))
    expect(heading_of(page)).to_have_text("Ihr Konto ist gelöscht")
    expect(page.get_by_role("main")).to_contain_text(f"Diese Übersicht geht auch an {_EMAIL}.")
    stage.mails.wait_for(_EMAIL, "Ihr Bürgerkonto ist gelöscht")
    follow(page.get_by_role("link", name="Zur Anmeldung"))
    page.get_by_label("E-Mail-Adresse").fill(_EMAIL)
    page.get_by_label("Passwort").fill(PASSWORD)
    follow(page.get_by_role("button", name="Anmelden", exact=True))
    expect(page.get_by_role("main")).to_contain_text("passen nicht zusammen")


def _checked(file: Path) -> str:
    """What the account's JSON in a takeout says, once the manifest was held against every entry."""
    with ZipFile(file) as takeout:
        manifest = json.loads(takeout.read("manifest.json"))
        assert (manifest["format"], manifest["version"], manifest["missing"]) == (
            "kreisportal-takeout",
            1,
            [],
        )
        named = {entry["name"]: entry["sha256"] for entry in manifest["files"]}
        assert named.keys() == set(takeout.namelist()) - {"manifest.json"}
        found = {name: takeout.read(name) for name in named}
    assert {name: hashlib.sha256(content).hexdigest() for name, content in found.items()} == named
    assert found["Meine-Daten.pdf"].startswith(b"%PDF")
    return "".join(str(content, "utf-8") for name, content in found.items() if name.startswith("konto/"))
