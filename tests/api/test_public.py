"""What anybody may ask: services, search, offices, responsibility. None of it asks the database."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from kreisportal.api.blueprint import MOST
from kreisportal.kernel.database import Database
from kreisportal.web.program import Program
from tests.api.asking import Asker

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

PUBLIC = (
    "/services",
    "/services/hund-anmelden",
    "/services/hund-anmelden/responsibility?place=49377",
    "/search?q=Hund",
    "/offices",
)


@pytest.mark.parametrize("path", [*PUBLIC, "/openapi.json"])
def test_no_database_is_asked_no_cookie_set_and_any_page_may_read_it(
    vechta: Asker, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    def refuse(*_: Any, **__: Any) -> Any:
        raise AssertionError("the database was asked")

    monkeypatch.setattr(Database, "transaction", refuse)
    monkeypatch.setattr(Database, "call", refuse)
    answer = vechta.get(path, headers={"Cookie": "__Host-session=abc; __Host-preview=abc"})
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in answer.headers


@pytest.mark.parametrize("path", PUBLIC)
def test_what_has_not_changed_is_not_sent_again(vechta: Asker, path: str) -> None:
    first = vechta.get(path)
    assert first.headers["Cache-Control"] == "public, no-cache"
    again = vechta.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_the_language_is_asked_for_or_the_readers(vechta: Asker) -> None:
    def name(query: str = "", accepted: str = "") -> str:
        headers = {"Accept-Language": accepted} if accepted else None
        return str(vechta.get(f"/services/hund-anmelden{query}", headers=headers).json["name"])

    german, english = name(), name("?language=en")
    assert german == "Hund anmelden" != english
    assert name(accepted="en-GB") == english
    assert name("?language=de", "en") == german
    assert "Accept-Language" in vechta.get("/services").headers["Vary"]
    assert vechta.get("/services?language=tlh").status_code == 422


def test_only_languages_of_the_portal_can_be_asked_for(
    vechta: Asker, client: Any, languages: Callable[..., None]
) -> None:
    def described() -> list[str]:
        parameters = vechta.get("/openapi.json").json["paths"]["/api/v1/offices"]["get"]["parameters"]
        (named,) = (each for each in parameters if each["name"] == "language")
        return list(named["schema"]["enum"])

    assert described() == ["de", "en", "de-simple"]
    languages("vechta", "de-simple")
    assert described() == ["de", "de-simple"]
    refused = vechta.get("/offices?language=en")
    assert (refused.status_code, refused.json["errors"][0]["field"]) == (422, "language")
    assert refused.json["errors"][0]["detail"].endswith("de, de-simple.")
    german = vechta.get("/services/hund-anmelden", headers={"Accept-Language": "en"})
    assert german.json["name"] == "Hund anmelden"
    assert "mit einem von diesen: de, de-simple." in client("vechta.localhost").get("/de/schnittstelle").text


def test_pages_of_a_list_hold_all_of_it_once(vechta: Asker, program: Program) -> None:
    seen: list[str] = []
    for page in range(1, 100):
        answer = vechta.get(f"/services?page={page}&page_size=40").json
        if not answer["items"]:
            break
        seen += [row["key"] for row in answer["items"]]
    assert len(seen) == answer["total"] == len(set(seen))
    assert set(seen) == set(program.keeper.current.catalogue.services)
    topics = vechta.get("/services?topic=steuern-zoll&page_size=200").json["items"]
    assert 0 < len(topics) < len(seen)


def test_a_service_says_how_one_gets_it_here(vechta: Asker, wsgi: WSGIApplication) -> None:
    here = vechta.get("/services/hund-anmelden").json
    assert (here["offer"]["state"], here["offer"]["way"]) == ("open", "online")
    assert here["offer"]["url"].startswith("https://vechta.localhost/de/antrag/hund-anmelden")
    assert here["authority"]["name"] == "Stadt Vechta"
    assert here["requirements"] and here["legal_basis"]
    # What a town does must be chosen on a district's portal.
    district = Asker(wsgi, "landkreis-cloppenburg.localhost").get("/services/hund-anmelden").json
    assert (district["offer"]["way"], district["authority"]) == ("choose", None)
    assert vechta.get("/services/nichts").status_code == 404


def test_a_postcode_may_mean_several_towns(vechta: Asker) -> None:
    def responsible(service: str, place: str) -> list[tuple[str, str]]:
        answer = vechta.get(f"/services/{service}/responsibility", query_string={"place": place}).json
        return [(row["name"], row["authority"] and row["authority"]["name"]) for row in answer["places"]]

    assert responsible("hund-anmelden", "49377") == [("Vechta", "Stadt Vechta")]
    assert responsible("hund-anmelden", "Lohne")[0][0] == "Lohne (Oldenburg)"
    assert responsible("hund-anmelden", "034600009009") == [("Vechta", "Stadt Vechta")]
    assert responsible("kfz-zulassung", "Vechta")[0][1] == "Landkreis Vechta"
    assert responsible("hund-anmelden", "99999") == []
    several = responsible("hund-anmelden", "494")
    assert len(several) > 1


def test_the_search_finds_what_the_portals_does(vechta: Asker) -> None:
    found = vechta.get("/search?q=Perso+weg").json
    assert found["is_good"] and found["items"][0]["key"] == "ausweis-verlust"
    elsewhere = vechta.get("/search?q=Hund+Cloppenburg").json
    assert elsewhere["place"]["name"] == "Cloppenburg"
    assert "ort=" in elsewhere["items"][0]["url"]
    assert vechta.get("/search").status_code == 422


@pytest.mark.usefixtures("frozen")
def test_offices_say_whether_they_are_open(vechta: Asker) -> None:
    whole, *parts = vechta.get("/offices").json["items"]
    assert whole["name"] == "Stadt Vechta" and parts
    # It is Tuesday, eleven o'clock.
    assert whole["hours"]["is_open"] is True
    assert whole["hours"]["week"]["tuesday"]
    assert whole["hours"]["week"]["sunday"] == []


def test_refusals_are_problem_details(vechta: Asker) -> None:
    def refused(method: str, path: str, **named: Any) -> tuple[int, str, Any]:
        answer = vechta.ask(method, path, **named)
        return answer.status_code, answer.mimetype, answer

    problem = "application/problem+json"
    assert refused("GET", "/nichts")[:2] == (404, problem)
    assert refused("GET", "/services", headers={"Accept": "text/html"})[:2] == (406, problem)
    status, media_type, answer = refused("DELETE", "/services")
    assert (status, media_type) == (405, problem) and "GET" in answer.headers["Allow"]
    assert refused("POST", "/cases/status", data="{}")[:2] == (415, problem)
    assert refused("POST", "/cases/status", data="{", content_type="application/json")[:2] == (400, problem)
    status, media_type, answer = refused("GET", "/services?page=0&page_size=x")
    assert (status, media_type) == (422, problem)
    assert {error["field"] for error in answer.json["errors"]} == {"page", "page_size"}
    assert answer.json["status"] == 422 and answer.json["title"]
    assert refused("GET", "/services?topic=%00")[:2] == (422, problem)


def test_who_asks_too_often_waits_and_nobody_else(vechta: Asker, wsgi: WSGIApplication) -> None:
    address = "192.0.2.7"
    for _ in range(MOST):
        assert vechta.get("/offices", address=address).status_code == 200
    answer = vechta.get("/offices", address=address)
    assert answer.status_code == 429
    assert 1 <= int(answer.headers["Retry-After"]) <= 60
    assert vechta.get("/offices", address="192.0.2.8").status_code == 200
    # One town does not use up another's.
    assert Asker(wsgi, "cloppenburg.localhost").get("/offices", address=address).status_code == 200


@pytest.mark.parametrize(("state", "status"), [("preparing", 503), ("paused", 503), ("closed", 410)])
def test_a_portal_that_is_not_open_tells_programs_so(
    vechta: Asker, program: Program, region: Any, state: str, status: int
) -> None:
    with region.superuser() as connection:
        connection.execute("UPDATE tenants SET state = %s WHERE slug = 'vechta'", (state,))
        program.keeper.renew()
        try:
            answer = vechta.get("/services")
            assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")
            assert ("Retry-After" in answer.headers) == (state != "closed")
            assert vechta.get("/openapi.json").status_code == 200
        finally:
            connection.execute("UPDATE tenants SET state = 'open' WHERE slug = 'vechta'")
            program.keeper.renew()


def test_the_page_for_people_is_led_to_in_their_language(vechta: Asker, client: Any) -> None:
    at = client("vechta.localhost")
    assert at.get("/api/").headers["Location"] == "/de/schnittstelle"
    page = at.get("/en/schnittstelle")
    assert page.status_code == 200
    assert "/api/v1/openapi.json" in page.text and "Examples" in page.text
