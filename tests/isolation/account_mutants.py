"""The guards of accounts by name, what it takes to be without each, and who or which attack then gets through."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from sqlalchemy import delete, select
from sqlalchemy.orm import Session as DatabaseSession

from kreisportal.access.who import Who
from kreisportal.accounts import account_details_views, account_entry_views, details, service
from kreisportal.accounts.models import Account, AccountConsent, AccountDetail, AccountEntry
from kreisportal.cases import by_applicant, drafts
from kreisportal.sso import account_views, codes, requests, views
from kreisportal.web import sessions
from kreisportal.web.subjects import subject_of_account
from tests.isolation import signing_in
from tests.isolation.mutants import SESSION_ANYWHERE, Mutant, Patch, Statements, all_of, function, policy
from tests.isolation.world import A, B

if TYPE_CHECKING:
    from tests.isolation.world import Facts, World

_HOME, _PORTAL_A, _PORTAL_B = ("", "account"), (A, "portal"), (B, "portal")


@dataclass(frozen=True)
class Breach:
    """A guard taken out, and the attack that then comes through."""

    guard: str
    attack: Callable[[World], bool]
    in_database: Statements = lambda connection: None
    in_program: Patch = lambda patch, facts: None


class Anything:
    """Equal to whatever it is held against."""

    __hash__ = object.__hash__

    def __eq__(self, _: object) -> bool:
        return True


def _bs_account(patch: pytest.MonkeyPatch, facts: Facts) -> None:
    first = Account.id == facts.b.account.id
    patch.setattr(
        account_views,
        "own_account",
        lambda session, _: session.scalar(select(Account).order_by(first.desc()).limit(1)),
    )


def _all_details(patch: pytest.MonkeyPatch, facts: Facts) -> None:
    last = AccountDetail.account_id == facts.b.account.id
    for module in (details, account_details_views):
        patch.setattr(
            module,
            "details_of",
            lambda session, _: list(session.scalars(select(AccountDetail).order_by(last))),
        )


def _any_entry(patch: pytest.MonkeyPatch, _: Facts) -> None:
    def found(session: DatabaseSession, own: object, entry_id: object) -> AccountEntry:
        return session.scalars(select(AccountEntry).where(AccountEntry.id == entry_id)).one()

    patch.setattr(account_entry_views, "own_entry", found)


def _any_consent(patch: pytest.MonkeyPatch, _: Facts) -> None:
    def take_back(session: DatabaseSession, own: object, client_id: str, tenant_id: object) -> None:
        session.execute(delete(AccountConsent).where(AccountConsent.client_id == client_id))

    patch.setattr(service, "take_back_consent", take_back)


def _at_every_portal(patch: pytest.MonkeyPatch, _: Facts) -> None:
    """Where a draft or case of one's own may be seen is not asked."""

    def tenant_of(session: sessions.Session, subject: Any) -> int:
        found = subject_of_account(session.account_id, subject) if session.account_id else None
        if found is None:
            raise sessions.NotFoundError
        return found.tenant_id

    patch.setattr(sessions.Session, "tenant_of", tenant_of)


def _nobody_is_asked(patch: pytest.MonkeyPatch, facts: Facts) -> None:
    def require(session: sessions.Session, who: Who) -> None:
        session.account_id = session.account_id or facts.b.account.id

    patch.setattr(sessions.Session, "require", require)


def _any_client(patch: pytest.MonkeyPatch, _: Facts) -> None:
    anything = SimpleNamespace(id=Anything(), redirect_uri=Anything())
    patch.setattr(
        views,
        "redeem_code",
        lambda session, code, client, verifier: codes.redeem_code(session, code, anything, verifier),  # type: ignore[arg-type]
    )


def _any_verifier(patch: pytest.MonkeyPatch, _: Facts) -> None:
    patch.setattr(codes, "matches", lambda verifier, challenge: True)


def _any_state_and_nonce(patch: pytest.MonkeyPatch, _: Facts) -> None:
    patch.setattr(views, "hmac", SimpleNamespace(compare_digest=lambda one, other: True))


def _any_address(patch: pytest.MonkeyPatch, _: Facts) -> None:
    def read(settings: Any, registry: Any, args: Any) -> Any:
        client = requests.find_client(settings, registry, args["client_id"])
        assert client is not None
        found = requests.read_request(settings, registry, {**args, "redirect_uri": client.redirect_uri})
        return replace(found, client=replace(client, redirect_uri=args["redirect_uri"]))

    patch.setattr(account_views, "read_request", read)


