"""Situations as guided lists: with and without a day, ticked off without an account, in every language."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from kreisportal.catalogue.cli import read_all
from kreisportal.kernel.paths import shipped
from tests.support.browser import Browser

Client = Callable[..., Browser]
MOVING = "/de/lebenslagen/wohnen-umzug"
DAY = "tag-day=1&tag-month=12&tag-year=2026"
WANTED = {
    *("wohnen-umzug", "geburt", "eheschliessung", "tod", "unternehmensstart", "hausbau-immobilienerwerb"),
    *("tierhaltung", "behinderung", "pflege", "auswanderung"),
}
pytestmark = pytest.mark.usefixtures("frozen")


def guide_of(client: Client, address: str) -> str:
    page = client("vechta.localhost").get(address)
    assert page.status_code == 200
    return page.text.partition('<section class="kp-guide"')[2].partition("</section>")[0]


def step_of(guide: str, key: str) -> str:
    return next(part for part in guide.split("<li class=")[1:] if f'value="{key}"' in part)


def test_the_situations_that_need_one_have_a_guide() -> None:
    assert {entry.key for entry in read_all(shipped("catalogue")) if entry.kind == "guide"} == WANTED


@pytest.mark.parametrize("key", sorted(WANTED))
@pytest.mark.parametrize("language", ["de", "en", "de-simple"])
def test_every_guide_shows_in_every_language(client: Client, key: str, language: str) -> None:
    guide = guide_of(client, f"/{language}/lebenslagen/{key}")
    assert guide.count('name="erledigt"') >= 8
    assert f'href="/{language}/leistungen/' in guide


def test_steps_stand_in_order_under_what_comes_before_and_after(client: Client) -> None:
    guide = guide_of(client, MOVING)
    assert re.findall("<h3>([^<]+)</h3>", guide) == ["Vor dem Umzug", "Am Tag des Umzugs", "Nach dem Einzug"]
    keys = re.findall('name="erledigt" value="([a-z-]+)"', guide)
    assert (
        keys.index("kuendigen") < keys.index("halteverbot") < keys.index("zaehler") < keys.index("anmelden")
    )
    registration = step_of(guide, "anmelden")
    assert "frühestens am Tag des Umzugs, spätestens 2 Wochen nach dem Einzug" in registration
    assert "gesetzliche Frist" in registration
    assert "am besten bis 2 Wochen vor dem Umzug" in step_of(guide, "halteverbot")
    assert "gesetzliche Frist" not in step_of(guide, "halteverbot")


def test_a_day_gives_every_step_its_date(client: Client) -> None:
    guide = guide_of(client, f"{MOVING}?{DAY}")
    assert "bis 15. Dezember 2026" in step_of(guide, "anmelden")
    assert "bis 17. November 2026" in step_of(guide, "halteverbot")
    assert "Tag ist vorbei" in step_of(guide, "halteverbot")
    assert "Tag ist vorbei" not in step_of(guide, "anmelden")
    assert 'name="tag-day" type="text" inputmode="numeric" maxlength="2" value="1"' in guide


def test_a_death_counts_working_days(client: Client) -> None:
    # Died on 23 December 2026: the 25th and 26th are holidays, the 27th is a Sunday.
    guide = guide_of(client, "/de/lebenslagen/tod?tag-day=23&tag-month=12&tag-year=2026")
    assert "bis 29. Dezember 2026" in step_of(guide, "melden")


def test_steps_are_ticked_off_in_the_address(client: Client) -> None:
    guide = guide_of(client, f"{MOVING}?{DAY}&erledigt=anmelden&erledigt=sperrmuell&erledigt=unbekannt")
    assert "2 von 15 Schritten erledigt" in guide
    assert " checked" in step_of(guide, "anmelden")
    assert "bis 15. Dezember 2026" not in step_of(guide, "anmelden")
    assert " checked" not in step_of(guide, "halteverbot")


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("tag-day=31&tag-month=2&tag-year=2026", "Geben Sie einen Tag in der Form 24.12.2026 ein."),
        ("tag-day=x&tag-month=&tag-year=", "Geben Sie einen Tag in der Form 24.12.2026 ein."),
        ("tag-day=1&tag-month=1&tag-year=1826", "Prüfen Sie das Jahr."),
        ("tag-day=1&tag-month=1&tag-year=9999", "Prüfen Sie das Jahr."),
    ],
)
def test_a_day_that_is_none_is_told_and_kept(client: Client, typed: str, words: str) -> None:
    guide = guide_of(client, f"{MOVING}?{typed}&erledigt=anmelden")
    assert words in guide
    assert " checked" in step_of(guide, "anmelden")


def test_what_somebody_entered_is_kept_nowhere(client: Client) -> None:
    portal = client("vechta.localhost")
    entered = portal.get(f"{MOVING}?{DAY}")
    assert entered.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in entered.headers
    assert "15. Dezember 2026" not in portal.get(MOVING).text
    assert portal.get(MOVING).headers["Cache-Control"] == "public, no-cache"


def test_another_language_takes_the_state_along(client: Client) -> None:
    page = client("vechta.localhost").get(f"{MOVING}?{DAY}&erledigt=anmelden").text
    assert (
        'href="/en/lebenslagen/wohnen-umzug?tag-day=1&amp;tag-month=12&amp;tag-year=2026&amp;erledigt=anmelden"'
        in page
    )


def test_plain_language_shows_no_notes_in_everyday_german(client: Client) -> None:
    guide = guide_of(client, "/de-simple/lebenslagen/wohnen-umzug")
    assert "Den Zettel vom Vermieter holen" in guide
    assert "Mietvertrag" not in guide


def test_a_guide_without_a_day_asks_for_none(client: Client) -> None:
    guide = guide_of(client, "/de/lebenslagen/behinderung")
    assert "tag-day" not in guide
    assert "<h3>" not in guide


def test_a_situation_without_a_guide_has_none(client: Client) -> None:
    assert "kp-guide" not in client("vechta.localhost").get("/de/lebenslagen/schule").text
