"""The commands of tenants and host names."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import click
from rich.progress import track
from rich.table import Column, Table
from sqlalchemy import select
from sqlalchemy.orm import Session

from kreisportal.catalogue.offers import file_table, import_offers
from kreisportal.catalogue.queries import offers_of, service_keys
from kreisportal.commands import LateGroup, open_database
from kreisportal.documents.storage import FolderStorage, Storage
from kreisportal.documents.town_pictures import digest_of, is_there, keep, made_of_folder, read
from kreisportal.kernel.database import Database
from kreisportal.kernel.database.context import REGION
from kreisportal.kernel.errors import DefinitionError, NotFoundError
from kreisportal.kernel.paths import shipped
from kreisportal.settings import read_settings
from kreisportal.tenancy.definition import TenantDefinition
from kreisportal.tenancy.definition_reader import read_tenant
from kreisportal.tenancy.definition_region import read_tenants
from kreisportal.tenancy.export import export_files
from kreisportal.tenancy.host_names import add_host
from kreisportal.tenancy.importing import import_order, import_tenant
from kreisportal.tenancy.models import Host, Tenant
from kreisportal.tenancy.registry import SITES
from kreisportal.tenancy.town_picture import digest_in, picture_of
from kreisportal.terminal import print_table

# What has a file of its own, or takes in rooms above this one: offers, staff and the region's pages; all that a town has.
_ABOVE = {
    "onboard": "kreisportal.onboarding.cli:onboard",
    "withdraw": "kreisportal.onboarding.withdrawing_cli:withdraw_command",
    "merge": "kreisportal.merging.cli:merge_command",
    "rename": "kreisportal.tenancy.renaming_cli:rename_command",
    **{name: f"kreisportal.leaving.cli:{name}_command" for name in ("pack", "unpack", "erase")},
}


@dataclass(frozen=True, slots=True)
class Pictured:
    """The picture of a tenant's folder, as it is shown, and where it is laid."""

    storage: Storage
    content: bytes

    def keep(self, session: Session, tenant_id: int) -> None:
        """Lay it there, if it is the one that the tenant shows now and not lying there already."""
        digest = digest_of(self.content)
        if digest_in(session.get_one(Tenant, tenant_id).profile.get("brand")) != digest:
            return
        if not is_there(self.storage, tenant_id, digest):
            keep(self.storage, tenant_id, self.content)


@click.group(cls=LateGroup, late=_ABOVE)
def tenant() -> None:
    """Towns and districts."""


@tenant.command()
@click.argument(
    "folders", nargs=-1, metavar="[FOLDER]…", type=click.Path(exists=True, file_okay=False, path_type=Path)
)
def add(folders: tuple[Path, ...]) -> None:
    """Bring tenants from their folders into the database.

    Without a FOLDER, those that came with the program. A folder that is read in again is merged three ways: what an
    admin has changed since stays, and is told. A fault in a file is named with its line and field, and nothing is
    brought in.
    """
    definitions = _read(folders) if folders else list(read_tenants(shipped("tenants")))
    pictures = {}
    for place, definition in enumerate(definitions):
        definitions[place], pictures[definition.slug] = made_of_folder(definition)
    storage = FolderStorage(read_settings().files_folder)
    with open_database() as database:
        for definition in track(import_order(definitions), "Tenants", transient=True):
            for line in add_one(database, definition, Pictured(storage, pictures[definition.slug])):
                click.echo(line)


def _read(folders: Iterable[Path]) -> list[TenantDefinition]:
    """The tenants of some folders. Raises ``DefinitionError`` with the faults of all."""
    definitions, faults = [], []
    for folder in folders:
        # A town's folder may lie anywhere; texts that it has no words of its own for are those of the program.
        beside = folder.resolve().parent / "_common"
        try:
            definitions.append(
                read_tenant(folder.resolve(), beside if beside.is_dir() else shipped("tenants") / "_common")
            )
        except DefinitionError as error:
            faults += error.faults
    if faults:
        raise DefinitionError(faults)
    return definitions


