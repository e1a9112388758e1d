"""Small records and catalogues to make snapshots of."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from kreisportal.tenancy.queries import Mark
from kreisportal.tenancy.registry import TenantRecord


def mark(revision: int) -> Mark:
    """A point in the log of changes; the same number is the same point."""
    return Mark(revision, datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=revision))


def record(
    number: int, offers: tuple[str, ...] = (), parent: int | None = None, **changes: Any
) -> TenantRecord:
    """A tenant with a portal; a district unless it has a parent."""
    facts = {
        "id": number,
        "slug": f"tenant-{number}",
        "code": f"T{number}",
        "kind": "city" if parent else "district",
        "ars": f"{number:012d}",
        "parent_id": parent,
        "has_portal": True,
        "state": "open",
        "profile": {"name": {"de": f"Stadt {number}"}},
        "hosts": [[f"t{number}.example", "portal", True]],
        "offers": {key: {"channel": "online"} for key in offers},
    }
    return TenantRecord.from_facts({**facts, **changes})


def topic(key: str = "thema") -> dict[str, Any]:
    """A topic as its file holds it."""
    return {"key": key, "name": texts("Thema"), "short": texts("Ein Thema.")}


def situation(key: str = "lage") -> dict[str, Any]:
    """A situation as its file holds it."""
    return {"key": key, "name": texts("Lage"), "short": texts("Eine Lage."), "topic": "thema", "kind": "life"}


def service(key: str = "hund-anmelden", **changes: Any) -> dict[str, Any]:
    """A service as its file holds it, with all that it must have."""
    data: dict[str, Any] = {
        "key": key,
        "leika": ["99110009104000"],
        "level": "municipality",
        "place": "residence",
        "trust": "basic",
        "topics": ["thema"],
        "situations": ["lage"],
        "audience": ["citizens"],
        "legal_basis": [{"name": "Satzung", "url": "https://gesetz.example/"}],
        "reviewed_by": "Amt",
        "reviewed_on": "2026-11-01",
    }
    for name in ("name", "official_name", "short", "full", "fees", "deadlines", "processing_time"):
        data[name] = texts(f"{name} von {key}")
    for name in ("responsibility", "remedies", "forms_and_ways"):
        data[name] = texts(f"{name} von {key}")
    for name in ("requirements", "documents", "procedure"):
        data[name] = {"de": ["Erstens."], "en": ["First."]}
    return {**data, **changes}


def texts(text: str) -> dict[str, str]:
    """A text in both languages."""
    return {"de": text, "en": f"{text} (en)"}


def without(data: dict[str, Any], *keys: str) -> dict[str, Any]:
    """The data without some of its entries."""
    return {key: value for key, value in data.items() if key not in keys}
