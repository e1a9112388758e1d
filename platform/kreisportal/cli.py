"""The command ``kreisportal``."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from kreisportal.catalogue.cli import catalogue
from kreisportal.commands import in_words
from kreisportal.database_cli import db
from kreisportal.demo import demo
from kreisportal.doctor.cli import doctor
from kreisportal.notifications.cli import mail
from kreisportal.region.cli import onboard
from kreisportal.settings import adopt_demo_settings, read_settings_file
from kreisportal.sso.cli import sso
from kreisportal.staff.cli import staff
from kreisportal.staff.region_cli import region_staff
from kreisportal.tenancy.cli import host, tenant
from kreisportal.tenancy.directory_cli import directory
from kreisportal.worker import worker


@click.group()
@click.option(
    "--settings",
    "files",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, readable=True, path_type=Path),
    help="A file of settings, e.g. /etc/kreisportal/environment. May be given several times.",
)
def commands(files: tuple[Path, ...]) -> None:
    """Run and keep a region's online town halls."""
    for file in files:
        os.environ.update(read_settings_file(file))
    adopt_demo_settings()


for command in (catalogue, db, demo, directory, doctor, host, mail, region_staff, sso, staff, tenant, worker):
    commands.add_command(command)
tenant.add_command(onboard)


def main() -> None:
    """Run a command; a named error is told in words, not as a traceback."""
    try:
        commands()
    except Exception as error:
        words = in_words(error)
        if words is None:
            raise
        click.echo(words, err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
