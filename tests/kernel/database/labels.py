"""How towns and rows are named in the world of these tests."""

from __future__ import annotations

import uuid

A, B = 1001, 1002
"""The ids of the two towns."""

HELD = -1
"""Instead of a number of rows: row security let the statement through, and a constraint refused it."""


def uid(label: str) -> uuid.UUID:
    """The id that belongs to a label, the same each time."""
    return uuid.uuid5(uuid.NAMESPACE_OID, label)
