"""Finding a municipality by name or postcode."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kreisportal.kernel.errors import DefinitionError
from kreisportal.tenancy.places import Place, PlaceDirectory, read_places, sort_key
from kreisportal.tenancy.regional_key import RegionalKey

DIRECTORY_FILE = Path(__file__).parents[2] / "tenants" / "_directory" / "niedersachsen.csv"


def place(ars: str, name: str, *postcodes: str, district: str = "Landkreis Vechta") -> Place:
    return Place(RegionalKey(ars), name, district, postcodes)


SMALL = PlaceDirectory(
    [
        place("034600009009", "Vechta", "49377"),
        place("034600007007", "Neuenkirchen-Vörden", "49434"),
        place("034530011011", "Löningen", "49624"),
        place("034530006006", "Essen (Oldenburg)", "49632"),
        place("034600006006", "Lohne (Oldenburg)", "49393"),
        place("034600001001", "Bakum", "49456", "49377"),
        place("034030000000", "Oldenburg (Oldb)", "26122", district="kreisfreie Stadt"),
        place("033570041041", "Rotenburg (Wümme)", "27356"),
        place("030000000001", "Weißenberg", "49999"),
    ]
)


def names(query: str, directory: PlaceDirectory = SMALL) -> list[str]:
    return [found.name for found in directory.find(query)]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("Vechta", ["Vechta"]),
        ("vech", ["Vechta"]),
        ("  VECHTA ", ["Vechta"]),
        ("Löningen", ["Löningen"]),
        ("Loeningen", ["Löningen"]),
        ("loningen", ["Löningen"]),
        ("Lo\u0308ningen", ["Löningen"]),
        ("Voerden", ["Neuenkirchen-Vörden"]),
        ("neuenkirchen vörden", ["Neuenkirchen-Vörden"]),
        ("Weissenberg", ["Weißenberg"]),
        ("Essen", ["Essen (Oldenburg)"]),
        ("Essen/Oldb.", ["Essen (Oldenburg)"]),
        ("Rotenburg Wuemme", ["Rotenburg (Wümme)"]),
        ("echta", []),
        ("Hamburg", []),
        ("", []),
        (" - | ", []),
    ],
)
def test_names_are_found_however_they_are_written(query: str, expected: list[str]) -> None:
    assert names(query) == expected


def test_the_whole_name_comes_before_beginnings_and_these_before_later_words() -> None:
    assert names("Oldenburg") == ["Oldenburg (Oldb)", "Essen (Oldenburg)", "Lohne (Oldenburg)"]
    assert names("lo") == ["Lohne (Oldenburg)", "Löningen"]


def test_a_postcode_may_mean_several_places() -> None:
    assert names("49377") == ["Bakum", "Vechta"]
    assert names("494") == ["Bakum", "Neuenkirchen-Vörden"]
    assert names("4") == []
    assert names("9377") == []
    assert names("00000") == []


def test_a_postcode_and_a_name_must_both_fit() -> None:
    assert names("49377 Vechta") == ["Vechta"]
    assert names("49434 Vechta") == []


def test_the_limit_cuts_the_least_likely() -> None:
    assert [found.name for found in SMALL.find("oldenburg", limit=1)] == ["Oldenburg (Oldb)"]


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("Vchta", "Vechta"),
        ("49377 Vchta", "Vechta"),
        ("Klopenburg", "Cloppenburg"),
        ("Lonne", "Lohne (Oldenburg)"),
        ("Frisoythe", "Friesoythe"),
        ("Neuenkirchen Voerdn", "Neuenkirchen-Vörden"),
    ],
)
def test_a_misspelt_name_has_similar_ones(query: str, first: str) -> None:
    directory = PlaceDirectory(read_places(DIRECTORY_FILE))
    found = directory.similar(query)
    assert first in [place.name for place in found][:2]
    assert len(found) == len(set(found))


@pytest.mark.parametrize("query", ["", "%", "12345", "Berlin", "München", "Xyzstadt", "x" * 100])
def test_what_is_no_town_here_has_none(query: str) -> None:
    assert PlaceDirectory(read_places(DIRECTORY_FILE)).similar(query) == []


def test_the_states_are_those_of_the_places_the_one_with_the_most_first() -> None:
    assert PlaceDirectory(read_places(DIRECTORY_FILE)).states == ("Niedersachsen", "Bremen")
    assert SMALL.states == ("Niedersachsen",)
    assert PlaceDirectory([place("095640000000", "Nürnberg", "90402")]).states == ("Bayern",)


def test_a_later_place_names_an_earlier_one_anew_and_adds_its_postcodes() -> None:
    key = "034600009009"
    merged = PlaceDirectory([place(key, "Vechta, Stadt", "49377"), place(key, "Vechta", "49378")])
    assert len(merged) == 1
    assert merged.get(RegionalKey(key)) == place(key, "Vechta", "49377", "49378")
    assert names("49377", merged) == names("49378", merged) == ["Vechta"]
    assert merged.get(RegionalKey("034600001001")) is None


def test_german_words_are_sorted_as_in_a_german_book() -> None:
    words = ["Zetel", "Ölmühle", "Ofen", "Äpfel", "Apfel", "Straße", "Strasse", "Strand", "aal"]
    assert sorted(words, key=sort_key) == [
        "aal", "Apfel", "Äpfel", "Ofen", "Ölmühle", "Strand", "Strasse", "Straße", "Zetel",
    ]  # fmt: skip


@given(st.text(max_size=60))
def test_no_query_breaks_the_search(query: str) -> None:
    assert len(SMALL.find(query)) <= len(SMALL)


def test_the_directory_knows_lower_saxony_and_bremen() -> None:
    places = read_places(DIRECTORY_FILE)
    directory = PlaceDirectory(places)
    assert len(directory) == len(places) == 943
    assert {found.ars.state_name for found in places} == {"Niedersachsen", "Bremen"}
    assert all(found.postcodes for found in places)
    vechta = directory.get(RegionalKey("034600009009"))
    assert vechta == Place(RegionalKey("034600009009"), "Vechta", "Landkreis Vechta", ("49377",))
    assert directory.find("Bremen")[0].name == "Bremen"
    assert names("Neuenkirchen", directory).count("Neuenkirchen") == 5


def test_a_directory_tells_all_its_faults_with_their_lines(tmp_path: Path) -> None:
    file = tmp_path / "places.csv"
    file.write_text(
        "ars,name,district,postcode\n034600009009,Vechta,Landkreis Vechta,49377\n0346,,Landkreis,4937\n"
    )
    with pytest.raises(DefinitionError) as caught:
        read_places(file)
    assert caught.value.faults == [
        f"{file}:3: ars: a regional key (ARS) has 12 digits, not '0346'.",
        f"{file}:3: name: is missing.",
        f"{file}:3: postcode: must be of five digits each.",
    ]


def test_a_directory_needs_its_columns(tmp_path: Path) -> None:
    file = tmp_path / "places.csv"
    file.write_text("name,ars\n")
    with pytest.raises(DefinitionError, match="columns: must be ars, name, district, postcode"):
        read_places(file)
