"""What a town's desk shows of bundles: where a service comes from, and that the town has to offer it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from kreisportal.bundles.models import Bundle
from kreisportal.catalogue.definitions import Service
from kreisportal.catalogue.models import Offer
from kreisportal.catalogue.responsibility import may_execute
from kreisportal.tenancy.registry import TenantRecord


@dataclass(frozen=True, slots=True)
class Mark:
    """A bundle as it stands beside a service."""

    name: Mapping[str, str]
    reason: Mapping[str, str]
    required: bool
    legal_source: str
    by_district: bool


Marks = Mapping[str, tuple[Mark, ...]]
"""The bundles of a town's services, by key."""


def marks_of(session: Session, offers: Iterable[Offer]) -> Marks:
    """The bundles that reached these offers of the acting person's town, those that the law requires first."""
    reached = {offer.service_key: tuple(offer.bundles) for offer in offers if offer.bundles}
    if not reached:
        return {}
    known = {str(bundle.id): _mark(bundle) for bundle in session.scalars(select(Bundle).order_by(Bundle.id))}
    return {
        key: tuple(
            sorted(
                (known[number] for number in numbers if number in known), key=lambda mark: not mark.required
            )
        )
        for key, numbers in reached.items()
    }


def is_required(service: Service, tenant: TenantRecord, marks: Iterable[Mark]) -> bool:
    """Whether the law asks an authority for a service: everybody who executes it, or by a bundle that reached it."""
    return (service.required_by_law or any(mark.required for mark in marks)) and may_execute(tenant, service)


def _mark(bundle: Bundle) -> Mark:
    return Mark(
        bundle.name, bundle.reason, bundle.required, bundle.legal_source, bundle.district_id is not None
    )
