"""Reading a source over the network: which bodies it has, and the meetings and papers of one of them."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from kreisportal.council import oparl
from kreisportal.council.asking import Budget, fetch, joined
from kreisportal.council.errors import Fault, SourceError
from kreisportal.council.oparl import Obj
from kreisportal.kernel.clock import LOCAL_ZONE
from kreisportal.tenancy.council_source import LONGEST_NAME, is_source_address

MOST_MEETINGS, MOST_PAPERS, MOST_BODIES = 30, 15, 50
_MEETINGS_BACK, _PAPERS_BACK = datetime.timedelta(days=400), datetime.timedelta(days=120)
_AHEAD = datetime.timedelta(days=400)
_OVERLAP = datetime.timedelta(days=1)
_MOST_PAGES = 60

Kept = dict[str, Any]
"""A meeting or a paper as it is kept."""


@dataclass(frozen=True, slots=True)
class Body:
    """A body of a source: its address, and what it is called."""

    address: str
    name: str


@dataclass(frozen=True, slots=True)
class Before:
    """What was read before, and when: only what has changed since is asked for."""

    shown: dict[str, Any]
    at: datetime.datetime


def bodies_at(address: str, budget: Budget) -> list[Body]:
    """The bodies that can be read at an address, which is a system's, a body's or that of a list. Raises SourceError."""
    at, found = _object(address, budget)
    kind = oparl.kind_of(found)
    if kind == "Body":
        bodies = [_body(found, at, alone=True)]
    elif kind == "System":
        listed = joined(at, oparl.address_in(found, "body"))
        bodies = [_body(each, listed, alone=False) for each in _listed(listed, budget)]
    elif "data" in found:
        bodies = [_body(each, at, alone=False) for each in oparl.page_of(found).items]
    else:
        raise SourceError(Fault.NO_OPARL)
    known = [body for body in bodies if body is not None][:MOST_BODIES]
    if not known:
        raise SourceError(Fault.NO_BODY)
    return known


def parts_at(address: str, budget: Budget, now: datetime.datetime) -> frozenset[str]:
    """What the body at an address lets be read, of meeting and paper: the first page of each list. Raises SourceError."""
    at, lists = _lists(address, budget)
    back = {"meeting": _MEETINGS_BACK, "paper": _PAPERS_BACK}
    for name, listed in lists.items():
        oparl.page_of(_object(_since(joined(at, listed), now - back[name]), budget)[1])
    return frozenset(lists)


def read(
    address: str, budget: Budget, now: datetime.datetime, before: Before | None = None
) -> dict[str, Any]:
    """The next meetings and newest papers of the body at an address, as they are kept. Raises SourceError.

    With ``before`` what is known already stays, but for what has changed or gone since.
    """
    at, lists = _lists(address, budget)
    today = now.astimezone(LOCAL_ZONE).date()
    meetings, papers = _known(before, "meetings"), _known(before, "papers")
    if "meeting" in lists:
        changed = _changed(joined(at, lists["meeting"]), budget, before, now - _MEETINGS_BACK)
        _take_in(meetings, changed, _meeting, lambda each: _is_ahead(each, today))
    if "paper" in lists:
        changed = _changed(joined(at, lists["paper"]), budget, before, now - _PAPERS_BACK)
        _take_in(papers, changed, oparl.paper_of, lambda each: bool(each["date"] <= today.isoformat()))
    coming = [each for each in meetings.values() if _is_ahead(each, today)]
    coming.sort(key=lambda each: (datetime.datetime.fromisoformat(each["start"]), each.get("name", "")))
    newest = sorted(papers.values(), key=lambda each: (each["date"], each.get("reference", "")), reverse=True)
    return {
        "as_of": today.isoformat(),
        "meetings": _with_committees(coming[:MOST_MEETINGS], at, budget),
        "papers": newest[:MOST_PAPERS],
    }


def _lists(address: str, budget: Budget) -> tuple[str, dict[str, str]]:
    """Where a body's lists of meetings and papers are, and the address that they may start from."""
    at, found = _object(address, budget)
    if oparl.kind_of(found) != "Body":
        raise SourceError(Fault.NO_OPARL)
    said = {name: oparl.address_in(found, name) for name in ("meeting", "paper")}
    lists = {name: listed for name, listed in said.items() if listed}
    if not lists:
        raise SourceError(Fault.NO_BODY)
    return at, lists


