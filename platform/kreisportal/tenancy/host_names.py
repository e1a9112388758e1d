"""Host names of a site: giving it one, and merging those of a file with those that the database knows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from marshmallow import ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from kreisportal.kernel.errors import DefinitionError
from kreisportal.tenancy.definition_fields import check_host
from kreisportal.tenancy.models import Host

OF_TENANTS = ("portal", "desk")
"""The sites that belong to a tenant; the others are the region's."""

Names = Mapping[str, Sequence[str]]
"""Host names by site; the first of each is the canonical one."""


def add_host(session: Session, name: str, site: str, tenant_id: int | None, *, canonical: bool) -> None:
    """Give a site a host name, unless it has it. As the canonical one it takes that place from the one before.

    Raises ``DefinitionError`` when the name is none or taken, or a tenant is missing or too much for the site.
    """
    try:
        check_host(name)
    except ValidationError as error:
        raise DefinitionError([f"hosts.{site}: {name}: {' '.join(map(str, error.messages))}"]) from error
    if (site in OF_TENANTS) != (tenant_id is not None):
        raise DefinitionError([f"hosts.{site}: {name} {'needs a' if tenant_id is None else 'has no'} tenant"])
    host = session.get(Host, name)
    if host is None:
        host = Host(host=name, site=site, tenant_id=tenant_id, canonical=False)
    elif (host.site, host.tenant_id) != (site, tenant_id):
        raise DefinitionError([f"hosts.{site}: {name} belongs to another site already"])
    if canonical and not host.canonical:
        others = select(Host).where(Host.tenant_id.is_not_distinct_from(tenant_id), Host.site == site)
        for other in session.scalars(others):
            other.canonical = False
        session.flush()
        host.canonical = True
    session.add(host)
    session.flush()


def merge_hosts(session: Session, tenant_id: int, last: Names, wanted: Names) -> None:
    """Bring a file's hosts in, three ways: ``last`` are those of the file when it was read the time before.

    Names that are new in the file come in, those taken out of it go; what an admin added stays, and what an
    admin removed stays away. Which name is the canonical one is merged in the same way, but there always is one.
    Raises ``DefinitionError`` when a new name belongs to another tenant.
    """
    for site, names in wanted.items():
        gone = set(last.get(site, ())) - set(names)
        for host in _present(session, tenant_id, site):
            if host.host in gone:
                session.delete(host)
    session.flush()
    for site, names in wanted.items():
        before = last.get(site, ())
        known = {host.host for host in _present(session, tenant_id, site)}
        for name in names:
            if name not in before and name not in known:
                add_host(session, name, site, tenant_id, canonical=False)
        _choose_canonical(session, tenant_id, site, before, names)


def _choose_canonical(
    session: Session, tenant_id: int, site: str, before: Sequence[str], names: Sequence[str]
) -> None:
    hosts = {host.host: host for host in _present(session, tenant_id, site)}
    canonical = next((host.host for host in hosts.values() if host.canonical), None)
    untouched = canonical is None or canonical in before[:1]
    # The file's first name, unless it is gone; then the next of the file, and last what an admin added.
    best = next((name for name in (*names, *sorted(hosts)) if name in hosts), None)
    if best is None or best == canonical or not untouched:
        return
    for host in hosts.values():
        host.canonical = False
    session.flush()
    hosts[best].canonical = True
    session.flush()


def _present(session: Session, tenant_id: int, site: str) -> list[Host]:
    return list(session.scalars(select(Host).where(Host.tenant_id == tenant_id, Host.site == site)))
