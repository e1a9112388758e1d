"""A service's page: who is responsible and why, the way that is open today, and for another place."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest

from kreisportal.catalogue.definitions import Level
from kreisportal.catalogue.definitions import Place as Deciding
from kreisportal.kernel import clock
from kreisportal.web.program import Program
from tests.support.browser import Browser

Portal = Callable[..., Browser]
Offer = Callable[..., None]

DOG = "/de/leistungen/hund-anmelden"
START = 'href="/de/antrag/hund-anmelden"'
WAYS = {
    "online": 'kern-btn--start"',
    "appointment": "Dafür kommen Sie bitte persönlich vorbei",
    "paper": "Das geht schriftlich oder persönlich",
    "in-person": "Das geht hier noch nicht online",
    "choose": "Ort wählen",
    "not-yet": "Noch nicht möglich",
    "ended": "Zurzeit nicht möglich",
    "link": "Weiter zu: ",
    "nowhere": " liegt außerhalb unserer Region",
}


def ars(program: Program, slug: str) -> str:
    """A tenant's regional key."""
    tenant = program.keeper.current.registry.by_slug_or_none(slug)
    assert tenant is not None, slug
    return tenant.ars


def way(page: str) -> list[str]:
    """The ways that a page offers."""
    main = page.partition("<main")[2]
    return [name for name, sentence in WAYS.items() if sentence in main]


def provider(page: str) -> str:
    """The authority that a page names as responsible."""
    (name,) = re.findall(r'itemprop="provider".*?<strong itemprop="name">(.*?)</strong>', page)
    return str(name)


def test_what_is_online_begins_with_a_button_and_says_what_it_takes(portal: Portal) -> None:
    page = portal().get(DOG)
    assert way(page.text) == ["online"]
    for text in (
        START,
        "Stadt Vechta",
        "84",
        "Warum diese Behörde?",
        "Lieber persönlich?",
        "Für Vechta ist das: Stadt Vechta.",
    ):
        assert text in page.text, text
    assert page.headers["Cache-Control"] == "public, no-cache"


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("de", ("Hund anmelden", "Das brauchen Sie", "Zuständig")),
        ("en", ("Register a dog", "Town of Vechta", "Register online")),
        ("de-simple", ("Den Hund anmelden", "Das kostet es", "Schwere Wörter")),
    ],
)
def test_it_speaks_each_language(portal: Portal, language: str, words: tuple[str, ...]) -> None:
    page = portal().get(f"/{language}/leistungen/hund-anmelden")
    assert f'<html lang="{language}"' in page.text
    for word in words:
        assert word in page.text, word


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"channel": "online"}, "online"),
        ({"channel": "appointment"}, "appointment"),
        ({"channel": "paper"}, "paper"),
        ({"channel": "link", "details": {"url": "https://hund.example/"}}, "link"),
        ({"is_on": False}, "in-person"),
        ({"open_from": date(2026, 12, 2)}, "not-yet"),
        ({"open_from": date(2026, 12, 1), "open_until": date(2026, 12, 1)}, "online"),
        ({"open_until": date(2026, 11, 30)}, "ended"),
    ],
)
def test_the_way_is_the_one_that_the_authority_offers_today(
    portal: Portal, offer: Offer, frozen: datetime, changes: dict[str, object], expected: str
) -> None:
    offer("vechta", "hund-anmelden", **changes)
    page = portal().get(DOG).text
    assert way(page) == [expected]
    assert (START in page) == (expected == "online")
    if expected == "link":
        assert 'href="https://hund.example/"' in page


def test_a_service_without_a_form_is_not_said_to_be_online(portal: Portal, offer: Offer) -> None:
    offer("landkreis-vechta", "kfz-zulassung", channel="online")
    page = portal("landkreis-vechta").get("/de/leistungen/kfz-zulassung").text
    assert way(page) == ["in-person"]
    assert "/de/antrag/" not in page


def test_a_kept_page_ends_with_the_offer(portal: Portal, offer: Offer) -> None:
    offer("vechta", "hund-anmelden", open_until=date(2026, 12, 1))
    # On the region's clocks the day ends at eleven in the evening, UTC.
    for moment, expected in (
        (datetime(2026, 12, 1, 22, 59, tzinfo=UTC), "online"),
        (datetime(2026, 12, 1, 23, 0, tzinfo=UTC), "ended"),
    ):
        with clock.frozen(moment):
            assert way(portal().get(DOG).text) == [expected]


