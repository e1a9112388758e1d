"""Who is who: all tenants and host names in memory, small enough for ten thousand of them.

What a page rarely needs (texts, hours, offers) stays packed until somebody asks; so a tenant costs about
a kilobyte and a request costs the same whether there are two tenants or ten thousand.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal, NamedTuple

Site = Literal["portal", "desk", "account", "region"]
SITES: tuple[Site, ...] = ("portal", "desk", "account", "region")


class HostEntry(NamedTuple):
    """What a host name stands for. ``leads_to`` is the canonical host when this is another one."""

    site: Site
    tenant_id: int | None
    leads_to: str | None


@dataclass(frozen=True, slots=True)
class TenantRecord:
    """A tenant's public facts. ``packed`` holds profile, offers and what was fetched of its council.

    ``hosts`` are (host, site, canonical).
    ``merged_into_id`` is the tenant that has become its successor, or is becoming it.
    """

    id: int
    slug: str
    code: str
    kind: str
    ars: str
    parent_id: int | None
    has_portal: bool
    state: str
    hosts: tuple[tuple[str, Site, bool], ...]
    packed: bytes
    merged_into_id: int | None = None

    @classmethod
    def from_facts(cls, facts: Any) -> TenantRecord:
        """A record from a row (a mapping) of ``definer.load_tenants``; profile and offers may come as JSON texts."""
        return cls(
            facts["id"],
            facts["slug"],
            facts["code"],
            facts["kind"],
            facts["ars"],
            facts["parent_id"],
            facts["has_portal"],
            facts["state"],
            tuple((host, site, canonical) for host, site, canonical in facts["hosts"] or ()),
            _compress(
                f'{{"profile":{_json(facts["profile"])},"offers":{_json(facts["offers"] or {})},'
                f'"council":{_json(facts.get("council") or {})}}}'
            ),
            facts.get("merged_into_id"),
        )

    @property
    def profile(self) -> Mapping[str, Any]:
        """The tenant's profile, unpacked."""
        profile: Mapping[str, Any] = unpack(self.packed)["profile"]
        return profile

    @property
    def offers(self) -> Mapping[str, Mapping[str, Any]]:
        """The offers that are switched on, by the service's key, unpacked."""
        offers: Mapping[str, Mapping[str, Any]] = unpack(self.packed)["offers"]
        return offers

    @property
    def council(self) -> Mapping[str, Any]:
        """What was fetched of the council's meetings and papers, unpacked; empty if there is nothing."""
        council: Mapping[str, Any] = unpack(self.packed).get("council", {})
        return council

    @property
    def is_shell(self) -> bool:
        """Whether it has become part of another town: whoever calls it is led there."""
        return self.merged_into_id is not None and self.state == "closed"

    @property
    def on_line(self) -> bool:
        """Whether its portal takes applications."""
        return self.has_portal and self.state == "open"

    def host(self, site: Site) -> str | None:
        """The canonical host name of one of its sites."""
        return next((host for host, of_site, canonical in self.hosts if of_site == site and canonical), None)


def pack(facts: Mapping[str, Any]) -> bytes:
    """Facts as compressed JSON."""
    return _compress(_json(facts))


def _compress(text: str) -> bytes:
    return zlib.compress(text.encode(), 6)


def _json(facts: Mapping[str, Any] | str) -> str:
    """Facts as JSON, unless they are already: taking them apart first would cost most of a start."""
    if isinstance(facts, str):
        return facts
    return json.dumps(facts, ensure_ascii=False, separators=(",", ":"))


@lru_cache(maxsize=256)
def unpack(packed: bytes) -> Mapping[str, Any]:
    """The facts that were packed; those of the tenants asked for most are kept."""
    facts: Mapping[str, Any] = json.loads(zlib.decompress(packed))
    return facts


