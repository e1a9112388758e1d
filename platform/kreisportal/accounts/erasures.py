"""How what this room holds about an account is erased; the last of all rooms, because the account goes with it."""

from __future__ import annotations

import uuid

from sqlalchemy import text
from sqlalchemy.orm import Session

from kreisportal.accounts.models import (
    Account,
    AccountConfirmation,
    AccountDetail,
    AccountEntry,
    AccountPasskey,
    AccountSecondFactor,
    AccountTakeout,
)
from kreisportal.accounts.takeouts import REGION_FOLDER, remove_takeout
from kreisportal.i18n import lazy_gettext
from kreisportal.kernel.own_rows import OwnRows, count_rows, erase_rows, tables_of
from kreisportal.kernel.registries import Count, Erased, Erasure, Erasures

_KINDS = (
    OwnRows(AccountDetail.account_id, lazy_gettext("Gespeicherte Angaben")),
    OwnRows(AccountEntry.account_id, lazy_gettext("Kinder, Hunde, Betriebe und weitere Anschriften")),
    OwnRows(AccountPasskey.account_id, lazy_gettext("Passkeys")),
    OwnRows(
        AccountConfirmation.account_id, lazy_gettext("Bestätigungen von Ämtern, dass das Konto Ihnen gehört")
    ),
    OwnRows(AccountSecondFactor.account_id, lazy_gettext("App für Codes mit Ersatzcodes")),
)
_TAKEOUT = OwnRows(AccountTakeout.account_id, lazy_gettext("Mitgenommene Daten, die noch bei uns liegen"))
_ACCOUNT = OwnRows(Account.id, lazy_gettext("Konto mit E-Mail-Adresse und Passwort"))
_SESSIONS, _MAILS = lazy_gettext("Anmeldungen"), lazy_gettext("E-Mails an Ihre Adresse, die wir noch kennen")
_TRACES = text("SELECT sessions, mails FROM definer.erase_traces_of_account(:account)")
_TRACES_IN = {"sessions", "sign_in_steps", "account_links", "account_address_links"}


def register(erasures: Erasures) -> None:
    """Say how it is erased."""
    tables = tables_of((*_KINDS, _TAKEOUT, _ACCOUNT)) | _TRACES_IN
    erasures.register(Erasure("accounts", frozenset(tables), _count, _erase))


def _count(session: Session, account_id: uuid.UUID) -> tuple[Count, ...]:
    return count_rows(session, account_id, (*_KINDS, _TAKEOUT, _ACCOUNT))


def _erase(session: Session, account_id: uuid.UUID) -> Erased:
    counts = erase_rows(session, account_id, _KINDS)
    takeout = remove_takeout(session, account_id)
    # Before the account: its mails are found by its address.
    traces = session.execute(_TRACES, {"account": account_id}).one()
    found = (
        *counts,
        Count(_TAKEOUT.words, 1 if takeout else 0),
        Count(_SESSIONS, traces.sessions),
        Count(_MAILS, traces.mails),
        *erase_rows(session, account_id, (_ACCOUNT,)),
    )
    return Erased(
        tuple(count for count in found if count.number), ((REGION_FOLDER, takeout),) if takeout else ()
    )
