"""A portal that is being prepared, paused or closed, and looking at it beforehand."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from itsdangerous import TimestampSigner

from kreisportal.web.not_open import PREVIEW_COOKIE, PREVIEW_SECONDS
from kreisportal.web.program import Program
from tests.region.conftest import Region, region_host
from tests.support.browser import Browser, forms_of
from tests.support.server import DatabaseCopy

PORTAL = "bakum.localhost"
State = Callable[[str], None]

__all__ = ["region_host"]


@pytest.fixture
def state(region: DatabaseCopy, program: Program) -> Iterator[State]:
    """Brings Bakum into a state; afterwards it is open again."""

    def become(wanted: str) -> None:
        with region.superuser() as connection:
            connection.execute("UPDATE tenants SET state = %s WHERE slug = 'bakum'", (wanted,))
        program.keeper.renew()

    yield become
    become("open")


@pytest.mark.parametrize(
    ("to", "status", "words"),
    [
        ("preparing", 503, "wird gerade vorbereitet"),
        ("paused", 503, "macht gerade Pause"),
        ("closed", 410, "gibt es nicht mehr"),
    ],
)
def test_a_notice_stands_in_the_place_of_every_page(
    state: State, client: Callable[..., Browser], to: str, status: int, words: str
) -> None:
    browser = client(PORTAL)
    assert browser.get("/de/").status_code == 200
    state(to)
    for path in ("/de/", "/de/leistungen/hund-anmelden", "/de/suche?q=hund", "/de/nirgends", "/sitemap.xml"):
        answer = browser.get(path)
        assert (answer.status_code, words in answer.text) == (status, True), path
        assert answer.headers["Cache-Control"] == "no-store"
    assert ("Retry-After" in answer.headers) == (status == 503)
    assert "rathaus@gemeinde-bakum.example" in answer.text
    state("open")
    assert browser.get("/de/").status_code == 200


def test_it_speaks_the_language_that_is_asked_for(state: State, client: Callable[..., Browser]) -> None:
    state("paused")
    assert "is taking a break" in client(PORTAL).get("/en/").text


def test_what_the_law_asks_for_and_other_towns_stay(state: State, client: Callable[..., Browser]) -> None:
    state("paused")
    for path in ("/de/seite/imprint", "/de/kontakt", "/robots.txt"):
        assert client(PORTAL).get(path).status_code == 200, path
    assert client("lohne.localhost").get("/de/").status_code == 200
    assert client("verwaltung.bakum.localhost").get("/de/anmelden").status_code == 200


@pytest.mark.parametrize(("to", "seen"), [("preparing", False), ("paused", True), ("closed", True)])
def test_whoever_has_a_case_goes_on_following_it(
    state: State, client: Callable[..., Browser], to: str, seen: bool
) -> None:
    state(to)
    assert (client(PORTAL).get("/de/vorgang").status_code == 200) is seen


def test_what_was_typed_into_a_form_is_offered_again(state: State, client: Callable[..., Browser]) -> None:
    browser = client(PORTAL)
    page = browser.get("/de/antrag/hund-anmelden/start")
    state("paused")
    form = next(each for each in forms_of(page.text) if each.method == "post")
    typed = {**form.values, "taken_in.day": "24"}
    answer = browser.post("/de/antrag/hund-anmelden/start", typed, headers={"Origin": browser.origin})
    assert answer.status_code == 503
    assert "Was Sie eingegeben haben, ist noch da." in answer.text
    assert 'name="taken_in.day" value="24"' in answer.text
    state("open")
    assert browser.submit(answer, {}, "/de/antrag/").status_code in (303, 422)


def test_a_preview_is_for_who_has_the_link_and_kept_for_nobody(
    state: State, client: Callable[..., Browser], region_host: Region
) -> None:
    state("preparing")
    page = region_host("landkreis-vechta").get("/de/kommunen/bakum").text
    link = page.split("/vorschau/")[1].split('"')[0]
    looking, other = client(PORTAL), client(PORTAL)
    assert looking.get(f"/vorschau/{link}").status_code == 303
    seen = looking.get("/de/")
    assert seen.status_code == 200
    assert "Vorschau: Dieses Portal" in seen.text
    assert seen.headers["Cache-Control"] == "no-store"
    assert other.get("/de/").status_code == 503
    # The link is one town's: elsewhere it is nothing, and neither is its cookie.
    assert client("lohne.localhost").get(f"/vorschau/{link}").status_code == 404


@pytest.mark.parametrize("spoil", [lambda token: token[:-2], lambda token: "x", lambda token: ""])
def test_a_link_that_was_changed_is_none(
    state: State, client: Callable[..., Browser], region_host: Region, spoil: Callable[[str], str]
) -> None:
    state("preparing")
    link = region_host().get("/de/kommunen/bakum").text.split("/vorschau/")[1].split('"')[0]
    browser = client(PORTAL)
    browser.set_cookie(PREVIEW_COOKIE, spoil(link))
    assert browser.get("/de/").status_code == 503


def test_a_preview_ends(state: State, client: Callable[..., Browser], region_host: Region) -> None:
    state("preparing")
    link = region_host().get("/de/kommunen/bakum").text.split("/vorschau/")[1].split('"')[0]
    browser = client(PORTAL)
    browser.set_cookie(PREVIEW_COOKIE, link)
    assert browser.get("/de/").status_code == 200
    with later(PREVIEW_SECONDS + 60):
        assert browser.get("/de/").status_code == 503


@contextmanager
def later(seconds: int) -> Iterator[None]:
    """Signatures are as old as if so many seconds had gone by."""
    timestamp = TimestampSigner.get_timestamp
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TimestampSigner, "get_timestamp", lambda signer: timestamp(signer) + seconds)
        yield
