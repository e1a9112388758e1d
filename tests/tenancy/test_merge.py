"""The three-way merge: what the file changed comes in, what an admin changed stays."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kreisportal.tenancy.merge import merge

LEAF = (
    st.none()
    | st.booleans()
    | st.integers(0, 3)
    | st.sampled_from(["", "a", "b"])
    | st.lists(st.integers(0, 2), max_size=2)
)
KEYS = st.sampled_from(["k", "l", "m"])
DOCUMENT = st.dictionaries(
    KEYS, st.recursive(LEAF, lambda inner: st.dictionaries(KEYS, inner, max_size=3), max_leaves=5)
)


def leaves(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """The values that are no tables, by their path; an empty table is a value."""
    if isinstance(value, dict) and (value or not path):
        for key, inner in value.items():
            yield from leaves(inner, (*path, key))
    else:
        yield path, value


def at(document: Any, path: tuple[str, ...]) -> Any:
    for key in path:
        if not isinstance(document, dict) or key not in document:
            return "absent"
        document = document[key]
    return document


def typed(value: Any) -> str:
    """A value with its type, since True equals 1."""
    return repr(value)


@given(DOCUMENT, DOCUMENT)
def test_what_nobody_touched_follows_the_file(last: dict[str, Any], file: dict[str, Any]) -> None:
    merged = merge(last, file, last)
    assert typed(sorted(leaves(merged.value), key=str)) == typed(sorted(leaves(file), key=str))
    assert merged.conflicts == []


@given(DOCUMENT, DOCUMENT)
def test_a_file_that_has_not_changed_changes_nothing(last: dict[str, Any], database: dict[str, Any]) -> None:
    merged = merge(last, last, database)
    assert typed(merged.value) == typed(database)
    assert (merged.taken, merged.conflicts) == ([], [])


@given(DOCUMENT, DOCUMENT, DOCUMENT)
def test_what_an_admin_changed_is_never_undone(
    last: dict[str, Any], file: dict[str, Any], database: dict[str, Any]
) -> None:
    merged = merge(last, file, database).value
    for path, present in leaves(database):
        if not isinstance(present, dict) and typed(present) != typed(at(last, path)):
            assert typed(at(merged, path)) == typed(present), path
    for path, _ in leaves(last):
        # Taken out by the admin, while the table around it is still there.
        if at(database, path) == "absent" and isinstance(at(database, path[:-1]), dict):
            assert at(merged, path) == "absent" or typed(at(file, path)) != typed(at(last, path)), path


@given(DOCUMENT, DOCUMENT, DOCUMENT)
def test_what_the_file_changed_comes_in_unless_an_admin_was_there(
    last: dict[str, Any], file: dict[str, Any], database: dict[str, Any]
) -> None:
    merged = merge(last, file, database)
    for path, wanted in leaves(file):
        around = [at(database, path[:end]) for end in range(1, len(path))]
        untouched = typed(at(database, path)) == typed(at(last, path)) and all(
            isinstance(t, dict) for t in around
        )
        if untouched and not isinstance(wanted, dict):
            assert typed(at(merged.value, path)) == typed(wanted), path


@given(DOCUMENT, DOCUMENT, DOCUMENT)
def test_merging_again_changes_nothing_and_complains_no_more(
    last: dict[str, Any], file: dict[str, Any], database: dict[str, Any]
) -> None:
    once = merge(last, file, database)
    again = merge(file, file, once.value)
    assert typed(again.value) == typed(once.value)
    assert (again.taken, again.conflicts) == ([], [])


@given(DOCUMENT, DOCUMENT, DOCUMENT)
def test_nothing_is_made_up(last: dict[str, Any], file: dict[str, Any], database: dict[str, Any]) -> None:
    merged = merge(last, file, database).value
    for path, value in leaves(merged):
        sources = [typed(at(file, path)), typed(at(database, path))]
        assert typed(value) in sources or value == {}, path


@given(DOCUMENT, DOCUMENT, DOCUMENT)
def test_the_sources_stay_as_they_are(
    last: dict[str, Any], file: dict[str, Any], database: dict[str, Any]
) -> None:
    before = typed((last, file, database))
    merge(last, file, database).value.clear()
    assert typed((last, file, database)) == before


@pytest.mark.parametrize(
    ("last", "file", "database", "value", "taken", "conflicts"),
    [
        ({}, {"a": 1}, {}, {"a": 1}, ["a"], []),
        ({"a": 1}, {"a": 2}, {"a": 1}, {"a": 2}, ["a"], []),
        ({"a": 1}, {"a": 1}, {"a": 3}, {"a": 3}, [], []),
        ({"a": 1}, {"a": 2}, {"a": 3}, {"a": 3}, [], ["a"]),
        ({"a": 1}, {"a": 2}, {"a": 2}, {"a": 2}, [], []),
        ({"a": 1}, {}, {"a": 1}, {}, ["a"], []),
        ({"a": 1}, {}, {"a": 3}, {"a": 3}, [], ["a"]),
        ({"a": 1}, {"a": 1}, {}, {}, [], []),
        ({"a": 1}, {"a": 2}, {}, {}, [], ["a"]),
        ({}, {"a": 1}, {"a": 2}, {"a": 2}, [], ["a"]),
        ({}, {}, {"a": 2}, {"a": 2}, [], []),
        (
            {"t": {"x": 1}},
            {"t": {"x": 2, "y": 1}},
            {"t": {"x": 3}},
            {"t": {"x": 3, "y": 1}},
            ["t.y"],
            ["t.x"],
        ),
        ({"t": {"x": 1}}, {}, {"t": {"x": 3}}, {"t": {"x": 3}}, [], ["t"]),
        ({"l": [1]}, {"l": [1, 2]}, {"l": [1]}, {"l": [1, 2]}, ["l"], []),
        ({"l": [1]}, {"l": [1, 2]}, {"l": [0]}, {"l": [0]}, [], ["l"]),
        ({"a": 1}, {"a": True}, {"a": 1}, {"a": True}, ["a"], []),
        ({"a": False}, {"a": False}, {"a": 0}, {"a": 0}, [], []),
    ],
)
def test_single_fields(
    last: dict[str, Any], file: dict[str, Any], database: dict[str, Any], value: dict[str, Any], taken: list[str],
    conflicts: list[str],
) -> None:  # fmt: skip
    merged = merge(last, file, database)
    assert typed(merged.value) == typed(value)
    assert (merged.taken, merged.conflicts) == (taken, conflicts)