def test_a_kept_page_begins_with_the_offer(portal: Portal, offer: Offer) -> None:
    offer("vechta", "hund-anmelden", open_from=date(2026, 12, 2))
    for hour, expected in ((22, "not-yet"), (23, "online")):
        with clock.frozen(datetime(2026, 12, 1, hour, 30, tzinfo=UTC)):
            assert way(portal().get(DOG).text) == [expected]


@pytest.mark.parametrize(
    ("slug", "service", "name"),
    [
        ("lohne", "hund-anmelden", "Stadt Lohne"),
        # What the district does, a town names the district for, unless it does it by a delegation of its own.
        ("lohne", "baugenehmigung", "Landkreis Vechta"),
        ("vechta", "baugenehmigung", "Stadt Vechta"),
        ("cloppenburg", "kfz-zulassung", "Landkreis Cloppenburg"),
        ("landkreis-vechta", "kfz-zulassung", "Landkreis Vechta"),
    ],
)
def test_who_is_responsible_depends_on_level_and_delegation(
    portal: Portal, slug: str, service: str, name: str
) -> None:
    page = portal(slug).get(f"/de/leistungen/{service}").text
    assert provider(page) == name
    assert name in page.partition('id="personal"')[2]


@pytest.mark.parametrize("level", [Level.LAND, Level.FEDERATION, Level.OTHER])
def test_what_somebody_above_does_leads_there(program: Program, portal: Portal, level: Level) -> None:
    services = program.keeper.current.catalogue.services.values()
    service = next(each for each in services if each.level is level)
    page = portal().get(f"/de/leistungen/{service.key}").text
    assert service.authority is not None
    assert f'href="{service.authority.url}"' in page
    assert provider(page) == service.authority.name["de"]
    assert "Geht es um einen anderen Ort?" not in page
    assert 'id="personal"' not in page
    assert portal().get(f"/de/leistungen/{service.key}/ort").status_code == 404


def test_on_a_districts_portal_the_town_is_chosen_first(portal: Portal, program: Program) -> None:
    page = portal("landkreis-vechta").get(DOG).text
    assert way(page) == ["choose"]
    assert 'href="/de/leistungen/hund-anmelden/ort"' in page
    assert 'itemprop="provider"' not in page
    chosen = portal("landkreis-vechta").get(f"{DOG}?ort={ars(program, 'bakum')}").text
    assert (way(chosen), provider(chosen)) == (["online"], "Gemeinde Bakum")


def test_for_another_place_another_authority_and_its_offer(portal: Portal, program: Program) -> None:
    page = portal().get(f"{DOG}?ort={ars(program, 'bakum')}")
    assert (way(page.text), provider(page.text)) == (["online"], "Gemeinde Bakum")
    assert f'href="/de/antrag/hund-anmelden?ort={ars(program, "bakum")}"' in page.text
    assert "für Bakum" in page.text
    assert page.headers["Cache-Control"] == "no-store"


def test_an_authority_without_a_portal_is_named_with_its_address(portal: Portal, program: Program) -> None:
    page = portal().get(f"{DOG}?ort={ars(program, 'visbek')}").text
    assert provider(page) == "Gemeinde Visbek"
    assert way(page) == ["in-person"] or way(page) == ["paper"]
    assert "49429" in page.partition('id="personal"')[2]
    assert "/de/antrag/" not in page


def test_a_place_outside_the_region_is_sent_to_its_own_town_hall(portal: Portal, program: Program) -> None:
    (hannover,) = program.places.find("Hannover")
    page = portal().get(f"{DOG}?ort={hannover.ars}").text
    assert way(page) == ["nowhere"]
    assert 'itemprop="provider"' not in page


@pytest.mark.parametrize("place", ["1", "000000000000", "99999999999x", "../../etc", "' OR 1=1"])
def test_what_is_no_place_is_no_page(portal: Portal, place: str) -> None:
    assert portal().get(DOG, query_string={"ort": place}).status_code == 404


