"""Clients from outside: registered with exact addresses, found by their id, changed, switched off, removed."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from kreisportal.kernel import clock
from kreisportal.kernel.database import ActorKind, Context, Database
from kreisportal.kernel.errors import ConflictError, NotFoundError
from kreisportal.kernel.ids import digest, new_id, new_token
from kreisportal.sso.errors import InvalidClientError, NameTakenError
from kreisportal.sso.faults import Fault
from kreisportal.sso.models import OutsideClient
from kreisportal.sso.redirects import fault_of_redirect, fault_of_web_address, origin_of
from kreisportal.sso.scopes import SCOPES

_SALT_BYTES = 32
_LONGEST_NAME = 100
_MOST_ADDRESSES = 20
_CHECK_SECRET = text("SELECT definer.check_client_secret(:client, :digest)")


@dataclass(frozen=True, slots=True)
class Registration:
    """What is said of a client when it is registered."""

    name: str
    redirect_uris: Sequence[str]
    privacy_url: str
    scopes: Sequence[str] = ()
    public: bool = False
    post_logout_redirect_uris: Sequence[str] = ()
    logout_url: str | None = None


CHANGEABLE = tuple(name for name in Registration.__slots__ if name != "public")
"""What may change of a client, so that it stays the one that people have consented to."""


def speaking_for(client_id: str, account_id: uuid.UUID | None = None) -> Context:
    """The context of a client, which may read of an account what the person lets it know. Raises NotFoundError."""
    return Context(ActorKind.CLIENT, account_id=account_id, client_id=_checked_id(client_id))


def find_outside_client(session: Session, client_id: str) -> OutsideClient | None:
    """The client with this id, or None."""
    try:
        return session.get(OutsideClient, _checked_id(client_id))
    except NotFoundError:
        return None


def client_in_use(session: Session, client_id: str) -> OutsideClient | None:
    """The client with this id, unless it is switched off."""
    client = find_outside_client(session, client_id)
    return client if client is not None and client.disabled_at is None else None


def all_outside_clients(session: Session) -> list[OutsideClient]:
    """All that the actor reaches, by name."""
    return list(session.scalars(select(OutsideClient).order_by(OutsideClient.name)))


def origin_of_client(database: Database, client_id: str, redirect_uri: str) -> str | None:
    """Where a client's answer goes to, for a page's policy; None if the address is not registered for it."""
    try:
        context = speaking_for(client_id)
    except NotFoundError:
        return None
    with database.transaction(context) as session:
        client = client_in_use(session, client_id)
    return origin_of(redirect_uri) if client is not None and redirect_uri in client.redirect_uris else None


def add_client(
    session: Session, registration: Registration, *, district_id: int | None = None, demo: bool = False
) -> tuple[OutsideClient, str | None]:
    """Register a client of a district, or of the whole region without one.

    With its secret, which is shown once, unless it is public. Raises InvalidClientError and NameTakenError.
    """
    _check(registration, demo=demo)
    secret = None if registration.public else new_token()
    client = OutsideClient(
        id=str(new_id()),
        name=registration.name,
        confidential=not registration.public,
        secret_digest=digest(secret) if secret else None,
        subject_salt=secrets.token_bytes(_SALT_BYTES),
        redirect_uris=list(registration.redirect_uris),
        post_logout_redirect_uris=list(registration.post_logout_redirect_uris),
        scopes=_scopes(registration.scopes),
        privacy_url=registration.privacy_url,
        logout_url=registration.logout_url,
        district_id=district_id,
    )
    session.add(client)
    _flush_named(session, client.name)
    return client, secret


def change_client(
    session: Session, client_id: str, changes: Mapping[str, Any], *, demo: bool = False
) -> dict[str, tuple[Any, Any]]:
    """Change what is said of a client, by the names in ``Registration``: each name → before and after.

    What it may not ask for any more it does not get either by what it has; for more, people are asked again.
    Raises NotFoundError, InvalidClientError and NameTakenError.
    """
    client = known_client(session, client_id)
    before = {name: getattr(client, name) for name in CHANGEABLE}
    wanted = Registration(**{**before, "public": not client.confidential, **changes})
    _check(wanted, demo=demo)
    after = {name: getattr(wanted, name) for name in CHANGEABLE} | {"scopes": _scopes(wanted.scopes)}
    changed = {}
    for name in CHANGEABLE:
        new = list(after[name]) if isinstance(before[name], list) else after[name]
        if new != before[name]:
            setattr(client, name, new)
            changed[name] = (before[name], new)
    _flush_named(session, wanted.name)
    return changed


def switch_client(session: Session, client_id: str, *, on: bool) -> str:
    """Switch a client off, which ends all that it was given and tells it so, or on again. Its name.

    Raises NotFoundError and ConflictError.
    """
    client = known_client(session, client_id)
    if on == (client.disabled_at is None):
        raise ConflictError(f"{client.name} is switched {'on' if on else 'off'} already")
    client.disabled_at = None if on else clock.now()
    session.flush()
    return client.name


def new_secret(session: Session, client_id: str) -> str:
    """Another secret for a client; the one before is worth nothing from now on. Raises NotFoundError."""
    client = known_client(session, client_id)
    if not client.confidential:
        raise ConflictError(f"{client.name} is public and has no secret")
    secret = new_token()
    client.secret_digest = digest(secret)
    session.flush()
    return secret


def remove_client(session: Session, client_id: str) -> str:
    """Remove a client with all that it was given; people are signed out there. Its name. Raises NotFoundError."""
    client = known_client(session, client_id)
    session.delete(client)
    session.flush()
    return client.name


def secret_fits(session: Session, client_id: str, secret: str) -> bool:
    """Whether this is the client's secret."""
    return session.scalar(_CHECK_SECRET, {"client": client_id, "digest": digest(secret)}) is True


