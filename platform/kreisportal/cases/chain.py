"""The chain of a case's events: each hashes the one before and a salted digest of its own personal content.

Erasing content and salt leaves the digest, so the chain still holds and tells nothing.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

GENESIS = bytes(32)
_SALT_BYTES = 16
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Link:
    """An event as it stands in the chain."""

    sequence: int
    at: datetime
    kind: str
    actor: str
    staff_id: uuid.UUID | None
    is_public: bool
    data: Mapping[str, Any]
    content: Mapping[str, Any] | None
    salt: bytes | None
    content_digest: bytes | None
    previous_hash: bytes
    hash: bytes


def canonical(value: object) -> bytes:
    """Canonical JSON: sorted keys, no spaces, UTF-8."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def salted_digest(salt: bytes, content: Mapping[str, Any]) -> bytes:
    """SHA-256 over salt and content: without the salt nobody can try out what the content was."""
    return hashlib.sha256(salt + canonical(content)).digest()


def link(
    previous: bytes,
    sequence: int,
    at: datetime,
    kind: str,
    actor: str,
    *,
    staff_id: uuid.UUID | None = None,
    is_public: bool = True,
    data: Mapping[str, Any] | None = None,
    content: Mapping[str, Any] | None = None,
) -> Link:
    """The next event after the one whose hash is ``previous``."""
    salt = secrets.token_bytes(_SALT_BYTES) if content is not None else None
    digest = salted_digest(salt, content) if salt is not None and content is not None else None
    head = _hash(previous, sequence, at, kind, actor, staff_id, is_public, data or {}, digest)
    return Link(
        sequence, at, kind, actor, staff_id, is_public, data or {}, content, salt, digest, previous, head
    )


def holds(events: Iterable[Link], head: bytes | None = None) -> bool:
    """Whether a case's events, in order, are whole: none changed, none missing in between.

    ``head`` is the hash of the newest event as the case itself knows it; with it none is missing at the end either.
    """
    previous, expected = GENESIS, 1
    for event in events:
        if event.previous_hash != previous or event.sequence != expected:
            return False
        if event.content is not None and (
            event.salt is None or salted_digest(event.salt, event.content) != event.content_digest
        ):
            return False
        right = _hash(
            previous,
            event.sequence,
            event.at,
            event.kind,
            event.actor,
            event.staff_id,
            event.is_public,
            event.data,
            event.content_digest,
        )
        if right != event.hash:
            return False
        previous, expected = event.hash, expected + 1
    return head is None or head == previous


def _hash(
    previous: bytes,
    sequence: int,
    at: datetime,
    kind: str,
    actor: str,
    staff_id: uuid.UUID | None,
    is_public: bool,
    data: Mapping[str, Any],
    content_digest: bytes | None,
) -> bytes:
    body = {
        "sequence": sequence,
        # In whole numbers: as a float two neighbouring microseconds may become the same.
        "at": (at - _EPOCH) // _MICROSECOND,
        "kind": kind,
        "actor": actor,
        "staff": str(staff_id) if staff_id else None,
        "public": is_public,
        "data": dict(data),
        "content": content_digest.hex() if content_digest else None,
    }
    return hashlib.sha256(previous + canonical(body)).digest()
