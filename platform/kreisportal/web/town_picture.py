"""The picture of a town as pages show it, and the file itself; the database is not asked for either."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from flask import Response

from kreisportal.documents import town_pictures
from kreisportal.i18n import DEFAULT_LANGUAGE, Language, current_language, language_by_path
from kreisportal.kernel.errors import NotFoundError
from kreisportal.tenancy.profile import definition_of
from kreisportal.tenancy.registry import TenantRecord
from kreisportal.tenancy.town_picture import TownPicture, name_of
from kreisportal.web.program import program
from kreisportal.web.site import here

_YEAR = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class PictureContext:
    """A picture in one language: its address, its size in pixels, what it shows and who made it.

    ``tag`` is the language in which that is said, empty where it is the page's.
    """

    url: str
    width: int
    height: int
    alt: str
    tag: str
    credit: str


def picture_shown(tenant: TenantRecord) -> PictureContext | None:
    """The town's picture in the language that is spoken."""
    return _shown(tenant, current_language())


@lru_cache(maxsize=1024)
def _shown(tenant: TenantRecord, language: Language) -> PictureContext | None:
    picture = _picture(tenant)
    if picture is None:
        return None
    said = language
    while said.path not in picture.alt and said.fallback:
        said = language_by_path(said.fallback) or DEFAULT_LANGUAGE
    return PictureContext(
        picture_url(picture.digest),
        picture.width,
        picture.height,
        picture.alt[said.path],
        "" if said is language else said.tag,
        picture.credit,
    )


def picture_url(digest: str) -> str:
    """The address of a picture, which names its content."""
    return f"/picture.{name_of(digest)}.webp"


def picture_file(name: str) -> Response:
    """The file of the picture that this town shows now. Raises NotFoundError for every other name."""
    tenant = here().tenant
    picture = _picture(tenant)
    if picture is None or name != name_of(picture.digest):
        raise NotFoundError
    content = town_pictures.read(program().intake.storage, tenant.id, picture.digest)
    response = Response(content, content_type="image/webp")
    response.headers["Cache-Control"] = _YEAR
    return response


def _picture(tenant: TenantRecord) -> TownPicture | None:
    brand = definition_of(tenant).brand
    return brand.picture if brand else None