def known_client(session: Session, client_id: str) -> OutsideClient:
    """The client with this id that the actor reaches. Raises NotFoundError."""
    client = find_outside_client(session, client_id)
    if client is None:
        raise NotFoundError(f"there is no client {client_id}")
    return client


def _scopes(asked: Collection[str]) -> list[str]:
    return [scope for scope in SCOPES if scope == "openid" or scope in asked]


def _flush_named(session: Session, name: str) -> None:
    """Write it. That a name is taken says the database, as it may be by a client that the actor does not reach."""
    try:
        session.flush()
    except IntegrityError as error:
        if "uq_outside_clients_name" not in str(error.orig):
            raise
        raise NameTakenError(f"there is a client called {name} already") from None


def _check(registration: Registration, *, demo: bool) -> None:
    """Look at all that is said of a client, under the names that options and fields have. Raises InvalidClientError."""
    faults: dict[str, list[tuple[str, Fault]]] = {}

    def note(field: str, value: str, fault: Fault | None) -> None:
        if fault is not None:
            faults.setdefault(field, []).append((value, fault))

    name, public = registration.name, registration.public
    if not name.strip() or len(name) > _LONGEST_NAME or not name.isprintable():
        note("name", name, Fault.NAME)
    if not registration.redirect_uris:
        note("redirect", "–", Fault.MISSING)
    for field, uris in (
        ("redirect", registration.redirect_uris),
        ("post-logout", registration.post_logout_redirect_uris),
    ):
        for uri in uris[:_MOST_ADDRESSES]:
            note(field, uri, fault_of_redirect(uri, public=public, demo=demo))
        note(field, "…", Fault.TOO_MANY if len(uris) > _MOST_ADDRESSES else None)
    privacy = registration.privacy_url
    note("privacy", privacy or "–", fault_of_web_address(privacy, demo=demo) if privacy else Fault.MISSING)
    if registration.logout_url is not None:
        note("logout-url", registration.logout_url, fault_of_web_address(registration.logout_url, demo=demo))
    for scope in registration.scopes:
        note("scope", scope, None if scope in SCOPES else Fault.SCOPE)
    if faults:
        raise InvalidClientError(faults)


def _checked_id(client_id: str) -> str:
    """The id, if it is written as ids are: as it goes into a transaction's context, nothing else may."""
    try:
        if str(uuid.UUID(client_id)) == client_id:
            return client_id
    except ValueError:
        pass
    raise NotFoundError
