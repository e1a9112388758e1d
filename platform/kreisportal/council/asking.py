"""Asking a program whose address somebody typed, over HTTP: only at public addresses, and with a limit on everything.

The name is looked up once, every address of it must be public, and the connection goes to just these: a name that leads
elsewhere a moment later changes nothing. Whatever an answer points to is asked in the same way.
"""

from __future__ import annotations

import ipaddress
import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException, HTTPResponse
from threading import Timer
from urllib.parse import SplitResult, urljoin, urlsplit

from kreisportal.council.errors import Fault, SourceError
from kreisportal.kernel.errors import UnavailableError
from kreisportal.tenancy.council_source import is_source_address
from kreisportal.tenancy.host_checks import addresses_of

_LED = frozenset({301, 302, 303, 307, 308})
_MOST_LEADS = 3
_MOST_ADDRESSES = 4
_CHUNK = 64 * 1024
_CONNECT_SECONDS = 5.0
_HEADERS = {"User-Agent": "Kreisportal", "Accept": "application/json", "Accept-Encoding": "identity"}
# They carry an IPv4 address in them, to which a gateway on the way may lead.
_CARRIERS = tuple(ipaddress.ip_network(each) for each in ("::ffff:0:0/96", "64:ff9b::/96", "2002::/16"))


@dataclass(slots=True)
class Budget:
    """What one reading of a source may cost in all; ``left`` and ``requests`` are used up.

    ``local`` lets this machine be asked, too, by plain HTTP: for tests, and for trying out.
    """

    seconds: float = 60.0
    left: int = 20 * 1024 * 1024
    requests: int = 200
    most_of_answer: int = 5 * 1024 * 1024
    local: bool = False
    _until: float = field(init=False)

    def __post_init__(self) -> None:
        self._until = time.monotonic() + self.seconds

    def remaining(self) -> float:
        """The seconds that are left. Raises SourceError if there are none."""
        left = self._until - time.monotonic()
        if left <= 0:
            raise SourceError(Fault.TOO_SLOW)
        return left

    def next_request(self) -> None:
        """Count one more. Raises SourceError if that is one too many."""
        if self.requests <= 0:
            raise SourceError(Fault.TOO_LARGE)
        self.requests -= 1


def fetch(address: str, budget: Budget) -> tuple[str, bytes]:
    """What comes by GET, and the address at which it came in the end. Raises SourceError."""
    for _ in range(_MOST_LEADS + 1):
        parts = _checked(address, budget)
        budget.next_request()
        with _asked(parts, budget) as answer:
            if answer.status in _LED:
                address = joined(address, answer.headers.get("Location", ""))
                continue
            if answer.status != 200:
                raise SourceError(Fault.REFUSED, answer.status)
            return address, _read(answer, budget)
    raise SourceError(Fault.LED_ASTRAY)


def joined(base: str, said: str) -> str:
    """The address that an answer from ``base`` points to; who was asked safely is asked safely again.

    Raises SourceError for what is no address.
    """
    try:
        address = urljoin(base, said)
    except ValueError:
        raise SourceError(Fault.ADDRESS) from None
    plain = base.startswith("https:") and address.startswith("http:")
    return address.replace("http:", "https:", 1) if plain else address


def _checked(address: str, budget: Budget) -> SplitResult:
    if not is_source_address(address) or (address.startswith("http:") and not budget.local):
        raise SourceError(Fault.ADDRESS)
    return urlsplit(address)


def _addresses(host: str, budget: Budget) -> list[str]:
    """Where to connect for a name. Raises SourceError if it leads into a network that is not everybody's."""
    try:
        found = addresses_of(host)
    except UnavailableError:
        raise SourceError(Fault.NO_ANSWER) from None
    if not found:
        raise SourceError(Fault.NO_ANSWER)
    if not all(is_public(each) or (budget.local and _is_loopback(each)) for each in found):
        raise SourceError(Fault.NOT_PUBLIC)
    return sorted(found, key=lambda each: ":" in each)[:_MOST_ADDRESSES]


def is_public(address: str) -> bool:
    """Whether an IP address is one of the internet's: not private, loopback, link-local, multicast or kept for something."""
    found = ipaddress.ip_address(address)
    if any(found in each for each in _CARRIERS if each.version == found.version):
        return False
    return found.is_global and not found.is_multicast and not found.is_reserved


def _is_loopback(address: str) -> bool:
    return ipaddress.ip_address(address).is_loopback


class _Connection(HTTPConnection):
    """A connection to an address that was checked before, whatever its name would lead to by now."""

    def __init__(self, parts: SplitResult, budget: Budget) -> None:
        safe = parts.scheme == "https"
        super().__init__(parts.hostname or "", parts.port or (443 if safe else 80))
        # So that the host is named without a port where it is the usual one.
        self.default_port = 443 if safe else 80
        self._budget = budget
        self._safe = ssl.create_default_context() if safe else None
        # The connection forgets its socket as soon as an answer is read from it.
        self._wire: socket.socket | None = None

    def connect(self) -> None:
        """Connect to the first address that answers."""
        failed: OSError | None = None
        for address in _addresses(self.host, self._budget):
            try:
                seconds = min(_CONNECT_SECONDS, self._budget.remaining())
                self.sock = self._wire = socket.create_connection((address, self.port), seconds)
            except OSError as error:
                failed = error
                continue
            break
        else:
            raise failed or OSError("no address")

    def secure(self) -> None:
        """Begin to speak safely, if it is https; the name must stand in the certificate."""
        if self._safe:
            safe = self._safe.wrap_socket(self.sock, server_hostname=self.host, do_handshake_on_connect=False)
            self.sock = self._wire = safe
            safe.do_handshake()

    def cut(self) -> None:
        """End it from another thread: whoever reads gets an end, also in the middle of a handshake."""
        if self._wire is not None:
            with suppress(OSError):
                # The plain socket's own: that of ssl would take the session away from who reads in it.
                socket.socket.shutdown(self._wire, socket.SHUT_RDWR)


@contextmanager
def _asked(parts: SplitResult, budget: Budget) -> Iterator[HTTPResponse]:
    """The head of the answer; it is cut off when the time is up, however slowly it comes."""
    connection = _Connection(parts, budget)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    watch: Timer | None = None
    try:
        connection.connect()
        watch = Timer(budget.remaining(), connection.cut)
        watch.daemon = True
        watch.start()
        connection.sock.settimeout(budget.remaining())
        connection.secure()
        connection.request("GET", path, headers=_HEADERS)
        with connection.getresponse() as answer:
            yield answer
    except ssl.SSLCertVerificationError:
        raise SourceError(Fault.CERTIFICATE) from None
    except (OSError, HTTPException, ValueError):
        # Without a second left it was the watch that has cut it off.
        budget.remaining()
        raise SourceError(Fault.NO_ANSWER) from None
    finally:
        if watch:
            watch.cancel()
        connection.close()


def _read(answer: HTTPResponse, budget: Budget) -> bytes:
    parts: list[bytes] = []
    room = min(budget.left, budget.most_of_answer)
    while chunk := answer.read1(_CHUNK):
        budget.remaining()
        room -= len(chunk)
        budget.left -= len(chunk)
        if room < 0:
            raise SourceError(Fault.TOO_LARGE)
        parts.append(chunk)
    budget.remaining()
    return b"".join(parts)
