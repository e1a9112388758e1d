"""Who somebody is, as a provider from outside has told. A provider's module makes it, and everything else takes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from kreisportal.kernel.levels import LEVELS, Level

LONGEST = 500
"""Characters of an issuer or a subject."""


@dataclass(frozen=True, slots=True)
class OutsideIdentity:
    """An identity, proven just now. Within ``issuer`` the ``subject`` is one person's for good.

    ``provider`` is the key under which the way in is registered, ``attributes`` what was told, by the keys that forms
    propose answers by (``forms/prefill.py``) and as their types store them; a part may be missing. Raises ValueError
    for an issuer, subject or level that is none: nobody is signed in by half an identity.
    """

    provider: str
    issuer: str
    subject: str
    level: Level
    attributes: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in ("provider", "issuer", "subject"):
            value = getattr(self, name)
            if not isinstance(value, str) or not 0 < len(value) <= LONGEST or not value.isprintable():
                raise ValueError(name)
        if self.level not in LEVELS:
            raise ValueError("level")
