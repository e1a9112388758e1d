"""A bundle as a file: read for the command, and what the demonstration begins with."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from marshmallow import Schema, ValidationError, fields, validates_schema
from marshmallow.validate import OneOf
from sqlalchemy.orm import Session

from kreisportal.bundles.fields import Typed, columns_from
from kreisportal.bundles.models import Bundle
from kreisportal.bundles.reach import Services, portals
from kreisportal.bundles.service import bundles
from kreisportal.kernel.errors import DefinitionError
from kreisportal.kernel.yaml_source import read_source
from kreisportal.tenancy.definition import TenantKind


class _TextsSchema(Schema):
    de = fields.String(required=True)
    en = fields.String(required=True)


class _BundleSchema(Schema):
    """A file: ``kinds`` or ``towns`` say for whom, neither means all; ``required_by`` names the law, and may be missing."""

    name = fields.Nested(_TextsSchema, required=True)
    reason = fields.Nested(_TextsSchema, required=True)
    required_by = fields.String()
    kinds = fields.List(fields.String(validate=OneOf([kind.value for kind in TenantKind])))
    towns = fields.List(fields.String())
    services = fields.List(fields.String(), required=True)

    @validates_schema
    def _one_audience(self, data: dict[str, Any], **_: object) -> None:
        if "kinds" in data and "towns" in data:
            raise ValidationError("name kinds or towns, not both", "towns")


def read_bundle(path: Path) -> Typed:
    """A bundle from its file. Raises DefinitionError with all faults."""
    source = read_source(path)
    try:
        data: dict[str, Any] = _BundleSchema().load(source.data)
    except ValidationError as error:
        messages = error.messages if isinstance(error.messages, dict) else {"file": error.messages}
        raise DefinitionError(
            [f"{source.place((name,))}: {name}: {reasons}" for name, reasons in messages.items()]
        ) from None
    texts = {f"{name}_{path}": text for name in ("name", "reason") for path, text in data[name].items()}
    return Typed(
        {**texts, "legal_source": data.get("required_by", "")},
        "required" if "required_by" in data else "free",
        "kinds" if "kinds" in data else "towns" if "towns" in data else "all",
        tuple(data.get("kinds", ())),
        tuple(data.get("towns", ())),
        tuple(data["services"]),
    )


def add_missing(session: Session, folder: Path, services: Services) -> None:
    """Bring in the bundles of a folder that the whole region has none of the same name of; none is applied by that.

    It is what a region starts with, like its catalogue, and nobody's act.
    """
    known = {bundle.name["de"] for bundle in bundles(session) if bundle.district_id is None}
    for path in sorted(folder.glob("*.yaml")):
        typed = read_bundle(path)
        if typed.texts["name_de"] not in known:
            towns = {town.slug: town.id for town in portals(session)}
            session.add(Bundle(**columns_from(typed, services, towns)))
