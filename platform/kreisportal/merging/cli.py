"""The command by which a town becomes part of another one."""

from __future__ import annotations

import click
from sqlalchemy.orm import Session

from kreisportal.commands import open_database
from kreisportal.i18n import speaking
from kreisportal.i18n.languages import ENGLISH
from kreisportal.kernel import clock
from kreisportal.kernel.database.context import REGION
from kreisportal.merging.plan import Plan, plan_of
from kreisportal.merging.service import begin, confirm, go_on, progress_of, take_back
from kreisportal.notifications.addresses import site_address
from kreisportal.settings import read_settings
from kreisportal.staff.invitation_mails import Mailing
from kreisportal.tenancy.queries import load_records
from kreisportal.tenancy.renaming import named_town


@click.command("merge")
@click.argument("town")
@click.argument("into", required=False)
@click.option("--offer", "offers", multiple=True, help="A service that only TOWN offers and INTO takes over.")
@click.option("--all-offers", is_flag=True, help="Take all of these over.")
@click.option(
    "--staff", "staff", multiple=True, help="The address of somebody who works at INTO from now on."
)
@click.option("--no-mail", is_flag=True, help="Write to nobody: hand the invitations on yourself.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--confirm", "step", flag_value="confirm", help="Make final what was carried out.")
@click.option("--back", "step", flag_value="back", help="Take back what is not confirmed.")
@click.option("--go-on", "step", flag_value="go-on", help="Work on, if the worker has given up.")
def merge_command(
    town: str,
    into: str | None,
    offers: tuple[str, ...],
    all_offers: bool,
    staff: tuple[str, ...],
    no_mail: bool,
    yes: bool,
    step: str | None,
) -> None:
    """Let the tenant TOWN become part of the tenant INTO.

    With INTO alone it tells what would happen, and asks. The worker then moves cases and drafts; without INTO it is told
    how far that is. Until --confirm all of it can be taken back by --back. Whoever works at INTO from now on gets an
    invitation by mail, and it is printed.
    """
    with speaking(ENGLISH), open_database() as database:
        if step:
            with database.transaction(REGION) as session:
                _step(session, town, step)
        if step or into is None:
            with database.transaction(REGION) as session:
                click.echo(f"{town}: {_told(session, town)}")
            return
        with database.transaction(REGION) as session:
            plan = plan_of(session, named_town(session, town), named_town(session, into))
        _tell(plan)
        if not yes:
            click.confirm(f"Let {town} become part of {into}?", abort=True)
        chosen = {each.id for each in plan.staff if each.email in staff}
        taken = plan.offers if all_offers else offers
        settings = read_settings()
        mailing = None if no_mail else Mailing(settings.secret_key)
        with database.transaction(REGION) as session:
            invited = begin(session, REGION, town, into, taken, chosen, clock.now(), mailing)
            (record,) = load_records(session, [named_town(session, into).id])
        base = site_address(settings, record, "desk") if invited else ""
        for each in invited:
            told = "mailed to them, too" if each.is_mailed else "no mail goes to them"
            click.echo(f"{each.email}: {base}/de/einladung/{each.token} ({told})")
        click.echo(f"{town}: is on its way to {into}; `kreisportal tenant merge {town}` tells how far")


def _step(session: Session, town: str, step: str) -> None:
    if step == "confirm":
        confirm(session, REGION, town)
    elif step == "back":
        take_back(session, REGION, town)
    else:
        go_on(session, town)


def _tell(plan: Plan) -> None:
    """The dry run, in lines."""
    if plan.refusal:
        raise click.ClickException(plan.refusal)
    click.echo(f"cases: {plan.counts['cases']}, of which open: {plan.counts['open_cases']}")
    click.echo(f"drafts: {plan.counts['drafts']}, files: {plan.counts['documents']}")
    click.echo(f"only offered there: {', '.join(plan.offers) or 'nothing'}")
    for each in plan.staff:
        click.echo(f"works there: {each.email}{' (here as well)' if each.is_there else ''}")
    units = plan.departments
    click.echo(f"departments: {units.added} new here, {units.joined} into one of the same name")
    click.echo(
        f"their services: {units.services} go with them, {units.services_there} a department here works already"
    )
    click.echo(f"hosts that lead on once it is confirmed: {', '.join(plan.hosts) or 'none'}")


def _told(session: Session, slug: str) -> str:
    """How far a town is."""
    town = named_town(session, slug)
    found = progress_of(session, town)
    if found is None:
        return "part of another town" if town.merged_into_id is not None else "on its own"
    stuck = "; nobody works on it, see --go-on" if found.is_stuck else ""
    return f"{found.step}, {found.done} of {found.all}{stuck}"
