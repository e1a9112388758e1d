"""What every mail says about its sender: name, address, telephone, portal."""

from __future__ import annotations

from kreisportal.i18n import pick
from kreisportal.notifications.addresses import site_address
from kreisportal.settings import Settings
from kreisportal.tenancy.definition import TenantDefinition
from kreisportal.tenancy.registry import TenantRecord


def values_of_tenant(
    settings: Settings, record: TenantRecord, tenant: TenantDefinition
) -> dict[str, str | bool | None]:
    """The values that the frames of the mails show, in the current language."""
    contact = tenant.contact
    return {
        "tenant_name": pick(tenant.name.full),
        "tenant_place": f"{contact.street}, {contact.postcode} {contact.city}",
        "tenant_phone": contact.phone,
        "tenant_email": contact.email,
        "portal_url": site_address(settings, record, "portal") if record.host("portal") else None,
        "is_demo": settings.demo,
    }