class Registry:
    """All tenants and hosts at one moment. It is never changed; ``replacing`` makes the next one."""

    def __init__(
        self, records: Iterable[TenantRecord], region_hosts: Iterable[tuple[str, Site, bool]] = ()
    ) -> None:
        self.tenants: dict[int, TenantRecord] = {record.id: record for record in records}
        self.region_hosts = tuple(region_hosts)
        self.by_slug = {record.slug: record.id for record in self.tenants.values()}
        self.by_ars = {record.ars: self.successor(record.id) for record in self.tenants.values()}
        self.hosts = self._led_on(_hosts(self.tenants.values(), self.region_hosts))
        self._first_district = next(
            (each.id for each in self.tenants.values() if each.kind == "district" and each.on_line), None
        )
        self._formers: dict[int, list[int]] = {}
        for record in self.tenants.values():
            if record.merged_into_id is not None:
                self._formers.setdefault(self.successor(record.id), []).append(record.id)
        self._members: dict[int, list[int]] = {}
        for record in self.tenants.values():
            if record.merged_into_id is None:
                self._members.setdefault(self.district_of(record), []).append(record.id)

    def replacing(
        self,
        records: Iterable[TenantRecord],
        gone: Iterable[int],
        region_hosts: Iterable[tuple[str, Site, bool]],
    ) -> Registry:
        """A registry in which ``records`` stand instead of what was known of these tenants."""
        tenants = dict(self.tenants)
        for tenant_id in gone:
            tenants.pop(tenant_id, None)
        tenants.update({record.id: record for record in records})
        return Registry(tenants.values(), region_hosts)

    def district_of(self, tenant: TenantRecord) -> int:
        """The id of the district a tenant belongs to; a district belongs to itself."""
        return tenant.parent_id or tenant.id

    def successor(self, tenant_id: int) -> int:
        """The id of the town that a tenant has become part of, in the end; its own if it is still there."""
        passed = set()
        while tenant_id not in passed:
            passed.add(tenant_id)
            tenant = self.tenants.get(tenant_id)
            if tenant is None or tenant.merged_into_id not in self.tenants:
                break
            tenant_id = tenant.merged_into_id
        return tenant_id

    def absorbed(self, tenant: TenantRecord) -> list[TenantRecord]:
        """The towns that have become part of one for good."""
        formers = (self.tenants[number] for number in self._formers.get(tenant.id, ()))
        return [each for each in formers if each.is_shell]

    def stands_for(self, tenant: TenantRecord, ids: Container[int]) -> bool:
        """Whether a tenant is one of these, or is the successor of one."""
        return tenant.id in ids or any(number in ids for number in self._formers.get(tenant.id, ()))

    def _led_on(self, hosts: dict[str, HostEntry]) -> dict[str, HostEntry]:
        """The names of towns that have become part of another lead to that one's, each to the same site."""
        for record in self.tenants.values():
            if record.is_shell:
                new = self.tenants[self.successor(record.id)]
                for host, site, _ in record.hosts:
                    hosts[host] = HostEntry(site, new.id, new.host(site)) if new.host(site) else hosts[host]
        return hosts

    def region_host(self, site: Site) -> str | None:
        """The canonical host of one of the region's own sites."""
        return next(
            (host for host, of_site, canonical in self.region_hosts if of_site == site and canonical), None
        )

    @property
    def first_district(self) -> TenantRecord | None:
        """The district on line that was there first, or None."""
        return self.tenants.get(self._first_district) if self._first_district is not None else None

    def members(self, tenant: TenantRecord) -> Sequence[int]:
        """The ids of a tenant's district and of all its towns."""
        return self._members[self.district_of(tenant)]

    def by_slug_or_none(self, slug: str) -> TenantRecord | None:
        """The tenant with this slug, or None."""
        tenant_id = self.by_slug.get(slug)
        return None if tenant_id is None else self.tenants[tenant_id]


def _hosts(
    tenants: Iterable[TenantRecord], region_hosts: Iterable[tuple[str, Site, bool]]
) -> dict[str, HostEntry]:
    hosts: dict[str, HostEntry] = {}
    for tenant_id, names in [(tenant.id, tenant.hosts) for tenant in tenants] + [(None, tuple(region_hosts))]:
        main = {site: host for host, site, canonical in names if canonical}
        for host, site, canonical in names:
            hosts[host] = HostEntry(site, tenant_id, None if canonical else main.get(site))
    return hosts
