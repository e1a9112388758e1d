"""Reading the catalogue's files in: what came from the files, what from the browser, and who wins where both changed."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from kreisportal.catalogue.cli import catalogue, read_all
from kreisportal.catalogue.exporting import catalogue_files, write_folder
from kreisportal.catalogue.files import Entry
from kreisportal.catalogue.publishing import Change, publish_one
from kreisportal.catalogue.queries import current_entries
from kreisportal.catalogue.reading_in import Conflict, Plan, plan, read_in
from kreisportal.kernel.database import Database
from kreisportal.kernel.database.context import REGION
from kreisportal.kernel.errors import DefinitionError
from kreisportal.kernel.paths import shipped
from tests.catalogue.records import service, situation, texts, topic
from tests.support.server import DatabaseCopy


@pytest.fixture
def database(bare: DatabaseCopy) -> Iterator[Database]:
    opened = bare.open()
    yield opened
    opened.close()


def files(*services: dict[str, Any]) -> list[Entry]:
    """A catalogue of these services."""
    around = [Entry("topic", "thema", topic()), Entry("situation", "lage", situation())]
    return [*around, *(Entry("service", data["key"], data) for data in services)]


def read(database: Database, entries: list[Entry], **how: Any) -> Plan:
    with database.transaction(REGION) as session:
        return read_in(session, entries, **how)


def edit(database: Database, **changes: Any) -> None:
    """Change the service ``a`` as in the browser."""
    with database.transaction(REGION) as session:
        publish_one(session, Entry("service", "a", service("a", **changes)), None, "edit")


def texts_of(database: Database, key: str = "a") -> dict[str, Any]:
    with database.transaction(REGION) as session:
        return {row[1]: row[3] for row in current_entries(session)}[key]


def test_what_was_edited_stays_when_the_same_files_are_read_again(database: Database) -> None:
    read(database, files(service("a")))
    edit(database, fees=texts("7 Euro"))
    again = read(database, files(service("a")))
    assert not again.changes_anything
    assert again.conflicts == []
    assert again.kept == [Change("changed", "service", "a", ("fees",))]
    assert texts_of(database)["fees"] == texts("7 Euro")


def test_what_changed_in_the_files_comes_in_beside_what_was_edited(database: Database) -> None:
    read(database, files(service("a")))
    edit(database, fees=texts("7 Euro"))
    done = read(database, files(service("a", deadlines=texts("Sofort."))))
    assert done.changes == [Change("changed", "service", "a", ("deadlines",))]
    assert done.conflicts == []
    found = texts_of(database)
    assert (found["fees"], found["deadlines"]) == (texts("7 Euro"), texts("Sofort."))


def test_where_both_changed_a_text_the_browsers_stays_and_is_told(database: Database) -> None:
    read(database, files(service("a")))
    edit(database, fees={"de": "7 Euro", "en": "7 euros"})
    wanted = files(service("a", fees={"de": "8 Euro", "en": service("a")["fees"]["en"]}))
    done = read(database, wanted)
    assert done.conflicts == [Conflict("service", "a", ("fees.de",))]
    assert texts_of(database)["fees"] == {"de": "7 Euro", "en": "7 euros"}
    # Told once: what the files said is known from now on.
    assert read(database, wanted).conflicts == []


def test_files_win_where_that_is_wished(database: Database) -> None:
    read(database, files(service("a")))
    edit(database, fees=texts("7 Euro"))
    done = read(database, files(service("a")), files_win=True)
    assert done.changes == [Change("changed", "service", "a", ("fees",))]
    assert texts_of(database)["fees"] == service("a")["fees"]


def test_what_the_files_do_without_goes_unless_it_was_edited(database: Database) -> None:
    read(database, files(service("a"), service("b")))
    edit(database, fees=texts("7 Euro"))
    done = read(database, files())
    assert done.changes == [Change("removed", "service", "b")]
    assert done.conflicts == [Conflict("service", "a")]
    assert texts_of(database)["fees"] == texts("7 Euro")


def test_what_does_not_fit_together_is_not_read_in(database: Database) -> None:
    read(database, files(service("a"), service("b")))
    edit(database, related=["b"])
    with pytest.raises(DefinitionError, match="there is no service b"):
        read(database, files(service("a")))
    assert texts_of(database, "b")["key"] == "b"


def test_other_kinds_are_taken_or_kept_as_a_whole(database: Database) -> None:
    read(database, files(service("a")))
    with database.transaction(REGION) as session:
        publish_one(session, Entry("topic", "thema", {**topic(), "name": texts("Neu")}), None, "edit")
    wanted = [Entry("topic", "thema", {**topic(), "short": texts("Anders.")}), *files(service("a"))[1:]]
    assert read(database, wanted).conflicts == [Conflict("topic", "thema")]
    assert texts_of(database, "thema")["name"] == texts("Neu")
    assert texts_of(database, "thema")["short"] == topic()["short"]


def test_the_plan_shows_word_by_word_and_changes_nothing(database: Database) -> None:
    read(database, files(service("a", fees=texts("Das kostet 7 Euro."))))
    with database.transaction(REGION) as session:
        planned = plan(session, files(service("a", fees=texts("Das kostet 8 Euro."))))
        (change,) = planned.changes
        shown = {each.field: [(p.what, p.text) for p in each.pieces] for each in planned.differences(change)}
    assert shown["fees.de"] == [("same", "Das kostet "), ("gone", "7 "), ("new", "8 "), ("same", "Euro.")]
    assert set(shown) == {"fees.de", "fees.en"}
    assert texts_of(database)["fees"] == texts("Das kostet 7 Euro.")


def test_what_is_exported_reads_back_without_a_change(database: Database, tmp_path: Path) -> None:
    """The whole shipped catalogue with its forms, through the database, which keeps no order of names."""
    read(database, read_all(shipped("catalogue")))
    with database.transaction(REGION) as session:
        before = list(current_entries(session))
        write_folder(tmp_path, catalogue_files(before))
    again = read(database, read_all(tmp_path))
    assert (again.changes, again.is_reordered, again.conflicts, again.kept) == ([], False, [], [])
    with database.transaction(REGION) as session:
        assert list(current_entries(session)) == before


def command(monkeypatch: pytest.MonkeyPatch, bare: DatabaseCopy, *arguments: object) -> Any:
    monkeypatch.setenv("DATABASE_URL", bare.url())
    return CliRunner().invoke(catalogue, [str(each) for each in arguments])


def test_the_commands_export_and_tell_what_stays(
    database: Database, bare: DatabaseCopy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read(database, files(service("a")))
    folder, archive = tmp_path / "folder", tmp_path / "catalogue.zip"
    assert "5 files written" in command(monkeypatch, bare, "export", folder).output
    assert command(monkeypatch, bare, "export", archive).exit_code == 0
    with zipfile.ZipFile(io.BytesIO(archive.read_bytes())) as opened:
        assert opened.read("services/a.yaml") == (folder / "services" / "a.yaml").read_bytes()
    again = command(monkeypatch, bare, "export", folder)
    assert (again.exit_code, "not an empty folder" in again.output) == (2, True)
    (folder / "forms").mkdir()
    edit(database, fees=texts("7 Euro"))
    path = folder / "services" / "a.yaml"
    path.write_text(path.read_text("utf-8").replace("de: fees von a", "de: 8 Euro"), "utf-8")
    done = command(monkeypatch, bare, "publish", "--yes", "--folder", folder)
    assert "Changed in the browser too, which stays: service a: fees.de" in done.output
    assert texts_of(database)["fees"] == texts("7 Euro")
    done = command(monkeypatch, bare, "publish", "--yes", "--files-win", "--folder", folder)
    assert "Published." in done.output
    assert texts_of(database)["fees"]["de"] == "8 Euro"
