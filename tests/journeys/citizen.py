"""What citizens do at a portal: find a service, apply, read the mails, follow the case."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.journeys.filling import Answers, fill_in, heading_of
from tests.journeys.mailbox import link_in
from tests.journeys.stage import Stage
from tests.journeys.windows import follow


@dataclass(frozen=True)
class Receipt:
    """What is shown after sending: enough to follow the case from any browser."""

    number: str
    secret: str
    received: str


def find(page: Page, stage: Stage, town: str, words: str, service: str) -> None:
    """From the start page by the search to the page of a service."""
    page.goto(stage.portal(town))
    page.get_by_role("searchbox").or_(page.get_by_role("combobox")).fill(words)
    follow(page.get_by_role("button", name="Suchen"))
    follow(page.get_by_role("main").get_by_role("link", name=service, exact=True))
    expect(heading_of(page)).to_have_text(service)


def begin(page: Page) -> None:
    """From the page of a service to the first question."""
    follow(page.get_by_role("link", name=re.compile(r"^Online \w+$")))
    follow(page.get_by_role("link", name="Jetzt anfangen"))


def send(page: Page) -> Receipt:
    """Send what is on the review page, and note what must be kept."""
    follow(page.get_by_role("button", name="Jetzt absenden"))
    expect(heading_of(page)).to_have_text(re.compile(r"^Ihre? \w+ (ist|sind) angekommen$"))
    number, secret = page.locator("main .kp-number").all_inner_texts()
    return Receipt(number, secret, fact(page, "Eingegangen"))


def apply(page: Page, answers: Answers, files: Iterable[Path] = ()) -> Receipt:
    """From the page of a service to the receipt."""
    begin(page)
    fill_in(page, answers, files)
    return send(page)


def fact(page: Page, name: str) -> str:
    """The value beside a name in a list of facts."""
    return (
        page.locator("main dl > div")
        .filter(has=page.get_by_text(name, exact=True))
        .locator("dd")
        .inner_text()
    )


def confirm_address(page: Page, stage: Stage, email: str) -> None:
    """Open the link that was mailed and say that the address is one's own."""
    page.goto(link_in(stage.mails.wait_for(email, "bestätigen Sie Ihre E-Mail-Adresse"), "/adresse/"))
    follow(page.get_by_role("button", name="Ja, das ist meine Adresse"))
    expect(heading_of(page)).to_have_text("Ihre Adresse ist bestätigt")


def follow_mail(page: Page, stage: Stage, email: str, words: str) -> None:
    """Open the status page by the link in the mail that has these words."""
    page.goto(link_in(stage.mails.wait_for(email, words), "/vorgang?"))
    follow(page.get_by_role("button", name="Anzeigen"))


def look_up(page: Page, stage: Stage, town: str, receipt: Receipt) -> None:
    """Open the status page by number and secret at a town's portal."""
    page.goto(stage.portal(town, "/de/vorgang"))
    page.get_by_label("Nummer").fill(receipt.number)
    page.get_by_label("Kennwort").fill(receipt.secret)
    follow(page.get_by_role("button", name="Anzeigen"))
