"""What an access token may be for: a program that shows one may do this and nothing else."""

from __future__ import annotations

from enum import StrEnum


class Scope(StrEnum):
    """What a token is for. Each route of the API that asks for a token asks for one of these."""

    OFFERS_READ = "offers:read"
    OFFERS_WRITE = "offers:write"
    FIGURES_READ = "figures:read"
    ONBOARDING = "onboarding"


OF_TOWNS = (Scope.OFFERS_READ, Scope.OFFERS_WRITE, Scope.FIGURES_READ)
"""What a town gives."""

OF_REGION = (Scope.ONBOARDING,)
"""What those who run the region give."""
