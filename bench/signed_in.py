"""What an account costs: signing in at a town, and a page for who is signed in beside the same page for anybody."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle
from statistics import median
from urllib.parse import urlsplit

from bench.comparison import Candidate, Effort, compare
from bench.kinds import FORM, HOME, SEARCH, SERVICE_PAGE, Kind, path_of, requests_for
from bench.region import TOWNS, portal_host
from bench.regions import Region
from bench.servers import Server
from bench.statements import answering, told
from bench.visitor import Visitor
from bench.wire import get
from kreisportal.accounts.models import Account
from kreisportal.accounts.service import acting_for, give_consent
from kreisportal.credentials.passwords import Passwords
from kreisportal.kernel.database import Database
from kreisportal.kernel.ids import new_id

SIGNED_IN_KINDS = (HOME, SERVICE_PAGE, SEARCH, FORM)
PEOPLE = 20
"""So many have an account, and are signed in while pages are compared."""

_HOSTS = [portal_host(slug) for slug in TOWNS]
_PASSWORD = "Gurken tanzen im Regen leise"
_COOKIE = "__Host-session=a."


@dataclass(frozen=True, slots=True)
class SignIn:
    """From a town's "Anmelden" to its page: how often it was done, requests, statements and transactions of one,
    seconds of all its requests, and of the one with the password.
    """

    count: int
    requests: int
    statements: int
    transactions: int
    p50: float
    p99: float
    password: float


@dataclass(frozen=True, slots=True)
class SignedIn:
    """What accounts cost: ``anonymous`` and ``known`` have asked the same server for the same pages."""

    sign_in: SignIn
    anonymous: Candidate
    known: Candidate


def measure_accounts(
    counted: Region,
    region: Region,
    server: Server,
    database: Callable[[], float],
    queries: Sequence[str],
    effort: Effort,
    sign_ins: int,
    tell: Callable[[str], None],
) -> SignedIn:
    """Sign in so often at the region of ``server``, then compare pages there. Statements are counted at ``counted``."""
    tell("counting the statements of a sign-in")
    statements, transactions = _statements(counted)
    tell(f"signing in {sign_ins} times")
    emails = _begin_accounts(region)
    visitors = [Visitor(server.port) for _ in range(sign_ins)]
    passwords = [_sign_in(visitor, number, emails) for number, visitor in enumerate(visitors)]
    ordered = sorted(sum(visitor.seconds) for visitor in visitors)
    sign_in = SignIn(
        count=sign_ins,
        requests=len(visitors[-1].seconds),
        statements=statements,
        transactions=transactions,
        p50=median(ordered),
        p99=ordered[min(sign_ins - 1, int(sign_ins * 0.99))],
        password=median(passwords),
    )
    anonymous = Candidate("anonymous", server, lambda kind: requests_for(kind, _HOSTS, queries), database)
    known = Candidate("signed in", server, lambda kind: _as(visitors[-PEOPLE:], kind, queries), database)
    compare([anonymous, known], SIGNED_IN_KINDS, effort, tell)
    return SignedIn(sign_in, anonymous, known)


def _begin_accounts(region: Region) -> list[str]:
    """The addresses of people with accounts that may be used at both towns. Their password costs what it does for all."""
    hashed, emails = Passwords().hash(_PASSWORD), []
    database = Database(region.url)
    try:
        for _ in range(PEOPLE):
            own, email = new_id(), f"{secrets.token_hex(8)}@buerger.example"
            with database.transaction(acting_for(own)) as session:
                session.add(Account(id=own, email=email, language="de", password_hash=hashed))
                session.flush()
                for slug in TOWNS:
                    give_consent(session, own, f"portal:{slug}")
            emails.append(email)
    finally:
        database.close()
    return emails


def _sign_in(visitor: Visitor, number: int, emails: Sequence[str]) -> float:
    """From a town's "Anmelden" to the page on which it was clicked; seconds of the request with the password.

    Raises RuntimeError when that page is not reached.
    """
    host = _HOSTS[number % len(_HOSTS)]
    page = visitor.open(f"https://{host}/de/anmelden?next={path_of(SERVICE_PAGE)}")
    before = len(visitor.seconds)
    page = visitor.send(page, email=emails[number % len(emails)], password=_PASSWORD)
    parts = urlsplit(page.address)
    if (parts.netloc, parts.path) != (host, path_of(SERVICE_PAGE)) or _COOKIE not in visitor.cookies(host):
        raise RuntimeError(f"nobody is signed in at {page.address}")
    return visitor.seconds[before]


def _as(visitors: Sequence[Visitor], kind: Kind, queries: Sequence[str]) -> Iterator[bytes]:
    """The requests for a kind as those send them who are signed in there."""
    whose = cycle(visitors)
    for request in requests_for(kind, _HOSTS, queries):
        host = request.partition(b"\r\nHost: ")[2].partition(b"\r\n")[0].decode()
        path = request.split(b" ", 2)[1].decode()
        visitor = next(each for each in whose if _COOKIE in each.cookies(host))
        yield get(host, path, visitor.cookies(host))


def _statements(region: Region) -> tuple[int, int]:
    """SQL statements and transactions of a sign-in, as the driver is told them."""
    emails = _begin_accounts(region)
    with answering(region) as port, told() as statements:
        # The first fills what is kept.
        for number in (0, len(_HOSTS)):
            statements.clear()
            _sign_in(Visitor(port), number, emails)
    return len(statements), sum(each.startswith("BEGIN") for each in statements)
