"""Towns that programs bring on line, with a token of somebody who runs the region or a district."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

import pytest

from kreisportal.kernel.database.context import REGION
from kreisportal.staff.acts import acts_with
from kreisportal.web.program import Program
from tests.api.asking import Asker
from tests.api.conftest import MakeToken
from tests.support.server import DatabaseCopy

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

WIESMOOR, LASTRUP, VECHTA, GARREL = "034520025025", "034530009009", "034600009009", "034530007007"
ADMIN = {"admin_name": "Enno Muster", "admin_email": "enno@lastrup.example"}


@pytest.fixture
def operator(wsgi: WSGIApplication, make_region_token: MakeToken) -> Asker:
    return Asker(wsgi, "region.localhost", make_region_token())


def test_asking_twice_brings_a_town_in_once(
    operator: Asker, region: DatabaseCopy, program: Program, wsgi: WSGIApplication
) -> None:
    proposal = operator.get(f"/towns/{LASTRUP}/proposal").json
    assert (proposal["name"], proposal["street"]) == ("Gemeinde Lastrup", "Am Marktplatz 1")
    first = operator.ask("PUT", f"/towns/{LASTRUP}", ADMIN)
    assert first.status_code == 201, first.text
    assert first.json["state"] == "preparing" and first.json["offers"] > 10
    assert first.json["invitation"].startswith("https://verwaltung.lastrup.localhost/de/einladung/")
    again = operator.ask("PUT", f"/towns/{LASTRUP}", ADMIN)
    assert again.status_code == 200
    assert again.json == {**first.json, "invitation": None}
    assert Asker(wsgi, "lastrup.localhost").get("/services").status_code == 503
    with region.superuser() as connection:
        acts = connection.execute(
            "SELECT actor, action, data ->> 'token', data ->> 'token_id' FROM audit_entries WHERE subject_id = 'lastrup'"
        ).fetchall()
    assert [act[:3] for act in acts] == [("region", "tenant-onboarded", "Rollout")]
    with program.database.transaction(REGION) as session:
        shown = acts_with(session, REGION, uuid.UUID(acts[0][3]), 10)
    assert [act.action for act in shown] == ["tenant-onboarded", "staff-added"]


def test_what_is_missing_is_told_at_its_field(operator: Asker) -> None:
    def fields(body: dict[str, Any]) -> set[str]:
        answer = operator.ask("PUT", f"/towns/{GARREL}", body)
        assert answer.status_code == 422, answer.text
        return {error["field"] for error in answer.json["errors"]}

    assert fields({}) == {"admin_name", "admin_email"}
    assert fields({**ADMIN, "colour": "rot"}) == {"colour"}
    assert fields({**ADMIN, "slug": "garrel"}) == {"slug"}
    assert fields({**ADMIN, "offers": "some"}) == {"offers"}


def test_a_district_brings_in_its_own_towns_only(
    wsgi: WSGIApplication, make_region_token: MakeToken, towns: dict[str, int]
) -> None:
    admin = Asker(wsgi, "region.localhost", make_region_token(towns["landkreis-vechta"]))
    assert admin.ask("PUT", f"/towns/{VECHTA}", ADMIN).json["slug"] == "vechta"
    for ars in (GARREL, WIESMOOR, "000000000000"):
        assert admin.get(f"/towns/{ars}/proposal").status_code == 404
        assert admin.ask("PUT", f"/towns/{ars}", ADMIN).status_code == 404


def test_a_token_of_the_region_opens_nothing_at_a_town(operator: Asker, wsgi: WSGIApplication) -> None:
    assert Asker(wsgi, "vechta.localhost", operator.token).get("/offers").status_code == 401


def test_the_description_of_the_region_is_its_own(wsgi: WSGIApplication) -> None:
    described = Asker(wsgi, "region.localhost").get("/openapi.json").json
    assert described["openapi"] == "3.1.0"
    assert set(described["paths"]) == {"/api/v1/towns/{ars}", "/api/v1/towns/{ars}/proposal"}
