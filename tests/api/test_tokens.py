"""What programs with a token do: offers, figures, towns. And how tokens are made, shown once, and revoked."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from kreisportal.access.roles import Role
from kreisportal.access.scopes import Scope
from kreisportal.kernel.ids import digest
from kreisportal.web import tokens
from kreisportal.web.program import Program
from tests.api.asking import Asker
from tests.api.conftest import MakeToken
from tests.support.browser import Browser
from tests.support.server import DatabaseCopy

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication
    from werkzeug.test import TestResponse

KEY = "sperrmuell"


@pytest.fixture
def program_of(wsgi: WSGIApplication, make_token: MakeToken) -> Callable[..., Asker]:
    """Makes programs with a token of a town for these scopes."""
    return lambda slug, *scopes: Asker(wsgi, f"{slug}.localhost", make_token(slug, *scopes))


@pytest.fixture
def at(program_of: Callable[..., Asker]) -> Asker:
    return program_of("vechta")


def change(at: Asker, body: dict[str, Any], etag: str = "*", key: str = KEY) -> Any:
    return at.ask("PATCH", f"/offers/{key}", body, headers={"If-Match": etag})


def test_a_token_is_asked_for_and_is_good_in_its_own_town_only(
    vechta: Asker, at: Asker, wsgi: WSGIApplication
) -> None:
    missing = vechta.get("/offers")
    assert missing.status_code == 401
    assert missing.headers["WWW-Authenticate"].startswith("Bearer realm=")
    assert "Access-Control-Allow-Origin" not in missing.headers
    wrong = Asker(wsgi, "vechta.localhost", "kp_wrong").get("/offers")
    assert wrong.status_code == 401 and "invalid_token" in wrong.headers["WWW-Authenticate"]
    own = at.get("/offers")
    assert (own.status_code, own.headers["Cache-Control"]) == (200, "no-store")
    assert "Access-Control-Allow-Origin" not in own.headers and "Set-Cookie" not in own.headers
    assert Asker(wsgi, "cloppenburg.localhost", at.token).get("/offers").status_code == 401
    assert Asker(wsgi, "region.localhost", at.token).get("/towns/x/proposal").status_code == 401


def test_a_token_is_for_its_scopes_only(program_of: Callable[..., Asker]) -> None:
    reader = program_of("vechta", Scope.OFFERS_READ)
    assert reader.get("/offers").status_code == 200
    assert change(reader, {"on": True}).status_code == 403
    assert reader.get("/figures").status_code == 403


def test_an_offer_is_changed_by_who_has_read_it(
    at: Asker, vechta: Asker, program: Program, region: DatabaseCopy
) -> None:
    read = at.get(f"/offers/{KEY}")
    etag = read.headers["ETag"]
    assert read.json["etag"] == etag
    body = {"channel": "paper", "opens": "2027-01-02", "closes": None, "processing_days": 9}
    changed = change(at, {**body, "fee": {"de": "12 Euro", "en": "12 euros"}, "on": True}, etag)
    assert changed.status_code == 200
    assert changed.json | body == changed.json
    assert changed.json["fee"] == {"de": "12 Euro", "en": "12 euros"} and changed.json["on"] is True
    # Whoever had read it before is told, and has changed nothing.
    assert change(at, {"processing_days": 3}, etag).status_code == 412
    assert change(at, {"on": False}, etag).status_code == 412
    assert at.ask("PATCH", f"/offers/{KEY}", {"on": False}).status_code == 428
    # What is left out stays, null takes it away.
    again = change(at, {"opens": None}, changed.headers["ETag"]).json
    assert (again["opens"], again["processing_days"]) == (None, 9)
    with region.superuser() as connection:
        acts = connection.execute(
            "SELECT actor, action, data ->> 'token' FROM audit_entries WHERE subject_id = %s ORDER BY id",
            (KEY,),
        ).fetchall()
    assert ("token", "offer.changed", "Website") in acts and ("token", "offer.on", "Website") in acts


def test_what_does_not_fit_is_told_at_its_field(at: Asker) -> None:
    def fields(body: dict[str, Any]) -> set[str]:
        answer = change(at, {"channel": "paper", **body})
        assert (answer.status_code, answer.mimetype) == (422, "application/problem+json"), answer.text
        return {error["field"] for error in answer.json["errors"]}

    assert fields({"channel": "online"}) == {"channel"}
    assert fields({"opens": "2027-02-01", "closes": "2027-01-01"}) == {"closes"}
    assert fields({"office": "nowhere"}) == {"office"}
    assert fields({"channel": "link", "url": "http://insecure.example/"}) == {"url"}
    assert fields({"fee": {"en": "free"}}) == {"fee.de"}
    assert fields({"text": {"de": "x" * 3000}}) == {"text.de"}
    assert fields({"nobody_offered": 1}) == {"nobody_offered"}
    assert fields({"processing_days": True}) == {"processing_days"}


def test_what_does_not_fit_is_told_in_the_language_of_the_request(at: Asker) -> None:
    def told(body: Any, path: str = "") -> dict[str, str]:
        answer = at.ask("PATCH", f"/offers/{KEY}{path}", body, headers={"If-Match": "*"})
        return {error["field"]: error["detail"] for error in answer.json["errors"]}

    body = {
        "channel": "x",
        "on": None,
        "closes": "2027-02-31",
        "fee": {"en": 1},
        "text": [],
        "office": "x" * 101,
    }
    assert told({**body, "processing_days": 0, "url": 5, "more": 1}) == {
        "channel": "Nehmen Sie eins von diesen: online, appointment, paper, link.",
        "on": "Das darf nicht null sein.",
        "closes": "Diesen Tag gibt es nicht.",
        "fee.de": "Das fehlt.",
        "fee.en": "Das ist kein Text.",
        "text": "Das ist kein Objekt wie {…}.",
        "office": "Das ist zu lang: 101 Zeichen, höchstens 100.",
        "processing_days": "Nehmen Sie eine Zahl von 1 bis 730.",
        "url": "Das ist kein Text.",
        "more": "Dieses Feld gibt es hier nicht.",
    }
    assert told({"text": {"de": ""}}) == {"text.de": "Das ist leer."}
    assert told([]) == {"": "Das ist kein Objekt wie {…}."}
    assert told({"text": {}}, "?language=en") == {"text.de": "This is missing."}
    assert told({}, "?language=fr") == {"language": "Nehmen Sie eins von diesen: de, en, de-simple."}


def test_what_is_no_json_is_told_without_words_of_another_language(at: Asker) -> None:
    answer = at.ask(
        "PATCH", f"/offers/{KEY}", data="{", content_type="application/json", headers={"If-Match": "*"}
    )
    assert (answer.status_code, answer.json["detail"]) == (400, "Das ist kein JSON, oder es fehlt etwas.")
    assert "Invalid" not in answer.text


def test_figures_are_those_of_the_page(at: Asker, region: DatabaseCopy, towns: dict[str, int]) -> None:
    with region.superuser() as connection:
        for slug, count in (("vechta", 5), ("cloppenburg", 900)):
            connection.execute(
                "INSERT INTO service_figures VALUES (%s, date_trunc('month', now()), %s, 'viewed', '', %s)",
                (towns[slug], KEY, count),
            )
    rows = {row["key"]: row for row in at.get("/figures").json["items"]}
    assert rows[KEY]["viewed"] == 5
    assert rows[KEY]["median_days"] is None


def test_who_shows_a_token_too_often_waits(at: Asker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokens, "MOST", 3)
    assert [at.get("/offers").status_code for _ in range(4)] == [200, 200, 200, 429]
    assert int(at.get("/offers").headers["Retry-After"]) >= 1


def test_a_tenant_admin_makes_and_revokes_tokens(
    desk: Callable[..., Browser], wsgi: WSGIApplication, region: DatabaseCopy
) -> None:
    browser = desk("vechta", Role.TENANT_ADMIN)
    page = browser.get("/de/zugriffsschluessel/")
    refused = browser.submit(page, {"name": "", "days": "30"}, action="/de/zugriffsschluessel/")
    assert refused.status_code == 422 and "Geben Sie dem Schlüssel einen Namen" in refused.text
    made = browser.submit(
        page, {"name": "Stadt-App", "scope": "figures:read", "days": "30"}, action="/de/zugriffsschluessel/"
    )
    token = made.text.split('<code class="kp-code">kp_')[1].split("<")[0]
    app = Asker(wsgi, "vechta.localhost", f"kp_{token}")
    assert app.get("/figures").status_code == 200
    page = browser.get("/de/zugriffsschluessel/")
    assert "Stadt-App" in page.text and token not in page.text and "noch nie" not in page.text
    with region.superuser() as connection:
        (row,) = connection.execute(
            "SELECT t::text, id FROM access_tokens t WHERE name = 'Stadt-App'"
        ).fetchall()
    assert token not in row[0]
    done = browser.submit(page, action=f"/de/zugriffsschluessel/{row[1]}/zurueckziehen")
    assert done.status_code == 303
    assert app.get("/figures").status_code == 401
    assert "zurückgezogen am" in browser.get("/de/zugriffsschluessel/").text


def test_a_tenant_admin_sees_what_was_changed_with_a_token_and_with_no_other(
    desk: Callable[..., Browser], program_of: Callable[..., Asker], region: DatabaseCopy
) -> None:
    one, other, neighbour = program_of("vechta"), program_of("vechta"), program_of("lohne")
    assert change(one, {"fee": {"de": "5 Euro", "en": "5 euros"}, "processing_days": 8}).status_code == 200
    assert change(other, {"on": False}).status_code == 200
    assert change(neighbour, {"on": False}).status_code == 200
    browser = desk("vechta", Role.TENANT_ADMIN)

    def page_of(at: Asker) -> TestResponse:
        with region.superuser() as connection:
            query = "SELECT id FROM access_tokens WHERE digest = %s"
            ((token_id,),) = connection.execute(query, (digest(at.token or ""),)).fetchall()
        return browser.get(f"/de/zugriffsschluessel/{token_id}")

    assert "Sperrmüll" in page_of(one).text
    assert "geändert: Dauer, Gebühr" in page_of(one).text and "ausgeschaltet" not in page_of(one).text
    assert "ausgeschaltet" in page_of(other).text and "geändert:" not in page_of(other).text
    assert "Bisher wurde damit nichts geändert." in page_of(program_of("vechta")).text
    assert page_of(neighbour).status_code == 404


def test_a_caseworker_makes_none(desk: Callable[..., Browser]) -> None:
    assert desk("vechta", Role.CASEWORKER).get("/de/zugriffsschluessel/").status_code == 403
