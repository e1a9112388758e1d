"""A file as it is sent with a form."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class File:
    """A file that is sent with a form."""

    name: str
    content: bytes
