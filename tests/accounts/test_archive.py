"""The file of a takeout: every entry by its digest, names that lead nowhere, lists of any length."""

from __future__ import annotations

import datetime
import hashlib
import io
import json
import tracemalloc
import uuid
from contextlib import suppress
from typing import Any
from zipfile import ZipFile

import pytest

from kreisportal.accounts.archive import MANIFEST, Archive

MOMENT = datetime.datetime(2026, 12, 24, 10, 15, tzinfo=datetime.UTC)


def written(**adds: Any) -> ZipFile:
    file = io.BytesIO()
    with Archive(file, MOMENT, "de") as archive:
        for method, arguments in adds.items():
            getattr(archive, method)(*arguments)
    return ZipFile(file)


def test_the_manifest_names_every_entry_with_its_digest() -> None:
    whole = written(
        add_json=("konto/konto.json", {"at": MOMENT, "id": uuid.UUID(int=1), "name": "Łucja"}),
        add_list=("liste.json", ({"n": number} for number in range(3))),
        add_file=("orte/vechta/Öl.pdf", "application/pdf", io.BytesIO(b"%PDF")),
        add_missing=("weg.pdf",),
    )
    manifest = json.loads(whole.read(MANIFEST))
    assert (manifest["format"], manifest["version"]) == ("kreisportal-takeout", 1)
    assert manifest["made_at"] == MOMENT.isoformat()
    assert manifest["missing"] == ["weg.pdf"]
    assert {entry["name"] for entry in manifest["files"]} == set(whole.namelist()) - {MANIFEST}
    for entry in manifest["files"]:
        content = whole.read(entry["name"])
        assert (entry["size"], entry["sha256"]) == (len(content), hashlib.sha256(content).hexdigest())
    assert json.loads(whole.read("liste.json")) == [{"n": 0}, {"n": 1}, {"n": 2}]
    assert json.loads(whole.read("konto/konto.json"))["name"] == "Łucja"


def test_a_list_of_nothing_is_a_list() -> None:
    assert json.loads(written(add_list=("leer.json", [])).read("leer.json")) == []


@pytest.mark.parametrize("name", ["../x", "/x", "a/../x", "a//x", "a\\x", "", "./x"])
def test_no_name_leads_out_of_the_folder(name: str) -> None:
    with pytest.raises(ValueError, match="plain names"):
        written(add_json=(name, {}))


def test_an_entry_is_written_once() -> None:
    with pytest.raises(ValueError, match="once"), Archive(io.BytesIO(), MOMENT, "de") as archive:
        archive.add_json("x.json", {})
        archive.add_json("x.json", {})


def test_after_an_error_there_is_no_manifest() -> None:
    file = io.BytesIO()
    with suppress(OSError), Archive(file, MOMENT, "de") as archive:
        archive.add_json("x.json", {})
        raise OSError
    assert MANIFEST not in ZipFile(file).namelist()


def test_what_is_large_is_not_held_in_memory() -> None:
    class Zeros(io.RawIOBase):
        left = 48 * 1024 * 1024

        def read(self, size: int = -1) -> bytes:
            given = min(size, self.left)
            self.left -= given
            return bytes(given)

    tracemalloc.start()
    try:
        written(add_file=("gross.bin", "application/octet-stream", Zeros()))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 8 * 1024 * 1024
