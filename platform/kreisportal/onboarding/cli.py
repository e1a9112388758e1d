"""The command that brings many towns on line."""

from __future__ import annotations

import csv
import os
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from marshmallow import ValidationError
from rich.console import Console
from rich.progress import track

from kreisportal.commands import open_database
from kreisportal.documents.spreadsheets import Cell, harmless
from kreisportal.i18n import DEFAULT_LANGUAGE, current_language, language_by_path, speaking
from kreisportal.kernel import clock
from kreisportal.kernel.database import Database
from kreisportal.kernel.database.context import REGION
from kreisportal.kernel.errors import DefinitionError
from kreisportal.notifications.addresses import host_address
from kreisportal.onboarding.town_lists import (
    COLUMNS,
    REPORT,
    Order,
    Outcome,
    Told,
    onboard_all,
    published_services,
    read_list,
)
from kreisportal.settings import Settings, read_settings
from kreisportal.staff.invitation_mails import Mailing
from kreisportal.tenancy.definition_fields import check_host

_IN_WORDS = {
    Outcome.BEGUN: "being prepared",
    Outcome.OPENED: "open",
    Outcome.THERE: "there already",
    Outcome.FAULT: "not brought in",
}


def _below(_context: click.Context, _option: click.Parameter, base: str) -> str:
    """The domain as it is kept; a town's host below it is a host name."""
    try:
        check_host(f"town.{base.lower()}")
    except ValidationError as fault:
        raise click.BadParameter("a domain like kreis-beispiel.de is wanted") from fault
    return base.lower()


@click.command(
    help=f"""Bring all towns of LIST on line, and tell of each line what became of it.

LIST is a CSV file. The column town holds a municipality's key (ARS or AGS) or its name as the official directory has
it. The other columns are those of the page for one town, as far as the directory does not fill them in:
{", ".join(COLUMNS[1:])}.

The first admin of each town gets the invitation by mail as soon as the worker comes to it: it waits for the worker and for
the mail server, and the mails of others go first. The report holds the same link.

A line that does not fit keeps no other from coming in. Mend it and give the whole list again: towns that have a portal
already are left as they are."""
)
@click.argument("file", metavar="LIST", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--base", required=True, callback=_below, help="The domain below which host names are made: TOWN.BASE."
)
@click.option("--open", "open_at_once", is_flag=True, help="Open the portals at once, without a preview.")
@click.option(
    "--report",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where the report goes, as CSV. It holds the invitations of first admins: keep it to yourself.",
)
@click.option(
    "--language",
    type=click.Choice(["de", "en"]),
    default="de",
    show_default=True,
    help="Of what is said of the lines, and of the mails to first admins.",
)
@click.option(
    "--no-mail",
    is_flag=True,
    help="Write to nobody: the invitations are only in the report, for you to hand on.",
)
def onboard(file: Path, base: str, open_at_once: bool, report: Path, language: str, no_mail: bool) -> None:
    """Bring all towns of a list on line."""
    settings = read_settings()
    counts: Counter[Outcome] = Counter()
    with (
        speaking(language_by_path(language) or DEFAULT_LANGUAGE),
        open_database() as database,
        _writing(report) as writer,
    ):
        lines = read_list(file.read_bytes())
        mailing = None if no_mail else Mailing(settings.secret_key, after_others=True)
        order = _order(database, base, mailing, open_at_once)
        for told in track(onboard_all(database, lines, order), "Towns", len(lines), transient=True):
            writer.writerow([harmless(cell) for cell in _row(told, settings)])
            counts[told.outcome] += 1
            if told.outcome is not Outcome.THERE:
                _tell(told)
    _sum_up(counts, report, no_mail=no_mail)


def _order(database: Database, base: str, mailing: Mailing | None, open_at_once: bool) -> Order:
    with database.transaction(REGION) as session:
        services = published_services(session)
    if not services:
        raise DefinitionError(["There is no catalogue yet: `kreisportal catalogue publish` brings it in."])
    return Order(REGION, services, base, clock.now, mailing, open_at_once)


@contextmanager
def _writing(report: Path) -> Iterator[Any]:
    """A table that nobody else can read."""
    handle = os.open(report, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(REPORT)
        yield writer


def _row(told: Told, settings: Settings) -> tuple[Cell, ...]:
    done = told.done
    faults = " ".join(f"{column}: {sentence}" for column, sentence in told.faults)
    if done is None:
        return told.line.number, told.name, told.outcome, told.slug, "", "", "", "", faults
    portal, desk = (host_address(settings, host) for host in (done.town.portal_host, done.town.desk_host))
    invitation = f"{desk}/{current_language().path}/einladung/{done.invitation}"
    return (
        *(told.line.number, told.name, told.outcome, told.slug),
        *(portal, done.offers, done.email, invitation, faults),
    )


def _tell(told: Told) -> None:
    click.echo(f"line {told.line.number}: {told.name}: {_IN_WORDS[told.outcome]}")
    for column, sentence in told.faults:
        click.echo(f"  {column}: {sentence}")


def _sum_up(counts: Counter[Outcome], report: Path, *, no_mail: bool) -> None:
    """The numbers at the end; a list that was not brought in wholly ends with an exit status of 1."""
    said = ", ".join(f"{counts[outcome]} {words}" for outcome, words in _IN_WORDS.items() if counts[outcome])
    Console().print(f"{said or 'The list is empty.'}\nReport: {report}")
    if invited := counts[Outcome.BEGUN] + counts[Outcome.OPENED]:
        told = "Hand the invitations of the report on: no mail goes out." if no_mail else ""
        click.echo(told or f"Mails with the invitation that wait for the worker: {invited}")
    if counts[Outcome.FAULT]:
        raise click.exceptions.Exit(1)
