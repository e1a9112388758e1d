"""A town as a whole, held against the rules of a town's folder before it is brought in or called otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from marshmallow import ValidationError

from kreisportal.i18n import gettext
from kreisportal.kernel.errors import InvalidInputError
from kreisportal.tenancy.definition import TenantKind
from kreisportal.tenancy.definition_rules import broken_rules
from kreisportal.tenancy.definition_schemas import TenantSchema
from kreisportal.tenancy.regional_key import RegionalKey
from kreisportal.tenancy.town_picture import as_in_folder


@dataclass(frozen=True, slots=True)
class Facts:
    """What of a town has a column of its own."""

    slug: str
    code: str
    kind: str
    ars: str
    has_portal: bool


def check_town(profile: Mapping[str, Any], facts: Facts) -> None:
    """Hold a town against the rules. Raises InvalidInputError under ``name``."""
    whole = {**{name: value for name, value in profile.items() if name != "texts"}, **_told(facts)}
    if "brand" in whole:
        whole["brand"] = as_in_folder(whole["brand"])
    try:
        data = TenantSchema().load(whole)
    except ValidationError as error:
        broken = [str(error)]
    else:
        broken = [what for _, what in broken_rules(data, whole)]
    if broken:
        raise InvalidInputError(
            {"name": [gettext("Das passt nicht zusammen: %(what)s", what=" ".join(broken))]}
        )


def _told(facts: Facts) -> dict[str, Any]:
    told: dict[str, Any] = {
        "slug": facts.slug,
        "code": facts.code,
        "kind": facts.kind,
        "ars": facts.ars,
        "portal": facts.has_portal,
    }
    if facts.has_portal:
        told["hosts"] = {"portal": ["portal.example"], "desk": ["desk.example"]}
    if facts.kind != TenantKind.DISTRICT and not RegionalKey(facts.ars).has_no_district:
        told["district"] = "parent"
    return told
