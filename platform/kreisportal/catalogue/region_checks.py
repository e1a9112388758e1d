"""What the checks of the catalogue say to a description that is being written, as hints at its fields."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kreisportal.catalogue.editing.check import check_one
from kreisportal.catalogue.editing.plain import Glossary
from kreisportal.catalogue.files import Entry
from kreisportal.catalogue.region_wording import hints_by_field
from kreisportal.catalogue.snapshot import Catalogue


def hints_of(catalogue: Catalogue, data: Mapping[str, Any]) -> dict[str, list[str]]:
    """The hints to a service by field; they keep nobody from publishing."""
    keys = {
        "topic": set(catalogue.topics),
        "situation": set(catalogue.situations),
        "service": set(catalogue.services),
    }
    glossary = Glossary({"word": word.word, "forms": word.forms} for word in catalogue.words.values())
    return hints_by_field(check_one(Entry("service", data["key"], _whole(data)), keys, glossary))


def _whole(data: Mapping[str, Any]) -> dict[str, Any]:
    """The service with a text wherever the checks look for one; what is missing is a fault of its own."""
    names = ("name", "official_name", "short")
    return {**data, **{name: {"de": "", "en": "", **data.get(name, {})} for name in names}}
