"""YAML written by people: safe, small, and every fault with its line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kreisportal.kernel.errors import DefinitionError
from kreisportal.kernel.yaml_source import MAX_BYTES, read_blocks, read_source

PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**17), 10**17)
    | st.text("aäß 1-_.:#\"'{}[]|>%@`", max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text("abc", min_size=1), inner, max_size=3)
    ),
    max_leaves=12,
)


def written(folder: Path, text: str | bytes) -> Path:
    path = folder / "file.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def faults_of(path: Path) -> list[str]:
    with pytest.raises(DefinitionError) as caught:
        read_source(path)
    return caught.value.faults


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a: 12", 12),
        ("a: -7", -7),
        ("a: 049377", "049377"),
        ("a: 0x1F", "0x1F"),
        ("a: 0o17", "0o17"),
        ("a: 1:30", "1:30"),
        ("a: 1_000", "1_000"),
        ("a: 1.5", "1.5"),
        ("a: 2026-12-24", "2026-12-24"),
        ("a: true", True),
        ("a: false", False),
        ("a: yes", "yes"),
        ("a: NO", "NO"),
        ("a: on", "on"),
        ("a: null", None),
        ("a: ~", None),
        ("a:", None),
        ("a: Null", "Null"),
        ("a: '12'", "12"),
        ("a: !!python/object/apply:os.system [ls]", ["ls"]),
        ("a: !!binary aGk=", "aGk="),
        ("a: 99999999999999999999", "99999999999999999999"),
    ],
)
def test_values_are_what_people_mean(tmp_path: Path, text: str, value: object) -> None:
    assert read_source(written(tmp_path, text)).data == {"a": value}


@given(value=PLAIN)
def test_what_is_written_comes_back(tmp_path_factory: pytest.TempPathFactory, value: object) -> None:
    # JSON is YAML, but for texts that this reader takes as numbers or truth only without quotation marks.
    path = written(tmp_path_factory.getbasetemp(), "a: " + json.dumps(value, ensure_ascii=False))
    found = read_source(path).data["a"]
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("a: 1\nb: [", 3, "node content"),
        ("a: 1\na: 2", 2, "must be a text that stands here once"),
        ("a: {b: 1}\n\nc: {d: 1,\n  d: 2}", 4, "stands here once"),
        ("? [a]\n: 1", 1, "stands here once"),
        ("a: &x 1\nb: *x", 1, "anchors are not allowed"),
        ("b: *x", 1, "anchors are not allowed"),
        ("a: 1\n\tb: 2", 2, ""),
        ("a: {use: nothing}", 1, "there is no block"),
        ("--- 1\n--- 2", 2, "another document"),
        ("a: " + "[" * 41 + "]" * 41, 1, "nested too deeply"),
        ("a: " + "[" * 100_000 + "]" * 100_000, 1, "nested too deeply"),
        ("a:\n" + "".join(" " * n + "- \n" for n in range(1, 60)), 41, "nested too deeply"),
        (b"a: \xff", 1, "not UTF-8"),
        ("a: \x00", 1, ""),
        ("a: '" + "x" * MAX_BYTES + "'", 1, "larger than"),
    ],
)
def test_a_fault_has_its_line(tmp_path: Path, text: str | bytes, line: int, reason: str) -> None:
    faults = faults_of(written(tmp_path, text))
    assert reason in faults[0]
    assert f"file.yaml:{line}: " in faults[0]


def test_faults_that_can_be_told_apart_come_together(tmp_path: Path) -> None:
    assert len(faults_of(written(tmp_path, "a: 1\na: 2\nb: {c: 1, c: 2}\nd: {use: x}"))) == 3


def test_a_place_is_the_line_of_the_value_or_of_what_is_around_it(tmp_path: Path) -> None:
    source = read_source(written(tmp_path, "a: 1\nb:\n  - c: 2\n  - d: 3\n"))
    places = {
        ("a",): 1,
        ("b", 0, "c"): 3,
        ("b", 1, "d"): 4,
        ("b", 1, "missing"): 4,
        ("b", 7): 2,
        ("missing", "deeper"): 1,
    }
    assert {trail: int(source.place(trail).rsplit(":", 1)[1]) for trail in places} == places


def test_an_empty_file_is_nothing(tmp_path: Path) -> None:
    source = read_source(written(tmp_path, "# only a remark\n"))
    assert source.data is None
    assert source.place(("a",)).endswith("file.yaml:1")


def test_a_block_is_laid_below_what_stands_beside_it(tmp_path: Path) -> None:
    (tmp_path / "_blocks.yaml").write_text(
        "blocks:\n  name:\n    kind: text\n    label: {de: Name}\n", "utf-8"
    )
    blocks = read_blocks(tmp_path / "_blocks.yaml")
    source = read_source(written(tmp_path, "field:\n  use: name\n  label: {de: Vorname}\n"), blocks)
    assert source.data == {"field": {"kind": "text", "label": {"de": "Vorname"}}}
    assert source.place(("field", "kind")).endswith("_blocks.yaml:3")
    assert source.place(("field", "label", "de")).endswith("file.yaml:3")


def test_a_block_that_uses_itself_ends_in_a_fault(tmp_path: Path) -> None:
    (tmp_path / "_blocks.yaml").write_text("blocks:\n  loop:\n    inner: {use: loop}\n", "utf-8")
    blocks = read_blocks(tmp_path / "_blocks.yaml")
    with pytest.raises(DefinitionError, match="nested too deeply"):
        read_source(written(tmp_path, "a: {use: loop}"), blocks)


@pytest.mark.parametrize("text", ["", "- a", "other: {}", "blocks: []", "blocks: {}\nmore: 1"])
def test_a_file_of_blocks_is_one_map(tmp_path: Path, text: str) -> None:
    with pytest.raises(DefinitionError, match=r"file.yaml:1: "):
        read_blocks(written(tmp_path, text))


def test_without_a_file_there_are_no_blocks(tmp_path: Path) -> None:
    assert read_blocks(tmp_path / "_blocks.yaml").nodes == {}
