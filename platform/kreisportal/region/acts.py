"""Acts of the region as its pages show them."""

from __future__ import annotations

import uuid
from collections.abc import Mapping

from sqlalchemy.orm import Session

from kreisportal.i18n import gettext, pick
from kreisportal.region.wording import ACTS
from kreisportal.sso.outside import all_outside_clients
from kreisportal.staff.queries import region_names
from kreisportal.tenancy.overview import RegionAct, region_acts
from kreisportal.web.formats import moment_text
from kreisportal.web.site import here


def acts_shown(session: Session, most: int, tenant_id: int | None = None) -> list[list[str]]:
    """The last acts, of one tenant if it is named: when, who, what, where."""
    names = region_names(session)
    clients = {client.id: client.name for client in all_outside_clients(session)}
    tenants = here().snapshot.registry.tenants
    rows = []
    for act in region_acts(session, most, tenant_id):
        tenant = tenants.get(act.tenant_id) if act.tenant_id is not None else None
        rows.append(
            [
                moment_text(act.at),
                _who(act.staff_id, names),
                _what(act, clients),
                tenant.slug if tenant else gettext("Region"),
            ]
        )
    return rows


def _what(act: RegionAct, clients: Mapping[str, str]) -> str:
    """What was done; of a client or a service with its name, as far as it is known, of a town that is gone with its slug."""
    words = str(ACTS.get(act.action, act.action))
    name = None
    if act.subject_kind == "outside-client":
        name = clients.get(act.subject_id) or act.name
    elif act.subject_kind == "service":
        service = here().snapshot.catalogue.services.get(act.subject_id)
        name = pick(service.name) if service else act.subject_id
    elif act.subject_kind == "tenant" and act.tenant_id is None:
        name = act.subject_id
    return f"{words}: {name}" if name else words


def _who(staff_id: uuid.UUID | None, names: Mapping[uuid.UUID, str]) -> str:
    """The name of who acted, as far as one may see it."""
    if staff_id is None:
        return gettext("Befehl auf dem Server")
    return names.get(staff_id, gettext("Betrieb der Region"))
