"""How pages tell who has read a case."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from kreisportal.cases.readings import Reading
from kreisportal.i18n import gettext, pick
from kreisportal.tenancy.profile import definition_of
from kreisportal.web.formats import moment_text
from kreisportal.web.site import here


def reading_rows(readings: Sequence[Reading]) -> list[list[str]]:
    """When, who, and what, for a case's own page."""
    return [[moment_text(each.at), _who(each), _what(each)] for each in readings]


def reading_rows_of_all(
    readings: Sequence[Reading], numbers: Mapping[UUID, tuple[str, str]]
) -> list[list[Any]]:
    """The same with the matter, for the list over all towns."""
    rows = []
    for each in readings:
        number, service_key = numbers.get(each.case_id, ("", ""))
        service = here().snapshot.catalogue.services.get(service_key)
        matter = f"{pick(service.name) if service else service_key} · {number}"
        rows.append([moment_text(each.at), _who(each), matter, _what(each)])
    return rows


def _who(reading: Reading) -> str:
    tenant = here().snapshot.registry.tenants.get(reading.tenant_id)
    town = pick(definition_of(tenant).name.full) if tenant else ""
    return f"{town}, {_role(reading.role)}"


def _role(role: str) -> str:
    return {"caseworker": gettext("Sachbearbeitung")}.get(role, role)


def _what(reading: Reading) -> str:
    return {
        "case": gettext("Antrag geöffnet"),
        "copy": gettext("Kopie des Antrags heruntergeladen"),
        "letter": gettext("Bescheid heruntergeladen"),
        "document": gettext("Datei heruntergeladen"),
    }[reading.what]
