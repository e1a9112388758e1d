"""How mandates are erased with an account: they end. What was done by them the other one still sees for a year."""

from __future__ import annotations

import uuid

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from kreisportal.i18n import lazy_gettext
from kreisportal.kernel.registries import Count, Erased, Erasure, Erasures
from kreisportal.mandates.models import Mandate, MandateAct

_WORDS = lazy_gettext("Vollmachten, die Sie gegeben oder angenommen haben")
_ERASE = text("SELECT definer.erase_mandates_of_account(:account)")


def register(erasures: Erasures) -> None:
    """Say how they are erased."""
    tables = frozenset({Mandate.__tablename__, MandateAct.__tablename__})
    erasures.register(Erasure("mandates", tables, _count, _erase))


def _count(session: Session, account_id: uuid.UUID) -> tuple[Count, ...]:
    own = (Mandate.giver_id == account_id) | (Mandate.representative_id == account_id)
    return _told(session.scalar(select(func.count()).select_from(Mandate).where(own)) or 0)


def _erase(session: Session, account_id: uuid.UUID) -> Erased:
    return Erased(_told(session.scalar(_ERASE, {"account": account_id}) or 0))


def _told(number: int) -> tuple[Count, ...]:
    return (Count(_WORDS, number),) if number else ()
