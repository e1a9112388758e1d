"""Whether a host name leads to this deployment, and what its certificate is, seen from this machine."""

from __future__ import annotations

import datetime
import ipaddress
import socket
import ssl
from collections.abc import Collection, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as TooSlow
from dataclasses import dataclass
from enum import StrEnum
from threading import Thread

from kreisportal.kernel.errors import UnavailableError

_DNS_SECONDS = 2.0
_TLS_SECONDS = 2.5
AT_ONCE = 16
"""How many names are looked at side by side."""


class Leads(StrEnum):
    """Where a name leads: ``PARTLY`` to us, but to others as well; ``UNKNOWN`` if nobody has said what our addresses are."""

    HERE = "here"
    PARTLY = "partly"
    ELSEWHERE = "elsewhere"
    NOWHERE = "nowhere"
    LOCAL = "local"
    UNKNOWN = "unknown"
    NO_ANSWER = "no-answer"


class Shown(StrEnum):
    """What comes at the name's address when one asks for its certificate."""

    VALID = "valid"
    UNTRUSTED = "untrusted"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Certificate:
    """What was seen of a certificate; ``until`` if browsers trust it."""

    shown: Shown
    until: datetime.datetime | None = None


@dataclass(frozen=True, slots=True)
class HostState:
    """What is known of a name: where it leads, by which addresses, and its certificate if it leads here."""

    leads: Leads
    found: tuple[str, ...] = ()
    certificate: Certificate | None = None


def host_state(name: str, ours: Collection[str], port: int) -> HostState:
    """Look a name up, and its certificate where that can be ours. Takes some seconds at most."""
    if name.endswith(".localhost"):
        return HostState(Leads.LOCAL)
    try:
        found = addresses_of(name)
    except UnavailableError:
        return HostState(Leads.NO_ANSWER)
    leads = _leads(found, ours)
    known = [address for address in found if address in ours]
    return HostState(leads, found, certificate_at(name, known[0], port) if known else None)


def host_states(names: Sequence[str], ours: Collection[str], port: int) -> dict[str, HostState]:
    """Look at some names side by side, so that one that hangs costs no more than one."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return dict(zip(names, pool.map(lambda name: host_state(name, ours, port), names), strict=True))


def _leads(found: Collection[str], ours: Collection[str]) -> Leads:
    if not found:
        return Leads.NOWHERE
    if not ours:
        return Leads.UNKNOWN
    own = set(found) & set(ours)
    if not own:
        return Leads.ELSEWHERE
    return Leads.HERE if own == set(found) else Leads.PARTLY


def missing_records(name: str, found: Collection[str], ours: Collection[str]) -> list[tuple[str, str, str]]:
    """The records that a name lacks to lead here by all our addresses: name, kind, value."""
    kinds = {4: "A", 6: "AAAA"}
    return [
        (name, kinds[ipaddress.ip_address(address).version], address)
        for address in ours
        if address not in found
    ]


def addresses_of(name: str, seconds: float = _DNS_SECONDS) -> tuple[str, ...]:
    """The addresses that this machine's resolver knows of a name; none if there is no such name.

    Raises UnavailableError if it does not answer in time.
    """
    answer: Future[tuple[str, ...]] = Future()

    def ask() -> None:
        try:
            answer.set_result(_resolved(name))
        # A name that cannot even be asked for is a ValueError.
        except (OSError, ValueError) as error:
            answer.set_exception(error)

    # A resolver cannot be told how long it may take: what comes too late is dropped with its thread.
    Thread(target=ask, daemon=True).start()
    try:
        return answer.result(seconds)
    except (TooSlow, OSError, ValueError) as error:
        raise UnavailableError(f"the resolver does not answer for {name}") from error


def _resolved(name: str) -> tuple[str, ...]:
    try:
        rows = socket.getaddrinfo(name, None, type=socket.SOCK_STREAM)
    except socket.gaierror as error:
        if error.errno in (socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME)):
            return ()
        raise
    return tuple(sorted({str(ipaddress.ip_address(str(row[4][0]).partition("%")[0])) for row in rows}))


def certificate_at(name: str, address: str, port: int, seconds: float = _TLS_SECONDS) -> Certificate:
    """What a browser that asks for ``name`` at ``address`` is shown, held against what this machine trusts."""
    context = ssl.create_default_context()
    try:
        with (
            socket.create_connection((address, port), seconds) as plain,
            context.wrap_socket(plain, server_hostname=name) as safe,
        ):
            told = safe.getpeercert() or {}
    except ssl.SSLCertVerificationError:
        return Certificate(Shown.UNTRUSTED)
    except (OSError, ValueError):
        return Certificate(Shown.NOTHING)
    seconds_left = ssl.cert_time_to_seconds(str(told["notAfter"]))
    return Certificate(Shown.VALID, datetime.datetime.fromtimestamp(seconds_left, datetime.UTC))
