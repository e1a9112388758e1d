"""The figures as tables, on the screen and in Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from statistics import median

from rich.console import Console
from rich.table import Table

from bench.kinds import HOME, KINDS, SEARCH, SERVICE_PAGE, TOPIC
from bench.measuring import Results

_MILLI, _MICRO = 1e3, 1e6
_MOST_CPU, _MOST_MEMORY = 1.05, 40.0
_CHANGE = 1.0

Rows = list[list[str]]


def throughput_rows(results: Results) -> Rows:
    """Kind, bytes, rates and the ratio with its aim, at both sizes."""
    rows = []
    for kind in KINDS:
        row = [kind.title, f"{results.sizes[kind.name] / 1000:.1f}"]
        row.append(f"{results.bare.median(kind, 'rate'):.0f}")
        for own in (results.small, results.large):
            ratio = own.ratio(kind, results.bare)
            row += [f"{own.median(kind, 'rate'):.0f}", f"{ratio:.2f}{_mark(ratio >= kind.aim)}"]
        rows.append([*row, f"≥ {kind.aim}"])
    return rows


def latency_rows(results: Results) -> Rows:
    """Kind, then p50 and p99 in milliseconds of the measure and of both sizes."""
    return [
        [kind.title]
        + [
            f"{each.median(kind, what) * _MILLI:.1f}"
            for each in (results.bare, results.small, results.large)
            for what in ("p50", "p99")
        ]
        for kind in KINDS
    ]


def cpu_rows(results: Results) -> Rows:
    """Kind, processor time of the workers a request in µs, and what the large region needs more than the small."""
    rows = []
    for kind in KINDS:
        ratio = results.large.ratio(kind, results.small, "cpu")
        figures = [
            f"{each.median(kind, 'cpu') * _MICRO:.0f}"
            for each in (results.bare, results.small, results.large)
        ]
        share = results.small.median(kind, "generator")
        rows.append([kind.title, *figures, f"{ratio:.3f}{_mark(ratio <= _MOST_CPU)}", f"{share:.0%}"])
    return rows


def many_rows(results: Results) -> Rows:
    """The large region over many hosts: kind, rate, ratio to the measure, p99, processor time."""
    return [
        [
            kind.title,
            f"{results.many.median(kind, 'rate'):.0f}",
            f"{results.many.ratio(kind, results.bare_of_many):.2f}",
            f"{results.many.median(kind, 'p99') * _MILLI:.1f}",
            f"{results.many.median(kind, 'cpu') * _MICRO:.0f}",
        ]
        for kind in (HOME, TOPIC, SERVICE_PAGE, SEARCH)
    ]


def facts(results: Results) -> Iterator[str]:
    """Memory, start and change in sentences."""
    small, large = results.footprints
    more = large.used - small.used
    yield (
        f"Memory of a process (PSS): {small.used:.0f} MB at {small.tenants} tenants, {large.used:.0f} MB at "
        f"{large.tenants} after the same requests: {more:.0f} MB more (aim: ≤ {_MOST_MEMORY:.0f}"
        f"{_mark(more <= _MOST_MEMORY)}); just started {small.fresh:.0f} and {large.fresh:.0f} MB; "
        f"the bare route {results.bare_pss:.0f} MB."
    )
    for each in results.footprints:
        yield (
            f"From launch to the first page at {each.tenants} tenants: {each.start:.1f} s from the database, "
            f"{each.start_from_disk:.1f} s from disk while the database is away."
        )
    slowest = max(results.changes)
    yield (
        f"A service switched off or on shows in all processes after {median(results.changes):.2f} s at "
        f"{large.tenants} tenants, at most {slowest:.2f} s (aim: < {_CHANGE:.0f}{_mark(slowest < _CHANGE)})."
    )
    yield (
        f"A start page that is not kept yet, of one of {results.plan.hosts} random towns: "
        f"{results.first_visit * _MILLI:.1f} ms on average."
    )


def _mark(reached: bool) -> str:
    return "" if reached else " ✗"


_THROUGHPUT = (
    "page",
    "KB",
    "bare Flask /s",
    "{small} tenants /s",
    "ratio",
    "{large} tenants /s",
    "ratio",
    "aim",
)
_LATENCY = ("page", "bare p50", "p99", "{small} tenants p50", "p99", "{large} tenants p50", "p99")
_CPU = (
    "page",
    "bare Flask µs",
    "{small} tenants µs",
    "{large} tenants µs",
    "{large} : {small} (≤ 1.05)",
    "generator busy",
)
_MANY = ("page", "/s", "ratio to bare Flask", "p99 ms", "µs a request")


def tables(results: Results) -> list[tuple[str, Sequence[str], Rows]]:
    """Title, heading and rows of each table."""
    sizes = {"small": results.plan.sizes[0], "large": results.plan.sizes[1]}

    def heading(names: Sequence[str]) -> list[str]:
        return [name.format(**sizes) for name in names]

    return [
        ("Throughput", heading(_THROUGHPUT), throughput_rows(results)),
        ("Latency in milliseconds", heading(_LATENCY), latency_rows(results)),
        ("Processor time of the workers a request", heading(_CPU), cpu_rows(results)),
        (f"{sizes['large']} tenants over {results.plan.hosts} random hosts", _MANY, many_rows(results)),
    ]


def print_tables(console: Console, results: Results) -> None:
    """Print everything."""
    for title, heading, rows in tables(results):
        table = Table(*heading, title=title, title_justify="left")
        for column in table.columns[1:]:
            column.justify = "right"
        for row in rows:
            table.add_row(*row)
        console.print(table)
    for sentence in facts(results):
        console.print(sentence, highlight=False)


def markdown(results: Results, machine: str) -> str:
    """The report as a page of the documentation."""
    effort = results.plan.effort
    lines = [
        "# Performance",
        "",
        "Written by `make bench`. The program and a bare Flask application, whose one route answers with the same",
        "bytes, run side by side under gunicorn with the same settings and are measured in turn, in short rounds;",
        "the figures are medians over the rounds, the ratios medians of each round's ratio. Ratios bear that the",
        "machine does other things meanwhile; rates and times wobble with it. ✗ marks an aim that was missed.",
        "",
        f"- Machine: {machine}; programs, database and load generator share it.",
        f"- Each gunicorn: {results.workers} sync workers, a connection for each request, no keep-alive, plain",
        f"  bytes; {effort.connections} requests at a time; {effort.rounds} rounds of {effort.seconds:g} s.",
        f"- The region: {results.plan.services} services, each town with 120 of them, a tenth with own texts. Vechta",
        "  and Cloppenburg are brought in by the program's own import, the others copied in as rows like theirs.",
        "  Both sizes are asked at these two towns' hosts; 2 tenants means two towns and their two districts.",
        "- Search: each query is another one. Submission: the last page of a complete form is sent, a new draft each",
        "  time; the database keeps every commit.",
        "",
    ]
    for title, heading, rows in tables(results):
        lines += [f"## {title}", "", _row(heading), _row(["---", *["---:"] * (len(heading) - 1)])]
        lines += [*(_row(row) for row in rows), ""]
    lines += ["## Memory, start, change", "", *(f"- {sentence}" for sentence in facts(results)), ""]
    return "\n".join(lines)


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
