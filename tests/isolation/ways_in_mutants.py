"""The guards of the ways into an account by name, and what it takes to be without each."""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from kreisportal.accounts import (
    account_access_views,
    account_forms,
    account_passkey_views,
    address,
    passkeys,
    second_step,
)
from kreisportal.accounts.identities import Told, account_by_identity
from kreisportal.accounts.models import (
    AccountConfirmation,
    AccountIdentity,
    AccountPasskey,
    AccountSecondFactor,
)
from kreisportal.accounts.queries import id_by_email
from kreisportal.bundid import account_identity_views, arrival
from kreisportal.credentials import holders, second_factor
from kreisportal.kernel.database import Database
from kreisportal.kernel.database.context import ANONYMOUS
from tests.isolation import counter, joining_attacks, ways_in
from tests.isolation.account_mutants import Anything, Breach
from tests.isolation.mutants import Mutant, Patch, all_of, function, policy
from tests.isolation.world import A, Facts

_HOME = ("", "account")


def _any_step(patch: pytest.MonkeyPatch, _: Facts) -> None:
    really = second_factor.matching_step
    patch.setattr(
        holders.second_factor,
        "matching_step",
        lambda secret, typed, _last, now: really(secret, typed, None, now),
    )


def _codes_stay(patch: pytest.MonkeyPatch, _: Facts) -> None:
    def use(holder: holders.Holder, typed: str) -> int | None:
        return 9 if second_factor.matching_recovery_code(holder.recovery_codes, typed) else None

    patch.setattr(holders, "use_recovery_code", use)


def _verifying(**other: Any) -> Patch:
    """A passkey's answer is held against less."""

    def put(patch: pytest.MonkeyPatch, _: Facts) -> None:
        really = passkeys.verify_authentication_response
        patch.setattr(
            passkeys, "verify_authentication_response", lambda **values: really(**{**values, **other})
        )

    return put


def _setting(owner: object, name: str, value: object) -> Patch:
    return lambda patch, facts: patch.setattr(owner, name, value)


def _anybodys_link(patch: pytest.MonkeyPatch, _: Facts) -> None:
    really = address._use
    patch.setattr(address, "_use", lambda *arguments: replace(really(*arguments), account_id=Anything()))


def _all_passkeys(patch: pytest.MonkeyPatch, _: Facts) -> None:
    patch.setattr(
        account_access_views,
        "passkeys_of",
        lambda session, own: list(session.scalars(select(AccountPasskey))),
    )


def _all_identities(patch: pytest.MonkeyPatch, _: Facts) -> None:
    patch.setattr(
        account_access_views,
        "identities_of",
        lambda session, own: list(session.scalars(select(AccountIdentity))),
    )


def _all_confirmations(patch: pytest.MonkeyPatch, _: Facts) -> None:
    patch.setattr(
        account_access_views,
        "confirmations_of",
        lambda session, own: list(session.scalars(select(AccountConfirmation))),
    )


def _bs_factor(patch: pytest.MonkeyPatch, facts: Facts) -> None:
    def find(session: Session, own: object, *, to_change: bool = False) -> AccountSecondFactor | None:
        last = AccountSecondFactor.account_id == facts.b.account.id
        return session.scalar(select(AccountSecondFactor).order_by(last.desc()).limit(1))

    patch.setattr(second_step, "factor_of", find)


class _Anybodys(uuid.UUID):
    """An account's id that is equal to every other."""

    __hash__ = uuid.UUID.__hash__

    def __eq__(self, _: object) -> bool:
        return True


def _anybodys_identity(patch: pytest.MonkeyPatch, _: Facts) -> None:
    def find(database: Database, told: Told) -> uuid.UUID | None:
        found = account_by_identity(database, told)
        return _Anybodys(int=found.int) if found else None

    patch.setattr(arrival, "account_by_identity", find)


def _unnoted(patch: pytest.MonkeyPatch, _: Facts) -> None:
    patch.setattr(arrival, "note_sign_in", lambda *arguments: None)


def _by_address(patch: pytest.MonkeyPatch, facts: Facts) -> None:
    def find(database: Database, told: Told) -> uuid.UUID | None:
        with database.transaction(ANONYMOUS) as session:
            return id_by_email(session, str(told.attributes.get("contact.email")))

    patch.setattr(arrival, "account_by_identity", find)
    _unnoted(patch, facts)


