"""The roles of staff."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """What a member of staff is for. A caseworker works cases, a tenant admin runs the town's portal."""

    CASEWORKER = "caseworker"
    TENANT_ADMIN = "tenant_admin"
