"""The command by which a town is called otherwise."""

from __future__ import annotations

import datetime

import click

from kreisportal.commands import open_database
from kreisportal.i18n import speaking
from kreisportal.i18n.languages import ENGLISH
from kreisportal.kernel import clock
from kreisportal.kernel.database.context import REGION
from kreisportal.tenancy.renaming import call_off, earlier_names, left_over, named_town, present_name, rename
from kreisportal.tenancy.renaming_fields import KINDS_OF_TOWNS


@click.command("rename")
@click.argument("slug")
@click.option("--name", help="The official name, e.g. Stadt Vechta.")
@click.option("--short", help="The name of the place, e.g. Vechta.")
@click.option("--kind", type=click.Choice([kind.value for kind in KINDS_OF_TOWNS]))
@click.option("--ars", help="The official regional key, twelve digits.")
@click.option("--portal-host", help="The portal's main host name; the one before leads to it.")
@click.option("--desk-host", help="The same for the desk.")
@click.option(
    "--on", type=click.DateTime(["%Y-%m-%d"]), help="From the beginning of this day on; else at once."
)
@click.option("--back", is_flag=True, help="Call it again what it was called before the last time.")
@click.option(
    "--call-off", "is_off", is_flag=True, help="Forget the name that was settled for a day to come."
)
def rename_command(
    slug: str, on: datetime.datetime | None, back: bool, is_off: bool, **typed: str | None
) -> None:
    """Call the tenant SLUG otherwise; what is not named stays.

    Links in mails that are out, numbers and receipts go on being good. --back undoes it.
    """
    with speaking(ENGLISH), open_database() as database, database.transaction(REGION) as session:
        if is_off:
            call_off(session, REGION, slug)
            click.echo(f"{slug}: keeps its name")
            return
        tenant = named_town(session, slug)
        wanted = present_name(session, tenant)
        earlier = earlier_names(session, tenant.id)
        if back and not earlier:
            raise click.ClickException(f"{slug} has had no other name")
        wanted |= earlier[0].name if back else {}
        wanted |= {field: text for field, text in typed.items() if text is not None}
        if not rename(session, REGION, slug, wanted, on.date() if on else None, clock.today()):
            click.echo(f"{slug}: will be called {wanted['name']}; --call-off undoes it")
            return
        click.echo(f"{slug}: is called {wanted['name']} now; --back undoes it")
        before = earlier_names(session, tenant.id)[0].name
        for path in left_over(named_town(session, slug), before):
            click.echo(f"  {before['short']} still stands in its own texts: {path}")