def _take_any(patch: pytest.MonkeyPatch, _: Facts) -> None:
    def take(session: DatabaseSession, row: Any, account_id: object) -> None:
        row.account_id = account_id
        session.flush()

    for module in (by_applicant, drafts):
        patch.setattr(module, "take_into_account", take)


def _unguarded(connection: psycopg.Connection) -> None:
    for table in ("drafts", "cases"):
        connection.execute(f"ALTER TABLE {table} DISABLE TRIGGER guard_account")


def _without_key(connection: psycopg.Connection) -> None:
    connection.execute("ALTER TABLE sessions DROP CONSTRAINT fk_sessions_parent_digest")


_OF_ANOTHER = {"case": signing_in.case_of_another_account, "draft": signing_in.draft_of_another_account}
_NO_PARENT = function("read_session", ("found.parent_digest IS NOT NULL", "false"))
_OWN = "account_id = nullif(current_setting('kreisportal.account_id', true), '')::uuid"
_OWN_TOWN = "of_tenant IN (m.tenant_id, definer.successor(m.tenant_id))"

# By what A's citizen could act for the neighbour, were it not for one thing each.
_ALMOST = {
    "a mandate that was revoked": ("mandate_in_force", "m.ended_at IS NULL"),
    "a mandate that is over": ("mandate_in_force", "m.ends_at > now()"),
    "a mandate that was not accepted": ("mandate_in_force", "m.accepted_at IS NOT NULL"),
    "a mandate for another town": ("mandate_covers", f"WHEN 'town' THEN {_OWN_TOWN}"),
    "a mandate for another service": ("mandate_covers", "m.service_key = of_service"),
    "a mandate for another case": ("mandate_covers", "m.case_id = of_subject"),
}


def _open(name: str, part: str) -> Statements:
    whole = "WHEN 'town' THEN true" if part.startswith("WHEN") else "true"
    return function(name, (part, whole))


SWEPT = [
    *(
        Mutant(
            f"{guard} lets nobody act",
            *(A, "citizen", (_PORTAL_A,), ("status.show", "status.copy")),
            in_database=_open(*where),
            of_neighbour=True,
        )
        for guard, where in _ALMOST.items()
    ),
    Mutant(
        "row security of mandates: one's own (behind the question for them)",
        *(A, "account", (_HOME,), ("mandates.show",)),
        in_database=policy("account_mandates", "own_reads", "giver_id"),
    ),
    Mutant(
        "row security of drafts: an account reads its own",
        *(A, "account", (_HOME,), ("account_matters.home",)),
        in_database=policy("drafts", "account_reads", "account_id"),
    ),
    Mutant(
        "row security of cases: an account reads its own",
        *(A, "account", (_HOME,), ("account_matters.home",)),
        in_database=policy("cases", "account_reads", "account_id"),
    ),
    Mutant(
        "row security of looks at cases: an account reads those at its own",
        *(A, "account", (_HOME,), ("account_matters.readings",)),
        in_database=policy("case_readings", "account_reads", "case_id"),
    ),
    Mutant(
        "row security of events: an account reads those of its own cases (behind row security of cases)",
        *(A, "account", (_HOME,), ("account_matters.mailbox",)),
        in_database=all_of(
            policy("case_events", "account_reads", "case_id"), policy("cases", "account_reads", "account_id")
        ),
    ),
    Mutant(
        "row security of accounts: one's own (behind the question for it)",
        *(A, "account", (_HOME,), ("account_towns.settings",)),
        in_database=policy("accounts", "own_all", "kreisportal.account_id"),
        in_program=_bs_account,
    ),
    Mutant(
        "row security of an account's details: one's own (behind the question for them)",
        *(A, "account", (_HOME,), ("account_details.overview", "account_details.step")),
        in_database=policy("account_details", "own_all", "account_id"),
        in_program=_all_details,
    ),
    Mutant(
        "row security of a profile's entries: one's own (behind the question for them)",
        *(A, "account", (_HOME,), ("account_entries.change", "account_entries.remove_send")),
        in_database=policy("account_entries", "own_all", "account_id"),
        in_program=_any_entry,
    ),
    Mutant(
        "row security of consents: one's own (behind the question for them)",
        *(A, "account", (_HOME,), ("account_towns.take_back",)),
        in_database=policy("account_consents", "own_all", "account_id"),
        in_program=_any_consent,
    ),
    Mutant(
        "a draft or case is opened by its own account",
        *(A, "citizen", (_PORTAL_A,), ("status.show", "applications.review")),
        in_database=function(
            "own_subject",
            (f"d.{_OWN}", "d.account_id IS NOT NULL"),
            (f"c.{_OWN}", "c.account_id IS NOT NULL"),
        ),
    ),
    Mutant(
        "a draft or case of one's own is opened at its own towns",
        *(B, "citizen", (_PORTAL_B,), ("status.show", "applications.review")),
        in_program=_at_every_portal,
        of_neighbour=True,
    ),
    Mutant(
        "an account's session at a town is one of that town",
        *(B, "citizen", (_PORTAL_A, _HOME), ("account_matters.home", "status.show")),
        in_database=SESSION_ANYWHERE,
    ),
    Mutant(
        "a session of the account host is one of that host",
        *(B, "account", (_PORTAL_A,), ("status.enter", "sso.signed_out")),
        in_database=SESSION_ANYWHERE,
    ),
    Mutant(
        "an account's pages are for who is signed in",
        *(A, "anonymous", (_HOME,), ("account_details.overview", "account_matters.home")),
        in_program=_nobody_is_asked,
    ),
]
"""Guards that the leak test relies on."""

