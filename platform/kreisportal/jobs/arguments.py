"""What a job may carry: a tenant and ids. Never personal data, because jobs are read by operators and logged."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping

Id = int | str | uuid.UUID
"""An id as handlers get it: a number, a key (``hund-anmelden``, ``2026-07``) or a UUID."""

_NAME = re.compile(r"[a-z][a-z0-9_]{0,40}\Z")
_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/-]{0,79}\Z")
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z")


def encode(tenant_id: int | None, ids: Mapping[str, Id]) -> dict[str, int | str]:
    """The arguments as they are stored.

    Raises ``ValueError`` without a tenant, for a value that is no id, and for a UUID written as text (it would
    come back as another type).
    """
    check_tenant(tenant_id)
    assert tenant_id is not None  # noqa: S101 - check_tenant() has refused it; this tells mypy.
    stored: dict[str, int | str] = {"tenant_id": tenant_id}
    for name, value in ids.items():
        if name == "tenant_id" or not _NAME.match(name):
            raise ValueError(f"{name!r} is no name of a job's argument")
        stored[name] = _encode(name, value)
    return stored


def decode(stored: Mapping[str, int | str]) -> dict[str, Id]:
    """The ids as they were given to ``encode``, without the tenant."""
    return {
        name: uuid.UUID(value) if isinstance(value, str) and _UUID.match(value) else value
        for name, value in stored.items()
        if name != "tenant_id"
    }


def check_tenant(tenant_id: object) -> None:
    """Raises ``ValueError`` unless there is a tenant: no job acts for nobody or for all."""
    if not isinstance(tenant_id, int) or isinstance(tenant_id, bool) or tenant_id < 1:
        raise ValueError("a job acts for exactly one tenant")


def _encode(name: str, value: object) -> int | str:
    if isinstance(value, uuid.UUID):
        return str(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and _KEY.match(value) and not _UUID.match(value.lower()):
        return value
    # The value itself is not told: it may be what must not get into a log.
    raise ValueError(f"the argument {name!r} of a job must be an id: a whole number, a key or a UUID")
