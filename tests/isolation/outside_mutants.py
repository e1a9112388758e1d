"""The guards of clients from outside by name, what it takes to be without each, and the attack that comes through."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from flask_wtf import CSRFProtect

from kreisportal.accounts.queries import has_consented
from kreisportal.sso import account_outside, end_session, outside, outside_requests, provider
from tests.isolation import outside_attacks
from tests.isolation.account_mutants import Breach
from tests.isolation.mutants import Statements, all_of, function
from tests.isolation.world import Facts

_ALIVE = "s.expires_at > now() AND s.seen_at + make_interval(secs => s.idle_seconds) > now()"
_ANY_ADDRESS = function("issue_client_code", ("of_redirect = ANY (c.redirect_uris)", "true"))
_ANY_SCOPE = function("issue_client_code", ("of_scopes <@ a.scopes", "true"))
_OWN_BROWSER = (
    "(SELECT encode(sha256(f.token_digest), 'hex') FROM sessions f WHERE f.account_id = of_account"
    " AND f.site = 'account' ORDER BY f.created_at DESC LIMIT 1)"
)
_SHOWN_BEFORE = ("used.used_at IS NOT NULL", "false")


def _policy(table: str, condition: str) -> Statements:
    """The policy of clients with another condition."""
    return lambda connection: connection.execute(f"ALTER POLICY client_reads ON {table} USING ({condition})")  # type: ignore[call-overload]


def _address_as_asked(patch: pytest.MonkeyPatch, _: Facts) -> None:
    def client_of(asked: Any, request: Any) -> Any:
        values = request.payload.data
        client = outside_requests.client_in_use(asked.session, values["client_id"])
        return client, values["redirect_uri"]

    patch.setattr(outside_requests, "_client_of", client_of)
    patch.setattr(provider._Client, "check_redirect_uri", lambda client, uri: True)


def _nobody_asks_whose_form_it_is(patch: pytest.MonkeyPatch, _: Facts) -> None:
    patch.setattr(CSRFProtect, "protect", lambda csrf: None)


def _off_is_not_asked_for(patch: pytest.MonkeyPatch, _: Facts) -> None:
    for module in (outside_requests, provider):
        patch.setattr(module, "client_in_use", outside.find_outside_client)


def _nothing_ends(connection: psycopg.Connection) -> None:
    connection.execute("ALTER TABLE outside_clients DISABLE TRIGGER follow_client")


BREACHES = [
    Breach(
        "a code of a client from outside is good once",
        outside_attacks.code_again,
        function("use_client_code", _SHOWN_BEFORE),
    ),
    Breach(
        "a code that is shown again takes back what it gave",
        outside_attacks.token_of_a_code_shown_again,
        function(
            "use_client_code", ("DELETE FROM client_tokens t WHERE t.code_digest = of_digest", "PERFORM 1")
        ),
    ),
    Breach(
        "a code of a client from outside is good for a minute",
        outside_attacks.code_too_late,
        function("use_client_code", ("used.expires_at > now()", "true")),
    ),
    Breach(
        "a code of a client from outside is its own",
        outside_attacks.code_of_another_client,
        function("use_client_code", ("h.client_id = of_client", "true")),
    ),
    Breach(
        "a code of a client from outside is who can show the verifier's",
        outside_attacks.code_without_its_verifier,
        in_program=lambda patch, facts: patch.setattr(
            provider._OnlyS256, "validate_code_verifier", lambda challenge, grant, result: None
        ),
    ),
    Breach(
        "a code is redeemed with the address that it was sent to",
        outside_attacks.code_for_another_address,
        in_program=lambda patch, facts: patch.setattr(
            provider.UsedCode, "get_redirect_uri", lambda used: None
        ),
    ),
    Breach(
        "a client shows its secret",
        outside_attacks.client_with_a_wrong_secret,
        function("check_client_secret", ("secret_digest = of_digest", "true")),
    ),
    Breach(
        "a client's answer goes to a registered address (in the program and in the database)",
        outside_attacks.led_elsewhere,
        _ANY_ADDRESS,
        _address_as_asked,
    ),
    Breach(
        "after signing out one is led to a registered address",
        outside_attacks.led_elsewhere_after_signing_out,
        in_program=lambda patch, facts: patch.setattr(
            end_session._Endpoint, "_is_valid_post_logout_redirect_uri", lambda endpoint, client, uri: True
        ),
    ),
    Breach(
        "a client gets what was consented to (in the program and in the database)",
        outside_attacks.more_than_was_consented_to,
        _ANY_SCOPE,
        lambda patch, facts: patch.setattr(
            account_outside,
            "has_consented",
            lambda session, own, client, scopes: has_consented(session, own, client),
        ),
    ),
    Breach(
        "row security of details: a client reads those of its scopes",
        outside_attacks.details_behind_the_program,
        _policy(
            "account_details",
            "account_id = nullif(current_setting('kreisportal.account_id', true), '')::uuid",
        ),
    ),
    Breach(
        "row security of consents: a client reads its own",
        outside_attacks.account_of_another_client,
        all_of(
            _policy(
                "account_details",
                "EXISTS (SELECT FROM account_consents c WHERE c.account_id = account_details.account_id"
                " AND c.scopes && '{profile}')",
            ),
            _policy("account_consents", "current_setting('kreisportal.actor', true) = 'client'"),
        ),
    ),
    Breach(
        "a client's token is as good as the session that it stands on",
        outside_attacks.token_after_the_session,
        function("read_client_token", (_ALIVE, "true")),
    ),
    Breach(
        "clients know one person by different names",
        outside_attacks.persons_joined_across_clients,
        function("issue_client_code", ("c.subject_salt || ", "")),
    ),
    Breach(
        "a client can ask for a new sign-in",
        outside_attacks.sign_in_that_is_too_old,
        in_program=lambda patch, facts: patch.setattr(
            outside_requests.OutsideRequest, "is_fresh", lambda asked, at: True
        ),
    ),
    Breach(
        "only the person's own page signs out",
        outside_attacks.signed_out_by_a_page_elsewhere,
        in_program=_nobody_asks_whose_form_it_is,
    ),
    Breach(
        "a client that is switched off gets no code (in the program and in the database)",
        outside_attacks.code_of_a_client_that_is_off,
        all_of(
            function("issue_client_code", ("c.disabled_at IS NULL", "true")),
            function("use_client_code", ("o.disabled_at IS NULL", "true")),
        ),
        _off_is_not_asked_for,
    ),
    Breach(
        "what a client was given ends when it is switched off (at once, and by what is read)",
        outside_attacks.token_of_a_client_that_is_off,
        all_of(_nothing_ends, function("read_client_token", ("o.disabled_at IS NULL", "true"))),
    ),
    Breach(
        "a client reads with a token what it may still ask for",
        outside_attacks.scope_that_was_taken_away,
        function("read_client_token", ("x = ANY (o.scopes)", "true")),
    ),
    Breach(
        "a session at a client is ended by its own account",
        outside_attacks.session_at_a_client_that_another_ends,
        function("close_session_of_account", ("of_account = account_id AND", "")),
    ),
    Breach(
        "at which clients one is signed in is one's own",
        outside_attacks.client_that_another_uses,
        # Behind it the program shows a place only below a browser of one's own.
        function(
            "sessions_of_account",
            ("h.account_id = of_account AND", ""),
            ("encode(sha256(h.session_digest), 'hex')", _OWN_BROWSER),
        ),
    ),
]
"""Guards of clients from outside, each with the attack that it stops."""

__all__ = ["BREACHES"]
