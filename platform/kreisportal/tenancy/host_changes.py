"""A tenant's host names, changed by those who run the region: one more, one less, another canonical one."""

from __future__ import annotations

from marshmallow import ValidationError
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from kreisportal.audit.service import record
from kreisportal.i18n import gettext
from kreisportal.kernel.database import Context
from kreisportal.kernel.errors import ConflictError, InvalidInputError, NotFoundError
from kreisportal.tenancy.definition_fields import check_host
from kreisportal.tenancy.host_names import OF_TENANTS, add_host
from kreisportal.tenancy.models import Host, Tenant


def give_host(session: Session, context: Context, slug: str, site: str, typed: str) -> str:
    """Give a tenant's site one more name, which leads to the canonical one, or is it if there is none. The name.

    Raises NotFoundError for a tenant or site that there is not, InvalidInputError for ``host`` and ConflictError for
    a tenant without a portal.
    """
    tenant = _held(session, slug)
    if site not in OF_TENANTS:
        raise NotFoundError
    name = typed.strip().lower().rstrip(".")
    try:
        check_host(name)
    except ValidationError:
        raise InvalidInputError(
            {
                "host": [
                    gettext("Geben Sie einen Hostnamen ein, zum Beispiel rathaus.beispiel.de, ohne https://.")
                ]
            }
        ) from None
    if session.get(Host, name) is not None:
        raise _taken()
    others = _names(session, tenant.id, site)
    try:
        add_host(session, name, site, tenant.id, canonical=not any(host.canonical for host in others))
    except IntegrityError as error:
        # It may be a tenant's that the actor does not reach; host names are public, so this may be told.
        if "pk_hosts" not in str(error.orig):
            raise
        raise _taken() from None
    record(session, context, "host-added", "host", name, tenant_id=tenant.id, site=site)
    return name


def take_host(session: Session, context: Context, slug: str, name: str) -> None:
    """Take a name away; nothing answers to it any more. Raises NotFoundError.

    The canonical and the last one stay: ConflictError.
    """
    tenant = _held(session, slug)
    host = _own(session, tenant.id, name)
    if host.canonical or len(_names(session, tenant.id, host.site)) == 1:
        raise ConflictError(f"{name} is the canonical name of its site: make another one that first")
    session.delete(host)
    session.flush()
    record(session, context, "host-removed", "host", name, tenant_id=tenant.id, site=host.site)


def prefer_host(session: Session, context: Context, slug: str, name: str) -> bool:
    """Let the other names of its site lead to this one. Whether that is new. Raises NotFoundError."""
    tenant = _held(session, slug)
    host = _own(session, tenant.id, name)
    if host.canonical:
        return False
    before = next((each.host for each in _names(session, tenant.id, host.site) if each.canonical), None)
    add_host(session, name, host.site, tenant.id, canonical=True)
    record(session, context, "host-preferred", "host", name, tenant_id=tenant.id, before=before)
    return True


def _held(session: Session, slug: str) -> Tenant:
    """A tenant with a portal, whose names nobody else changes until the end of the transaction."""
    tenant = session.scalar(select(Tenant).where(Tenant.slug == slug).with_for_update())
    if tenant is None:
        raise NotFoundError
    if not tenant.has_portal:
        raise ConflictError(f"{slug} has no portal yet: it is brought on line first")
    return tenant


def _own(session: Session, tenant_id: int, name: str) -> Host:
    host = session.get(Host, name)
    if host is None or host.tenant_id != tenant_id:
        raise NotFoundError
    return host


def _names(session: Session, tenant_id: int, site: str) -> list[Host]:
    return list(session.scalars(select(Host).where(Host.tenant_id == tenant_id, Host.site == site)))


def _taken() -> InvalidInputError:
    return InvalidInputError({"host": [gettext("Diesen Hostnamen gibt es schon. Wählen Sie einen anderen.")]})
