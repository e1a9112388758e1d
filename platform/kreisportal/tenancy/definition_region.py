"""Read all tenants of a folder and check what only shows when they stand side by side."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from kreisportal.kernel.errors import DefinitionError
from kreisportal.tenancy.definition import TenantDefinition, TenantKind
from kreisportal.tenancy.definition_reader import FILE_NAME, TenantFile, read_with_file
from kreisportal.tenancy.toml_lines import KeyPath

_Read = tuple[TenantDefinition, TenantFile]


def tenant_folders(root: Path) -> list[Path]:
    """The folders of tenants under ``root`` by name; those beginning with an underscore are none."""
    return sorted(file.parent for file in root.glob(f"*/{FILE_NAME}") if not file.parent.name.startswith("_"))


def read_tenants(root: Path) -> tuple[TenantDefinition, ...]:
    """All tenants under ``root``, districts first, then by slug. Raises DefinitionError with all faults."""
    read: list[_Read] = []
    faults: list[str] = []
    for folder in tenant_folders(root):
        try:
            read.append(read_with_file(folder, root / "_common"))
        except DefinitionError as error:
            faults += error.faults
    faults += _unique(read) + _parents(read, complete=not faults)
    if faults:
        raise DefinitionError(faults)
    tenants = (tenant for tenant, _ in read)
    return tuple(sorted(tenants, key=lambda tenant: (tenant.kind is not TenantKind.DISTRICT, tenant.slug)))


def _unique(read: Iterable[_Read]) -> list[str]:
    """No two tenants share a slug, a code, a key or a host name (of portal and desk together)."""
    faults: list[str] = []
    fields: tuple[tuple[KeyPath, Callable[[TenantDefinition], Iterable[str]]], ...] = (
        (("slug",), lambda tenant: (tenant.slug,)),
        (("code",), lambda tenant: (tenant.code,)),
        (("ars",), lambda tenant: (str(tenant.ars),)),
        (("hosts", "portal"), lambda tenant: (*tenant.hosts.portal, *tenant.hosts.desk)),
    )
    for path, values in fields:
        owners: dict[str, str] = {}
        for tenant, file in read:
            for value in values(tenant):
                owner = owners.setdefault(value, tenant.slug)
                if owner != tenant.slug:
                    place = ("hosts", "desk") if value in tenant.hosts.desk else path
                    faults.append(file.fault(place, f"{value} belongs to {owner} already."))
    return faults


def _parents(read: Iterable[_Read], *, complete: bool) -> list[str]:
    """A town's district exists, is a district, and its key covers the town's.

    When some files could not be read (``complete`` is false) a missing district says nothing about the town.
    """
    tenants = {tenant.slug: tenant for tenant, _ in read}
    faults: list[str] = []
    for tenant, file in read:
        if tenant.parent is None:
            continue
        parent = tenants.get(tenant.parent)
        if parent is None:
            if complete:
                faults.append(file.fault(("district",), f"there is no tenant {tenant.parent}."))
        elif parent.kind is not TenantKind.DISTRICT:
            faults.append(file.fault(("district",), f"{tenant.parent} is not a district."))
        elif not parent.ars.covers(tenant.ars):
            faults.append(
                file.fault(("ars",), f"{tenant.ars} does not lie in {tenant.parent} ({parent.ars}).")
            )
    return faults
