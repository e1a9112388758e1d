"""How to ask for the routes of a tenant admin: offers, the town itself, the team; a part of ``recipes``."""

from __future__ import annotations

from collections.abc import Callable

from tests.cases.house import SERVICE
from tests.isolation import team_recipes, town_recipes
from tests.isolation.team_recipes import Fields
from tests.isolation.town import Town

PATH: dict[str, Callable[[Town], list[str]]] = {
    **dict.fromkeys(
        (
            *("offers_admin.change:key", "offer_admin.show:key", "offer_admin.change:key"),
            *("offer_papers_admin.show:key", "offer_papers_admin.change:key"),
        ),
        lambda town: [SERVICE],
    ),
    **team_recipes.PATH,
    **town_recipes.PATH,
}
_FILTER: Fields = {"q": lambda town: "hund", "stand": lambda town: "an"}
QUERIES: dict[str, Fields] = {
    "offers_admin.overview": _FILTER,
    "offers_admin.change": {**_FILTER, "zurueck": lambda town: "angebot"},
    "offers_admin.change_chosen": _FILTER,
}
FORMS: dict[str, Fields] = {
    **team_recipes.FORMS,
    **town_recipes.FORMS,
    "offers_admin.change": {"schalter": lambda town: "an"},
    "offers_admin.change_chosen": {"schalter": lambda town: "an", "leistung": lambda town: SERVICE},
    "offer_papers_admin.change": {
        "gesehen": lambda town: "",
        **dict.fromkeys(("key_1", "need_1", "upload_1"), lambda town: ""),
        **dict.fromkeys(("name_de_1", "name_en_1", "note_de_1", "note_en_1"), lambda town: "Unterlage"),
    },
    "offer_admin.change": {
        "gesehen": lambda town: "",
        # Which is no channel, so that the town's offer stays as it is.
        "channel": lambda town: "pigeon",
        **dict.fromkeys(("url", "from", "until", "office", "processing_days"), lambda town: ""),
        **dict.fromkeys(("fee_kind", "fee_per", "fee_amount", "fee_by", "fee_adds"), lambda town: ""),
        **dict.fromkeys(("fee_steps", "fee_formula", "tat"), lambda town: ""),
        **dict.fromkeys(
            ("fee_de", "fee_en", "text_de", "text_en"), lambda town: f"Nur in {town.tenant.slug}"
        ),
    },
}
