"""The command that looks whether host names lead here, and at their certificates."""

from __future__ import annotations

import sys

import click
from rich.table import Column, Table
from sqlalchemy import select

from kreisportal.commands import open_database
from kreisportal.kernel import clock
from kreisportal.kernel.database.context import REGION
from kreisportal.kernel.errors import NotFoundError
from kreisportal.settings import read_settings
from kreisportal.tenancy.host_checks import AT_ONCE, host_states
from kreisportal.tenancy.host_looks import SeenHost, Verdict, keep_looks, seen_hosts
from kreisportal.tenancy.models import Tenant
from kreisportal.terminal import print_table

_WORDS = {
    Verdict.NOWHERE: "no DNS record",
    Verdict.ELSEWHERE: "leads elsewhere",
    Verdict.PARTLY: "leads elsewhere, too",
    Verdict.UNTRUSTED: "certificate not valid",
    Verdict.UNSEEN: "no certificate to be seen",
    Verdict.ENDING: "certificate ends soon",
    Verdict.UNKNOWN: "cannot be told",
    Verdict.NEVER: "not looked at",
    Verdict.FINE: "in order",
}


@click.command("check")
@click.option("--town", "slug", help="The tenant's slug; without one all towns that are not closed.")
def check_command(slug: str | None) -> None:
    """Look at towns' host names now: whether they lead here, and their certificates.

    What is seen shows on the region's pages, too. Exit code 1 if a name or a certificate is in trouble.
    """
    settings = read_settings()
    with open_database() as database:
        with database.transaction(REGION) as session:
            tenant_id = session.scalar(select(Tenant.id).where(Tenant.slug == slug)) if slug else None
            if slug and tenant_id is None:
                raise NotFoundError(f"there is no tenant {slug}")
            names = [each.host for each in seen_hosts(session, clock.now(), tenant_id)]
        for start in range(0, len(names), AT_ONCE):
            some = names[start : start + AT_ONCE]
            states = host_states(some, settings.public_addresses, settings.public_port or 443)
            with database.transaction(REGION) as session:
                keep_looks(session, states, clock.now())
        with database.transaction(REGION) as session:
            seen = seen_hosts(session, clock.now(), tenant_id)
    print_table(_table(seen))
    if any(each.verdict.is_trouble for each in seen):
        sys.exit(1)


def _table(seen: list[SeenHost]) -> Table:
    table = Table(*(Column(name, overflow="fold") for name in ("town", "site", "host", "state", "until")))
    for each in seen:
        until = f"{each.valid_until:%Y-%m-%d}" if each.valid_until else ""
        table.add_row(each.town, each.site, each.host, _WORDS[each.verdict], until)
    return table
