"""How to ask for the routes of the region's catalogue; a part of ``region_recipes``."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from kreisportal.catalogue.description import FIELDS
from kreisportal.catalogue.overlay_changes import FIELDS as OVERLAY
from tests.cases.house import SERVICE
from tests.isolation.files import File
from tests.isolation.town import Town

Fields = Mapping[str, Callable[[Town], str | File]]

_OF_SERVICE = (
    *(f"region_drafts.{page}" for page in ("edit", "save", "preview", "compare")),
    *(f"region_drafts.{act}" for act in ("publish", "discard", "bring_up_to_date")),
    *(f"region_history.{page}" for page in ("overview", "version", "bring_back")),
    "region_catalogue.show",
    *("region_overlays.show", "region_overlays.change"),
)
PATH: dict[str, Callable[[Town], list[str]]] = {
    **{f"{endpoint}:key": lambda town: [SERVICE] for endpoint in _OF_SERVICE},
    **{f"region_drafts.{page}:part": lambda town: ["cost"] for page in ("edit", "save")},
    **{
        f"region_overlays.{page}:slug": lambda town: [f"landkreis-{town.tenant.slug}"]
        for page in ("show", "change")
    },
    **{f"region_history.{page}:number": lambda town: ["1"] for page in ("version", "bring_back")},
}
QUERIES: dict[str, Fields] = {
    "region_catalogue.overview": {
        "q": lambda town: "hund",
        "art": lambda town: "service",
        "seite": lambda town: "1",
    },
    "region_drafts.preview": {"sprache": lambda town: "en"},
}
_SEEN: Fields = {"gesehen": lambda town: ""}
FORMS: dict[str, Fields] = {
    # Which nobody can keep, so that the draft stays as it is.
    "region_drafts.save": {**_SEEN, "weiter": lambda town: "", **dict.fromkeys(FIELDS, lambda town: "\x07")},
    "region_drafts.publish": _SEEN,
    "region_drafts.discard": _SEEN,
    "region_drafts.bring_up_to_date": {},
    # A district says it in German only, which is refused.
    "region_overlays.change": {
        **_SEEN,
        **dict.fromkeys(OVERLAY, lambda town: ""),
        "text_de": lambda town: f"Nur in {town.tenant.slug}",
    },
    "region_history.bring_back": {"gesehen": lambda town: "1"},
    "region_catalogue_files.give": {"files": lambda town: File("katalog.zip", b"no archive")},
    "region_catalogue_files.accept": {"vorrang": lambda town: "browser"},
    "region_catalogue_files.forget": {},
}
