"""The catalogue as its files: what the database has, written so that reading it in again changes nothing."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml

from kreisportal.catalogue.files import LISTS, SCHEMAS
from kreisportal.catalogue.snapshot import EntryRow

_FOLDERS = {"service": "services", "form": "forms"}
# The database keeps no order of names. First those that tell what a thing is, then languages as everywhere.
_FIRST = ("key", "kind", "type", "word", "name", "title", "label", "short", "de", "en", "de-simple")
_WIDTH = 120


class _Dumper(yaml.CSafeDumper):
    """Writes what ``kernel.yaml_source`` reads: no anchors, longer texts line by line."""

    def ignore_aliases(self, data: Any) -> bool:
        """Anchors are refused by the reader."""
        return True


def _text(dumper: _Dumper, text: str) -> yaml.ScalarNode:
    style = "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _text)


def catalogue_files(entries: Iterable[EntryRow]) -> dict[str, str]:
    """The text of each file of the catalogue's folder by its path."""
    lists: dict[str, list[Any]] = {kind: [] for kind in LISTS}
    files: dict[str, str] = {}
    for kind, key, _, data in entries:
        written = _sorted(data, _order(kind))
        if kind in lists:
            lists[kind].append(written)
        else:
            files[f"{_FOLDERS[kind]}/{key}.yaml"] = _yaml(written)
    return {**{f"{kind}s.yaml": _yaml(rows) for kind, rows in lists.items()}, **files}


def as_zip(files: Mapping[str, str]) -> bytes:
    """The files in one archive, the same bytes for the same files."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in sorted(files.items()):
            archive.writestr(zipfile.ZipInfo(name), text.encode(), zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def write_folder(folder: Path, files: Mapping[str, str]) -> None:
    """The files in a folder that there may not be yet; others in it stay."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def _order(kind: str) -> tuple[str, ...]:
    schema = SCHEMAS.get(kind)
    return tuple(schema.declared_fields) if schema else ()


def _sorted(value: Any, names: tuple[str, ...] = ()) -> Any:
    """The value with its names in an order that people read well."""
    if isinstance(value, list):
        return [_sorted(item) for item in value]
    if not isinstance(value, dict):
        return value
    known = {name: place for place, name in enumerate(names or _FIRST)}
    return {
        name: _sorted(value[name]) for name in sorted(value, key=lambda name: (known.get(name, 99), name))
    }


def _yaml(data: Any) -> str:
    return yaml.dump(data, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=_WIDTH)
