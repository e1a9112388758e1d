"""The commands of staff: letting people in where there is no mail server to write to them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import click
from rich.table import Column, Table
from sqlalchemy import select
from sqlalchemy.orm import Session

from kreisportal.access.roles import OF_TENANTS, Role
from kreisportal.commands import open_database
from kreisportal.credentials.keys import derive_keys, open_sealed
from kreisportal.credentials.second_factor import code_at
from kreisportal.kernel import clock
from kreisportal.kernel.database.context import REGION
from kreisportal.kernel.errors import InvalidInputError, NotAllowedError, NotFoundError
from kreisportal.notifications.addresses import site_address
from kreisportal.settings import Settings, read_settings
from kreisportal.staff import service
from kreisportal.staff.models import Member, Staff
from kreisportal.staff.queries import normalised_email
from kreisportal.tenancy.models import Tenant
from kreisportal.tenancy.queries import load_records
from kreisportal.tenancy.registry import TenantRecord
from kreisportal.terminal import print_table

_ROLES = click.Choice([role.value for role in OF_TENANTS])
_TENANT = click.option("--tenant", "slug", required=True, help="The tenant's slug.")


@click.group()
def staff() -> None:
    """People who work at a town's desk."""


@dataclass(frozen=True, slots=True)
class _Town:
    """A transaction of the region, the tenant that is meant, and the settings."""

    session: Session
    tenant: TenantRecord
    settings: Settings

    def member(self, email: str) -> Staff:
        """Staff by address, switched off or not. Raises NotFoundError."""
        found = self.session.scalar(
            select(Staff).where(Staff.tenant_id == self.tenant.id, Staff.email == normalised_email(email))
        )
        if found is None:
            raise NotFoundError(f"{self.tenant.slug} has no staff with the address {email}")
        return found


@contextmanager
def _town(slug: str) -> Iterator[_Town]:
    """A transaction that acts for the region on a tenant. Raises NotFoundError."""
    settings = read_settings()
    with open_database() as database, database.transaction(REGION) as session:
        tenant_id = session.scalar(select(Tenant.id).where(Tenant.slug == slug))
        if tenant_id is None:
            raise NotFoundError(f"there is no tenant {slug}")
        (tenant,) = load_records(session, [tenant_id])
        yield _Town(session, tenant, settings)


@staff.command()
@_TENANT
@click.option("--email", required=True, help="For signing in, and for the mails of the desk.")
@click.option("--name", required=True, help="As colleagues and citizens see it.")
@click.option("--role", "roles", multiple=True, required=True, type=_ROLES, help="May be given twice.")
@click.option("--language", default="de", show_default=True, help="Of the mails: de or en.")
def add(slug: str, email: str, name: str, roles: tuple[str, ...], language: str) -> None:
    """Add somebody and print an invitation.

    It is a link that lets them choose a password, once.
    """
    with _town(slug) as town:
        new = {"email": email, "name": name, "roles": list(roles), "language": language}
        try:
            member, token = service.add_member(town.session, REGION, town.tenant.id, new, clock.now())
        except InvalidInputError as error:
            raise click.ClickException(faults_of(error)) from None
        address = _invitation(town, member, token)
    tell_invitation(member.email, address)


@staff.command()
@click.argument("email")
@_TENANT
def invite(email: str, slug: str) -> None:
    """Invite EMAIL again, after a lost password or phone. Password, app and recovery codes end at once."""
    with _town(slug) as town:
        member = town.member(email)
        address = _invitation(town, member, service.invite_again(town.session, REGION, member, clock.now()))
    tell_invitation(member.email, address)


@staff.command()
@click.argument("email")
@_TENANT
@click.option("--role", "roles", multiple=True, type=_ROLES, help="These instead of the present ones.")
@click.option("--on/--off", "active", default=None, help="Switch the account on or off.")
def change(email: str, slug: str, roles: tuple[str, ...], active: bool | None) -> None:
    """Give EMAIL other roles, or switch the account off or on. It holds from the next request on."""
    chosen = [Role(role) for role in roles] or None
    if chosen is None and active is None:
        raise click.UsageError("Say what to change: --role, --on or --off.")
    with _town(slug) as town:
        service.change_member(town.session, REGION, town.member(email), roles=chosen, active=active)
    click.echo("Changed.")


@staff.command("list")
@_TENANT
def list_command(slug: str) -> None:
    """List a tenant's staff."""
    table = Table(*(Column(name, overflow="fold") for name in ("e-mail", "name", "roles", "state")))
    with _town(slug) as town:
        query = select(Staff).where(Staff.tenant_id == town.tenant.id).order_by(Staff.name)
        for member in town.session.scalars(query):
            table.add_row(member.email, member.name, ", ".join(member.roles), state_of(member))
    print_table(table)


@staff.command()
@click.argument("email")
@_TENANT
def code(email: str, slug: str) -> None:
    """Print EMAIL's code of the moment, instead of a phone. In a demonstration only."""
    with _town(slug) as town:
        line = code_of(town.settings, town.member(email))
    click.echo(line)


def faults_of(error: InvalidInputError) -> str:
    """What is wrong with the options, a line each."""
    return "\n".join(f"--{field}: {text}" for field, texts in error.messages.items() for text in texts)


def code_of(settings: Settings, member: Member) -> str:
    """A code of somebody's second factor, in words. Raises NotAllowedError outside of a demonstration."""
    if not settings.demo:
        raise NotAllowedError("codes are shown in a demonstration only")
    if member.totp_secret is None:
        raise NotFoundError(f"{member.email} has set up no second factor")
    secret = open_sealed(derive_keys(settings.secret_key), member.totp_secret, *member.owner)
    digits, seconds = code_at(secret, clock.now())
    return f"{digits} (for {seconds} seconds more)"


def _invitation(town: _Town, member: Staff, token: str) -> str:
    try:
        desk = site_address(town.settings, town.tenant, "desk")
    except LookupError:
        raise NotFoundError(f"{town.tenant.slug} has no desk: give it a host with `host add`") from None
    return f"{desk}/{member.language}/einladung/{token}"


def tell_invitation(email: str, address: str) -> None:
    """Print where somebody who was invited chooses a password."""
    click.echo(f"Give this address to {email}, by a way that nobody else reads. It is good once, for 7 days:")
    click.echo(address)


def state_of(member: Member) -> str:
    """How far somebody's access is set up, in words."""
    if not member.active:
        return "switched off"
    if member.invitation_digest is not None:
        return "invited" if (member.invitation_expires_at or clock.now()) > clock.now() else "invitation over"
    return "set up" if member.enrolled else "no second factor yet"