SWEPT = [
    Mutant(
        "row security of passkeys: one's own (behind the question for them)",
        *(A, "account", (_HOME,), ("account_access.overview",)),
        in_database=policy("account_passkeys", "own_all", "account_id"),
        in_program=_all_passkeys,
    ),
    Mutant(
        "row security of second factors: one's own (behind the question for it)",
        *(A, "account", (_HOME,), ("account_access.codes_send",)),
        in_database=policy("account_second_factors", "own_all", "account_id"),
        in_program=_bs_factor,
    ),
    Mutant(
        "row security of identities: one's own (behind the question for them)",
        *(A, "account", (_HOME,), ("account_access.overview",)),
        in_database=policy("account_identities", "own_all", "account_id"),
        in_program=_all_identities,
    ),
    Mutant(
        "row security of confirmations: one's own (behind the question for them)",
        *(A, "account", (_HOME,), ("account_access.overview",)),
        in_database=policy("account_confirmations", "own_all", "account_id"),
        in_program=_all_confirmations,
    ),
    Mutant(
        "where one is signed in is one's own",
        *(A, "account", (_HOME,), ("account_sessions.overview",)),
        in_database=function("sessions_of_account", ("s.account_id = of_account AND", "")),
    ),
]
"""Guards that the leak test relies on."""

BREACHES = [
    Breach("a code of an app is good once", ways_in.code_seen_on_the_way, in_program=_any_step),
    Breach("a recovery code is good once", ways_in.recovery_code_again, in_program=_codes_stay),
    Breach(
        "a password by mail is no way around the second factor",
        ways_in.password_by_mail_without_code,
        in_program=_setting(account_forms, "asks_for_code", lambda session, own: False),
    ),
    Breach(
        "a challenge to a passkey is answered once",
        ways_in.answer_again,
        function(
            "use_sign_in_step",
            (
                "DELETE FROM sign_in_steps s WHERE",
                "SELECT s.account_id, s.challenge FROM sign_in_steps s WHERE",
            ),
            ("RETURNING s.account_id, s.challenge", ""),
        ),
    ),
    Breach(
        "a passkey asks for its owner",
        ways_in.passkey_without_its_owner,
        in_program=_verifying(require_user_verification=False),
    ),
    Breach(
        "a passkey that counts backwards is a copy",
        ways_in.passkey_that_was_copied,
        in_program=_verifying(credential_current_sign_count=0),
    ),
    Breach(
        "a passkey answers the account host only",
        ways_in.passkey_at_another_host,
        in_program=_verifying(expected_origin="https://konto.example.evil"),
    ),
    Breach(
        "showing once more who one is ends the session id of before",
        ways_in.session_planted_before_a_step_up,
        function("renew_account_session", ("DELETE FROM sessions WHERE token_digest = old", "PERFORM 1")),
    ),
    Breach(
        "what matters asks once more who one is",
        ways_in.change_at_an_open_screen,
        in_program=_setting(account_passkey_views, "ask_again", lambda back: None),
    ),
    Breach(
        "a new address is confirmed by its own account",
        ways_in.address_that_another_confirms,
        in_program=_anybodys_link,
    ),
    Breach(
        "another address ends the other sessions",
        ways_in.session_after_another_address,
        function("close_other_sessions_of_account", ("WHERE account_id = of_account", "WHERE false")),
    ),
    Breach(
        "with the old address what was added since is gone",
        ways_in.passkey_after_the_account_was_taken_back,
        in_program=_setting(address, "_drop_ways_in", lambda *arguments: None),
    ),
    Breach(
        "who has seen a person is not who confirms it (in the function, and by the row)",
        counter.one_person_alone,
        all_of(
            function("decide_identity_check", ("asked.asked_by = member.id", "false")),
            lambda connection: connection.execute(
                "ALTER TABLE identity_checks DROP CONSTRAINT ck_identity_checks_two_persons"
            ),
        ),
    ),
    Breach(
        "nobody confirms a case of their own",
        counter.ones_own_case,
        function("decide_identity_check", ("lower(member.email) IN", "NULL IN")),
    ),
    Breach(
        "a session is ended by its own account",
        ways_in.session_that_another_ends,
        function("close_session_of_account", ("account_id = of_account AND", "")),
    ),
    Breach(
        "an identity is its issuer's and subject's, whatever address is told (and only a joined one signs in)",
        joining_attacks.identity_with_ones_address,
        in_program=_by_address,
    ),
    Breach(
        "an identity is joined by who has shown lately whose the account is",
        joining_attacks.identity_joined_at_an_open_screen,
        in_program=_setting(account_identity_views, "ask_again", lambda back: None),
    ),
    Breach(
        "an identity waits for one browser",
        joining_attacks.identity_that_waits_elsewhere,
        function("use_arrived_identity", ("a.digest = of_digest AND", "")),
    ),
    Breach(
        "a subject is one of its issuer (in the function, and where the sign-in is noted)",
        joining_attacks.identity_of_another_issuer,
        function("account_by_identity", ("issuer = of_issuer AND", "")),
        _unnoted,
    ),
    Breach(
        "an identity is one account's",
        joining_attacks.identity_joined_by_another_meanwhile,
        lambda connection: connection.execute(
            "ALTER TABLE account_identities DROP CONSTRAINT uq_account_identities_issuer_subject"
        ),
    ),
    Breach(
        "another account's identity makes no session surer",
        joining_attacks.session_made_surer_by_anothers_identity,
        in_program=_anybodys_identity,
    ),
]
"""Guards of the ways in, each with the attack that it stops."""
