"""Clients from outside: registered with exact addresses, found by their id, changed, switched off, removed."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from kreisportal.kernel import clock
from kreisportal.kernel.database import ActorKind, Context, Database
from kreisportal.kernel.errors import ConflictError, InvalidInputError, NotFoundError
from kreisportal.kernel.ids import digest, new_id, new_token
from kreisportal.sso.models import OutsideClient
from kreisportal.sso.redirects import fault_of_redirect, fault_of_web_address, origin_of
from kreisportal.sso.scopes import SCOPES

_SALT_BYTES = 32
_LONGEST_NAME = 100
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
    """All of them, by name."""
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
    session: Session, registration: Registration, *, demo: bool = False
) -> tuple[OutsideClient, str | None]:
    """Register a client; with its secret, which is shown once, unless it is public. Raises InvalidInputError."""
    _check(registration, demo=demo)
    _check_name(session, registration.name)
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
    )
    session.add(client)
    session.flush()
    return client, secret


def change_client(
    session: Session, client_id: str, changes: Mapping[str, Any], *, demo: bool = False
) -> dict[str, tuple[Any, Any]]:
    """Change what is said of a client, by the names in ``Registration``: each name → before and after.

    What it may not ask for any more it does not get either by what it has; for more, people are asked again.
    Raises NotFoundError, InvalidInputError and ConflictError.
    """
    client = _known(session, client_id)
    names = [name for name in Registration.__slots__ if name != "public"]
    before = {name: getattr(client, name) for name in names}
    wanted = Registration(**{**before, "public": not client.confidential, **changes})
    _check(wanted, demo=demo)
    after = {name: getattr(wanted, name) for name in names} | {"scopes": _scopes(wanted.scopes)}
    if after["name"] != before["name"]:
        _check_name(session, wanted.name)
    changed = {}
    for name in names:
        new = list(after[name]) if isinstance(before[name], list) else after[name]
        if new != before[name]:
            setattr(client, name, new)
            changed[name] = (before[name], new)
    session.flush()
    return changed


def switch_client(session: Session, client_id: str, *, on: bool) -> str:
    """Switch a client off, which ends all that it was given and tells it so, or on again. Its name.

    Raises NotFoundError and ConflictError.
    """
    client = _known(session, client_id)
    if on == (client.disabled_at is None):
        raise ConflictError(f"{client.name} is switched {'on' if on else 'off'} already")
    client.disabled_at = None if on else clock.now()
    session.flush()
    return client.name


def new_secret(session: Session, client_id: str) -> str:
    """Another secret for a client; the one before is worth nothing from now on. Raises NotFoundError."""
    client = _known(session, client_id)
    if not client.confidential:
        raise ConflictError(f"{client.name} is public and has no secret")
    secret = new_token()
    client.secret_digest = digest(secret)
    session.flush()
    return secret


def remove_client(session: Session, client_id: str) -> str:
    """Remove a client with all that it was given; people are signed out there. Its name. Raises NotFoundError."""
    client = _known(session, client_id)
    session.delete(client)
    session.flush()
    return client.name


def secret_fits(session: Session, client_id: str, secret: str) -> bool:
    """Whether this is the client's secret."""
    return session.scalar(_CHECK_SECRET, {"client": client_id, "digest": digest(secret)}) is True


def _known(session: Session, client_id: str) -> OutsideClient:
    client = find_outside_client(session, client_id)
    if client is None:
        raise NotFoundError(f"there is no client {client_id}")
    return client


def _scopes(asked: Collection[str]) -> list[str]:
    return [scope for scope in SCOPES if scope == "openid" or scope in asked]


def _check_name(session: Session, name: str) -> None:
    """Raises ConflictError."""
    if session.scalar(select(OutsideClient.id).where(OutsideClient.name == name)):
        raise ConflictError(f"there is a client called {name} already")


def _check(registration: Registration, *, demo: bool) -> None:
    faults: dict[str, list[str]] = {}

    def note(field: str, value: str, fault: str | None) -> None:
        if fault is not None:
            faults.setdefault(field, []).append(f"{value}: {fault}")

    name = registration.name
    if not name.strip() or len(name) > _LONGEST_NAME or not name.isprintable():
        note("name", name, "must be a name of at most 100 letters")
    if not registration.redirect_uris:
        note("redirect", "–", "at least one address is needed")
    for uri in registration.redirect_uris:
        note("redirect", uri, fault_of_redirect(uri, public=registration.public, demo=demo))
    for uri in registration.post_logout_redirect_uris:
        note("post-logout", uri, fault_of_redirect(uri, public=registration.public, demo=demo))
    note("privacy", registration.privacy_url, fault_of_web_address(registration.privacy_url, demo=demo))
    if registration.logout_url is not None:
        note("logout-url", registration.logout_url, fault_of_web_address(registration.logout_url, demo=demo))
    for scope in registration.scopes:
        note("scope", scope, None if scope in SCOPES else f"is none of {', '.join(SCOPES)}")
    if faults:
        raise InvalidInputError(faults)


def _checked_id(client_id: str) -> str:
    """The id, if it is written as ids are: as it goes into a transaction's context, nothing else may."""
    try:
        if str(uuid.UUID(client_id)) == client_id:
            return client_id
    except ValueError:
        pass
    raise NotFoundError
