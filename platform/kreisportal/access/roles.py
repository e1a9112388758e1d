"""The roles of staff."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """What a member of staff is for.

    A caseworker works cases, a tenant admin runs the town's portal; both belong to one tenant. A district admin runs a
    district and its towns, an operator the whole region; neither sees what a case holds.
    """

    CASEWORKER = "caseworker"
    TENANT_ADMIN = "tenant_admin"
    DISTRICT_ADMIN = "district_admin"
    OPERATOR = "operator"


OF_TENANTS = (Role.CASEWORKER, Role.TENANT_ADMIN)
"""The roles that a town's own staff may have."""
