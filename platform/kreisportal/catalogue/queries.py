"""Reading the catalogue from the database."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from kreisportal.catalogue.models import CatalogueEntry, Offer


def current_entries(session: Session) -> Iterator[tuple[str, str, int, dict[str, Any]]]:
    """Kind, key, version and data of all entries in force, in the order in which they were published."""
    query = (
        select(CatalogueEntry.kind, CatalogueEntry.key, CatalogueEntry.version, CatalogueEntry.data)
        .where(CatalogueEntry.retired_by.is_(None))
        .order_by(CatalogueEntry.position)
    )
    for row in session.execute(query):
        yield row.kind, row.key, row.version, row.data


def service_keys(session: Session) -> frozenset[str]:
    """The keys of all services in force."""
    query = select(CatalogueEntry.key).where(
        CatalogueEntry.kind == "service", CatalogueEntry.retired_by.is_(None)
    )
    return frozenset(session.scalars(query))


def service_versions(session: Session) -> dict[str, int]:
    """Which version of each service is in force."""
    query = select(CatalogueEntry.key, CatalogueEntry.version).where(
        CatalogueEntry.kind == "service", CatalogueEntry.retired_by.is_(None)
    )
    return {row.key: row.version for row in session.execute(query)}


def form_data(session: Session, key: str, version: int) -> dict[str, Any] | None:
    """A form's definition in a certain version, in force or not; None where there is none."""
    return session.scalar(
        select(CatalogueEntry.data).where(
            CatalogueEntry.kind == "form", CatalogueEntry.key == key, CatalogueEntry.version == version
        )
    )


def offers_of(session: Session, tenant_id: int) -> dict[str, Offer]:
    """A tenant's offers by the service's key, those switched off included."""
    rows = session.scalars(select(Offer).where(Offer.tenant_id == tenant_id))
    return {row.service_key: row for row in rows}


def offer_row(session: Session, tenant_id: int, key: str) -> Offer | None:
    """A tenant's offer of a service, switched on or off, or None if there never was one."""
    return session.get(Offer, (tenant_id, key))


def service_name(session: Session, key: str, language: str) -> str:
    """A service's everyday name in a language (German where it has none), or its key if it is gone."""
    query = select(CatalogueEntry.data["name"]).where(
        CatalogueEntry.kind == "service", CatalogueEntry.key == key, CatalogueEntry.retired_by.is_(None)
    )
    names = session.scalar(query) or {}
    return str(names.get(language) or names.get("de") or key)
