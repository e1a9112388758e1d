"""What every program of a test process would make anew though it comes out the same: made once, then remembered.

Half of the time that a program takes to start goes into the search index of the region's catalogue, and half of what a first
page takes into translating its templates to Python.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import pytest
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket

from kreisportal.catalogue import snapshot_keeper
from kreisportal.catalogue.snapshot import Catalogue, EntryRow
from kreisportal.web.site import SiteFlask


class _Templates(BytecodeCache):
    """Translated templates by name and source."""

    def __init__(self) -> None:
        self._code: dict[tuple[str, str], bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give what is known of it."""
        code = self._code.get((bucket.key, bucket.checksum))
        if code is not None:
            bucket.bytecode_from_string(code)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Remember it."""
        self._code[bucket.key, bucket.checksum] = bucket.bytecode_to_string()


class _Catalogues:
    """The last catalogue that was made, since nothing ever changes one."""

    def __init__(self) -> None:
        self._last: tuple[bytes, Catalogue] | None = None

    def __call__(self, entries: Iterable[EntryRow]) -> Catalogue:
        """The catalogue of these entries."""
        rows = list(entries)
        digest = hashlib.sha256(json.dumps(rows, sort_keys=True).encode()).digest()
        if self._last is None or self._last[0] != digest:
            self._last = digest, Catalogue(rows)
        return self._last[1]


@contextmanager
def remembering() -> Iterator[None]:
    """Until the end of the block programs share what is the same for all."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(snapshot_keeper, "Catalogue", _Catalogues())
        patch.setattr(SiteFlask, "jinja_options", {**SiteFlask.jinja_options, "bytecode_cache": _Templates()})
        yield
