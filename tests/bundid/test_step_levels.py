"""A page of a form that needs to know surely who fills it in: it asks when it is reached, and keeps what was typed."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import pytest

from kreisportal.cases.pages import trust
from kreisportal.catalogue.cli import read_all
from kreisportal.catalogue.publishing import publish
from kreisportal.kernel.database.context import REGION
from kreisportal.kernel.paths import shipped
from kreisportal.web.program import Program
from tests.accounts.people import HOST, Citizen, title_of
from tests.bundid.showing import show
from tests.bundid.test_step_up import VECHTA, consented, go, link_to_show, shown_at_provider
from tests.cases.citizen import draft_id_of, fill_to_review, send_page
from tests.support.browser import Browser
from tests.support.server import DatabaseCopy

pytestmark = pytest.mark.usefixtures("end_delays", "strict_page")

PAGE = "person"


def stricter(data: dict[str, Any]) -> dict[str, Any]:
    steps = [{**step, "trust": "substantial"} if step["key"] == PAGE else step for step in data["steps"]]
    return {**data, "steps": steps}


@pytest.fixture(scope="module")
def strict_page(program: Program) -> None:
    """The dog's form needs "substantial" where it asks who one is."""
    entries = [
        dataclasses.replace(entry, data=stricter(dict(entry.data)))
        if (entry.kind, entry.key) == ("form", "hund-anmelden")
        else entry
        for entry in read_all(shipped("catalogue"))
    ]
    with program.database.transaction(REGION) as session:
        publish(session, entries)
    program.keeper.renew()


def test_the_page_asks_when_it_is_reached_and_nothing_typed_is_lost(
    citizen: Citizen, invented: Callable[..., str], region: DatabaseCopy
) -> None:
    citizen.sign_in_at("vechta")
    portal = citizen.at(VECHTA)
    page = fill_to_review(portal, until=PAGE)
    assert title_of(page) == "Bitte weisen Sie sich aus"
    draft_id = draft_id_of(page)
    # Neither later pages nor sending go around it: the review asks for the highest.
    needed = go(citizen, VECHTA, link_to_show(page))
    asked = shown_at_provider(citizen, needed, invented(person__given_names="Ännchen"), "substantial")
    joined = citizen.follow(citizen.at(HOST).submit(asked, {}, "verbinden"), HOST)
    assert 'name="given_names"' in joined.text
    assert "Ännchen" in joined.text, "what the provider told is proposed"
    with region.superuser() as connection:
        (answers,) = (
            connection.execute("SELECT answers FROM drafts WHERE id = %s", [draft_id]).fetchone() or ()
        )
    assert answers["dog_name"] == "Wölfchen"


def test_what_is_typed_after_the_level_has_ended_is_kept(
    citizen: Citizen, invented: Callable[..., str], region: DatabaseCopy
) -> None:
    citizen.sign_in_at("vechta")
    who = invented()
    show(citizen.at(HOST), who)
    citizen.at(HOST).submit(citizen.at(HOST).get("/de/zugang/anbieter/verbinden"), {}, "verbinden")
    portal = citizen.at(VECHTA)
    page = fill_to_review(portal, until=PAGE)
    draft_id = draft_id_of(page)
    with region.superuser() as connection:
        connection.execute("UPDATE sessions SET trust = 'basic' WHERE account_id IS NOT NULL")
    refused = send_page(portal, page, given_names="Zwischendurch")
    assert (refused.status_code, title_of(refused)) == (403, "Bitte weisen Sie sich aus")
    with region.superuser() as connection:
        row = connection.execute(
            "SELECT answers, unfinished FROM drafts WHERE id = %s", [draft_id]
        ).fetchone()
    assert row is not None
    assert "given_names" not in row[0], "nobody was sure enough to answer"
    needed = go(citizen, VECHTA, link_to_show(refused))
    again = consented(citizen, shown_at_provider(citizen, needed, who, "substantial"))
    assert "Zwischendurch" in again.text


def test_where_nobody_can_show_it_the_page_says_so_and_can_be_filled_in(
    client: Callable[..., Browser], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trust, "outside_ways", lambda level: [])
    portal = client(VECHTA)
    page = fill_to_review(portal, until=PAGE)
    assert "Ihre Identität prüft die Behörde auf anderem Weg" in page.text
    assert send_page(portal, page).status_code == 303
