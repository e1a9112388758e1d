"""Where the town's council information system answers by OParl, as the town's settings name it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from marshmallow import Schema, ValidationError, fields, post_load, validate

from kreisportal.tenancy.definition_fields import Switch

LONGEST_ADDRESS, LONGEST_NAME = 500, 200


@dataclass(frozen=True, slots=True)
class CouncilSource:
    """What a tenant admin has chosen. ``url`` is what was typed, ``body`` the address of the body found there."""

    url: str
    body: str
    name: str
    on: bool = True


def is_source_address(address: str) -> bool:
    """Whether an address may be a source: https and a host, neither credentials nor fragment; http for this machine only.

    That something answers there, and that it is not inside our own network, is seen only when it is asked.
    """
    if not address.isascii() or not address.isprintable() or len(address) > LONGEST_ADDRESS:
        return False
    if any(letter in address for letter in ' \\"<>'):
        return False
    try:
        parts = urlsplit(address)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return False
    if parts.scheme == "http":
        known = host in ("localhost", "127.0.0.1")
    else:
        known = parts.scheme == "https" and "." in host.strip(".") and not host.startswith(".")
    return known and parts.username is None and parts.password is None and not parts.fragment and port != 0


def _check_address(address: str) -> None:
    if not is_source_address(address):
        raise ValidationError("must be a web address that begins with https://.")


class CouncilSourceSchema(Schema):
    """The table ``[council]``."""

    url = fields.Str(required=True, validate=_check_address)
    body = fields.Str(required=True, validate=_check_address)
    name = fields.Str(required=True, validate=validate.Length(1, LONGEST_NAME))
    on = Switch()

    @post_load
    def _make(self, data: dict[str, Any], **_: Any) -> CouncilSource:
        return CouncilSource(**data)
