"""How to ask for the routes of a tenant admin: offers, the town itself, the team; a part of ``recipes``."""

from __future__ import annotations

from collections.abc import Callable

from kreisportal.catalogue.offer_papers import OF_PAPER
from kreisportal.tenancy.further_papers import MOST_PAPERS
from kreisportal.web.offer_preview import seal
from tests.cases.house import SERVICE
from tests.isolation import team_recipes, town_recipes
from tests.isolation.team_recipes import Fields
from tests.isolation.town import Town
from tests.support.region import SECRET_KEY

PATH: dict[str, Callable[[Town], list[str]]] = {
    **dict.fromkeys(
        (
            *("offers_admin.change:key", "offer_admin.show:key"),
            *("offer_admin.change:key", "offer_admin.decide:key", "offer_admin.withdraw:key"),
            *("offer_papers_admin.show:key", "offer_papers_admin.change:key"),
        ),
        lambda town: [SERVICE],
    ),
    **team_recipes.PATH,
    **town_recipes.PATH,
}
_FILTER: Fields = {"q": lambda town: "hund", "stand": lambda town: "an"}
QUERIES: dict[str, Fields] = {
    **team_recipes.QUERIES,
    "offers_admin.overview": _FILTER,
    "offers_admin.change": {**_FILTER, "zurueck": lambda town: "angebot"},
    "offers_admin.change_chosen": _FILTER,
    "offer_admin.show": {"plan": lambda town: "2099-01-01"},
}


def _sealed(town: Town) -> str:
    """An offer on its way to the town's portal that shows how it would look."""
    text = {"de": f"Nur in {town.tenant.slug}"}
    return seal(SECRET_KEY, town.tenant, SERVICE, {"channel": "paper", "text": text})


FORMS: dict[str, Fields] = {
    **team_recipes.FORMS,
    **town_recipes.FORMS,
    "offers_admin.change": {"schalter": lambda town: "an"},
    "offers_admin.change_chosen": {"schalter": lambda town: "an", "leistung": lambda town: SERVICE},
    "offer_admin.decide": {"entscheidung": lambda town: "eigen", "fassung": lambda town: "1"},
    "offer_admin.withdraw": {"gesehen": lambda town: "", "tag": lambda town: "2099-01-01"},
    "portal.preview_offer": {"angebot": _sealed},
    "offer_papers_admin.change": {
        "gesehen": lambda town: "",
        **{
            f"{name}_{number}": (lambda town: "Unterlage") if name.startswith("n") else (lambda town: "")
            for number in range(1, MOST_PAPERS + 1)
            for name in OF_PAPER
        },
    },
    "offer_admin.change": {
        "gesehen": lambda town: "",
        # Which is no channel, so that the town's offer stays as it is.
        "channel": lambda town: "pigeon",
        **dict.fromkeys(("url", "from", "until", "office", "processing_days"), lambda town: ""),
        **dict.fromkeys(("fee_kind", "fee_per", "fee_amount", "fee_by", "fee_adds"), lambda town: ""),
        **dict.fromkeys(("fee_steps", "fee_formula", "tat", "gilt_ab", "probe_dogs"), lambda town: ""),
        **dict.fromkeys(
            ("fee_de", "fee_en", "text_de", "text_en"), lambda town: f"Nur in {town.tenant.slug}"
        ),
    },
}
