"""What a client may get to know of an account, by scope (OpenID Connect Core 1.0, 5.4), and nothing else."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Collection
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from kreisportal.accounts.details import known_values
from kreisportal.accounts.models import Account

SCOPES = ("openid", "profile", "email", "address", "phone")

CLAIMS = {
    "openid": ("sub",),
    "profile": ("name", "given_name", "family_name", "birthdate", "locale"),
    "email": ("email", "email_verified"),
    "address": ("address",),
    "phone": ("phone_number", "phone_number_verified"),
}
"""Scope → the claims that it stands for."""


def claims_of(session: Session, account_id: uuid.UUID, scopes: Collection[str]) -> dict[str, Any] | None:
    """What the scopes let a client know of an account, without what the account does not remember.

    The transaction speaks for the client, so that row security lets through what the person has consented to only.
    None if that is nothing at all, as the consent is gone.
    """
    query = select(Account.email, Account.language).where(Account.id == account_id)
    account = session.execute(query).one_or_none()
    if account is None:
        return None
    known = known_values(session, account_id)
    claims: dict[str, Any] = {}
    if "profile" in scopes:
        claims |= _profile(known) | {"locale": account.language}
    if "email" in scopes:
        # An account begins with a link that was mailed there.
        claims |= {"email": account.email, "email_verified": True}
    if "address" in scopes and isinstance(known.get("person.address"), dict):
        claims["address"] = _address(known["person.address"])
    if "phone" in scopes and known.get("contact.phone"):
        claims |= {"phone_number": known["contact.phone"], "phone_number_verified": False}
    return claims


def _profile(known: dict[str, Any]) -> dict[str, str]:
    given, family = (str(known.get(f"person.{part}") or "") for part in ("given_names", "family_name"))
    values = {
        "name": f"{given} {family}".strip(),
        "given_name": given,
        "family_name": family,
        "birthdate": _date(known.get("person.birth_date")),
    }
    return {name: value for name, value in values.items() if value}


def _date(stored: object) -> str:
    """A whole date, as the claim has to be written; one of which only a part is known is none."""
    try:
        return datetime.date.fromisoformat(str(stored)).isoformat()
    except ValueError:
        return ""


def _address(stored: dict[str, Any]) -> dict[str, str]:
    street = " ".join(str(stored.get(part) or "") for part in ("street", "house_number")).strip()
    town = " ".join(str(stored.get(part) or "") for part in ("postcode", "city")).strip()
    values = {
        "formatted": "\n".join(line for line in (street, town) if line),
        "street_address": street,
        "postal_code": str(stored.get("postcode") or ""),
        "locality": str(stored.get("city") or ""),
    }
    return {name: value for name, value in values.items() if value}
