"""How often one address may do a thing, kept in the database, apart for each tenant."""

from __future__ import annotations

import datetime
import math

from flask import request
from werkzeug.exceptions import TooManyRequests

from kreisportal.kernel import clock
from kreisportal.kernel.ids import digest
from kreisportal.kernel.rate_limits import hit_apart, key_of, network_of
from kreisportal.web.program import program
from kreisportal.web.site import here


def check_rate(what: str, *, limit: int, seconds: int) -> None:
    """Count a try of ``what`` from where the client's connection comes at this tenant.

    Raises TooManyRequests above ``limit`` in ``seconds``. The key names no address, only its digest.
    """
    tenant = here().tenant_or_none
    who = digest(network_of(request.remote_addr or "")).hex()[:32]
    key = key_of(tenant.id if tenant else 0, what, who)
    hits = hit_apart(program().database, key, seconds)
    if hits.count > limit:
        raise TooManyRequests(retry_after=seconds_until(hits.expires_at))


def seconds_until(instant: datetime.datetime) -> int:
    """In how many seconds, at least one, somebody may try again."""
    return max(1, math.ceil((instant - clock.now()).total_seconds()))
