"""What bundles, whom they are for and whose they are is called on the region's pages."""

from __future__ import annotations

from kreisportal.bundles.models import Bundle
from kreisportal.i18n import gettext, lazy_gettext, ngettext, pick
from kreisportal.tenancy.definition import TenantKind
from kreisportal.web.site import here

KINDS = {
    TenantKind.MUNICIPALITY.value: lazy_gettext("Gemeinden"),
    TenantKind.CITY.value: lazy_gettext("Städte"),
    TenantKind.JOINT_MUNICIPALITY.value: lazy_gettext("Samtgemeinden"),
    TenantKind.DISTRICT.value: lazy_gettext("Landkreise"),
}


def audience_text(bundle: Bundle) -> str:
    """Whom it is for, in a few words."""
    if bundle.audience == "all":
        return gettext("alle Kommunen")
    if bundle.audience == "kinds":
        return gettext(
            "alle dieser Art: %(kinds)s", kinds=", ".join(str(KINDS[kind]) for kind in bundle.kinds)
        )
    return ngettext("%(num)s ausgewählte Kommune", "%(num)s ausgewählte Kommunen", len(bundle.tenant_ids))


def owner_text(bundle: Bundle) -> str:
    """Whose it is."""
    district = here().snapshot.registry.tenants.get(bundle.district_id) if bundle.district_id else None
    return pick(district.profile["name"]) if district else gettext("Region")


def form_labels() -> dict[str, str]:
    """What the fields are called, in their order on the page."""
    return {
        "name_de": gettext("Name auf Deutsch"),
        "name_en": gettext("Name auf Englisch"),
        "reason_de": gettext("Warum, in einem Satz"),
        "reason_en": gettext("Warum, auf Englisch"),
        "need": gettext("Muss jede Kommune diese Leistungen anbieten?"),
        "legal_source": gettext("Welche Vorschrift verlangt es?"),
        "audience": gettext("Für wen ist das Paket?"),
        "kinds": gettext("Für welche Arten?"),
        "towns": gettext("Für welche Kommunen?"),
        "services": gettext("Leistungen"),
    }
