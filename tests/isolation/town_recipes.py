"""How to ask for the routes by which a tenant admin changes the town itself; a part of ``recipes``.

All of it is refused as typed, so that the town stays as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from kreisportal.documents.town_pictures import digest_of
from kreisportal.tenancy.admin_council_views import OF_SOURCE
from kreisportal.tenancy.admin_language_views import OF_LANGUAGES
from kreisportal.tenancy.admin_picture_views import OF_CUT
from kreisportal.tenancy.definition import HOME_PARTS
from kreisportal.tenancy.legal_fields import OF_FACTS, OF_PAGE
from kreisportal.tenancy.link_fields import OF_LINK
from kreisportal.tenancy.local_links import MOST_LINKS
from kreisportal.tenancy.look_fields import OF_NOTICE
from kreisportal.tenancy.office_fields import OF_CLOSING, OF_HALL, OF_OFFICE
from kreisportal.tenancy.picture_fields import OF_PICTURE
from kreisportal.tenancy.town_picture import name_of
from tests.isolation.town import Town
from tests.support.pictures import own_picture

Fields = Mapping[str, Callable[[Town], str]]


def _picture(town: Town) -> list[str]:
    return [name_of(digest_of(own_picture(town.tenant.slug)))]


PATH: dict[str, Callable[[Town], list[str]]] = {
    "town_admin.back:area": lambda town: ["home"],
    "look_admin.colour_css:colour": lambda town: ["1d4f91"],
    **dict.fromkeys(("portal_files.picture:name", "desk_files.picture:name"), _picture),
    **dict.fromkeys((f"legal_admin.{what}:page" for what in ("show", "change")), lambda town: ["imprint"]),
    **dict.fromkeys(
        (f"office_admin.{what}:key" for what in ("show", "change", "ask_to_remove", "remove")),
        lambda town: ["steueramt"],
    ),
}


def _all(*names: str) -> Fields:
    """No field of a town's says this."""
    return {"gesehen": lambda town: "", **dict.fromkeys(names, lambda town: f"<{town.tenant.slug}>")}


FORMS: dict[str, Fields] = {
    "town_admin.back": _all("seite"),
    "look_admin.change": _all("colour", "svg", "zeichen", "tat"),
    "picture_admin.change": _all(*OF_PICTURE, *OF_CUT, "bild", "tat"),
    "picture_admin.remove": _all(),
    "home_admin.change": _all(*HOME_PARTS),
    "links_admin.change": _all(*(f"{name}_{n}" for n in range(1, MOST_LINKS + 1) for name in OF_LINK)),
    "council_admin.change": _all(*OF_SOURCE, "tat"),
    "council_admin.switch": _all("tat"),
    "languages_admin.change": _all(*OF_LANGUAGES),
    "notice_admin.change": _all(*OF_NOTICE, "tat"),
    "hall_admin.change": _all(*OF_HALL),
    "hall_admin.add_closing": _all(*OF_CLOSING),
    "hall_admin.remove_closing": _all("tag"),
    "office_admin.add": _all(*OF_OFFICE),
    "office_admin.change": _all(*OF_OFFICE),
    "office_admin.remove": _all("amt"),
    "legal_admin.change_facts": _all(*OF_FACTS),
    "legal_admin.change": _all(*OF_PAGE, "tat"),
}
