"""Links of a town's own on its start page: other offers of the place, each a tile with a title and perhaps a sentence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from marshmallow import Schema, fields, post_load, validate

from kreisportal.tenancy.definition_fields import WEB_ADDRESS, Switch, Texts

MOST_LINKS, LONGEST_TITLE, LONGEST_TEXT, LONGEST_ADDRESS = 8, 80, 200, 500


@dataclass(frozen=True, slots=True)
class LocalLink:
    """A tile. ``client`` is the account's client that it leads to, where one signs in with the citizen account."""

    title: Mapping[str, str]
    url: str
    on: bool = True
    text: Mapping[str, str] = field(default_factory=dict)
    client: str = ""


class LocalLinkSchema(Schema):
    """A ``[[links]]``, in the order in which they stand on the start page."""

    title = Texts(required=True, longest=LONGEST_TITLE)
    url = fields.Str(required=True, validate=[WEB_ADDRESS, validate.Length(max=LONGEST_ADDRESS)])
    on = Switch()
    text = Texts(longest=LONGEST_TEXT)
    client = fields.Str(validate=validate.Length(1, 100))

    @post_load
    def _make(self, data: dict[str, Any], **_: Any) -> LocalLink:
        return LocalLink(**data)
