"""Publishing: the difference first, then all of it at once, as versions that never change."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner
from sqlalchemy import select, text, update
from sqlalchemy.exc import IntegrityError, ProgrammingError
from sqlalchemy.orm import Session

from kreisportal.catalogue.cli import catalogue
from kreisportal.catalogue.files import Entry
from kreisportal.catalogue.models import CatalogueEntry, CatalogueRelease
from kreisportal.catalogue.publishing import Change, difference, digest, is_reordered, publish
from kreisportal.catalogue.queries import current_entries, form_data
from kreisportal.kernel.database import Database
from kreisportal.kernel.database.context import ANONYMOUS, REGION
from tests.catalogue.records import service, situation, texts, topic
from tests.support.server import DatabaseCopy

Version = tuple[str, str, int]


@pytest.fixture
def database(bare: DatabaseCopy) -> Iterator[Database]:
    opened = bare.open()
    yield opened
    opened.close()


def entries(*names: str, **data: dict[str, Any]) -> list[Entry]:
    """Services by key; ``data`` gives some other content."""
    return [Entry("service", name, data.get(name, {"key": name, "x": 1})) for name in names]


def put(database: Database, wanted: list[Entry]) -> list[Change]:
    with database.transaction(REGION) as session:
        return publish(session, wanted)


def current(database: Database) -> list[Version]:
    with database.transaction(ANONYMOUS) as session:
        return [(kind, key, version) for kind, key, version, _ in current_entries(session)]


def test_the_difference_comes_first_and_changes_nothing(database: Database) -> None:
    put(database, entries("a", "b", "c"))
    wanted = entries("a", "c", "d", c={"key": "c", "x": 2, "y": 1})
    with database.transaction(REGION) as session:
        assert difference(session, wanted) == [
            Change("changed", "service", "c", ("x", "y")),
            Change("added", "service", "d"),
            Change("removed", "service", "b"),
        ]
    assert current(database) == [("service", "a", 1), ("service", "b", 1), ("service", "c", 1)]


def test_what_is_published_is_in_force(database: Database) -> None:
    changes = put(database, entries("b", "a"))
    assert changes == [Change("added", "service", "b"), Change("added", "service", "a")]
    assert current(database) == [("service", "b", 1), ("service", "a", 1)]


def test_only_what_changed_gets_a_new_version(database: Database) -> None:
    put(database, entries("a", "b"))
    put(database, entries("a", "b", a={"key": "a", "x": 2}))
    assert current(database) == [("service", "a", 2), ("service", "b", 1)]


def test_what_is_not_there_any_more_is_no_longer_in_force(database: Database) -> None:
    put(database, entries("a", "b"))
    put(database, entries("b"))
    assert current(database) == [("service", "b", 1)]


def test_what_comes_back_gets_the_next_version(database: Database) -> None:
    put(database, entries("a", "b"))
    put(database, entries("b"))
    put(database, entries("a", "b"))
    assert current(database) == [("service", "a", 2), ("service", "b", 1)]


def test_the_same_again_makes_no_release(database: Database) -> None:
    put(database, entries("a", "b"))
    assert put(database, entries("a", "b")) == []
    with database.transaction(REGION) as session:
        assert len(session.scalars(select(CatalogueRelease)).all()) == 1


def test_the_order_of_fields_is_no_change(database: Database) -> None:
    put(database, [Entry("service", "a", {"x": 1, "y": [1, {"b": 1, "a": 2}]})])
    assert put(database, [Entry("service", "a", {"y": [1, {"a": 2, "b": 1}], "x": 1})]) == []


@pytest.mark.parametrize(
    ("one", "other"),
    [({"x": 1}, {"x": "1"}), ({"x": [1, 2]}, {"x": [2, 1]}), ({"x": None}, {}), ({"x": True}, {"x": 1})],
)
def test_another_content_has_another_digest(one: dict[str, Any], other: dict[str, Any]) -> None:
    assert digest(Entry("service", "a", one)) != digest(Entry("service", "a", other))


def test_another_order_is_published_without_new_versions(database: Database) -> None:
    put(database, entries("a", "b", "c"))
    with database.transaction(REGION) as session:
        assert is_reordered(session, entries("c", "a", "b"))
        assert not is_reordered(session, entries("a", "b", "c"))
        assert difference(session, entries("c", "a", "b")) == []
    assert put(database, entries("c", "a", "b")) == []
    assert current(database) == [("service", "c", 1), ("service", "a", 1), ("service", "b", 1)]


def test_publishing_twice_in_one_transaction_sees_what_the_first_did(database: Database) -> None:
    with database.transaction(REGION) as session:
        publish(session, entries("a", "b"))
        publish(session, entries("b", "a"))
        publish(session, entries("b", "a"))
        assert len(session.scalars(select(CatalogueRelease)).all()) == 2


def test_a_release_says_what_it_changed(database: Database) -> None:
    put(database, entries("a"))
    put(database, entries("a", a={"key": "a", "x": 2}))
    with database.transaction(REGION) as session:
        releases = session.scalars(select(CatalogueRelease).order_by(CatalogueRelease.id)).all()
        assert [release.changes for release in releases] == [
            {"changes": [["added", "service", "a", []]]},
            {"changes": [["changed", "service", "a", ["x"]]]},
        ]


def test_an_old_version_can_still_be_read(database: Database) -> None:
    put(database, [Entry("form", "f", {"v": 1})])
    put(database, [Entry("form", "f", {"v": 2})])
    put(database, [])
    with database.transaction(ANONYMOUS) as session:
        assert [form_data(session, "f", version) for version in (1, 2, 3)] == [{"v": 1}, {"v": 2}, None]
        assert form_data(session, "g", 1) is None


def test_a_broken_publication_leaves_the_one_before(database: Database) -> None:
    put(database, entries("a", "b"))
    wanted = [*entries("a", "c", a={"key": "a", "x": 2}), Entry("planet", "x", {})]
    with pytest.raises(IntegrityError, match="ck_catalogue_entries_kind"):
        put(database, wanted)
    assert current(database) == [("service", "a", 1), ("service", "b", 1)]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE catalogue_entries SET data = '{}'",
        "UPDATE catalogue_entries SET version = 2",
        "UPDATE catalogue_entries SET digest = ''",
        "DELETE FROM catalogue_entries",
        "UPDATE catalogue_releases SET changes = '{}'",
        "DELETE FROM catalogue_releases",
    ],
)
def test_a_published_version_cannot_be_changed(database: Database, statement: str) -> None:
    put(database, entries("a"))
    with pytest.raises(ProgrammingError, match="permission denied"), database.transaction(REGION) as session:
        session.execute(text(statement))


def test_nobody_but_the_region_publishes(database: Database) -> None:
    with (
        pytest.raises(ProgrammingError, match="row-level security"),
        database.transaction(ANONYMOUS) as session,
    ):
        publish(session, entries("a"))


def test_two_versions_are_never_in_force_at_once(database: Database) -> None:
    put(database, entries("a"))
    put(database, entries("a", a={"key": "a", "x": 2}))
    with (
        pytest.raises(IntegrityError, match="uq_catalogue_entries_current"),
        database.transaction(REGION) as session,
    ):
        session.execute(update(CatalogueEntry).values(retired_by=None))


def test_of_two_publications_at_once_one_comes_after_the_other_or_fails(
    database: Database, bare: DatabaseCopy
) -> None:
    put(database, entries("a"))
    outcomes: list[object] = []
    ready = threading.Barrier(2)

    def run(number: int) -> None:
        own = bare.open()
        try:
            with own.transaction(REGION) as session:
                _difference_before(session, ready)
                outcomes.append(publish(session, entries("a", a={"key": "a", "x": number})))
        except IntegrityError as error:
            outcomes.append(error)
        finally:
            own.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in (2, 3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(outcomes) == 2
    versions = current(database)
    assert len(versions) == 1
    assert versions[0][2] == 1 + sum(isinstance(outcome, list) for outcome in outcomes)


def _difference_before(session: Session, ready: threading.Barrier) -> None:
    difference(session, entries("a"))
    ready.wait(10)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A catalogue's folder with a service."""
    for name, data in (("topics.yaml", [topic()]), ("situations.yaml", [situation()])):
        (tmp_path / name).write_text(yaml.safe_dump(data, allow_unicode=True), encoding="utf-8")
    (tmp_path / "services").mkdir()
    (tmp_path / "forms").mkdir()
    write_service(tmp_path, service("a"))
    return tmp_path