def _object(address: str, budget: Budget) -> tuple[str, Obj]:
    at, content = fetch(address, budget)
    return at, oparl.parsed(content)


def _body(found: Obj, at: str, *, alone: bool) -> Body | None:
    """A body by its own address, or by the one that it was found at if it stood there ``alone``."""
    if oparl.kind_of(found) != "Body" or oparl.is_gone(found):
        return None
    address = joined(at, oparl.identity(found))
    if (not alone and address == at) or not is_source_address(address):
        return Body(at, oparl.name_of(found) or at[:LONGEST_NAME]) if alone else None
    return Body(address, oparl.name_of(found) or address[:LONGEST_NAME])


def _listed(address: str, budget: Budget) -> Iterator[Obj]:
    """All objects of a list, page by page. Raises SourceError, also if there is no end to it."""
    seen: set[str] = set()
    while address and address not in seen:
        if len(seen) >= _MOST_PAGES:
            raise SourceError(Fault.TOO_LARGE)
        seen.add(address)
        at, found = _object(address, budget)
        page = oparl.page_of(found)
        yield from page.items
        address = joined(at, page.following) if page.following else ""


def _changed(address: str, budget: Budget, before: Before | None, since: datetime.datetime) -> Iterator[Obj]:
    """What of a list has changed since a time, or since it was read before."""
    return _listed(_since(address, before.at - _OVERLAP if before else since), budget)


def _since(address: str, since: datetime.datetime) -> str:
    try:
        parts = urlsplit(address)
    except ValueError:
        raise SourceError(Fault.ADDRESS) from None
    moment = since.astimezone(LOCAL_ZONE).replace(microsecond=0).isoformat()
    query = [*parse_qsl(parts.query, keep_blank_values=True), ("modified_since", moment)]
    return urlunsplit(parts._replace(query=urlencode(query)))


def _known(before: Before | None, name: str) -> dict[str, Kept]:
    return {each["id"]: each for each in before.shown[name] if "id" in each} if before else {}


def _take_in(
    known: dict[str, Kept],
    changed: Iterator[Obj],
    make: Callable[[Obj], Kept | None],
    is_wanted: Callable[[Kept], bool],
) -> None:
    """Put what has changed in the place of what was known; what has gone, or is not wanted, is known no more."""
    for number, found in enumerate(changed):
        key = oparl.identity(found) or f"#{number}"
        kept = None if oparl.is_gone(found) else make(found)
        known.pop(key, None)
        if kept is not None and is_wanted(kept):
            known[key] = kept


def _meeting(found: Obj) -> Kept | None:
    """A meeting with its committees; their names are asked for when it is known which meetings are shown."""
    meeting = oparl.meeting_of(found)
    return None if meeting is None else {**meeting, "of": oparl.committees_in(found)}


def _is_ahead(meeting: Kept, today: datetime.date) -> bool:
    day = datetime.datetime.fromisoformat(meeting["start"]).astimezone(LOCAL_ZONE).date()
    return today <= day <= today + _AHEAD


def _with_committees(meetings: list[Kept], at: str, budget: Budget) -> list[Kept]:
    names: dict[str, str] = {}
    for meeting in meetings:
        committees = meeting.pop("of", None)
        if committees is None:
            continue
        found = [
            _name_at(at, each, names, budget) if isinstance(each, str) else oparl.name_of(each)
            for each in committees
        ]
        meeting["committees"] = list(dict.fromkeys(name for name in found if name))
    return meetings


def _name_at(base: str, address: str, names: dict[str, str], budget: Budget) -> str:
    """The name of an organization, asked for once; without it the meeting is shown all the same."""
    if address not in names:
        try:
            names[address] = oparl.name_of(_object(joined(base, address), budget)[1])
        except SourceError:
            names[address] = ""
    return names[address]