BREACHES = [
    Breach("a code is its client's", signing_in.code_of_another_client, in_program=_any_client),
    Breach(
        "a code is who can show the verifier's",
        signing_in.code_without_its_verifier,
        in_program=_any_verifier,
    ),
    Breach(
        "a code is that of the nonce", signing_in.code_with_another_nonce, in_program=_any_state_and_nonce
    ),
    Breach(
        "one comes back only from where one went",
        signing_in.code_of_another_state,
        in_program=_any_state_and_nonce,
    ),
    Breach(
        "a code is good once",
        signing_in.code_again,
        function(
            "use_sign_in_code",
            (
                "DELETE FROM sign_in_codes c WHERE c.digest = of_digest RETURNING c.*",
                "SELECT c.* FROM sign_in_codes c WHERE c.digest = of_digest",
            ),
        ),
    ),
    Breach(
        "a code is good for a minute",
        signing_in.code_too_late,
        function("use_sign_in_code", ("u.expires_at <= now()", "false")),
    ),
    Breach(
        "no town uses an account without consent",
        signing_in.code_without_consent,
        in_program=lambda patch, facts: patch.setattr(
            account_views, "has_consented", lambda session, own, client: True
        ),
    ),
    Breach(
        "a code goes to the registered address, and only to exactly that",
        signing_in.code_led_elsewhere,
        in_program=_any_address,
    ),
    Breach(
        "a town's session goes with the one that it stands on (by the key, and by every look at it)",
        signing_in.session_after_signing_out,
        all_of(_NO_PARENT, _without_key),
    ),
    Breach(
        "a town's session is as good as the one that it stands on",
        signing_in.session_after_the_one_below_ended,
        _NO_PARENT,
    ),
    Breach(
        "a consent that is taken back ends the town's session",
        signing_in.session_after_consent_was_taken_back,
        function("close_sessions_at_client", ("tenant_id = of_tenant", "false")),
    ),
    Breach(
        "a new password ends all sessions",
        signing_in.session_after_a_new_password,
        function("close_sessions_of_account", ("WHERE account_id = of_account", "WHERE false")),
    ),
    Breach(
        "a mailed link is good once",
        signing_in.link_again,
        function(
            "use_account_link",
            (
                "DELETE FROM account_links l WHERE l.digest = of_digest AND l.expires_at > now() RETURNING l.* INTO used",
                "SELECT l.* INTO used FROM account_links l WHERE l.digest = of_digest",
            ),
            ("DELETE FROM account_links l WHERE l.email = used.email", "PERFORM 1"),
        ),
    ),
    *(
        Breach(f"a {what} stays in its account (by a trigger)", attack, _unguarded, _take_any)
        for what, attack in _OF_ANOTHER.items()
    ),
    Breach(
        "who signs in takes over nothing from another account",
        signing_in.case_of_who_was_signed_in_before,
        in_program=lambda patch, facts: patch.setattr(
            sessions, "_carried_over", lambda before, account_id: before.grants
        ),
    ),
]
"""Guards of signing in across hosts, each with the attack that it stops."""
