"""Writing to an account's owner about the account itself."""

from __future__ import annotations

import uuid

from sqlalchemy.orm import Session

from kreisportal.accounts.address import writing_as
from kreisportal.accounts.queries import own_account
from kreisportal.accounts.service import acting_for
from kreisportal.kernel.database import Context
from kreisportal.notifications.service import queue_mail
from kreisportal.web.other_sites import operator


def telling(own: uuid.UUID) -> Context:
    """The context of an account in which its owner can be written to, where somebody runs the accounts."""
    responsible = operator()
    return writing_as(own, responsible.id) if responsible else acting_for(own)


def tell_of_new_way_in(session: Session, own: uuid.UUID, way: str) -> None:
    """Write to the owner that there is a new way in, ``passkey``, ``app`` or ``identity``; within ``telling``."""
    responsible, account = operator(), own_account(session, own)
    if responsible is not None and account is not None:
        data = {"way": way}
        queue_mail(session, responsible.id, account.email, account.language, "account_way_added", data)
