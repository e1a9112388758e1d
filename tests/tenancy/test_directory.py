"""The official directory: read from a list, brought in twice, and searched."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session

from kreisportal.kernel.database import ActorKind, Context, Database
from kreisportal.kernel.database.context import REGION, REGION_VISITOR
from kreisportal.kernel.errors import DefinitionError
from kreisportal.tenancy.directory import (
    Entry,
    directory_size,
    entries_in_district,
    entries_meant,
    entry_of,
    find_entries,
    import_directory,
    read_directory,
)

SHIPPED = Path(__file__).parents[2] / "tenants" / "_directory" / "niedersachsen.csv"
# As the official list writes them.
OFFICIAL = """ars,ags,name,association,district,state,postcode,population_2019,kind_code
034520025025,03452025,"Wiesmoor, Stadt","Wiesmoor, Stadt",Aurich,Niedersachsen,26639,13236,63
091620000000,09162000,"München, Landeshauptstadt",München,"München, Landeshauptstadt",Bayern,80331,1484226,61
091715101111,09171111,"Altötting, St","Altötting, St",Altötting,Bayern,84503,12969,63
091715101113,09171113,"Marktl, M",Marktl,Altötting,Bayern,84533,2790,60
146280110110,14628110,"Freital, GKSt",Freital,Sächsische Schweiz,Sachsen,01705,39734,
"""


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    """Acts for the region; nothing stays."""
    with database.transaction(REGION) as opened:
        yield opened
        opened.rollback()


def read(folder: Path, text: str) -> list[Entry]:
    file = folder / "list.csv"
    file.write_text(text, encoding="utf-8")
    return read_directory(file)


def test_the_official_list_tells_what_a_place_is(tmp_path: Path) -> None:
    entries = {entry.name: entry for entry in read(tmp_path, OFFICIAL)}
    assert {name: entry.full_name for name, entry in entries.items()} == {
        "Wiesmoor": "Stadt Wiesmoor",
        "München": "Stadt München",
        "Altötting": "Stadt Altötting",
        "Marktl": "Gemeinde Marktl",
        "Freital": "Stadt Freital",
    }
    assert entries["Freital"].state == "Sachsen"
    assert entries["München"].district == "München"


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("name\nVechta\n", ":1: columns: ars must be there"),
        ("ars,name\n03460,Vechta\n", ":2: a regional key"),
        ("ars,name\n034600009009,\n", ":2: name: is missing"),
        ("ars,name,kind\n034600009009,Vechta,village\n", ":2: kind: village is none"),
    ],
)
def test_a_fault_is_told_with_its_line(tmp_path: Path, text: str, fault: str) -> None:
    with pytest.raises(DefinitionError) as refused:
        read(tmp_path, text)
    assert fault in refused.value.faults[0]


def test_brought_in_again_only_what_changed_is_written(session: Session, tmp_path: Path) -> None:
    entries = read_directory(SHIPPED)
    assert import_directory(session, entries) == 0
    assert directory_size(session) == len(entries)
    assert import_directory(session, read(tmp_path, OFFICIAL)) == 5
    found = entry_of(session, "034520025025")
    assert found is not None and found.district == "Aurich"
    assert import_directory(session, read(tmp_path, OFFICIAL)) == 0


@pytest.mark.parametrize(
    ("words", "first"),
    [
        ("wiesmoor", "Wiesmoor"),
        ("WIES", "Wiesmoor"),
        ("vörden", "Neuenkirchen-Vörden"),
        ("Loningen", "Löningen"),
        ("034600009009", "Vechta"),
        ("0346 0000 9009", "Vechta"),
    ],
)
def test_a_municipality_is_found(session: Session, words: str, first: str) -> None:
    assert find_entries(session, words)[0].name == first


@pytest.mark.parametrize("text", ["034520025025", "34520025025", "03452025", "3452025", "Wiesmoor"])
def test_a_whole_key_is_meant_though_a_spreadsheet_took_its_zero(session: Session, text: str) -> None:
    assert [entry.name for entry in entries_meant(session, text)] == ["Wiesmoor"]


@pytest.mark.parametrize("text", ["Vechta", "landkreis  VECHTA", "Kreis Vechta", "03460"])
def test_a_district_has_its_municipalities(session: Session, text: str) -> None:
    found = entries_in_district(session, text)
    assert len(found) == 10 and {entry.ars[:5] for entry in found} == {"03460"}


@pytest.mark.parametrize("text", ["", "%", "0346", "Oldenburg (Oldenburg)", "034600009009"])
def test_what_is_no_district_has_none(session: Session, text: str) -> None:
    assert entries_in_district(session, text) == []


@pytest.mark.parametrize("words", ["", "   ", "%", "_", "xyzzy", "\0"])
def test_nothing_is_found_for_nothing(session: Session, words: str) -> None:
    assert find_entries(session, words) == []


@pytest.mark.parametrize("context", [REGION_VISITOR, Context(ActorKind.ANONYMOUS)])
def test_only_who_runs_the_region_brings_it_in(database: Database, context: Context, tmp_path: Path) -> None:
    entries = read(tmp_path, OFFICIAL)
    with pytest.raises(ProgrammingError), database.transaction(context) as session:
        import_directory(session, entries)
