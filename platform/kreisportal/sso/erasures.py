"""How what this room holds about an account is erased: with the consents ends all that clients were given."""

from __future__ import annotations

import uuid
from functools import partial

from sqlalchemy.orm import Session

from kreisportal.accounts.models import AccountConsent
from kreisportal.i18n import lazy_gettext
from kreisportal.kernel.own_rows import OwnRows, count_rows, erase_rows
from kreisportal.kernel.registries import Erased, Erasure, Erasures

_KINDS = (OwnRows(AccountConsent.account_id, lazy_gettext("Zustimmungen, Ihr Konto zu nutzen")),)


def register(erasures: Erasures) -> None:
    """Say how it is erased. Sessions of clients go with the consent that they stand on, by their key."""
    tables = frozenset({"account_consents", "client_sessions"})
    erasures.register(Erasure("sso", tables, partial(count_rows, kinds=_KINDS), _erase))


def _erase(session: Session, account_id: uuid.UUID) -> Erased:
    return Erased(erase_rows(session, account_id, _KINDS))
