"""Whom a route is for."""

from __future__ import annotations

from enum import StrEnum


class Who(StrEnum):
    """Whom a route is for.

    ``EVERYBODY`` needs nothing; ``APPLICANT`` a draft or case whose secret was shown in this session (the view
    asks for exactly that one); ``STAFF_HALF`` a password but not yet the second factor; ``CASEWORKER`` and
    ``TENANT_ADMIN`` staff of the host's tenant with that role; ``STAFF`` any who work at the host, at the region's those
    who run it; ``ACCOUNT`` a citizen or business who is signed in with an account; ``TOKEN`` a program
    that shows an access token with the scope that ``policy_api`` names for the route.
    """

    EVERYBODY = "everybody"
    APPLICANT = "applicant"
    STAFF_HALF = "staff-half"
    STAFF = "staff"
    CASEWORKER = "caseworker"
    TENANT_ADMIN = "tenant-admin"
    OPERATOR = "operator"
    ACCOUNT = "account"
    TOKEN = "token"  # noqa: S105 - the name of a kind, no secret.
