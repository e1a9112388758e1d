"""Reading YAML written by people: safe, small, and knowing the line of every value.

Only what the forms need is understood: maps with text keys, lists, texts, whole numbers, true and false.
Dates and "yes" stay texts. Anchors are refused, because nested aliases can blow a small file up. ``{use:
name, …}`` stands for a block of the folder's ``_blocks.yaml``, with the entries beside it laid over it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from kreisportal.kernel.errors import DefinitionError

MAX_BYTES = 256 * 1024
_MAX_DEPTH = 40
# libyaml reads the catalogue five times as fast as pure Python.
_LOADER: type[yaml.SafeLoader | yaml.CSafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

Trail = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Source:
    """Plain data read from a file, with the place (``file:line``) of each part by its trail of keys and
    indexes.
    """

    data: Any
    places: Mapping[Trail, str]
    name: str

    def place(self, trail: Trail) -> str:
        """The place of a part, or of the nearest part around it that stands in the file."""
        while trail not in self.places and trail:
            trail = trail[:-1]
        return self.places.get(trail, f"{self.name}:1")


@dataclass(slots=True)
class Blocks:
    """The nodes that ``use`` may name, each with the name of its file."""

    nodes: dict[str, yaml.Node] = field(default_factory=dict)
    file: str = ""


def shown_name(path: Path) -> str:
    """A file's name as faults show it: its last three parts, e.g. ``catalogue/forms/hund-anmelden.yaml``."""
    return "/".join(path.resolve().parts[-3:])


def _check_events(text: str, name: str) -> None:
    """Refuse what must not reach the composer, which follows nesting and aliases wherever they lead."""
    depth = 0
    for event in yaml.parse(text, Loader=_LOADER):
        line = event.start_mark.line + 1 if event.start_mark else 1
        if getattr(event, "anchor", None):
            raise DefinitionError([f"{name}:{line}: anchors are not allowed, name a block instead"])
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > _MAX_DEPTH:
            raise DefinitionError([f"{name}:{line}: nested too deeply"])


def _compose(path: Path) -> yaml.Node | None:
    name = shown_name(path)
    raw = path.read_bytes()
    if len(raw) > MAX_BYTES:
        raise DefinitionError([f"{name}:1: the file is larger than {MAX_BYTES} bytes"])
    try:
        text = raw.decode("utf-8")
        _check_events(text, name)
        return yaml.compose(text, Loader=_LOADER)
    except UnicodeDecodeError as error:
        raise DefinitionError([f"{name}:1: the file is not UTF-8 ({error.reason})"]) from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        raise DefinitionError([f"{name}:{line}: {getattr(error, 'problem', None) or error}"]) from error
    except RecursionError as error:
        raise DefinitionError([f"{name}:1: nested too deeply"]) from error


def read_blocks(path: Path) -> Blocks:
    """The blocks of a file ``{blocks: {name: …}}``; none where the file does not exist."""
    if not path.is_file():
        return Blocks()
    node = _compose(path)
    name = shown_name(path)
    if not isinstance(node, yaml.MappingNode) or [key.value for key, _ in node.value] != ["blocks"]:
        raise DefinitionError([f"{name}:1: the file must have the one entry blocks"])
    entries = node.value[0][1]
    if not isinstance(entries, yaml.MappingNode):
        raise DefinitionError([f"{name}:1: blocks must be a map"])
    return Blocks({str(key.value): value for key, value in entries.value}, name)


def read_source(path: Path, blocks: Blocks | None = None) -> Source:
    """The data of a file. Raises DefinitionError with all faults of writing that can be told apart."""
    reader = _Reader(shown_name(path), blocks or Blocks())
    node = _compose(path)
    data = reader.value(node, (), reader.name, 0) if node is not None else None
    if reader.faults:
        raise DefinitionError(reader.faults)
    return Source(data, reader.places, reader.name)


class _Reader:
    """Turns nodes into plain data and remembers where each stood."""

    def __init__(self, name: str, blocks: Blocks) -> None:
        self.name = name
        self.blocks = blocks
        self.places: dict[Trail, str] = {}
        self.faults: list[str] = []

    def value(self, node: yaml.Node, trail: Trail, file: str, depth: int) -> Any:
        place = f"{file}:{node.start_mark.line + 1}"
        self.places[trail] = place
        if depth > _MAX_DEPTH:
            self.faults.append(f"{place}: nested too deeply")
            return None
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, trail, file, depth)
        if isinstance(node, yaml.SequenceNode):
            return [self.value(part, (*trail, at), file, depth + 1) for at, part in enumerate(node.value)]
        return _scalar(node)

    def _mapping(self, node: yaml.MappingNode, trail: Trail, file: str, depth: int) -> dict[str, Any]:
        found: dict[str, Any] = {}
        used = [value for key, value in node.value if key.value == "use"]
        if used:
            found = self._block(used[0], trail, file, depth)
        seen: set[str] = set()
        for key_node, value_node in node.value:
            place = f"{file}:{key_node.start_mark.line + 1}"
            key = str(key_node.value)
            if not isinstance(key_node, yaml.ScalarNode) or key in seen:
                self.faults.append(
                    f"{place}: {key if isinstance(key_node.value, str) else 'key'}: "
                    "must be a text that stands here once"
                )
                continue
            seen.add(key)
            if key != "use":
                found[key] = self.value(value_node, (*trail, key), file, depth + 1)
                self.places[(*trail, key)] = place
        return found

    def _block(self, node: yaml.Node, trail: Trail, file: str, depth: int) -> dict[str, Any]:
        block = self.blocks.nodes.get(str(node.value))
        place = f"{file}:{node.start_mark.line + 1}"
        if block is None:
            self.faults.append(f"{place}: use: there is no block {node.value!r}")
            return {}
        data = self.value(block, trail, self.blocks.file, depth + 1)
        self.places[trail] = place
        if isinstance(data, dict):
            return data
        self.faults.append(f"{place}: use: the block {node.value!r} is not a map")
        return {}


def _scalar(node: yaml.Node) -> Any:
    if node.tag == "tag:yaml.org,2002:int":
        # Numbers with leading zeros (postcodes) and octal or sexagesimal writing stay texts.
        return int(node.value) if re.fullmatch(r"-?(0|[1-9][0-9]{0,17})", node.value) else str(node.value)
    if node.tag == "tag:yaml.org,2002:bool" and node.value in ("true", "false"):
        return node.value == "true"
    if node.tag == "tag:yaml.org,2002:null" and node.value in ("", "null", "~"):
        return None
    return str(node.value)
