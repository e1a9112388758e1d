"""The commands of those who run the region: operators and district admins."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import click
from rich.table import Column, Table
from sqlalchemy import select
from sqlalchemy.orm import Session

from kreisportal.commands import open_database
from kreisportal.kernel import clock
from kreisportal.kernel.database.context import REGION
from kreisportal.kernel.errors import InvalidInputError, NotFoundError
from kreisportal.notifications.addresses import region_address
from kreisportal.settings import Settings, read_settings
from kreisportal.staff import service
from kreisportal.staff.cli import code_of, faults_of, state_of, tell_invitation
from kreisportal.staff.colleagues import switch_member
from kreisportal.staff.models import RegionStaff
from kreisportal.staff.queries import normalised_email
from kreisportal.tenancy.models import Tenant
from kreisportal.tenancy.queries import district_id_of, load_region_hosts
from kreisportal.terminal import print_table


@click.group("region-staff")
def region_staff() -> None:
    """People who run the region or a district."""


@dataclass(frozen=True, slots=True)
class _Region:
    """A transaction of the region, and the settings."""

    session: Session
    settings: Settings

    def member(self, email: str) -> RegionStaff:
        """Staff of the region by address, switched off or not. Raises NotFoundError."""
        found = self.session.scalar(select(RegionStaff).where(RegionStaff.email == normalised_email(email)))
        if found is None:
            raise NotFoundError(f"the region has no staff with the address {email}")
        return found

    def invitation(self, member: RegionStaff, token: str) -> str:
        """Where an invited person chooses a password. Raises NotFoundError while the region has no host."""
        address = region_address(self.settings, load_region_hosts(self.session), "region")
        if address is None:
            raise NotFoundError(
                "the region has no host: give it one with `host add NAME --site region --canonical`"
            )
        return f"{address}/{member.language}/einladung/{token}"


@contextmanager
def _region() -> Iterator[_Region]:
    settings = read_settings()
    with open_database() as database, database.transaction(REGION) as session:
        yield _Region(session, settings)


@region_staff.command()
@click.option("--email", required=True, help="For signing in.")
@click.option("--name", required=True, help="As colleagues see it.")
@click.option("--district", "slug", help="The district's slug; without one they run the whole region.")
@click.option("--language", default="de", show_default=True, help="de or en.")
def add(email: str, name: str, slug: str | None, language: str) -> None:
    """Add somebody and print an invitation.

    It is a link that lets them choose a password, once.
    """
    with _region() as region:
        district_id = district_id_of(region.session, slug) if slug else None
        new = {"email": email, "name": name, "language": language}
        try:
            member, token = service.add_region_member(region.session, REGION, district_id, new, clock.now())
        except InvalidInputError as error:
            raise click.ClickException(faults_of(error)) from None
        address = region.invitation(member, token)
    tell_invitation(member.email, address)


@region_staff.command()
@click.argument("email")
def invite(email: str) -> None:
    """Invite EMAIL again, after a lost password or phone. Password, app and recovery codes end at once."""
    with _region() as region:
        member = region.member(email)
        token = service.invite_again(region.session, REGION, member, clock.now())
        address = region.invitation(member, token)
    tell_invitation(email, address)


@region_staff.command()
@click.argument("email")
@click.option("--on/--off", "active", required=True, help="Switch the account on or off.")
def change(email: str, active: bool) -> None:
    """Switch EMAIL's account off or on. It holds from the next request on.

    The last who can sign in and run the region stays.
    """
    with _region() as region:
        switch_member(region.session, REGION, region.member(email), on=active)
    click.echo("Changed.")


@region_staff.command("list")
def list_command() -> None:
    """List those who run the region."""
    table = Table(*(Column(name, overflow="fold") for name in ("e-mail", "name", "runs", "state")))
    with _region() as region:
        query = select(RegionStaff, Tenant.slug).outerjoin(Tenant, Tenant.id == RegionStaff.district_id)
        for member, slug in region.session.execute(query.order_by(RegionStaff.name)):
            table.add_row(member.email, member.name, slug or "the region", state_of(member))
    print_table(table)


@region_staff.command()
@click.argument("email")
def code(email: str) -> None:
    """Print EMAIL's code of the moment, instead of a phone. In a demonstration only."""
    with _region() as region:
        line = code_of(region.settings, region.member(email))
    click.echo(line)
