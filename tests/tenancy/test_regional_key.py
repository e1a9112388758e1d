"""Regional keys: reading them, their levels, and which area lies in which."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kreisportal.tenancy.regional_key import STATES, Level, MunicipalityKey, RegionalKey

VECHTA = RegionalKey("034600009009")
LANDKREIS_VECHTA = RegionalKey.parse("03460")
CLOPPENBURG = RegionalKey("034530004004")

keys = st.tuples(st.sampled_from(sorted(STATES)), st.from_regex(r"[0-9]{10}", fullmatch=True)).map(
    lambda parts: RegionalKey("".join(parts))
)


@pytest.mark.parametrize(
    ("text", "digits", "level"),
    [
        ("034600009009", "034600009009", Level.MUNICIPALITY),
        ("03 4 60 0009 009", "034600009009", Level.MUNICIPALITY),
        ("034515401", "034515401000", Level.ASSOCIATION),
        ("03460", "034600000000", Level.DISTRICT),
        ("034", "034000000000", Level.GOVERNMENT_REGION),
        ("03", "030000000000", Level.STATE),
        ("000000000000", "000000000000", Level.FEDERATION),
        ("040110000000", "040110000000", Level.DISTRICT),
    ],
)
def test_parse_reads_every_level(text: str, digits: str, level: Level) -> None:
    key = RegionalKey.parse(text)
    assert str(key) == digits
    assert key.level is level


@pytest.mark.parametrize(
    "text", ["", "0346", "03460000900", "0346000090091", "03460000900x", "003460000000", "٠٣"]
)
def test_parse_refuses_what_is_no_key(text: str) -> None:
    with pytest.raises(ValueError, match="regional key"):
        RegionalKey.parse(text)


def test_a_key_names_its_state_district_and_municipality_key() -> None:
    assert VECHTA.state_name == "Niedersachsen"
    assert str(VECHTA.state) == "030000000000"
    assert VECHTA.district == LANDKREIS_VECHTA
    assert LANDKREIS_VECHTA.district == LANDKREIS_VECHTA
    assert LANDKREIS_VECHTA.prefix == "03460"
    assert str(VECHTA.municipality_key) == "03460009"


def test_what_is_greater_than_a_district_has_none() -> None:
    with pytest.raises(ValueError, match="greater than a district"):
        _ = RegionalKey.parse("03").district


def test_a_district_covers_its_towns_and_no_others() -> None:
    assert LANDKREIS_VECHTA.covers(VECHTA)
    assert LANDKREIS_VECHTA.covers(LANDKREIS_VECHTA)
    assert not VECHTA.covers(LANDKREIS_VECHTA)
    assert not LANDKREIS_VECHTA.covers(CLOPPENBURG)
    assert not VECHTA.covers(CLOPPENBURG)


def test_a_joint_municipality_covers_its_members() -> None:
    assert RegionalKey.parse("033515402").covers(RegionalKey("033515402005"))
    assert not RegionalKey.parse("033515402").covers(RegionalKey("033515403005"))


def test_a_part_that_ends_in_zero_is_still_compared_whole() -> None:
    ten = RegionalKey.parse("03410")
    assert ten.level is Level.DISTRICT
    assert not ten.covers(RegionalKey.parse("03411"))


@given(keys, keys)
def test_areas_that_cover_each_other_are_one(one: RegionalKey, other: RegionalKey) -> None:
    if one.covers(other) and other.covers(one):
        assert one == other


@given(keys)
def test_every_area_lies_in_itself_its_state_and_the_federation(key: RegionalKey) -> None:
    assert key.covers(key)
    assert key.state.covers(key)
    assert RegionalKey("0" * 12).covers(key)


@given(keys)
def test_a_key_is_read_back_from_its_significant_digits(key: RegionalKey) -> None:
    if key.prefix:
        assert RegionalKey.parse(key.prefix) == key


def test_municipality_keys_cover_as_areas_do() -> None:
    town = MunicipalityKey.parse("03 4 60 009")
    assert town.district_prefix == "03460"
    assert MunicipalityKey("03460000").covers(town)
    assert MunicipalityKey("03000000").covers(town)
    assert not town.covers(MunicipalityKey("03460000"))
    assert not MunicipalityKey("03453000").covers(town)


def test_a_municipality_key_has_eight_digits() -> None:
    with pytest.raises(ValueError, match="8 digits"):
        MunicipalityKey.parse("034600009009")
