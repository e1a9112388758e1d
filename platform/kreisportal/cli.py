"""The command ``kreisportal``."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from kreisportal.commands import LateGroup, in_words
from kreisportal.settings import adopt_demo_settings, read_settings_file

_COMMANDS = {
    "bundle": "kreisportal.bundles.cli:bundle",
    "catalogue": "kreisportal.catalogue.cli:catalogue",
    "db": "kreisportal.database_cli:db",
    "demo": "kreisportal.demo:demo",
    "directory": "kreisportal.tenancy.directory_cli:directory",
    "doctor": "kreisportal.doctor.cli:doctor",
    "host": "kreisportal.tenancy.cli:host",
    "mail": "kreisportal.notifications.cli:mail",
    "region-staff": "kreisportal.staff.region_cli:region_staff",
    "sso": "kreisportal.sso.cli:sso",
    "staff": "kreisportal.staff.cli:staff",
    "tenant": "kreisportal.tenancy.cli:tenant",
    "worker": "kreisportal.worker:worker",
}


@click.group(cls=LateGroup, late=_COMMANDS)
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
