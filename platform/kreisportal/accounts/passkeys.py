"""Passkeys of an account (Web Authentication, level 2): made, used and removed.

A passkey proves two things at once, that one has it and that one may use it (fingerprint, face, PIN): user verification
is always asked for. The account is told by the passkey itself, so nobody types an address.
"""

from __future__ import annotations

import datetime
import json
import uuid
from dataclasses import dataclass

from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import parse_authentication_credential_json
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticationCredential,
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from kreisportal.accounts.errors import InvalidPasskeyError, LastWayInError
from kreisportal.accounts.models import Account, AccountIdentity, AccountPasskey
from kreisportal.accounts.queries import own_account
from kreisportal.accounts.service import acting_for
from kreisportal.kernel.database import Database
from kreisportal.kernel.errors import NotFoundError
from kreisportal.kernel.ids import new_id

LONGEST_NAME = 60
MOST = 20
"""Passkeys of one account."""

_LONGEST_ANSWER = 16_384
_ACCOUNT = text("SELECT definer.account_by_passkey(:credential) AS account_id")


@dataclass(frozen=True, slots=True)
class RelyingParty:
    """Whom passkeys are for: the account host by its canonical name, and its origin with scheme and port."""

    id: str
    origin: str
    name: str


@dataclass(frozen=True, slots=True)
class Question:
    """What a browser is asked: options as JSON, and the challenge that the answer must hold."""

    options: str
    challenge: bytes


def ask_to_sign_in(party: RelyingParty) -> Question:
    """Ask for any passkey that the person has for this host; it says nothing of which there are."""
    options = generate_authentication_options(
        rp_id=party.id, user_verification=UserVerificationRequirement.REQUIRED
    )
    return Question(options_to_json(options), options.challenge)


def ask_to_add(party: RelyingParty, account: Account, known: list[AccountPasskey]) -> Question:
    """Ask for a new passkey, on another device than those that hold one already."""
    options = generate_registration_options(
        rp_id=party.id,
        rp_name=party.name,
        user_id=account.id.bytes,
        user_name=account.email,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=[PublicKeyCredentialDescriptor(id=passkey.credential_id) for passkey in known],
    )
    return Question(options_to_json(options), options.challenge)


def passkeys_of(session: Session, account_id: uuid.UUID) -> list[AccountPasskey]:
    """The account's passkeys, the oldest first."""
    query = select(AccountPasskey).where(AccountPasskey.account_id == account_id)
    return list(session.scalars(query.order_by(AccountPasskey.created_at, AccountPasskey.id)))


def own_passkey(session: Session, account_id: uuid.UUID, passkey_id: uuid.UUID) -> AccountPasskey:
    """One of the account's passkeys. Raises NotFoundError."""
    query = select(AccountPasskey).where(
        AccountPasskey.id == passkey_id, AccountPasskey.account_id == account_id
    )
    found = session.scalar(query)
    if found is None:
        raise NotFoundError
    return found


def add_passkey(
    session: Session, party: RelyingParty, account_id: uuid.UUID, challenge: bytes, answer: str, name: str
) -> AccountPasskey:
    """Keep a new passkey. Raises InvalidPasskeyError."""
    try:
        proven = verify_registration_response(
            credential=_json(answer),
            expected_challenge=challenge,
            expected_rp_id=party.id,
            expected_origin=party.origin,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, TypeError, KeyError) as error:
        raise InvalidPasskeyError(str(error)) from error
    if len(passkeys_of(session, account_id)) >= MOST:
        raise InvalidPasskeyError("too many passkeys")
    passkey = AccountPasskey(
        id=new_id(),
        account_id=account_id,
        credential_id=proven.credential_id,
        public_key=proven.credential_public_key,
        sign_count=proven.sign_count,
        name=name,
    )
    session.add(passkey)
    try:
        session.flush()
    except IntegrityError as error:
        raise InvalidPasskeyError("there is such a passkey already") from error
    return passkey


def check_passkey(
    database: Database, party: RelyingParty, challenge: bytes, answer: str, now: datetime.datetime
) -> uuid.UUID:
    """The account whose passkey has answered the challenge. Raises InvalidPasskeyError."""
    try:
        credential = parse_authentication_credential_json(_json(answer))
    except (WebAuthnException, ValueError, TypeError, KeyError) as error:
        raise InvalidPasskeyError(str(error)) from error
    row = database.call(_ACCOUNT, {"credential": credential.raw_id})
    account_id: uuid.UUID | None = row.account_id if row else None
    if account_id is None or credential.response.user_handle != account_id.bytes:
        raise InvalidPasskeyError("nobody has this passkey")
    with database.transaction(acting_for(account_id)) as session:
        query = select(AccountPasskey).where(AccountPasskey.credential_id == credential.raw_id)
        # The row is held, so that of two answers with the same count only one counts.
        passkey = session.scalar(query.with_for_update())
        if passkey is None:
            raise InvalidPasskeyError("it was removed meanwhile")
        passkey.sign_count = _verified(party, challenge, credential, passkey)
        passkey.used_at = now
    return account_id


def remove_passkey(session: Session, account_id: uuid.UUID, passkey_id: uuid.UUID) -> int:
    """Remove a passkey; how many are left. Raises NotFoundError, or LastWayInError where there is no password either."""
    account = own_account(session, account_id, to_change=True)
    passkey = own_passkey(session, account_id, passkey_id)
    if account is None or is_last_way_in(session, account):
        raise LastWayInError
    session.delete(passkey)
    session.flush()
    return len(passkeys_of(session, account_id))


def is_last_way_in(session: Session, account: Account) -> bool:
    """Whether the account has no password and, of passkeys and identities from outside, only one."""
    left = sum(
        session.scalar(select(func.count()).select_from(table).where(table.account_id == account.id)) or 0
        for table in (AccountPasskey, AccountIdentity)
    )
    return account.password_hash is None and left <= 1


def _verified(
    party: RelyingParty, challenge: bytes, credential: AuthenticationCredential, passkey: AccountPasskey
) -> int:
    """The count that the authenticator says by now. Raises InvalidPasskeyError, also if it counts backwards."""
    try:
        proven = verify_authentication_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=party.id,
            expected_origin=party.origin,
            credential_public_key=passkey.public_key,
            credential_current_sign_count=passkey.sign_count,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, TypeError, KeyError) as error:
        raise InvalidPasskeyError(str(error)) from error
    return proven.new_sign_count


def _json(answer: str) -> dict[str, object]:
    """The answer as it was sent. Raises InvalidPasskeyError or ValueError."""
    if len(answer) > _LONGEST_ANSWER:
        raise InvalidPasskeyError("too long")
    try:
        found = json.loads(answer)
    except RecursionError as error:
        raise InvalidPasskeyError("too deep") from error
    if not isinstance(found, dict):
        raise InvalidPasskeyError("no object")
    return found
