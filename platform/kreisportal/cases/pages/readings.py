"""How pages tell who has read a case."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from kreisportal.cases.readings import Reading
from kreisportal.i18n import gettext, pick
from kreisportal.mandates.queries import Look
from kreisportal.tenancy.profile import definition_of
from kreisportal.web.formats import moment_text
from kreisportal.web.site import here


def reading_rows(readings: Sequence[Reading]) -> list[list[str]]:
    """When, who, and what, for a case's own page."""
    return [[moment_text(each.at), _who(each), _what(each.what)] for each in readings]


def reading_rows_of_all(
    readings: Sequence[Reading], numbers: Mapping[UUID, tuple[str, str]]
) -> list[list[Any]]:
    """The same with the matter, for the list over all towns."""
    rows = []
    for each in readings:
        number, service_key = numbers.get(each.case_id, ("", ""))
        matter = f"{_service_name(service_key)} · {number}"
        rows.append([moment_text(each.at), _who(each), matter, _what(each.what)])
    return rows


def acting_rows(looks: Sequence[Look]) -> list[list[str]]:
    """Looks by those who act for somebody, in the same columns."""
    return [
        [
            moment_text(look.at),
            gettext("%(name)s in Vertretung", name=look.name),
            " · ".join((_service_name(look.service_key), look.case_number)),
            _what("case" if look.what == "opened" else look.what),
        ]
        for look in looks
    ]


def _who(reading: Reading) -> str:
    tenant = here().snapshot.registry.tenants.get(reading.tenant_id)
    town = pick(definition_of(tenant).name.full) if tenant else ""
    return f"{town}, {_role(reading.role)}"


def _role(role: str) -> str:
    return {"caseworker": gettext("Sachbearbeitung")}.get(role, role)


def _service_name(key: str) -> str:
    service = here().snapshot.catalogue.services.get(key)
    return pick(service.name) if service else key


def _what(what: str) -> str:
    return {
        "case": gettext("Antrag geöffnet"),
        "copy": gettext("Kopie des Antrags heruntergeladen"),
        "letter": gettext("Bescheid heruntergeladen"),
        "document": gettext("Datei heruntergeladen"),
    }[what]
