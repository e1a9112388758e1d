"""Reading OParl's objects (https://oparl.org, 1.0 and 1.1): whatever they hold, only text, days and links come out.

Nothing here trusts a type: what is not as the specification says is left out.
"""

from __future__ import annotations

import datetime
import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from kreisportal.council.errors import Fault, SourceError
from kreisportal.kernel.clock import LOCAL_ZONE

_TYPE = re.compile(r"https?://schema\.oparl\.org/1\.\d{1,2}/([A-Za-z]{1,40})/?")
_LONGEST_NAME, _LONGEST_WORD, _LONGEST_LINK = 300, 120, 500
_MOST_COMMITTEES = 5
# Letters that turn others around, or are no letters at all.
_NO_TEXT = frozenset({"Cc", "Cs", "Co", "Cn", "Zl", "Zp"})
_TURNING = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")

Obj = Mapping[str, Any]


class Page(NamedTuple):
    """A page of a list, and where the next one is ('' after the last)."""

    items: list[Obj]
    following: str


def parsed(content: bytes) -> Obj:
    """An answer as an object. Raises SourceError."""
    try:
        found = json.loads(content)
    except (ValueError, RecursionError):
        raise SourceError(Fault.NO_JSON) from None
    if not isinstance(found, dict):
        raise SourceError(Fault.NO_OPARL)
    return found


def kind_of(found: Obj) -> str:
    """The type of an object, e.g. System or Body; '' if it is none of OParl's."""
    said = found.get("type")
    match = _TYPE.fullmatch(said) if isinstance(said, str) else None
    return match[1] if match else ""


def page_of(found: Obj) -> Page:
    """A page of a list. Raises SourceError for what is no list."""
    data, links = found.get("data"), found.get("links")
    if not isinstance(data, list):
        raise SourceError(Fault.NO_OPARL)
    following = links.get("next") if isinstance(links, dict) else None
    return Page(
        [each for each in data if isinstance(each, dict)], following if isinstance(following, str) else ""
    )


def address_in(found: Obj, name: str) -> str:
    """An address that an object names, or ''. Whoever asks there checks it first."""
    said = found.get(name)
    return said if isinstance(said, str) else ""


def text_in(found: Obj, name: str, longest: int = _LONGEST_NAME) -> str:
    """A text of an object on one line, or ''; a long one is cut."""
    said = found.get(name)
    if not isinstance(said, str):
        return ""
    # What is far too long is cut before it costs anything.
    said = _TURNING.sub("", said[: 20 * longest])
    said = "".join(" " if unicodedata.category(letter) in _NO_TEXT else letter for letter in said)
    said = " ".join(said.split())
    return said if len(said) <= longest else said[: longest - 1].rstrip() + "…"


def link_in(found: Obj, name: str) -> str:
    """An address that people may be shown as a link, or ''."""
    said = found.get(name)
    if not isinstance(said, str) or len(said) > _LONGEST_LINK or not said.isprintable():
        return ""
    if any(letter in said for letter in ' \\"<>'):
        return ""
    try:
        parts = urlsplit(said)
        whole = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 443) > 0
    except ValueError:
        return ""
    return said if whole and parts.username is None and parts.password is None else ""


def instant_in(found: Obj, name: str) -> datetime.datetime | None:
    """An instant of an object, aware; without a zone it is meant by the region's clocks."""
    said = found.get(name)
    if not isinstance(said, str) or len(said) > 40:
        return None
    try:
        instant = datetime.datetime.fromisoformat(said)
        instant = instant if instant.tzinfo else instant.replace(tzinfo=LOCAL_ZONE)
        return instant.astimezone(LOCAL_ZONE)
    except (ValueError, OverflowError):
        return None


def is_gone(found: Obj) -> bool:
    """Whether an object says of itself that it has been deleted."""
    return found.get("deleted") is True


def meeting_of(found: Obj) -> dict[str, Any] | None:
    """A meeting as it is kept, without its committees' names; None if there is no saying when it is."""
    start = instant_in(found, "start")
    if start is None:
        return None
    end = instant_in(found, "end")
    cancelled = found.get("cancelled") is True or text_in(found, "meetingState").casefold().startswith(
        ("abgesagt", "cancelled", "canceled", "ausgefallen", "entfällt", "entfallen")
    )
    kept = {
        "id": identity(found),
        "name": text_in(found, "name"),
        "start": start.isoformat(),
        "end": end.isoformat() if end and end > start else "",
        "place": _place(found.get("location")),
        "cancelled": cancelled,
        "web": link_in(found, "web"),
    }
    return {name: value for name, value in kept.items() if value}


def paper_of(found: Obj) -> dict[str, Any] | None:
    """A paper as it is kept; None if it has no name or no day."""
    day = _day_in(found, "date") or _day_in(found, "created")
    name = text_in(found, "name")
    if day is None or not name:
        return None
    kept = {
        "id": identity(found),
        "name": name,
        "reference": text_in(found, "reference", _LONGEST_WORD),
        "kind": text_in(found, "paperType", _LONGEST_WORD),
        "date": day.isoformat(),
        "web": link_in(found, "web"),
    }
    return {name: value for name, value in kept.items() if value}


def identity(found: Obj) -> str:
    """What tells an object from others; '' if it does not say."""
    said = found.get("id")
    return said if isinstance(said, str) and len(said) <= _LONGEST_LINK and said.isprintable() else ""


def committees_in(found: Obj) -> Sequence[Obj | str]:
    """The organizations that a meeting is of: objects as they are, or addresses to ask at."""
    said = found.get("organization")
    each = said if isinstance(said, list) else [said]
    return [one for one in each if isinstance(one, (dict, str))][:_MOST_COMMITTEES]


def name_of(found: Obj) -> str:
    """What an organization or a body is called."""
    return text_in(found, "name", _LONGEST_WORD) or text_in(found, "shortName", _LONGEST_WORD)


def _place(location: object) -> str:
    if not isinstance(location, dict):
        return ""
    town = " ".join(
        part
        for part in (text_in(location, name, _LONGEST_WORD) for name in ("postalCode", "locality"))
        if part
    )
    said = text_in(location, "description", _LONGEST_WORD)
    parts = [
        *(text_in(location, name, _LONGEST_WORD) for name in ("room", "streetAddress")),
        town,
    ]
    # A description often says the rest already.
    return ", ".join([*([said] if said else []), *(part for part in parts if part and part not in said)])


def _day_in(found: Obj, name: str) -> datetime.date | None:
    said = found.get(name)
    if not isinstance(said, str):
        return None
    try:
        return datetime.date.fromisoformat(said)
    except ValueError:
        instant = instant_in(found, name)
        return instant.date() if instant else None
