"""Reading the catalogue's folder: all files or none, and every fault with file, line and field."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from kreisportal.catalogue.cli import read_all
from kreisportal.catalogue.files import Entry, read_catalogue
from kreisportal.kernel.errors import DefinitionError
from kreisportal.kernel.paths import shipped
from tests.catalogue.records import service, situation, topic

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a catalogue: topics, situations, and a file for each service."""

    def writing(*services: dict[str, Any], topics: Any = None, situations: Any = None) -> Path:
        _dump(tmp_path / "topics.yaml", topics if topics is not None else [topic()])
        _dump(tmp_path / "situations.yaml", situations if situations is not None else [situation()])
        (tmp_path / "services").mkdir(exist_ok=True)
        for data in services:
            _dump(tmp_path / "services" / f"{data['key']}.yaml", data)
        return tmp_path

    return writing


def _dump(path: Path, data: Any) -> None:
    path.write_text(yaml.safe_dump(data, sort_keys=False, allow_unicode=True), encoding="utf-8")


def faults(folder: Path, forms: tuple[str, ...] = ()) -> list[str]:
    with pytest.raises(DefinitionError) as caught:
        read_catalogue(folder, forms)
    return caught.value.faults


def test_entries_come_in_the_order_of_the_files(write: Write) -> None:
    folder = write(service("b"), service("a", related=["b"]), topics=[topic("thema"), topic("anderes")])
    assert [(entry.kind, entry.key) for entry in read_catalogue(folder)] == [
        ("topic", "thema"),
        ("topic", "anderes"),
        ("situation", "lage"),
        ("service", "a"),
        ("service", "b"),
    ]


def test_data_are_as_they_were_written(write: Write) -> None:
    entries = read_catalogue(write(service("a")))
    assert entries[-1] == Entry("service", "a", service("a"))


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    assert faults(tmp_path) == [
        "topics.yaml:1: the file is missing",
        "situations.yaml:1: the file is missing",
    ]


def test_a_fault_names_file_line_and_field(write: Write) -> None:
    folder = write(service("a", level="planet", name={"de": "Nur deutsch"}))
    lines = (folder / "services" / "a.yaml").read_text(encoding="utf-8").splitlines()
    name = folder.name
    level, text = (lines.index(line) + 1 for line in ("level: planet", "name:"))
    assert sorted(faults(folder)) == sorted(
        [
            f"{name}/services/a.yaml:{level}: level: Must be one of: municipality, district, land, federation, other.",
            f"{name}/services/a.yaml:{text}: name: is missing in en",
        ]
    )


def test_a_fault_deep_inside_names_its_place(write: Write) -> None:
    folder = write(service("a", legal_basis=[{"name": "Gesetz"}, {"name": "Gesetz", "url": "http://x"}]))
    assert faults(folder) == [f"{_at(folder, 'url: http://x')}: legal_basis.1.url: must begin with https://"]


def _at(folder: Path, text: str) -> str:
    path = folder / "services" / "a.yaml"
    lines = path.read_text(encoding="utf-8").splitlines()
    number = next(n for n, line in enumerate(lines, start=1) if text in line)
    return f"{folder.name}/services/a.yaml:{number}"


def test_faults_of_all_files_come_together(write: Write) -> None:
    folder = write(service("a", level="x"), service("b", level="x"), topics=[{"key": "thema"}])
    found = faults(folder)
    assert {fault.split(":")[0].rsplit("/", 1)[-1] for fault in found} == {"topics.yaml", "a.yaml", "b.yaml"}


def test_while_a_file_is_broken_nothing_is_said_of_what_names_it(write: Write) -> None:
    found = faults(write(service("a"), topics=[{"key": "thema"}]))
    assert all("there is no topic" not in fault for fault in found)


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"topics": ["nichts"]}, "topics: there is no topic nichts"),
        ({"situations": ["nichts"]}, "situations: there is no situation nichts"),
        ({"related": ["nichts"]}, "related: there is no service nichts"),
        ({"form": "nichts"}, "form: there is no form nichts"),
    ],
)
def test_what_is_named_must_be_there(write: Write, change: dict[str, Any], fault: str) -> None:
    assert faults(write(service("a", **change)))[0].endswith(fault)


def test_a_form_that_is_there_may_be_named(write: Write) -> None:
    assert read_catalogue(write(service("a", form="x")), {"x"})


def test_a_situation_belongs_to_a_topic(write: Write) -> None:
    [fault] = faults(write(situations=[{**situation(), "topic": "nichts"}]))
    assert fault.endswith("topic: there is no topic nichts")


def test_a_key_stands_there_once(write: Write) -> None:
    [fault] = faults(write(topics=[topic(), topic()]))
    assert fault.endswith("key: thema stands here twice")


def test_a_service_is_called_like_its_file(write: Write) -> None:
    folder = write(service("a"))
    (folder / "services" / "a.yaml").rename(folder / "services" / "b.yaml")
    assert faults(folder)[0].endswith("key: must be b, like the file")


@pytest.mark.parametrize("content", ["", "- a", "nothing", "[", "key: [1"])
def test_a_file_that_is_no_service_is_told(write: Write, content: str) -> None:
    folder = write()
    (folder / "services" / "a.yaml").write_text(content, encoding="utf-8")
    assert faults(folder)


@pytest.mark.parametrize("data", [{}, "text", {"key": "x"}, [1], [None]])
def test_a_file_that_is_no_list_of_topics_is_told(write: Write, data: Any) -> None:
    folder = write(topics=data)
    if data == {}:
        (folder / "topics.yaml").write_text("{}", encoding="utf-8")
    assert faults(folder)


def test_the_regions_own_catalogue_has_no_fault() -> None:
    entries = read_all(shipped("catalogue"))
    counts = {kind: sum(entry.kind == kind for entry in entries) for kind in ("topic", "situation", "form")}
    assert counts == {"topic": 14, "situation": 52, "form": 27}
    assert sum(entry.kind == "service" for entry in entries) >= 60
