"""What the portal shows of the council: the next meetings and newest papers, from the snapshot in memory."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kreisportal.tenancy.profile import definition_of
from kreisportal.tenancy.registry import TenantRecord


@dataclass(frozen=True, slots=True)
class Meeting:
    """A meeting. ``title`` is its committees or else its name; ``note`` is its name where that says more."""

    title: str
    note: str
    start: datetime.datetime
    end: datetime.datetime | None
    place: str
    cancelled: bool
    web: str


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper, e.g. a motion. ``reference`` is its number."""

    name: str
    reference: str
    kind: str
    date: datetime.date
    web: str


@dataclass(frozen=True, slots=True)
class Council:
    """What is known of a council, ``as_of`` a day."""

    name: str
    as_of: datetime.date
    meetings: tuple[Meeting, ...]
    papers: tuple[Paper, ...]


def council_of(tenant: TenantRecord, today: datetime.date) -> Council | None:
    """The council's meetings from today on, and its papers; None if the town shows nothing of it."""
    source = definition_of(tenant).council
    known = tenant.council
    if source is None or not source.on or known.get("body") != source.body:
        return None
    shown = known["shown"]
    meetings = [_meeting(each) for each in shown["meetings"]]
    return Council(
        source.name,
        datetime.date.fromisoformat(shown["as_of"]),
        tuple(each for each in meetings if each.start.date() >= today),
        tuple(_paper(each) for each in shown["papers"]),
    )


def _meeting(said: Mapping[str, Any]) -> Meeting:
    committees, name = ", ".join(said.get("committees", ())), said.get("name", "")
    title = committees or name
    return Meeting(
        title,
        name if name and name.casefold() not in title.casefold() else "",
        datetime.datetime.fromisoformat(said["start"]),
        datetime.datetime.fromisoformat(said["end"]) if "end" in said else None,
        said.get("place", ""),
        said.get("cancelled", False),
        said.get("web", ""),
    )


def _paper(said: Mapping[str, Any]) -> Paper:
    return Paper(
        said["name"],
        said.get("reference", ""),
        said.get("kind", ""),
        datetime.date.fromisoformat(said["date"]),
        said.get("web", ""),
    )