def add_one(database: Database, definition: TenantDefinition, pictured: Pictured | None = None) -> list[str]:
    """Bring one tenant in, in a transaction of its own; what happened, in lines.

    A picture in its folder comes in where it was made ready and it is known where to lay it.
    """
    with database.transaction(REGION) as session:
        before = _hosts_and_offers(session, definition.slug)
        outcome = import_tenant(session, definition)
        if pictured and pictured.content:
            pictured.keep(session, outcome.tenant_id)
        kept = [*outcome.conflicts, *import_offers(session, outcome.tenant_id, definition.offers)]
        after = _hosts_and_offers(session, definition.slug)
        services = service_keys(session)
    taken = [*outcome.taken, *(field for field in before | after if before.get(field) != after.get(field))]
    named = [f"offers.{key}" for key in definition.offers if key not in services]
    named += [f"overlays.{key}" for key in definition.overlays if key not in services]
    what = (
        "added"
        if outcome.is_new
        else f"{len(taken)} field{'s' if len(taken) > 1 else ''} taken in"
        if taken
        else "unchanged"
    )
    return [
        f"{definition.slug}: {what}",
        *(f"  kept as the admin set it: {field}" for field in kept),
        *(f"  no such service in the published catalogue: {field}" for field in named if services),
        *(["  what it offers shows when the catalogue is published"] if named and not services else ()),
    ]


def _hosts_and_offers(session: Session, slug: str) -> dict[str, object]:
    """What of a tenant has rows of its own, by field, to be compared."""
    tenant_id = session.scalar(select(Tenant.id).where(Tenant.slug == slug))
    if tenant_id is None:
        return {}
    hosts = session.scalars(select(Host).where(Host.tenant_id == tenant_id).order_by(Host.host))
    offers = offers_of(session, tenant_id)
    return {
        "hosts": [(host.host, host.site, host.canonical) for host in hosts],
        **{f"offers.{key}": file_table(offer) for key, offer in offers.items()},
    }


@tenant.command("list")
def list_command() -> None:
    """List all tenants."""
    with open_database() as database, database.transaction(REGION) as session:
        rows = session.execute(
            select(Tenant, Host.host)
            .outerjoin(Host, (Host.tenant_id == Tenant.id) & (Host.site == "portal") & Host.canonical)
            .order_by(Tenant.ars)
        ).all()
    table = Table(*(Column(name, overflow="fold") for name in ("slug", "kind", "ARS", "state", "portal")))
    for row, host in rows:
        table.add_row(row.slug, row.kind, row.ars, row.state, host or "–")
    print_table(table)


@tenant.command()
@click.argument("slug")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
def export(slug: str, folder: Path) -> None:
    """Write a tenant to FOLDER, as the database knows it.

    `tenant add` reads what is written.
    """
    with open_database() as database, database.transaction(REGION) as session:
        found = session.scalar(select(Tenant).where(Tenant.slug == slug))
        if found is None:
            raise NotFoundError(f"there is no tenant {slug}")
        parent = session.get(Tenant, found.parent_id) if found.parent_id else None
        hosts = list(session.scalars(select(Host).where(Host.tenant_id == found.id)))
        offers = {key: file_table(offer) for key, offer in offers_of(session, found.id).items()}
        texts = export_files(found, parent.slug if parent else None, hosts, offers)
        files = {name: content.encode() for name, content in texts.items()}
        if picture := picture_of(found.profile.get("brand", {})):
            storage = FolderStorage(read_settings().files_folder)
            files[picture.file] = read(storage, found.id, picture.digest)
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        click.echo(f"written: {path}")


@click.group(cls=LateGroup, late={"check": "kreisportal.tenancy.host_cli:check_command"})
def host() -> None:
    """Host names: whose page is shown at which address."""


@host.command("add")
@click.argument("name")
@click.option("--tenant", "slug", help="The tenant's slug; without one the host is the region's.")
@click.option("--site", type=click.Choice(SITES), required=True, help="Which of the four sites.")
@click.option("--canonical", is_flag=True, help="Other host names of the site lead to this one.")
def host_add(name: str, slug: str | None, site: str, canonical: bool) -> None:
    """Give a site the host name NAME.

    One that it has already may become the canonical one in this way. The sites answer to it within a second.
    """
    with open_database() as database, database.transaction(REGION) as session:
        tenant_id = session.scalar(select(Tenant.id).where(Tenant.slug == slug)) if slug else None
        if slug and tenant_id is None:
            raise NotFoundError(f"there is no tenant {slug}")
        add_host(session, name.lower(), site, tenant_id, canonical=canonical)
    click.echo(json.dumps({"host": name.lower(), "site": site, "tenant": slug}))
