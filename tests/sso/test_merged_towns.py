"""A town has become part of another one: what an account agreed to is good at the legal successor, and is told."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from kreisportal.web.program import Program
from tests.accounts.conftest import citizen, stranger
from tests.accounts.people import HOST, Citizen, title_of
from tests.support.server import DatabaseCopy

__all__ = ["citizen", "stranger"]


@pytest.fixture
def merged(citizen: Citizen, program: Program, region: DatabaseCopy) -> Iterator[Citizen]:
    """Somebody who has agreed to Bakum, which has become part of Lohne since."""
    citizen.sign_in_at("bakum")
    with region.superuser() as connection:
        connection.execute(
            "UPDATE tenants SET state = 'closed', merged_into_id = (SELECT id FROM tenants WHERE slug = 'lohne')"
            " WHERE slug = 'bakum'"
        )
        program.keeper.renew()
        yield citizen
        connection.execute("UPDATE tenants SET state = 'open', merged_into_id = NULL WHERE slug = 'bakum'")
    program.keeper.renew()


def test_nobody_is_asked_again_and_the_settings_say_why(merged: Citizen) -> None:
    host = "lohne.localhost"
    page = merged.follow(merged.at(host).get("/de/anmelden?next=/de/kontakt"), host)
    assert title_of(page) == "Kontakt", "no question on the way"
    assert merged.email in page.text
    settings = merged.at(HOST).get("/de/einstellungen")
    assert "Stadt Lohne ist die Rechtsnachfolgerin." in settings.text
    assert "Gemeinde Bakum" in settings.text
    merged.at(HOST).submit(settings, {"stadt": "portal:bakum"})
    assert merged.email not in merged.at(host).get("/de/kontakt").text
    asked = merged.follow(merged.at(host).get("/de/anmelden"), host)
    assert title_of(asked) == "Konto bei Stadt Lohne nutzen?"


def test_before_it_is_confirmed_the_town_asks_as_always(
    merged: Citizen, program: Program, region: DatabaseCopy
) -> None:
    with region.superuser() as connection:
        connection.execute("UPDATE tenants SET state = 'paused' WHERE slug = 'bakum'")
    program.keeper.renew()
    host = "lohne.localhost"
    asked = merged.follow(merged.at(host).get("/de/anmelden"), host)
    assert title_of(asked) == "Konto bei Stadt Lohne nutzen?"
