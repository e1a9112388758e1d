"""The portal's page on the council: what it says, to whom, and until when."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable

import pytest

from kreisportal.kernel import clock
from kreisportal.web.program import Program
from tests.support.browser import Browser
from tests.support.oparl_server import DAY, Council

Client = Callable[..., Browser]
SetSource = Callable[..., None]
RunFetch = Callable[..., None]
PAGE = "/de/rat"

pytestmark = pytest.mark.usefixtures("frozen")


def test_the_next_meetings_and_papers_are_shown_as_text_and_links(
    council: Council, set_source: SetSource, run_fetch: RunFetch, client: Client
) -> None:
    council.meetings[3]["name"] = "<script>alert(1)</script> & Söhne"
    council.papers[0]["web"] = "javascript:alert(1)"
    set_source()
    run_fetch()
    page = client("vechta.localhost").get(PAGE).text
    assert "Rat und Sitzungen" in page
    assert "Donnerstag, 3. Dezember 2026<br>18 Uhr bis 20:30 Uhr" in page
    assert '<a href="https://rat.musterfeld.example/4" lang="de">Rat der Stadt Musterfeld</a>' in page
    assert "Ratssaal, Am Markt 1, 49999 Musterfeld" in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; Söhne" in page
    assert "javascript:" not in page
    assert (
        page.index("Dienstag, 1. Dezember")
        < page.index("Donnerstag, 3. Dezember")
        < page.index("Bauausschuss")
    )
    assert page.count("Abgesagt") == 1
    assert page.index("Haushalt 2027") < page.index("Radweg zur Schule") < page.index("Bänke am Fluss")
    assert "Beschlussvorlage" in page and "2026/9" in page and "27. November 2026" in page
    assert "Stand: 1. Dezember 2026" in page
    english = client("vechta.localhost").get("/en/rat").text
    assert "Council and meetings" in english and "Cancelled" in english and "As of" in english


def test_only_the_town_itself_shows_it_and_its_start_page_leads_there(
    set_source: SetSource, run_fetch: RunFetch, client: Client
) -> None:
    portal, beside = client("vechta.localhost"), client("lohne.localhost")
    assert portal.get(PAGE).status_code == 404
    set_source()
    run_fetch()
    home = portal.get("/de/").text
    assert 'href="/de/rat"' in home
    assert "Nächste Sitzung: Dienstag, 1. Dezember 2026, 18 Uhr" in home
    assert "/de/rat</loc>" in portal.get("/sitemap.xml").text
    assert beside.get(PAGE).status_code == 404
    assert "/de/rat" not in beside.get("/de/").text + beside.get("/sitemap.xml").text
    set_source(on=False)
    run_fetch()
    assert portal.get(PAGE).status_code == 404
    assert "/de/rat" not in portal.get("/de/").text


def test_nothing_but_the_towns_own_host_is_asked_by_a_browser(
    set_source: SetSource, run_fetch: RunFetch, client: Client
) -> None:
    set_source()
    run_fetch()
    page = client("vechta.localhost").get(PAGE)
    loaded = re.findall(
        r'<(?:img|script|link|iframe|source|object)[^>]+(?:src|href|data)="([^"]+)"', page.text
    )
    assert loaded and all(each.startswith(("/", "https://vechta.localhost/")) for each in loaded)
    assert "musterfeld.example" not in page.headers["Content-Security-Policy"]


def test_a_meeting_goes_when_its_day_is_over_though_nothing_is_fetched(
    set_source: SetSource, run_fetch: RunFetch, client: Client
) -> None:
    set_source()
    run_fetch()
    portal = client("vechta.localhost")
    assert "Sondersitzung" in portal.get(PAGE).text
    with clock.frozen(datetime.datetime(2026, 12, 1, 22, 59, tzinfo=datetime.UTC)):
        assert "Sondersitzung" in portal.get(PAGE).text
    with clock.frozen(datetime.datetime(2026, 12, 1, 23, 0, tzinfo=datetime.UTC)):
        page = portal.get(PAGE).text
        assert "Sondersitzung" not in page and "4. Sitzung" in page
        assert "Nächste Sitzung: Donnerstag, 3. Dezember" in portal.get("/de/").text
    with clock.frozen(DAY + datetime.timedelta(days=60)):
        page = portal.get(PAGE).text
        assert "Zurzeit ist keine Sitzung angekündigt." in page and "Stand: 1. Dezember 2026" in page


def test_what_was_read_of_another_body_is_not_shown(
    council: Council, set_source: SetSource, run_fetch: RunFetch, client: Client, program: Program
) -> None:
    set_source()
    run_fetch()
    set_source(body=f"{council.base}/body/2")
    program.keeper.renew()
    assert client("vechta.localhost").get(PAGE).status_code == 404


def test_neither_the_page_nor_the_start_page_asks_the_database(
    set_source: SetSource,
    run_fetch: RunFetch,
    client: Client,
    program: Program,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    set_source()
    run_fetch()
    monkeypatch.setattr(
        type(program.database), "transaction", lambda *_: pytest.fail("the database was asked")
    )
    for path in (PAGE, "/en/rat", "/de/", "/sitemap.xml"):
        assert client("vechta.localhost").get(path).status_code == 200
