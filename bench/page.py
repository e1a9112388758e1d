"""The report on the screen, and as the page of the documentation in which only the figures change."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from bench import report
from bench.kinds import ASKED_AGAIN
from bench.measuring import Results
from bench.signed_in import PEOPLE

_HEAD = """\
# Performance

Everything on this page is written by `make bench`; only the figures change from one time to the next.

## What is measured

The program and, as the measure, a bare Flask application whose one route answers with the same bytes that it holds
ready. Both run at the same time under gunicorn with the same settings (`deploy/gunicorn.conf.py`) and are measured in
turn, in short rounds, on the same kinds of requests; who begins changes from round to round. Rates, times and processor
times are medians over the rounds, ratios are medians of each round's ratio. A ✗ marks an aim that was missed.

- **Regions.** {regions} authorities, on one PostgreSQL that keeps every commit (`fsync` and `synchronous_commit` are on).
  Vechta and Cloppenburg with their two districts are brought in from their files; the others are invented and brought on
  line by the commands `directory import`, `bundle apply` and `tenant onboard`, with colours and hosts of their own. What
  their admins would say in time of fees, days and words is written into their offers afterwards. A town offers
  {offered:.0f} of the {services} services on average and adds words of its own to {told:.0f} of them. Of the services
  {own_services} are the project's own; the rest are variants of them with names and synonyms of their own, so that the
  search has as much to tell apart. All are asked at the hosts of Vechta and Cloppenburg.
- **Requests.** Home, a topic and a service are kept pages from the second time on. A search is another one each time,
  from {queries} everyday queries and names of services, until they begin again: more than are kept. Of the same queries
  {again} come again and again as "search asked before". The first page of a form brings a new CSRF
  token to a browser without cookies. A submission sends a complete form of dog tax from its review, a new draft each
  time: case, first event, receipt, mail and jobs in one transaction.
- **Accounts.** There is a host for them, so every page offers to sign in. A sign-in goes from a town's "Anmelden" over the
  account host to the page on which it was clicked, in a browser that has never been there: with a password, which costs
  what it does in production (argon2id, 46 MiB, two passes), and with the town's consent given before. It is done
  {sign_ins} times, one after the other; times are those of all its requests, without typing, style sheets and images.
  Statements are what the program gives to the database's driver, counted in a process that does nothing else at the region
  with {small} towns: BEGIN and the context of a transaction are one, COMMIT and what functions do inside are not counted.
  Pages are then asked for in turn with the cookies of {people} people who are signed in, and without any.
- **Settings.** {workers} worker processes each, {connections} requests at a time, a connection for each request, no
  keep-alive, plain bytes without compression, headers as a proxy on the same machine sends them. {rounds} rounds of
  {seconds:g} s for each kind after one to warm up.
- **Machine.** {machine}.
  Programs, PostgreSQL and the load generator (a process of its own in Python) share it; "generator busy" is how much of
  one processor it took.

## How to repeat it

`make bench` takes most of an hour, a part of it to bring ten thousand towns on line, and needs nothing but what
`make setup` installs; `make bench QUICK=1` is a rough look in a few minutes that writes nothing. Ratios bear that the
machine does other things meanwhile; rates and times wobble with it, so leave it alone for the figures that count.
"""
_LIMITS = """\
## What these figures do not say

- The measure answers with bytes it holds ready. An application that renders its pages or asks a database is slower than
  it: a ratio of 0.5 for a search is one half of doing nothing at all.
- With the load generator and PostgreSQL on the same processors, rates are lower than a machine of its own would
  reach; PostgreSQL's part is told apart above. A submission waits for the disk, so its rate depends on the disk too.
- Kept pages are measured as they come back. A page that is asked for the first time in a process after a start or after a
  change in its district is made; the mixed pages above tell what that makes of the whole.
- The invented towns have no people but their first admins, so tables of cases are small. How reading goes on with
  millions of rows is not measured here.
"""


def show(console: Console, results: Results) -> None:
    """Print everything."""
    for title, heading, rows in report.tables(results):
        table = Table(*heading, title=title, title_justify="left")
        for column in table.columns[1:]:
            column.justify = "right"
        for row in rows:
            table.add_row(*row)
        console.print(table)
    for sentence in (
        report.mixture(results),
        *report.memory(results),
        *report.onboarding(results),
        *report.changes(results),
        report.rush(results),
    ):
        console.print(sentence, highlight=False)
    for sentence in report.missed(results):
        console.print(f"✗ {sentence}", highlight=False)


def markdown(results: Results, machine: str) -> str:
    """The report as a page of the documentation."""
    plan, contents = results.plan, results.contents
    head = _HEAD.format(
        regions=_in_words(plan.sizes),
        small=f"{plan.sizes[0]:,}",
        offered=contents.offered,
        services=contents.services,
        told=contents.told,
        own_services=contents.own_services,
        queries=contents.queries,
        again=ASKED_AGAIN,
        sign_ins=plan.sign_ins,
        people=min(PEOPLE, plan.sign_ins),
        workers=results.workers,
        connections=plan.effort.connections,
        rounds=plan.effort.rounds,
        seconds=plan.effort.seconds,
        machine=machine,
    )
    lines = [head]
    for title, heading, rows in report.tables(results):
        lines += [f"## {title}", "", _row(heading), _row(["---", *["---:"] * (len(heading) - 1)])]
        lines += [*(_row(row) for row in rows), ""]
    lines += [report.mixture(results), ""]
    if told := list(report.onboarding(results)):
        lines += ["## Bringing towns on line", "", *(f"- {sentence}" for sentence in told), ""]
    lines += ["## Memory and start", "", *(f"- {sentence}" for sentence in report.memory(results)), ""]
    lines += ["## Changes", "", *(f"- {sentence}" for sentence in report.changes(results)), ""]
    lines += ["## The record hour", "", report.rush(results), "", _LIMITS]
    return "\n".join(lines)


def _in_words(sizes: Sequence[int]) -> str:
    """E.g. "3, with 2, 1,000 and 10,000"."""
    *first, last = (f"{size:,}" for size in sizes)
    return f"{len(sizes)}, with {', '.join(first)} and {last}"


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
