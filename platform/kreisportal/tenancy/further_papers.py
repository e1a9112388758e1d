"""Papers that a town wants for a service besides those of the region's text: to bring along, or as files in the form."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from marshmallow import Schema, fields, post_load, validate

from kreisportal.tenancy.definition_fields import Texts

MOST_PAPERS, LONGEST_NAME, LONGEST_NOTE = 8, 120, 300
ALWAYS, IF_ANY = "always", "if-any"
NEEDS = (ALWAYS, IF_ANY)
_KEY = validate.Regexp(
    re.compile(r"[a-z0-9]{1,12}\Z"), error="must be up to twelve small letters and digits."
)


@dataclass(frozen=True, slots=True)
class FurtherPaper:
    """A paper: wanted from everybody or only where there is one; ``upload`` is whether the form asks for it as a file.

    ``key`` names it for good, so that a file stays its own when papers before it go.
    """

    key: str
    name: Mapping[str, str]
    need: str = ALWAYS
    note: Mapping[str, str] = field(default_factory=dict)
    upload: bool = False

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> FurtherPaper:
        """The paper in plain data that the schema or ``papers_typed`` has checked."""
        return cls(
            data["key"],
            data["name"],
            data.get("need", ALWAYS),
            data.get("note", {}),
            data.get("upload", False),
        )

    def to_data(self) -> dict[str, Any]:
        """The paper as files and the database hold it."""
        return {
            "key": self.key,
            "name": dict(self.name),
            "need": self.need,
            **({"note": dict(self.note)} if self.note else {}),
            **({"upload": True} if self.upload else {}),
        }


class FurtherPaperSchema(Schema):
    """A ``[[offers.<service>.papers]]``."""

    key = fields.Str(required=True, validate=_KEY)
    name = Texts(required=True, longest=LONGEST_NAME)
    need = fields.Str(validate=validate.OneOf(NEEDS))
    note = Texts(longest=LONGEST_NOTE)
    upload = fields.Bool(truthy={True}, falsy={False})

    @post_load
    def _make(self, data: dict[str, Any], **_: Any) -> FurtherPaper:
        return FurtherPaper.from_data(data)
