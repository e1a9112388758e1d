"""The legal pages of an authority as the foot of its other sites names them: they lie on its portal."""

from __future__ import annotations

from kreisportal.i18n import gettext
from kreisportal.tenancy.registry import TenantRecord
from kreisportal.web.other_sites import portal_address
from kreisportal.web.page import Link


def legal_links(tenant: TenantRecord) -> list[Link]:
    """Imprint, privacy and accessibility of an authority; none where it has no portal."""
    pages = {
        "imprint": gettext("Impressum"),
        "privacy": gettext("Datenschutz"),
        "accessibility": gettext("Barrierefreiheit"),
    }
    addresses = {page: portal_address(tenant, "portal.legal", page=page) for page in pages}
    return [(pages[page], address) for page, address in addresses.items() if address]
