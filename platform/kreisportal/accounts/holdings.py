"""What this room holds about an account: the account itself, what it remembers, its ways in, where it is signed in.

Secrets are left out: password, keys, seeds and digests tell nobody anything about the person, and open the account.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from kreisportal.accounts.browser_kinds import browser_words
from kreisportal.accounts.confirmations import confirmations_of
from kreisportal.accounts.details import details_of
from kreisportal.accounts.entries import entries_of
from kreisportal.accounts.models import Account, AccountTakeout
from kreisportal.accounts.passkeys import passkeys_of
from kreisportal.accounts.queries import own_account
from kreisportal.accounts.second_step import factor_of
from kreisportal.accounts.takeouts import TakeoutGoneError, takeout_of
from kreisportal.i18n import gettext, lazy_gettext
from kreisportal.i18n.dates import date_text, moment_text
from kreisportal.kernel.registries import Holder, Holding, Holdings, Share, Sink
from kreisportal.tenancy.naming import TenantNames

_SESSIONS = text("SELECT * FROM definer.sessions_of_account(:account)")
_ADDRESSES = text("SELECT * FROM definer.addresses_of_account(:account)")
# As the types of forms' fields store it; of one that is not known wholly (1960-00-00) there are no words.
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_DETAILS = {
    "person.given_names": lazy_gettext("Vornamen"),
    "person.family_name": lazy_gettext("Familienname"),
    "person.birth_name": lazy_gettext("Geburtsname"),
    "person.birth_date": lazy_gettext("Geburtsdatum"),
    "person.birth_place": lazy_gettext("Geburtsort"),
    "person.nationality": lazy_gettext("Staatsangehörigkeit"),
    "person.address": lazy_gettext("Anschrift"),
    "contact.phone": lazy_gettext("Telefonnummer"),
    "bank.iban": lazy_gettext("IBAN"),
    "bank.holder": lazy_gettext("Kontoinhaber"),
}
"""Words for what is remembered most; the rest is named by its key."""
_PARTS: Mapping[str, object] = {
    "address": lazy_gettext("Weitere Anschrift"),
    "child": lazy_gettext("Kind"),
    "dog": lazy_gettext("Hund"),
    "business": lazy_gettext("Betrieb"),
}


def register(holdings: Holdings) -> None:
    """Say what this room holds."""
    tables = {
        *("accounts", "account_details", "account_entries", "account_passkeys", "account_second_factors"),
        *("account_confirmations", "account_takeouts", "sessions", "account_address_links"),
    }
    holdings.register(Holding("accounts", frozenset(tables), _shares))


def _shares(holder: Holder) -> Iterator[Share]:
    def fill(sink: Sink) -> None:
        with holder.database.transaction(holder.context) as session:
            _fill(session, sink, holder.account_id)

    yield Share(None, fill)


def _fill(session: Session, sink: Sink, own: uuid.UUID) -> None:
    account = own_account(session, own)
    if account is None:
        raise TakeoutGoneError
    _tell_account(sink, account)
    addresses = [dict(row._mapping) for row in session.execute(_ADDRESSES, {"account": own})]
    takeout = takeout_of(session, own)
    sink.add_json(
        "konto/konto.json",
        {
            "id": account.id,
            "email": account.email,
            "language": account.language,
            "created_at": account.created_at,
            "other_addresses": addresses,
            "not_proposed": account.withheld,
            "takeout": _takeout(takeout) if takeout else None,
        },
    )
    _add_details(session, sink, own)
    _add_entries(session, sink, own)
    _add_ways_in(session, sink, account)
    _add_confirmations(session, sink, own)
    _add_sessions(session, sink, own)


def _tell_account(sink: Sink, account: Account) -> None:
    rows = [
        (gettext("E-Mail-Adresse"), account.email),
        (gettext("Konto seit"), moment_text(account.created_at)),
        (gettext("Passwort"), gettext("gesetzt") if account.password_hash else gettext("nicht gesetzt")),
    ]
    sink.tell(gettext("Ihr Konto"), rows)


def _takeout(takeout: AccountTakeout) -> Mapping[str, Any]:
    return {"id": takeout.id, "asked_at": takeout.asked_at, "language": takeout.language}


def _add_details(session: Session, sink: Sink, own: uuid.UUID) -> None:
    details = details_of(session, own)
    sink.add_list(
        "konto/angaben.json",
        (
            {"key": each.key, "value": each.value, "source": each.source, "updated_at": each.updated_at}
            for each in details
        ),
    )
    rows = [(str(_DETAILS.get(each.key, each.key)), _shown(each.value)) for each in details]
    sink.tell(gettext("Was Ihr Konto sich für Formulare merkt"), rows)


def _add_entries(session: Session, sink: Sink, own: uuid.UUID) -> None:
    entries = entries_of(session, own)
    sink.add_list(
        "konto/eintraege.json",
        (
            {
                "id": each.id,
                "part": each.part,
                "details": each.details,
                "not_proposed": each.withheld,
                "created_at": each.created_at,
            }
            for each in entries
        ),
    )
    rows = [
        (str(_PARTS[each.part]), _shown([known["value"] for known in each.details.values()]))
        for each in entries
    ]
    sink.tell(gettext("Was Ihr Konto sich für Formulare merkt"), rows)


def _shown(value: Any) -> str:
    """A stored value as a person reads it: a day in words, the parts of an address one after the other."""
    if isinstance(value, str) and _DAY.fullmatch(value):
        with suppress(ValueError):
            return date_text(value)
    if isinstance(value, dict):
        return ", ".join(_shown(part) for part in value.values() if part)
    if isinstance(value, list):
        return ", ".join(map(_shown, value))
    return str(value)


def _add_confirmations(session: Session, sink: Sink, own: uuid.UUID) -> None:
    found = confirmations_of(session, own)
    names, towns = ("check_id", "document", "confirmed_at", "expires_at"), TenantNames(session)
    sink.add_list(
        "konto/bestaetigungen.json",
        ({**towns.told(each.tenant_id), **{name: getattr(each, name) for name in names}} for each in found),
    )
    rows = [(gettext("Im Amt bestätigt"), moment_text(each.confirmed_at)) for each in found]
    sink.tell(gettext("Ihr Zugang"), rows)


def _add_ways_in(session: Session, sink: Sink, account: Account) -> None:
    passkeys, factor = passkeys_of(session, account.id), factor_of(session, account.id)
    sink.add_json(
        "konto/zugang.json",
        {
            "password": account.password_hash is not None,
            "app": {"since": factor.confirmed_at, "recovery_codes": len(factor.recovery_codes)}
            if factor and factor.is_on
            else None,
            "passkeys": [
                {"id": each.id, "name": each.name, "created_at": each.created_at, "used_at": each.used_at}
                for each in passkeys
            ],
        },
    )
    rows = [
        (each.name, gettext("Passkey, seit %(moment)s", moment=moment_text(each.created_at)))
        for each in passkeys
    ]
    if factor and factor.is_on and factor.confirmed_at:
        since = gettext("eingeschaltet seit %(moment)s", moment=moment_text(factor.confirmed_at))
        rows.append((gettext("Code aus einer App"), since))
    sink.tell(gettext("Ihr Zugang"), rows)


def _add_sessions(session: Session, sink: Sink, own: uuid.UUID) -> None:
    rows, towns = session.execute(_SESSIONS, {"account": own}).all(), TenantNames(session)
    sink.add_list(
        "konto/anmeldungen.json",
        (
            {
                "site": "portal" if row.tenant_id else "client" if row.client else "account",
                **towns.told(row.tenant_id),
                "client": row.client,
                "browser": row.browser,
                "browser_name": browser_words(row.browser),
                "means": row.means,
                "created_at": row.created_at,
                "seen_at": row.seen_at,
            }
            for row in rows
        ),
    )
    begun = [row for row in rows if row.above is None]
    told = [(moment_text(row.created_at), browser_words(row.browser)) for row in begun]
    sink.tell(gettext("Wo Sie angemeldet sind"), told)
