"""Limits against bombing somebody's mailbox by forms that anybody may fill in."""

from __future__ import annotations

import hashlib

from sqlalchemy.orm import Session

from kreisportal.kernel.rate_limits import Limit, hit_all
from kreisportal.notifications.addresses import check_address

_HOUR = 3600
_DAY = 24 * _HOUR
_IN_TOWN = ((_HOUR, 3), (_DAY, 10))
_IN_REGION = ((_DAY, 20),)


def may_mail(session: Session, tenant_id: int, address: str, purpose: str) -> bool:
    """Whether one more mail of a ``purpose`` (a template's name) may go to an address that nobody has proven to own.

    Per address and purpose: 3 in an hour and 10 in a day from one town, 20 in a day from the whole region. Asking
    counts, in the session's transaction. A town that is at its limit does not use up the region's. Only a
    SHA-256 of the address is stored. Raises ``InvalidInputError`` for what is no address.
    """
    mailbox = hashlib.sha256(_mailbox(address).encode()).hexdigest()
    limits = [
        Limit(f"mail:{purpose}:{place}:{mailbox}:{seconds}", seconds, most)
        for place, windows in ((tenant_id, _IN_TOWN), ("region", _IN_REGION))
        for seconds, most in windows
    ]
    return hit_all(session, limits)


def _mailbox(address: str) -> str:
    """One name for all addresses that commonly lead to the same mailbox: small letters, without ``+anything``."""
    local, _, domain = check_address(address).lower().rpartition("@")
    return f"{local.partition('+')[0] or local}@{domain}"
