"""The policy table holds against the routes that there are, and who may do more may not be called by fewer."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from kreisportal.access.policy import POLICY
from kreisportal.access.who import Who
from kreisportal.app import create_app
from kreisportal.web.program import Program


@pytest.fixture(scope="module")
def app(program: Program) -> Flask:
    """The application with all its routes."""
    return create_app(program)


def test_every_route_is_in_the_table_and_the_table_names_no_other(app: Flask) -> None:
    endpoints = {rule.endpoint for rule in app.url_map.iter_rules()}
    assert endpoints == set(POLICY)


def test_a_desks_page_is_for_staff_but_for_its_door_and_its_files(app: Flask) -> None:
    open_ones = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if rule.subdomain == "desk" and POLICY[rule.endpoint] is Who.EVERYBODY
    }
    assert open_ones == {
        "desk_files.start",
        "desk_files.theme",
        "desk_files.mark",
        "desk_files.picture",
        "desk_files.favicon",
        "desk_files.robots",
        "staff.sign_in_page",
        "staff.sign_in_send",
        "staff.invitation_page",
        "staff.invitation_send",
    }


def test_a_portals_page_asks_for_no_staff(app: Flask) -> None:
    portal = [rule for rule in app.url_map.iter_rules() if rule.subdomain == "portal"]
    assert {POLICY[rule.endpoint] for rule in portal if not rule.rule.startswith("/api/")} == {
        Who.EVERYBODY,
        Who.APPLICANT,
        Who.ACCOUNT,
    }
    assert {POLICY[rule.endpoint] for rule in portal if rule.rule.startswith("/api/")} == {
        Who.EVERYBODY,
        Who.TOKEN,
    }


def test_a_page_of_a_draft_or_case_is_for_its_applicant_or_a_caseworker(app: Flask) -> None:
    for rule in app.url_map.iter_rules():
        if re.search(r"<uuid:(draft|case)_id>", rule.rule):
            expected = Who.APPLICANT if rule.subdomain == "portal" else Who.CASEWORKER
            assert POLICY[rule.endpoint] is expected, rule.endpoint


def test_everything_about_cases_at_the_desk_is_for_caseworkers_and_switches_are_for_admins() -> None:
    for endpoint, who in POLICY.items():
        if endpoint.startswith("cases_desk."):
            assert who is Who.CASEWORKER, endpoint
        if endpoint.startswith(
            ("offers_admin.", "team_admin.", "departments_admin.", "figures_admin.", "acts_admin.")
        ):
            assert who is Who.TENANT_ADMIN, endpoint