def test_the_district_adds_its_own_words_at_all_its_towns_and_nowhere_else(portal: Portal) -> None:
    words = "Von April bis Mitte Juli muss er in der freien Landschaft an die Leine."
    assert words in portal("vechta").get(DOG).text
    assert words in portal("lohne").get(DOG).text
    assert "Für alle Orte im Kreis" in portal("lohne").get(DOG).text
    assert "For all places in the district" in portal("lohne").get(DOG.replace("/de/", "/en/")).text
    assert words not in portal("cloppenburg").get(DOG).text


def test_a_towns_words_and_fee_are_shown_and_cannot_bring_code(portal: Portal, offer: Offer) -> None:
    text = "<script>alert(1)</script> **Neu:** [hier](javascript:alert(1))"
    offer(
        "vechta",
        "hund-anmelden",
        details={"text": {"de": text}, "fee": {"de": "<b>1 Mio. €</b>"}, "processing_days": 1},
    )
    assert "From your authority" in portal().get(DOG.replace("/de/", "/en/")).text
    page = portal().get(DOG).text
    assert ">Von Ihrer Behörde<" in page
    assert not re.search(r"Hinweis: </span>\s*<[^>]*>Hinweis", page), "no word is read aloud twice"
    assert "<strong>Neu:</strong>" in page
    assert "<script>alert" not in page
    assert 'href="javascript:' not in page
    assert "&lt;b&gt;1 Mio. €&lt;/b&gt;" in page
    assert "meist in 1 Tag fertig" in page


def test_what_is_asked_for_another_place_is_what_decides(portal: Portal, program: Program) -> None:
    questions = {
        Deciding.RESIDENCE: "Wo wohnen Sie?",
        Deciding.BIRTH: "Wo ist die Person geboren?",
        Deciding.EVENT: "Wo ist es geschehen?",
        Deciding.BUSINESS: "Wo ist der Betrieb?",
        Deciding.OBJECT: "Wo liegt das Grundstück oder die Sache?",
    }
    services = program.keeper.current.catalogue.services.values()
    for deciding, question in questions.items():
        service = next(each for each in services if each.place is deciding and each.executed_here)
        assert f"<h1>{question}</h1>" in portal().get(f"/de/leistungen/{service.key}/ort").text


def test_an_unknown_service_is_an_unknown_page(portal: Portal) -> None:
    for path in ("/de/leistungen/nichts", "/de/leistungen/nichts/ort", "/de/leistungen/HUND-ANMELDEN"):
        assert portal().get(path).status_code == 404


@pytest.mark.parametrize(
    ("key", "german", "english"),
    [
        ("meldebescheinigung", "Online erledigen", "Apply online"),
        ("hund-anmelden", "Online anmelden", "Register online"),
        ("maengelmelder-strassenschaden", "Online melden", "Report online"),
        ("fundsache-suchen", "Online anfragen", "Ask online"),
        ("ideen-und-anregungen", "Online schreiben", "Write online"),
        ("wohnsitz-ummelden", "Online vorbereiten", "Prepare online"),
    ],
)
def test_the_button_promises_no_more_than_the_form_does(
    portal: Portal, key: str, german: str, english: str
) -> None:
    for language, label in (("de", german), ("en", english), ("de-simple", german)):
        page = portal().get(f"/{language}/leistungen/{key}").text
        assert re.findall(r'kern-btn--start"[^>]*><span class="kern-label">(.*?)<', page) == [label], language


@pytest.mark.parametrize(
    ("key", "language", "facts"),
    [
        ("personalausweis", "de", ["46\N{NO-BREAK SPACE}€ ab 24 Jahren", "meist in 3 Wochen fertig"]),
        ("personalausweis", "en", ["€46 from the age of 24", "usually done in 3 weeks"]),
        ("wohngeld", "de", ["Der Antrag kostet", "meist in 6 Wochen fertig"]),
    ],
)
def test_what_it_costs_and_how_long_it_takes_is_seen_at_a_glance(
    portal: Portal, key: str, language: str, facts: list[str]
) -> None:
    glance = portal().get(f"/{language}/leistungen/{key}").text.partition("<h2")[0]
    for fact in facts:
        assert fact in glance, fact


def test_a_fee_that_differs_by_town_is_not_given_at_a_glance_unless_the_town_says_it(portal: Portal) -> None:
    assert "Gebührenordnung" not in portal().get("/de/leistungen/fischereischein").text.partition("<h2")[0]
