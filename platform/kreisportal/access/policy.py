"""The one table of who may call what. A route that is not in it is refused, and a test fails for it."""

from __future__ import annotations

from kreisportal.access.policy_account import ACCOUNT
from kreisportal.access.policy_api import API
from kreisportal.access.policy_citizen import CASES, PORTAL
from kreisportal.access.policy_region import REGION
from kreisportal.access.policy_town import DESK, STAFF, TEAM
from kreisportal.access.who import Who

POLICY: dict[str, Who] = {
    "demo.index": Who.EVERYBODY,
    **PORTAL,
    **CASES,
    **DESK,
    **STAFF,
    **TEAM,
    **REGION,
    **ACCOUNT,
    **API,
}
"""Endpoint → whom it is for."""

SIMULATION: dict[str, Who] = {
    "account_simulator.start": Who.EVERYBODY,
    "account_simulator.choose": Who.EVERYBODY,
    "account_simulator.choose_send": Who.EVERYBODY,
}
"""Routes that there are in a demonstration only."""
