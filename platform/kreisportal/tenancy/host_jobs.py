"""Looking at the towns' host names, a handful at a time: what the worker does."""

from __future__ import annotations

import logging
import time

from kreisportal.jobs import JobRegistry, Runtime
from kreisportal.kernel import clock
from kreisportal.tenancy.host_checks import AT_ONCE, HostState, Leads, host_states
from kreisportal.tenancy.host_looks import keep_looks, names_due

_MOST = 20 * AT_ONCE
_SECONDS = 20.0
_log = logging.getLogger(__name__)


def register(registry: JobRegistry) -> None:
    """Let the worker look every five minutes which names it is time for: ten thousand take some three hours."""
    registry.region("tenancy.look_at_hosts", look_at_hosts, every="*/5 * * * *")


def look_at_hosts(runtime: Runtime) -> None:
    """Look at the names that are due, for half a minute at most and while no transaction is open, and keep what was seen."""
    settings = runtime.settings
    with runtime.region() as session:
        names = names_due(session, clock.now(), _MOST)
    seen: dict[str, HostState] = {}
    until = time.monotonic() + _SECONDS
    for start in range(0, len(names), AT_ONCE):
        some = host_states(
            names[start : start + AT_ONCE], settings.public_addresses, settings.public_port or 443
        )
        seen |= some
        if len(some) == AT_ONCE and all(state.leads is Leads.NO_ANSWER for state in some.values()):
            _log.warning("the name service answers for none of %s host names", len(some))
            break
        if time.monotonic() >= until:
            break
    with runtime.region() as session:
        keep_looks(session, seen, clock.now())
