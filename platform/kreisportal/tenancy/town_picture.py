"""The picture of a town on its portal's start page, as its folder and its profile tell it.

The picture itself lies as a file among the tenant's documents (``documents.town_pictures``); what is told here is whose
it is, what it shows, and the SHA-256 of the file, by which it is found.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

from marshmallow import Schema, fields, validate

from kreisportal.tenancy.definition_fields import SHORT_TEXT, Texts

LARGEST_SOURCE = 8 * 1024 * 1024
LONGEST_ALT = 300
PICTURE_NAME = re.compile(r"[a-z0-9-]+\.(webp|jpe?g|png)")
_DIGEST = re.compile(r"[0-9a-f]{64}")
_MADE = ("digest", "width", "height")
_IN_ADDRESS = 16


class PictureSchema(Schema):
    """``[brand.picture]``: a photo or drawing of the town beside ``tenant.toml``, and in words what it shows."""

    file = fields.Str(
        required=True,
        validate=validate.Regexp(
            re.compile(PICTURE_NAME.pattern + r"\Z"),
            error="must be a name like picture.webp (JPEG, PNG, WebP).",
        ),
    )
    alt = Texts(required=True, longest=LONGEST_ALT)
    credit = fields.Str(validate=SHORT_TEXT)


@dataclass(frozen=True, slots=True)
class TownPicture:
    """``alt`` says what is to be seen, ``credit`` who made it.

    ``digest`` (64 hexadecimal letters), ``width`` and ``height`` in pixels are those of the file that is shown, empty
    as long as none was made of the ``source``, which are the bytes that lie beside ``tenant.toml``.
    """

    file: str
    alt: Mapping[str, str]
    credit: str = ""
    digest: str = ""
    width: int = 0
    height: int = 0
    source: bytes = field(default=b"", compare=False, repr=False)

    @property
    def id(self) -> UUID:
        """What its file is kept under."""
        return id_of(self.digest)

    @property
    def made(self) -> dict[str, Any]:
        """What the profile says of the file."""
        return {name: getattr(self, name) for name in _MADE}


def name_of(digest: str) -> str:
    """What an address names: enough of a digest to tell a town's pictures apart."""
    return digest[:_IN_ADDRESS]


def id_of(digest: str) -> UUID:
    """The id of a file with this SHA-256. Raises ValueError for what is none."""
    if not _DIGEST.fullmatch(digest):
        raise ValueError("not a SHA-256")
    return UUID(digest[:32])


def told_picture(brand: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    """What a brand in a profile says of the picture; None without one."""
    return (brand or {}).get("picture")


def digest_in(brand: Mapping[str, Any] | None) -> str:
    """The digest of the picture that a brand in a profile names; empty without one."""
    return str((told_picture(brand) or {}).get("digest", ""))


def as_in_folder(brand: Mapping[str, Any]) -> dict[str, Any]:
    """A brand of a profile as ``tenant.toml`` has it: without the mark's content and what was made of the picture."""
    plain = {name: value for name, value in brand.items() if name != "mark_svg"}
    picture = told_picture(brand)
    if picture:
        plain["picture"] = {name: value for name, value in picture.items() if name not in _MADE}
    return plain


def picture_of(brand: Mapping[str, Any]) -> TownPicture | None:
    """The picture that a brand of a profile names, if a file was made of it."""
    told = told_picture(brand)
    if not told or not _DIGEST.fullmatch(str(told.get("digest", ""))):
        return None
    return TownPicture(**told)


def picture_ids(profile: Mapping[str, Any]) -> set[UUID]:
    """The ids of the files that a profile names: of its picture, if it has one."""
    picture = picture_of(profile.get("brand") or {})
    return {picture.id} if picture else set()


def read_picture(file: Path) -> tuple[bytes, list[str]]:
    """The bytes of a picture beside ``tenant.toml`` and the faults found, each as ``file:line: picture: what``."""
    if not file.is_file():
        return b"", [f"{file}:1: picture: is missing."]
    if file.stat().st_size > LARGEST_SOURCE:
        return b"", [f"{file}:1: picture: is larger than {LARGEST_SOURCE} bytes."]
    return file.read_bytes(), []
