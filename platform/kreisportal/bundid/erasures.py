"""How what this room holds about an account is erased."""

from __future__ import annotations

import uuid
from functools import partial

from sqlalchemy.orm import Session

from kreisportal.accounts.models import AccountIdentity
from kreisportal.i18n import lazy_gettext
from kreisportal.kernel.own_rows import OwnRows, count_rows, erase_rows, tables_of
from kreisportal.kernel.registries import Erased, Erasure, Erasures

_KINDS = (OwnRows(AccountIdentity.account_id, lazy_gettext("Verbundene Anmeldungen über andere Stellen")),)


def register(erasures: Erasures) -> None:
    """Say how it is erased."""
    count = partial(count_rows, kinds=_KINDS)
    erasures.register(Erasure("bundid", tables_of(_KINDS), count, _erase))


def _erase(session: Session, account_id: uuid.UUID) -> Erased:
    return Erased(erase_rows(session, account_id, _KINDS))
