"""The command that takes back a town that was brought in by mistake."""

from __future__ import annotations

import click

from kreisportal.commands import open_database
from kreisportal.documents.storage import FolderStorage
from kreisportal.i18n import speaking
from kreisportal.i18n.languages import ENGLISH
from kreisportal.kernel.database.context import REGION
from kreisportal.onboarding.withdrawing import withdraw, withdrawal_of
from kreisportal.settings import read_settings


@click.command("withdraw")
@click.argument("slug")
@click.option("--yes", is_flag=True, help="Do not ask.")
def withdraw_command(slug: str, yes: bool) -> None:
    """Take back the tenant SLUG, which is being prepared and was never open, with all that was made for it."""
    storage = FolderStorage(read_settings().files_folder)
    with speaking(ENGLISH), open_database() as database:
        with database.transaction(REGION) as session:
            found = withdrawal_of(session, slug)
        if found.refusal:
            raise click.ClickException(f"{slug}: {found.refusal}")
        parts = ", ".join(f"{found.counts[name]} {name}" for name in ("hosts", "offers", "staff", "drafts"))
        click.echo(f"{slug}: {parts} go with it")
        if not yes:
            click.confirm(f"Withdraw {slug}?", abort=True)
        with database.transaction(REGION) as session:
            withdrawn = withdraw(session, REGION, slug)
        withdrawn.remove_files(storage)
    click.echo(f"{slug}: withdrawn")
