"""From template and data to subject and text, in the mail's language."""

from __future__ import annotations

from functools import lru_cache
from importlib import resources

_FOLDER = "templates/mail"


@lru_cache(maxsize=1)
def template_names() -> frozenset[str]:
    """The names that a mail's template can have."""
    folder = resources.files("kreisportal.notifications") / _FOLDER
    return frozenset(
        entry.name.removesuffix(".txt")
        for entry in folder.iterdir()
        if entry.name.endswith(".txt") and not entry.name.startswith("_")
    )
