"""Deny by default: what the policy table does not name does not exist, and the rest is for whom it says."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from kreisportal.access.roles import OF_TENANTS, Role
from kreisportal.access.who import Who
from kreisportal.web.program import Program
from tests.support.browser import Browser
from tests.support.staff import add_person, sign_in
from tests.web.small_app import with_views

DESK = "verwaltung.vechta.localhost"


def ran() -> str:
    """A view that should be reached only by those it is for."""
    return "The view ran."


@pytest.mark.parametrize("site", ["portal", "desk"])
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_a_route_that_nobody_entered_is_not_there(program: Program, site: str, method: str) -> None:
    host = DESK if site == "desk" else "vechta.localhost"
    with with_views(program, {"ran": ran}, site=site, who=None, methods=["GET", "POST", "DELETE"]) as client:
        answer = client(host)._open("/test/ran", method=method)
    assert answer.status_code in (400, 404)
    assert "The view ran." not in answer.text


@pytest.mark.parametrize("who", [Who.STAFF_HALF, Who.STAFF, Who.CASEWORKER, Who.TENANT_ADMIN])
def test_who_is_not_signed_in_is_led_to_the_door(program: Program, who: Who) -> None:
    with with_views(program, {"ran": ran}, site="desk", who=who) as client:
        answer = client(DESK).get("/test/ran?x=1")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/de/anmelden?next=/test/ran?x%3D1")


@pytest.mark.parametrize("who", [Who.STAFF, Who.CASEWORKER])
def test_at_a_portal_there_is_no_door_for_staff(program: Program, who: Who) -> None:
    with with_views(program, {"ran": ran}, who=who) as client:
        answer = client("vechta.localhost").get("/test/ran")
    # The portal's sign-in is that of citizens: it leads to the account host, where staff have nothing.
    assert (answer.status_code, answer.headers["Location"]) == (303, "/de/anmelden?next=/test/ran")
    assert "The view ran." not in answer.text


@pytest.mark.parametrize(
    ("who", "allowed"),
    [
        (Who.STAFF_HALF, {Role.CASEWORKER, Role.TENANT_ADMIN}),
        (Who.STAFF, {Role.CASEWORKER, Role.TENANT_ADMIN}),
        (Who.CASEWORKER, {Role.CASEWORKER}),
        (Who.TENANT_ADMIN, {Role.TENANT_ADMIN}),
        (Who.EVERYBODY, {Role.CASEWORKER, Role.TENANT_ADMIN}),
    ],
)
def test_a_role_opens_what_is_for_it_and_nothing_else(
    program: Program, locksmith: object, who: Who, allowed: set[Role]
) -> None:
    tenant = program.keeper.current.registry.by_slug_or_none("vechta")
    assert tenant is not None
    with with_views(program, {"ran": ran}, site="desk", who=who) as client:
        for role in OF_TENANTS:
            browser = client(DESK)
            person = add_person(program.database, locksmith, tenant.id, role)  # type: ignore[arg-type]
            assert sign_in(browser, person).status_code == 303
            answer = browser.get("/test/ran")
            assert answer.status_code == (200 if role in allowed else 403), role
            assert ("The view ran." in answer.text) == (role in allowed)


def test_a_role_that_is_taken_away_is_gone_at_the_next_request(
    program: Program, desk: Callable[..., Browser], region: object
) -> None:
    browser = desk("vechta", Role.CASEWORKER)
    assert browser.get("/de/vorgaenge/").status_code == 200
    with region.superuser() as superuser:  # type: ignore[attr-defined]
        superuser.execute("UPDATE staff SET roles = '{tenant_admin}'")
    assert browser.get("/de/vorgaenge/").status_code == 403
    with region.superuser() as superuser:  # type: ignore[attr-defined]
        superuser.execute("UPDATE staff SET active = false")
    assert browser.get("/de/vorgaenge/").status_code == 303
