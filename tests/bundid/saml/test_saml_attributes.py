"""What a provider says, as forms can take it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kreisportal.bundid.saml_attributes import KINDS, described
from kreisportal.forms.prefill import PREFILL_KEYS

_PERSON, _BUSINESS = KINDS["bundid"], KINDS["business"]


def said(**told: str) -> dict[str, Any]:
    """What is understood of a person; names by the last part of our keys."""
    names = {key.rpartition(".")[2]: name for key, name in _PERSON.attributes.items()}
    return described(_PERSON, _PERSON.attributes, {names[key]: [value] for key, value in told.items()})


@pytest.mark.parametrize(
    ("told", "understood"),
    [
        ({"birth_date": "1980-02-29"}, {"person.birth_date": "1980-02-29"}),
        ({"birth_date": "29.02.1980"}, {"person.birth_date": "1980-02-29"}),
        ({"birth_date": "1980-02-30"}, {}),
        ({"birth_date": "1980"}, {}),
        ({"nationality": "D"}, {"person.nationality": "DE"}),
        ({"nationality": "pl"}, {"person.nationality": "PL"}),
        ({"nationality": "Deutsch"}, {}),
        ({"family_name": "  Müller \n Lüdenscheidt "}, {"person.family_name": "Müller Lüdenscheidt"}),
        ({"family_name": "a\u202eb"}, {}),
        ({"family_name": "x" * 500}, {}),
        ({"street": "Am Markt 3", "postcode": "49377"}, {}),
        ({"street": "Am Markt", "postcode": "49377", "city": "Vechta"}, {}),
        ({"street": "Rue 3", "postcode": "75001", "city": "Paris", "country": "FR"}, {}),
        (
            {"street": "Straße des 17. Juni 135", "postcode": "10623", "city": "Berlin", "country": "DE"},
            {
                "person.address": {
                    "street": "Straße des 17. Juni",
                    "house_number": "135",
                    "postcode": "10623",
                    "city": "Berlin",
                }
            },
        ),
    ],
)
def test_what_is_told_is_stored_as_forms_store_it(told: dict[str, str], understood: dict[str, Any]) -> None:
    assert said(**told) == understood


def test_all_keys_are_keys_of_forms() -> None:
    parts = {"street", "postcode", "city", "country"}
    for kind in KINDS.values():
        assert {*kind.known - parts, kind.address} <= PREFILL_KEYS.keys()


def test_a_business_is_described_by_its_own_names() -> None:
    names = {**_BUSINESS.attributes, "business.register_number": "urn:r"}
    told = {"urn:oid:2.5.4.10": ["Hof GmbH"], "urn:r": ["HRB 1"], "urn:other": ["secret"]}
    assert described(_BUSINESS, names, told) == {
        "business.name": "Hof GmbH",
        "business.register_number": "HRB 1",
    }


@given(
    st.dictionaries(
        st.sampled_from(sorted(set(_PERSON.attributes.values()))), st.lists(st.text(), max_size=2)
    )
)
def test_whatever_is_told_is_understood_or_left_out(told: dict[str, list[str]]) -> None:
    for value in described(_PERSON, _PERSON.attributes, told).values():
        assert value