def write_service(folder: Path, data: dict[str, Any]) -> None:
    path = folder / "services" / f"{data['key']}.yaml"
    path.write_text(yaml.safe_dump(data, allow_unicode=True), encoding="utf-8")


def command(monkeypatch: pytest.MonkeyPatch, bare: DatabaseCopy, *arguments: str, answer: str = "") -> Any:
    monkeypatch.setenv("DATABASE_URL", bare.url())
    return CliRunner().invoke(catalogue, arguments, input=answer)


def test_the_command_shows_the_difference_and_asks(
    database: Database, bare: DatabaseCopy, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused = command(monkeypatch, bare, "publish", "--folder", str(folder), answer="n\n")
    assert refused.exit_code == 1
    assert "hund" not in refused.output
    assert current(database) == []
    agreed = command(monkeypatch, bare, "publish", "--folder", str(folder), answer="y\n")
    assert agreed.exit_code == 0
    assert "Published." in agreed.output
    assert [key for _, key, _ in current(database)] == ["thema", "lage", "a"]
    assert "Nothing has changed." in command(monkeypatch, bare, "publish", "--folder", str(folder)).output


def test_the_command_publishes_nothing_while_a_file_is_broken(
    database: Database, bare: DatabaseCopy, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    command(monkeypatch, bare, "publish", "--yes", "--folder", str(folder))
    before = current(database)
    write_service(folder, service("b"))
    write_service(folder, service("a", level="planet"))
    broken = command(monkeypatch, bare, "publish", "--yes", "--folder", str(folder))
    assert broken.exit_code != 0
    assert current(database) == before


def test_the_command_publishes_a_new_order(
    database: Database, bare: DatabaseCopy, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for topics in ([topic(), topic("zweites")], [topic("zweites"), topic()]):
        (folder / "topics.yaml").write_text(yaml.safe_dump(topics, allow_unicode=True), encoding="utf-8")
        done = command(monkeypatch, bare, "publish", "--yes", "--folder", str(folder))
    assert "The order has changed." in done.output
    assert [key for kind, key, _ in current(database) if kind == "topic"] == ["zweites", "thema"]


def test_the_command_checks_without_a_database(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    whole = {
        "related": ["a"],
        "synonyms": {"de": ["v", "w", "x", "y", "z"], "en": ["y", "z"]},
        "short": texts("Das ist ein Satz. Das ist noch einer."),
    }
    write_service(folder, service("a", **whole))
    done = CliRunner().invoke(catalogue, ["check", "--folder", str(folder)])
    assert (done.exit_code, done.output) == (0, "No faults: 1 services, 1 situations, 1 topics.\n")
