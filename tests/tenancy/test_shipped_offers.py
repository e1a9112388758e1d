"""What the shipped towns and districts offer: each exactly what it executes, and online only what has a form."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from kreisportal.kernel.paths import shipped

ON_LINE = sorted(
    file.parent.name
    for file in Path(shipped("tenants")).glob("*/tenant.toml")
    if tomllib.loads(file.read_text("utf-8")).get("portal")
)


@cache
def services() -> dict[str, dict[str, Any]]:
    files = (Path(shipped("catalogue")) / "services").glob("*.yaml")
    read = (yaml.load(file.read_text("utf-8"), Loader=yaml.CSafeLoader) for file in files)
    return {entry["key"]: entry for entry in read}


def tenant(slug: str) -> dict[str, Any]:
    return tomllib.loads((Path(shipped("tenants")) / slug / "tenant.toml").read_text("utf-8"))


def executes(town: dict[str, Any]) -> set[str]:
    level = "district" if town["kind"] == "district" else "municipality"
    own = {key for key, entry in services().items() if entry["level"] == level}
    return own | set(town.get("also_responsible", ()))


def test_seven_have_a_portal() -> None:
    assert ON_LINE == [
        "bakum",
        "cloppenburg",
        "landkreis-cloppenburg",
        "landkreis-vechta",
        "lohne",
        "neuenkirchen-voerden",
        "vechta",
    ]


@pytest.mark.parametrize("slug", ON_LINE)
def test_it_says_of_all_that_it_executes_whether_it_offers_it_and_of_nothing_else(slug: str) -> None:
    town = tenant(slug)
    assert set(town["offers"]) == executes(town)


@pytest.mark.parametrize("slug", ON_LINE)
def test_only_what_has_a_form_is_offered_online(slug: str) -> None:
    online = {key for key, offer in tenant(slug)["offers"].items() if offer["channel"] == "online"}
    assert {key for key in online if not services()[key].get("form")} == set()


def test_what_towns_and_districts_do_is_offered_by_the_right_ones() -> None:
    vechta, lohne, district = (
        set(tenant(slug)["offers"]) for slug in ("vechta", "lohne", "landkreis-vechta")
    )
    for key in ("hund-anmelden", "gewerbe-anmelden", "wohnsitz-anmelden"):
        assert key in vechta & lohne - district, key
    for key in ("kfz-zulassung", "fuehrerschein-pflichtumtausch", "sperrmuell"):
        assert key in district - vechta - lohne, key
    for key in ("baugenehmigung", "halteverbot", "bewohnerparkausweis"):
        assert key in district & vechta - lohne, key
