"""What a search finds in the catalogue for a town: hits, a better spelling, and whether the best is more than a guess."""

from __future__ import annotations

from dataclasses import dataclass

from kreisportal.catalogue.search import Hit
from kreisportal.catalogue.snapshot import Snapshot

# Below these a best hit is a guess, of a right word and of a misspelt one.
_GOOD, _GOOD_GUESS = 0.35, 0.6


@dataclass(frozen=True, slots=True)
class FoundServices:
    """The hits, best first, and a better spelling if nothing fits well."""

    hits: list[Hit]
    did_you_mean: str | None
    is_good: bool


def find_services(
    snapshot: Snapshot, asked: str, language: str, *, tenant_id: int | None, limit: int
) -> FoundServices:
    """Services for what was asked; what the tenant offers, and what no town executes, comes before the rest."""
    index = snapshot.catalogue.index
    hits = index.search(asked, language, offered=offered_by(snapshot, tenant_id), limit=limit)
    misspelt = not hits or hits[0].corrected
    better = index.did_you_mean(asked, language) if misspelt else None
    return FoundServices(hits, better, bool(hits) and _is_good(hits[0]))


def offered_by(snapshot: Snapshot, tenant_id: int | None) -> int:
    """What counts as offered at a tenant, as a bitmask."""
    return snapshot.offered.get(tenant_id or 0, 0) | snapshot.catalogue.elsewhere


def _is_good(hit: Hit) -> bool:
    return hit.score >= (_GOOD_GUESS if hit.corrected else _GOOD)
