"""Where a case stands, by number and secret."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from kreisportal.staff.sign_in import Locksmith
from kreisportal.web.program import Program
from tests.api.asking import Asker
from tests.cases.house import House
from tests.support.server import DatabaseCopy

if TYPE_CHECKING:
    from collections.abc import Iterator

    from _typeshed.wsgi import WSGIApplication


@pytest.fixture(scope="module")
def house(program: Program, region: DatabaseCopy, locksmith: Locksmith) -> Iterator[House]:
    """Where cases are made."""
    with region.superuser() as superuser:
        yield House(program, superuser, locksmith)


def test_number_and_secret_tell_where_a_case_stands(
    vechta: Asker, house: House, wsgi: WSGIApplication
) -> None:
    case = house.case("vechta")
    shown = vechta.ask("POST", "/cases/status", {"number": case.number, "secret": case.secret.lower()})
    assert shown.status_code == 200
    assert shown.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in shown.headers and "Access-Control-Allow-Origin" not in shown.headers
    assert shown.json["status"] == "RECEIVED"
    assert (shown.json["service"], shown.json["authority"]) == ("hund-anmelden", "Stadt Vechta")
    # Nothing that is in the case, and nothing at a town that has nothing to do with it.
    assert set(shown.json) == {
        *("number", "service", "service_name", "authority", "status", "text", "received_at")
    }
    elsewhere = Asker(wsgi, "cloppenburg.localhost")
    body = {"number": case.number, "secret": case.secret}
    assert elsewhere.ask("POST", "/cases/status", body).status_code == 404


def test_a_wrong_secret_and_an_unknown_number_are_told_alike(vechta: Asker, house: House) -> None:
    case = house.case("vechta")
    wrong = vechta.ask("POST", "/cases/status", {"number": case.number, "secret": "K7QDM-3XP9R-TAHW2"})
    unknown = vechta.ask("POST", "/cases/status", {"number": "VEC-2026-99999-1", "secret": case.secret})
    assert wrong.status_code == unknown.status_code == 404
    assert wrong.data == unknown.data


def test_guessing_ends_as_on_the_page_and_counts_with_it(vechta: Asker) -> None:
    body = {"number": "VEC-2026-00001-1", "secret": "K7QDM-3XP9R-TAHW2"}
    answers = [vechta.ask("POST", "/cases/status", body, address="192.0.2.77") for _ in range(21)]
    assert [answer.status_code for answer in answers] == [404] * 20 + [429]
    assert int(answers[-1].headers["Retry-After"]) > 60


def test_number_and_secret_are_taken_from_the_body_only(vechta: Asker) -> None:
    query = {"number": "VEC-2026-00001-1", "secret": "x"}
    assert vechta.ask("POST", "/cases/status", {}, query_string=query).status_code == 422
    assert vechta.get("/cases/status", query_string=query).status_code == 405
