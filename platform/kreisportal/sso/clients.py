"""Who may ask for a sign-in: every town's portal that is on line, with exactly one address to lead back to."""

from __future__ import annotations

from dataclasses import dataclass

from kreisportal.notifications.addresses import site_address
from kreisportal.settings import Settings
from kreisportal.tenancy.registry import Registry, TenantRecord

CALLBACK = "/anmelden/zurueck"
_PORTAL = "portal:"


@dataclass(frozen=True, slots=True)
class Client:
    """A client of the account host. ``redirect_uri`` is the one address that a code is sent to."""

    id: str
    redirect_uri: str
    tenant: TenantRecord

    @property
    def origin(self) -> str:
        """Scheme, host and port of the client."""
        return self.redirect_uri.removesuffix(CALLBACK)


def client_id_of(tenant: TenantRecord) -> str:
    """The client that a town's portal is."""
    return f"{_PORTAL}{tenant.slug}"


def slug_of(client_id: str) -> str:
    """The slug of the town whose portal a client is."""
    return client_id.removeprefix(_PORTAL)


def is_portal(client_id: str) -> bool:
    """Whether an id is one of a town's portal, and of no client from outside."""
    return client_id.startswith(_PORTAL)


def client_of(settings: Settings, tenant: TenantRecord) -> Client:
    """The client of a town that has a portal."""
    return Client(client_id_of(tenant), site_address(settings, tenant, "portal") + CALLBACK, tenant)


def find_client(settings: Settings, registry: Registry, client_id: str) -> Client | None:
    """The client with this id, or None."""
    if not is_portal(client_id):
        return None
    tenant = registry.by_slug_or_none(client_id.removeprefix(_PORTAL))
    if tenant is None or not tenant.on_line or tenant.host("portal") is None:
        return None
    return client_of(settings, tenant)
