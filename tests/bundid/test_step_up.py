"""A form that needs to know surely who sends it: it asks where that is needed, and keeps what was typed."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable
from html import unescape

import pytest
from werkzeug.test import TestResponse

from kreisportal.catalogue.cli import read_all
from kreisportal.catalogue.publishing import publish
from kreisportal.kernel.database.context import REGION
from kreisportal.kernel.paths import shipped
from kreisportal.web.program import Program
from tests.accounts.people import HOST, PASSWORD, Citizen, title_of
from tests.bundid.showing import begin_with, show, sign_in
from tests.cases.citizen import draft_id_of, fill_to_review, token_of
from tests.support.browser import Browser
from tests.support.server import DatabaseCopy

pytestmark = pytest.mark.usefixtures("end_delays", "strict_form")

Client = Callable[..., Browser]
Invented = Callable[..., str]
VECHTA = "vechta.localhost"


@pytest.fixture(scope="module")
def strict_form(program: Program) -> None:
    """The dog's form needs "substantial" from now on."""
    entries = [
        dataclasses.replace(entry, data={**entry.data, "trust": "substantial"})
        if (entry.kind, entry.key) == ("form", "hund-anmelden")
        else entry
        for entry in read_all(shipped("catalogue"))
    ]
    with program.database.transaction(REGION) as session:
        publish(session, entries)
    program.keeper.renew()


def link_to_show(page: TestResponse) -> str:
    """Where the review leads to for showing who one is."""
    found = re.search(r'href="([^"]+)"><span class="kern-label">Jetzt ausweisen', page.text)
    assert found, page.text
    return unescape(found[1])


def go(person: Citizen, host: str, address: str) -> TestResponse:
    """Follow a link from a page at a host, to whatever page it leads."""
    return person.follow(person.at(host).get(address), host)


def sent(browser: Browser, draft_id: str, page: TestResponse) -> TestResponse:
    """Send the draft as the review of others would."""
    path = f"/de/antrag/{draft_id}/pruefen"
    return browser.post(path, {"csrf_token": token_of(page), "revision": "99"})


def shown_at_provider(person: Citizen, page: TestResponse, who: str, level: str) -> TestResponse:
    """Go to the provider from the page that lists ways, show an identity, and come back as far as there is a page."""
    found = re.search(r'href="(/de/simulation/[^"]*)"', page.text)
    assert found, page.text
    own = person.at(HOST)
    asked = own.follow(own.get(unescape(found[1])))
    return person.follow(own.submit(asked, {"wer": who, "niveau": level}), HOST)


def consented(person: Citizen, page: TestResponse) -> TestResponse:
    """Say yes where a town asks for the first time."""
    if "Konto bei" not in page.text:
        return page
    return person.follow(person.at(HOST).submit(page, {"antwort": "ja"}), HOST)


def test_a_guest_shows_it_before_sending_and_nothing_is_lost(
    client: Client,
    invented: Invented,
    program: Program,
    stranger: Callable[[], Citizen],
    region: DatabaseCopy,
) -> None:
    who, person = invented(), stranger()
    begin_with(client(HOST), program, who, person.email)
    portal = person.at(VECHTA)
    assert "weisen Sie sich aus" in portal.get("/de/antrag/hund-anmelden").text
    review = fill_to_review(portal)
    draft_id = draft_id_of(review)
    assert "Jetzt absenden" not in review.text
    refused = sent(portal, draft_id, review)
    assert refused.status_code in (403, 409)
    needed = go(person, VECHTA, link_to_show(review))
    assert title_of(needed) == "Bitte weisen Sie sich aus"
    page = consented(person, shown_at_provider(person, needed, who, "substantial"))
    assert title_of(page) == "Prüfen Sie Ihre Angaben"
    assert "Wölfchen" in page.text
    assert portal.submit(page, {}, "pruefen").status_code == 303
    with region.superuser() as connection:
        rows = connection.execute(
            "SELECT data -> 'identity' ->> 'level', data -> 'identity' ->> 'by' FROM case_events WHERE case_id = %s",
            [draft_id],
        ).fetchall()
    assert rows == [("substantial", "outside:probe")]


def test_less_than_is_needed_is_asked_again_and_sends_nothing(
    citizen: Citizen, invented: Invented, region: DatabaseCopy
) -> None:
    citizen.sign_in_at("vechta")
    portal, who = citizen.at(VECHTA), invented()
    review = fill_to_review(portal)
    revision = re.search(r'name="revision" value="(\d+)"', review.text)
    assert revision is None
    needed = go(citizen, VECHTA, link_to_show(review))
    asked = shown_at_provider(citizen, needed, who, "basic")
    assert title_of(asked) == "Mit Ihrem Konto verbinden"
    joined = citizen.at(HOST).submit(asked, {}, "verbinden")
    again = citizen.follow(joined, HOST)
    assert title_of(again) == "Bitte weisen Sie sich aus", "basic is not enough"
    with region.superuser() as connection:
        (revision_now,) = connection.execute(
            "SELECT revision FROM drafts WHERE id = %s", [draft_id_of(review)]
        ).fetchone() or (0,)
    forged = portal.post(
        f"/de/antrag/{draft_id_of(review)}/pruefen",
        {"csrf_token": token_of(review), "revision": str(revision_now), "trust": "high", "niveau": "high"},
    )
    assert forged.status_code == 403
    page = shown_at_provider(citizen, again, who, "high")
    assert title_of(page) == "Prüfen Sie Ihre Angaben"
    # A password that is shown later makes nobody less sure, and is not what the level stands on.
    own = citizen.at(HOST)
    assert own.submit(own.get("/de/bestaetigen"), {"password": PASSWORD}).status_code == 303
    assert portal.submit(page, {}, "pruefen").status_code == 303
    status = portal.get(f"/de/vorgang/{draft_id_of(review)}").text
    assert "hoch, über Landeskonto (Simulation), am " in status


def test_the_level_ends_with_the_session(citizen: Citizen, invented: Invented, region: DatabaseCopy) -> None:
    citizen.sign_in_at("vechta")
    own, who = citizen.at(HOST), invented()
    show(own, who, "high")
    own.submit(own.get("/de/zugang/anbieter/verbinden"), {}, "verbinden")
    review = fill_to_review(citizen.at(VECHTA))
    assert "Jetzt absenden" in review.text, "what was shown at the account counts at the town"
    with region.superuser() as connection:
        connection.execute(
            "UPDATE sessions SET seen_at = now() - interval '6 minutes' WHERE site = 'account' AND account_id ="
            " (SELECT id FROM accounts WHERE email = %s)",
            [citizen.email],
        )
    assert citizen.at(VECHTA).get(f"/de/antrag/{draft_id_of(review)}/pruefen").status_code == 404
    assert sign_in(own, citizen.email).status_code == 303
    page = go(citizen, VECHTA, f"/de/anmelden?next=/de/antrag/{draft_id_of(review)}/pruefen")
    assert "Jetzt ausweisen" in page.text


def test_a_claim_of_a_level_by_the_browser_is_nothing(citizen: Citizen) -> None:
    citizen.sign_in_at("vechta")
    portal = citizen.at(VECHTA)
    review = fill_to_review(portal)
    for claim in ("/de/anmelden?niveau=high", "/de/anmelden?niveau=basic&acr_values=high"):
        go(citizen, VECHTA, claim)
    page = portal.get(f"/de/antrag/{draft_id_of(review)}/pruefen?niveau=high&trust=high")
    assert "Jetzt ausweisen" in page.text
