"""How often one address may do a thing, kept in the database, apart for each tenant."""

from __future__ import annotations

from flask import request
from werkzeug.exceptions import TooManyRequests

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
    if hit_apart(program().database, key, seconds).count > limit:
        raise TooManyRequests
