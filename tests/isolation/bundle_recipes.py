"""How to ask for the routes of bundles; a part of ``region_recipes``."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tests.cases.house import SERVICE
from tests.isolation.town import Town

Fields = Mapping[str, Callable[[Town], str]]

PATH: dict[str, Callable[[Town], list[str]]] = {
    f"region_bundles.{page}:number": lambda town: [str(town.bundle_id)]
    for page in ("show", "edit", "save", "apply", "take_back", "remove")
}
QUERIES: dict[str, Fields] = {
    "region_bundles.show": {"q": lambda town: town.tenant.slug, "seite": lambda town: "1"}
}
# It is changed into what it is; whoever applies it switches on what is on already.
_BUNDLE: Fields = {
    "gesehen": lambda town: "",
    "name_de": lambda town: f"Paket von {town.tenant.slug}",
    "name_en": lambda town: f"Bundle of {town.tenant.slug}",
    "reason_de": lambda town: "Darum.",
    "reason_en": lambda town: "That is why.",
    "legal_source": lambda town: "",
    "need": lambda town: "free",
    "audience": lambda town: "towns",
    "kinds": lambda town: "city",
    "towns": lambda town: town.tenant.slug,
    "services": lambda town: SERVICE,
}
FORMS: dict[str, Fields] = {
    "region_bundles.add": _BUNDLE,
    "region_bundles.save": _BUNDLE,
    "region_bundles.apply": {"gesehen": lambda town: ""},
    "region_bundles.take_back": {"gesehen": lambda town: ""},
    "region_bundles.remove": {"gesehen": lambda town: ""},
}
