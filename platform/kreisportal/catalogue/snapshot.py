"""Everything that a page for somebody who is not signed in needs, in memory: no such page asks the database."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from marshmallow import Schema

from kreisportal.catalogue.definitions import Service, Situation, Topic, Word
from kreisportal.catalogue.guide_schemas import GuideSchema, WordSchema
from kreisportal.catalogue.guides import Guide
from kreisportal.catalogue.schemas import ServiceSchema, SituationSchema, TopicSchema
from kreisportal.catalogue.search import SearchDocument, SearchIndex
from kreisportal.i18n import LANGUAGES
from kreisportal.tenancy.registry import Registry, TenantRecord

EntryRow = tuple[str, str, int, dict[str, Any]]
"""Kind, key, version and data of an entry of the catalogue."""


class Catalogue:
    """The region's catalogue in force. ``positions`` numbers the services; bitmasks of offers count in it."""

    def __init__(self, entries: Iterable[EntryRow]) -> None:
        self.topics: dict[str, Topic] = {}
        self.situations: dict[str, Situation] = {}
        self.services: dict[str, Service] = {}
        self.forms: dict[str, tuple[int, Mapping[str, Any]]] = {}
        self.guides: dict[str, Guide] = {}
        self.words: dict[str, Word] = {}
        kinds: dict[str, tuple[dict[str, Any], Schema]] = {
            "topic": (self.topics, TopicSchema()),
            "situation": (self.situations, SituationSchema()),
            "service": (self.services, ServiceSchema()),
            "guide": (self.guides, GuideSchema()),
            "word": (self.words, WordSchema()),
        }
        for kind, key, version, data in entries:
            if kind in kinds:
                found, schema = kinds[kind]
                found[key] = schema.load(data)
            elif kind == "form":
                self.forms[key] = (version, data)
        self.positions = {key: position for position, key in enumerate(self.services)}
        # What no town executes is as good on one portal as on another, so a search ranks it as offered.
        self.elsewhere = self.bitmask(
            key for key, service in self.services.items() if not service.executed_here
        )

    @cached_property
    def index(self) -> SearchIndex:
        """The search index over all services."""
        return SearchIndex.build(self.documents())

    def documents(self) -> list[SearchDocument]:
        """The services as the search sees them."""
        return [self._document(service) for service in self.services.values()]

    def bitmask(self, keys: Iterable[str]) -> int:
        """The services as an integer with a bit for each position; unknown keys are left out."""
        mask = 0
        for key in keys:
            position = self.positions.get(key)
            if position is not None:
                mask |= 1 << position
        return mask

    def _document(self, service: Service) -> SearchDocument:
        situations = [self.situations[key] for key in service.situations if key in self.situations]
        topics = [self.topics[key] for key in service.topics if key in self.topics]
        around_names = [topic.name for topic in topics] + [situation.name for situation in situations]
        around: dict[str, tuple[str, ...]] = {}
        for language in LANGUAGES:
            path = language.path
            names = [name.get(path, "") for name in around_names]
            around[path] = tuple(name for name in names if name)
        return SearchDocument(
            key=service.key,
            names=service.name,
            official_names=service.official_name,
            synonyms=service.synonyms,
            labels=around,
            short=service.short,
            full=service.full,
        )


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The region at a revision. ``stamps`` names the revision up to which each district last changed."""

    revision: int
    region_revision: int
    registry: Registry
    catalogue: Catalogue
    offered: Mapping[int, int]
    stamps: Mapping[int, int]

    @classmethod
    def build(cls, revision: int, registry: Registry, catalogue: Catalogue) -> Snapshot:
        """A snapshot made anew from all there is."""
        offered = {tenant.id: catalogue.bitmask(tenant.offers) for tenant in registry.tenants.values()}
        return cls(revision, revision, registry, catalogue, offered, {})

    def changed(
        self, revision: int, registry: Registry, records: Iterable[TenantRecord], gone: Iterable[int] = ()
    ) -> Snapshot:
        """The snapshot after these tenants have changed or gone, with the same catalogue."""
        offered, stamps = dict(self.offered), dict(self.stamps)
        for tenant_id in gone:
            offered.pop(tenant_id, None)
            stamps[self._district_before(tenant_id)] = revision
        for record in records:
            offered[record.id] = self.catalogue.bitmask(record.offers)
            # A town that goes to another district shows in both no longer as before.
            stamps[self._district_before(record.id)] = stamps[registry.district_of(record)] = revision
        return Snapshot(revision, self.region_revision, registry, self.catalogue, offered, stamps)

    def republished(
        self,
        revision: int,
        registry: Registry,
        catalogue: Catalogue,
        records: Iterable[TenantRecord],
        gone: Iterable[int] = (),
    ) -> Snapshot:
        """The snapshot with another catalogue, after these tenants have changed or gone with it."""
        if list(catalogue.positions) != list(self.catalogue.positions):
            return Snapshot.build(revision, registry, catalogue)
        # With the same services in the same order, what a town offers need not be unpacked again.
        offered = {number: mask for number, mask in self.offered.items() if number not in set(gone)}
        offered |= {record.id: catalogue.bitmask(record.offers) for record in records}
        return Snapshot(revision, revision, registry, catalogue, offered, {})

    def _district_before(self, tenant_id: int) -> int:
        before = self.registry.tenants.get(tenant_id)
        return self.registry.district_of(before) if before else tenant_id

    def stamp(self, tenant: TenantRecord) -> int:
        """The newest revision that can show on this tenant's pages: the region's, or of its district."""
        return max(self.region_revision, self.stamps.get(self.registry.district_of(tenant), 0))

    def offers(self, tenant: TenantRecord, service_key: str) -> bool:
        """Whether the tenant has switched the service on, without unpacking anything."""
        position = self.catalogue.positions.get(service_key)
        return position is not None and bool(self.offered.get(tenant.id, 0) >> position & 1)
