"""Every route is in the table of who may, and the table knows no other."""

from __future__ import annotations

import pytest
from flask import Flask
from werkzeug.routing import Rule

from kreisportal.access.policy import POLICY
from kreisportal.access.policy_api import SCOPES
from kreisportal.access.scopes import OF_REGION, OF_TOWNS
from kreisportal.access.who import Who
from kreisportal.app import create_app
from kreisportal.staff.sign_in import Locksmith
from kreisportal.web.program import Program

_SITES = {"portal", "desk", "account", "region", "index"}
# What anybody may send: forms that begin something, ask for a secret or a password, or forget what was opened.
_SENT_BY_ANYBODY = {
    # It shows what the desk has sealed, and neither reads nor writes anything.
    "portal.preview_offer",
    # What somebody thinks of a service, and nothing of who it is.
    "feedback.send",
    # Number and secret of a case, as at "status.enter".
    "api_cases.status",
    "account.forgotten_send",
    # The link in the notice to the old address is the proof.
    "account_address.undo_send",
    # A passkey tells whose it is only when it answers.
    "account_passkeys.ask",
    "account_passkeys.sign_in",
    # The code after the password: the view looks for who has shown the password in this browser.
    "account_steps.code_send",
    "account_steps.recovery_send",
    "account.link_send",
    "account.sign_in_send",
    "account.sign_up_send",
    # An identity that waits in this browser; a mailed link is asked for besides.
    "account_identities.begin_send",
    "account_identities.forget",
    "account_logout.confirm",
    "applications.first",
    "applications.resume",
    "openid.authorize_send",
    "openid.token",
    "openid.user_info_send",
    "openid_logout.ask_send",
    # A provider's answer, which is signed.
    "saml_endpoints.take",
    "region_staff.invitation_send",
    "region_staff.sign_in_send",
    "staff.invitation_send",
    "staff.sign_in_send",
    "status.confirm",
    "status.enter",
    "status.leave",
    "status.verify",
}


@pytest.fixture(scope="module")
def app(program: Program, locksmith: Locksmith) -> Flask:
    """The application with all its faces."""
    return create_app(program, locksmith.passwords)


def rules(app: Flask) -> list[Rule]:
    return list(app.url_map.iter_rules())


def test_every_route_is_in_the_table_and_the_table_knows_no_other(app: Flask) -> None:
    assert {rule.endpoint for rule in rules(app)} == set(POLICY)


def test_every_route_belongs_to_a_site(app: Flask) -> None:
    """A route without one would be there for no host, or for every one."""
    assert {rule.endpoint for rule in rules(app) if rule.subdomain not in _SITES} == set()


def test_everybody_is_asked_for_only_where_they_sign_in(app: Flask) -> None:
    """Staff at their desk, or at the region's host those who run it; applicants at the portal, accounts at their own.

    Only to sign out an account is asked for at the portal. Tokens of a town are for its portal, the region's for its host.
    """
    sites = {rule.endpoint: rule.subdomain for rule in rules(app)}
    homes = {Who.APPLICANT: {"portal"}, Who.ACCOUNT: {"account"}, Who.TOKEN: {"portal", "region"}}
    for endpoint, who in POLICY.items():
        if who is not Who.EVERYBODY:
            allowed = (
                {"portal"}
                if endpoint == "sso.sign_out"
                else homes.get(who, {"region" if endpoint.startswith("region") else "desk"})
            )
            assert sites[endpoint] in allowed, endpoint


def test_only_what_must_be_is_sent_by_anybody(app: Flask) -> None:
    sent = {rule.endpoint for rule in rules(app) if "POST" in (rule.methods or ())}
    assert {endpoint for endpoint in sent if POLICY[endpoint] is Who.EVERYBODY} == _SENT_BY_ANYBODY


def test_no_other_methods_are_offered(app: Flask) -> None:
    """But to programs that show a token."""
    pages = [rule for rule in rules(app) if POLICY[rule.endpoint] is not Who.TOKEN]
    assert set().union(*(rule.methods or set() for rule in pages)) == {"GET", "HEAD", "OPTIONS", "POST"}


def test_a_route_for_tokens_names_what_they_must_be_for(app: Flask) -> None:
    of_towns = {rule.endpoint for rule in rules(app) if rule.subdomain == "portal"}
    for endpoint, who in POLICY.items():
        assert (who is Who.TOKEN) == (endpoint in SCOPES), endpoint
    for endpoint, scope in SCOPES.items():
        assert scope in (OF_TOWNS if endpoint in of_towns else OF_REGION), endpoint


def test_the_token_of_a_form_is_asked_for_everywhere(app: Flask) -> None:
    """Two views ask themselves, so that nothing typed is lost; a test of the leaks sends to them without one.

    What clients from outside send counts without any cookie, or changes nothing.
    """
    csrf = app.extensions["csrf"]
    assert csrf._exempt_blueprints == set()
    assert {name.rpartition(".")[2] for name in csrf._exempt_views} == {
        *("first", "step"),
        *("token", "user_info_send", "authorize_send", "ask_send"),
        "take",
        # Programs that ask the API show a token, or the number and secret of a case; cookies count for nothing there.
        *("status", "change", "bring_in"),
        "preview_offer",
    }
    assert app.config.get("WTF_CSRF_ENABLED", True)
    assert app.config.get("WTF_CSRF_CHECK_DEFAULT", True)
