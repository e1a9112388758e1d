"""What caseworkers do at the desk."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page, expect

from tests.journeys.people import Colleague
from tests.journeys.stage import Stage
from tests.journeys.windows import follow


class Desk:
    """A colleague who is signed in."""

    def __init__(self, page: Page, stage: Stage, colleague: Colleague) -> None:
        self.page = page
        self._stage = stage
        self._colleague = colleague
        colleague.sign_in(stage, page)

    def open(self, number: str, basket: str = "eingang") -> None:
        """Find a case by its number and open it."""
        self.look_for(number, basket)
        follow(self.page.get_by_role("main").get_by_role("link", name=number))
        expect(self.page.get_by_role("navigation", name="Teile des Vorgangs")).to_be_visible()

    def look_for(self, number: str, basket: str = "eingang") -> None:
        """Show the cases of a basket that have this number: one or none."""
        self.page.goto(self._stage.desk(self._colleague.town, f"/de/vorgaenge/?korb={basket}"))
        self.page.get_by_label("Nummer oder Name").fill(number)
        follow(self.page.get_by_role("button", name="Filtern"))

    def take(self) -> None:
        """Take the case."""
        follow(self.page.get_by_role("button", name="Übernehmen"))
        expect(self.page.get_by_role("main")).to_contain_text(f"bei {self._colleague.name}")

    def ask(self, question: str) -> None:
        """Ask the applicant."""
        self.unfold("Rückfrage")
        self.page.get_by_label("Ihre Frage").fill(question)
        follow(self.page.get_by_role("button", name="Frage senden"))
        expect(self.page.get_by_role("main")).to_contain_text("Wir brauchen etwas von Ihnen")

    def decide(self, outcome: str, words: str, file: Path) -> None:
        """Decide with a text and a file."""
        self.unfold("Entscheiden")
        self.page.get_by_label(outcome).check()
        self.page.get_by_label("Text für die antragstellende Person").fill(words)
        self.page.get_by_label("Bescheid als Datei").set_input_files(file)
        follow(self.page.get_by_role("button", name="Entscheidung senden"))

    def pass_on(self, authority: str, reason: str) -> None:
        """Pass the case on to another authority."""
        self.unfold("Weitergeben")
        self.page.get_by_label("An eine andere Behörde").select_option(label=authority)
        self.page.get_by_label("Warum?").fill(reason)
        follow(self.page.get_by_role("button", name="An die Behörde weitergeben"))
        expect(self.page.get_by_role("main")).to_contain_text(f"Weitergegeben an {authority}")

    def unfold(self, act: str) -> None:
        """Open the form of an act."""
        self.page.get_by_role("group", name="Was Sie tun können").locator("summary", has_text=act).click()

    def downloads(self, name: str) -> bytes:
        """The content of a document of the case."""
        with self.page.expect_download() as file:
            self.page.get_by_role("link", name=name).first.click()
        return file.value.path().read_bytes()
