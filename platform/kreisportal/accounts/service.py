"""Accounts: begun by a mailed link, with another password, with consents.

``context`` is that of the account: its own transaction sees its own rows and nobody else's.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import replace

from sqlalchemy import text
from sqlalchemy.orm import Session

from kreisportal.accounts.errors import LinkGoneError
from kreisportal.accounts.links import Link, Purpose, read_link, use_link
from kreisportal.accounts.models import Account, AccountConsent
from kreisportal.accounts.queries import own_account
from kreisportal.credentials import password_rules
from kreisportal.credentials.passwords import Passwords
from kreisportal.kernel import clock
from kreisportal.kernel.database import ActorKind, Context, Database
from kreisportal.kernel.errors import InvalidInputError
from kreisportal.kernel.ids import new_id

_CLOSE_ALL = text("SELECT definer.close_sessions_of_account(:account)")
_CLOSE_OTHERS = text("SELECT definer.close_other_sessions_of_account(:account, :but)")
_DROP_STEPS = text("SELECT definer.drop_sign_in_steps(:account)")
_CLOSE_AT = text("SELECT definer.close_sessions_at_client(:account, :tenant)")


def acting_for(account_id: uuid.UUID) -> Context:
    """The context of an account."""
    return Context(ActorKind.ACCOUNT, account_id=account_id)


def settle_link(
    database: Database, passwords: Passwords, token: str, password: str, language: str, names: Iterable[str]
) -> tuple[uuid.UUID, Link]:
    """Set the password that a mailed link asks for: of a new account, or of the one there is. All sessions end.

    ``names`` are words that an attacker would try here. Raises LinkGoneError, or InvalidInputError for
    ``new_password``; then the link can be used again.
    """
    nobody = Context(ActorKind.ACCOUNT)
    with database.transaction(nobody) as session:
        known = read_link(session, token)
    faults = password_rules.faults_of(password, [*names, known.email])
    if faults:
        raise InvalidInputError({"new_password": faults})
    hashed = passwords.hash(password)
    # An account may have begun since it was looked at, by another link to the same address: then that one counts.
    account_id = known.account_id or new_id()
    with database.transaction(replace(nobody, account_id=account_id)) as session:
        link = use_link(session, token)
        if link.account_id is None:
            session.add(Account(id=account_id, email=link.email, language=language, password_hash=hashed))
        elif link.account_id != account_id:
            raise LinkGoneError
        else:
            _set_password(session, account_id, hashed)
    return account_id, link


def change_password(
    session: Session, account: Account, passwords: Passwords, password: str, names: Iterable[str]
) -> None:
    """Set a new password; all sessions end. The old one was asked for before. Raises InvalidInputError."""
    faults = password_rules.faults_of(password, [*names, account.email])
    if faults:
        raise InvalidInputError({"new_password": faults})
    _set_password(session, account.id, passwords.hash(password))


def _set_password(session: Session, account_id: uuid.UUID, hashed: str) -> None:
    account = own_account(session, account_id, to_change=True)
    if account is None:
        raise LinkGoneError
    account.password_hash = hashed
    end_sessions(session, account_id)


def end_sessions(session: Session, account_id: uuid.UUID) -> None:
    """End every session of the account, and every sign-in that somebody is in the middle of."""
    session.execute(_CLOSE_ALL, {"account": account_id})
    session.execute(_DROP_STEPS, {"account": account_id})


def end_other_sessions(session: Session, account_id: uuid.UUID, but: bytes) -> None:
    """End every session but the one with this digest and those that stand on it."""
    session.execute(_CLOSE_OTHERS, {"account": account_id, "but": but})
    session.execute(_DROP_STEPS, {"account": account_id})


def give_consent(
    session: Session, account_id: uuid.UUID, client_id: str, scopes: Iterable[str] = ("openid",)
) -> None:
    """Let the account be used at a client, which gets to know ``scopes``, besides what it may know already."""
    consent = session.get(AccountConsent, (account_id, client_id))
    if consent is None:
        session.add(AccountConsent(account_id=account_id, client_id=client_id, scopes=sorted(scopes)))
    elif not set(scopes) <= set(consent.scopes):
        consent.scopes = sorted({*consent.scopes, *scopes})
        consent.given_at = clock.now()
    session.flush()


def take_back_consent(session: Session, account_id: uuid.UUID, client_id: str, tenant_id: int | None) -> None:
    """No longer let the account be used at a client; its sessions at the tenant's portal end at once."""
    consent = session.get(AccountConsent, (account_id, client_id))
    if consent is not None:
        session.delete(consent)
        session.flush()
    if tenant_id is not None:
        session.execute(_CLOSE_AT, {"account": account_id, "tenant": tenant_id})


__all__ = [
    "Purpose",
    "acting_for",
    "change_password",
    "end_other_sessions",
    "end_sessions",
    "give_consent",
    "settle_link",
    "take_back_consent",
]
