"""The figures as tables and sentences, for the screen and for the documentation."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from statistics import median

from bench.kinds import HOME, KINDS, SEARCH, SERVICE_PAGE, TOPIC
from bench.measuring import Results
from bench.mixture import MIXTURE
from bench.rush import SUBMISSIONS, VIEWS
from bench.signed_in import SIGNED_IN_KINDS

_MILLI, _MICRO = 1e3, 1e6
_MOST_CPU, _MOST_MEMORY = 1.05, 40.0
_CHANGE = 1.0
_ONBOARDING = 120
"""Seconds for a thousand towns."""

Rows = list[list[str]]
Table = tuple[str, Sequence[str], Rows]

_MANY = ("page", "/s", "ratio to bare Flask", "p50 ms", "p99 ms", "µs a request")
_SIGN_IN = ("way", "requests", "SQL statements", "transactions", "median ms", "p99 ms", "of it the password")
_SIGNED_IN = (
    "page",
    "anonymous /s",
    "signed in /s",
    "ratio",
    "anonymous µs",
    "signed in µs",
    "ratio",
    "PostgreSQL µs",
)


def tables(results: Results) -> list[Table]:
    """Title, heading and rows of each table."""
    small, large = (f"{size:,}" for size in (results.plan.sizes[0], results.plan.sizes[-1]))
    sizes = [f"{size:,} tenants" for size in results.plan.sizes]
    rates = [
        "page",
        "KB",
        "bare Flask /s",
        *(words for size in sizes for words in (f"{size} /s", "ratio")),
        "aim",
    ]
    times = ["page", "bare p50", "p99", *(words for size in sizes for words in (f"{size} p50", "p99"))]
    costs = ["page", "bare Flask µs", *(f"{size} µs" for size in sizes), f"{large} : {small} (≤ 1.05)"]
    return [
        ("Throughput", rates, _throughput(results)),
        ("Latency in milliseconds", times, _latency(results)),
        (
            "Processor time of the workers, and of PostgreSQL, for a request",
            [*costs, "PostgreSQL µs", "generator busy"],
            _cpu(results),
        ),
        (f"{large} tenants over {results.plan.hosts} random hosts", _MANY, _many(results)),
        (f"Signing in at {large} tenants", _SIGN_IN, _sign_in(results)),
        ("A page for who is signed in beside the same page for anybody", _SIGNED_IN, _signed_in(results)),
    ]


def _throughput(results: Results) -> Rows:
    rows = []
    for kind in KINDS:
        row = [kind.title, f"{results.sizes[kind.name] / 1000:.1f}"]
        row.append(f"{results.bare.median(kind, 'rate'):.0f}")
        for own in results.own:
            ratio = own.ratio(kind, results.bare)
            row += [f"{own.median(kind, 'rate'):.0f}", f"{ratio:.2f}{_mark(ratio >= kind.aim)}"]
        rows.append([*row, f"≥ {kind.aim}"])
    return rows


def _latency(results: Results) -> Rows:
    return [
        [kind.title]
        + [
            f"{each.median(kind, what) * _MILLI:.1f}"
            for each in (results.bare, *results.own)
            for what in ("p50", "p99")
        ]
        for kind in KINDS
    ]


def _cpu(results: Results) -> Rows:
    rows = []
    for kind in KINDS:
        ratio = results.large.ratio(kind, results.small, "cpu")
        candidates = (results.bare, *results.own)
        figures = [f"{each.median(kind, 'cpu') * _MICRO:.0f}" for each in candidates]
        database = f"{results.large.median(kind, 'database') * _MICRO:.0f}"
        share = results.small.median(kind, "generator")
        rows.append(
            [kind.title, *figures, f"{ratio:.3f}{_mark(ratio <= _MOST_CPU)}", database, f"{share:.0%}"]
        )
    return rows


def _many(results: Results) -> Rows:
    return [
        [
            kind.title,
            f"{results.many.median(kind, 'rate'):.0f}",
            f"{results.many.ratio(kind, results.bare_of_many):.2f}",
            f"{results.many.median(kind, 'p50') * _MILLI:.1f}",
            f"{results.many.median(kind, 'p99') * _MILLI:.1f}",
            f"{results.many.median(kind, 'cpu') * _MICRO:.0f}",
        ]
        for kind in (MIXTURE, HOME, TOPIC, SERVICE_PAGE, SEARCH)
    ]


def _sign_in(results: Results) -> Rows:
    found = results.accounts.sign_in
    counts = (found.requests, found.statements, found.transactions)
    times = (found.p50, found.p99, found.password)
    figures = [*map(str, counts), *(f"{each * _MILLI:.0f}" for each in times)]
    return [["from a town's “Anmelden” to its page", *figures]]


def _signed_in(results: Results) -> Rows:
    anonymous, known = results.accounts.anonymous, results.accounts.known
    return [
        [
            kind.title,
            f"{anonymous.median(kind, 'rate'):.0f}",
            f"{known.median(kind, 'rate'):.0f}",
            f"{known.ratio(kind, anonymous):.2f}",
            f"{anonymous.median(kind, 'cpu') * _MICRO:.0f}",
            f"{known.median(kind, 'cpu') * _MICRO:.0f}",
            f"{known.ratio(kind, anonymous, 'cpu'):.1f}",
            f"{known.median(kind, 'database') * _MICRO:.0f}",
        ]
        for kind in SIGNED_IN_KINDS
    ]


def mixture(results: Results) -> str:
    """What the mixed pages were."""
    return (
        f"Of the mixed pages {results.made:.0%} were asked for the first time in their process, so they were made and "
        f"not kept yet; a start page that is made takes {results.first_visit * _MILLI:.1f} ms on average."
    )


def memory(results: Results) -> Iterator[str]:
    """Memory and start in sentences."""
    small, large = results.footprints[0], results.footprints[-1]
    more = large.used - small.used
    yield (
        f"Memory of a process (PSS): {small.used:.0f} MB at {small.tenants:,} tenants, {large.used:.0f} MB at "
        f"{large.tenants:,} after the same requests, so with the same kept pages: {more:.0f} MB more "
        f"(aim: ≤ {_MOST_MEMORY:.0f}{_mark(more <= _MOST_MEMORY)}). Just started {small.fresh:.0f} and "
        f"{large.fresh:.0f} MB; the bare route {results.bare_pss:.0f} MB."
    )
    for each in results.footprints:
        yield (
            f"From launch to the first page at {each.tenants:,} tenants: {each.start:.1f} s from the database, "
            f"{each.start_from_disk:.1f} s from disk while the database is away."
        )


def onboarding(results: Results) -> Iterator[str]:
    """How long it took to bring the towns on line, in sentences."""
    for each in results.onboarded:
        if each.towns:
            thousand = each.seconds * 1000 / each.towns
            yield (
                f"{each.towns:,} towns by `kreisportal tenant onboard`, each with {each.offered} services and open: "
                f"{each.seconds:.0f} s, so {thousand:.0f} s for a thousand (aim: ≤ {_ONBOARDING} s"
                f"{_mark(thousand <= _ONBOARDING)})."
            )


def changes(results: Results) -> Iterator[str]:
    """What a change takes, in sentences; at the large region."""
    seconds = [each.seconds for each in results.changes]
    slowest = max(seconds)
    yield (
        f"A town switches a service off or on: shown by all processes after {median(seconds):.2f} s, at most "
        f"{slowest:.2f} s (aim: < {_CHANGE:.0f}{_mark(slowest < _CHANGE)}). It costs each process "
        f"{median(each.cpu for each in results.changes) * _MILLI:.0f} ms of processor time and at its peak "
        f"{max(each.peak for each in results.changes):.0f} MB more than before."
    )
    whole = results.publishing
    yield (
        f"A new catalogue is published: shown by all processes after "
        f"{whole.seconds:.1f} s, until then each goes on with the last one. It costs each process "
        f"{whole.cpu:.1f} s of processor time and at its peak {whole.peak:.0f} MB more than before."
    )


def rush(results: Results) -> str:
    """The record hour in a sentence."""
    found = results.rush
    used = found.workers + found.database
    return (
        f"{SUBMISSIONS} submissions and {VIEWS:.0f} dynamic views a second for {found.seconds:.0f} s at "
        f"{results.plan.sizes[-1]:,} tenants: {found.requests} requests, {found.wrong} not answered as they should be; "
        f"p50 {found.p50 * _MILLI:.0f} ms, p99 {found.p99 * _MILLI:.0f} ms. It takes {used:.0%} of the machine's "
        f"processors: workers {found.workers:.0%}, PostgreSQL {found.database:.0%} (the generator besides "
        f"{found.generator:.0%})."
    )


def missed(results: Results) -> list[str]:
    """The aims that were missed, in words."""
    found = []
    for kind in KINDS:
        for own in results.own:
            ratio = own.ratio(kind, results.bare)
            if ratio < kind.aim:
                found.append(f"{kind.title} at {own.name}: {ratio:.2f} instead of {kind.aim}")
        more = results.large.ratio(kind, results.small, "cpu")
        if more > _MOST_CPU:
            found.append(f"{kind.title}: processor time {more:.3f} times that at {results.small.name}")
    return found


def _mark(reached: bool) -> str:
    return "" if reached else " ✗"
