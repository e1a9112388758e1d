"""The three-way merge of a file that is read in again: last import, file now, database now.

What changed in the file comes in, what an admin changed stays; where both changed the same thing, the
admin's stays and the conflict is told. So reading a file in again never undoes a switch.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

_ABSENT = object()


@dataclass(slots=True)
class Merged:
    """``value`` after the merge; ``taken`` the fields that came from the file, ``conflicts`` those kept against it.

    ``whole`` names maps that are one value.
    """

    value: dict[str, Any]
    taken: list[str] = field(default_factory=list)
    conflicts: list[str] = field(default_factory=list)
    whole: Collection[str] = ()


def merge(
    last: Mapping[str, Any],
    file: Mapping[str, Any],
    database: Mapping[str, Any],
    whole: Collection[str] = (),
) -> Merged:
    """Merge maps of JSON values field by field; lists are one value each, and so are maps of the names in ``whole``."""
    merged = Merged({}, whole=whole)
    _merge(last, file, database, merged.value, "", merged)
    return merged


def _merge(
    last: Mapping[str, Any],
    file: Mapping[str, Any],
    database: Mapping[str, Any],
    result: dict[str, Any],
    path: str,
    merged: Merged,
) -> None:
    for key in dict.fromkeys([*database, *file]):
        before, wanted, present = (side.get(key, _ABSENT) for side in (last, file, database))
        name = f"{path}{key}"
        if isinstance(wanted, Mapping) and isinstance(present, Mapping) and key not in merged.whole:
            inner: dict[str, Any] = {}
            _merge(before if isinstance(before, Mapping) else {}, wanted, present, inner, f"{name}.", merged)
            result[key] = inner
            continue
        value = _choose(before, wanted, present, name, merged)
        if value is not _ABSENT:
            result[key] = value


def _choose(before: Any, wanted: Any, present: Any, name: str, merged: Merged) -> Any:
    if _same(wanted, present) or _same(wanted, before):
        return present
    if _same(present, before):
        merged.taken.append(name)
        return wanted
    merged.conflicts.append(name)
    return present


def _same(one: Any, other: Any) -> bool:
    """Whether two JSON values are the same. In JSON true is not 1, though Python calls them equal."""
    if one is _ABSENT or other is _ABSENT:
        return one is other
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)
