"""Changes of an offer that are planned for a day: what counts on a day, without anybody doing anything at midnight."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from typing import Any

from kreisportal.catalogue.models import Offer

_ALWAYS = ("from", "until", "took", "papers", "planned")
"""What a planned change leaves as it is."""

Entry = Mapping[str, Any]
"""A planned change: ``from`` (a day), ``channel``, and what else stands in an offer's details from then on."""


def in_force(facts: Mapping[str, Any], day: datetime.date) -> Mapping[str, Any]:
    """An offer's facts as they count on a day: the last change that has been reached, with what no change touches."""
    reached = _reached(facts.get("planned", ()), day)
    if reached is None:
        return facts
    return {
        **{name: facts[name] for name in _ALWAYS if name in facts},
        **{name: value for name, value in reached.items() if name != "from"},
    }


def _reached(planned: Sequence[Entry], day: datetime.date) -> Entry | None:
    return next((entry for entry in reversed(planned) if entry["from"] <= day.isoformat()), None)


def settled(row: Offer, day: datetime.date) -> tuple[str, dict[str, Any]]:
    """An offer's channel and details as they count on a day, with the changes that are still to come."""
    facts = dict(in_force({**row.details, "channel": row.channel}, day))
    channel = str(facts.pop("channel"))
    to_come = [entry for entry in facts.pop("planned", ()) if entry["from"] > day.isoformat()]
    return channel, {**facts, **({"planned": to_come} if to_come else {})}


def with_change(planned: Sequence[Entry], entry: Entry) -> list[dict[str, Any]]:
    """The changes with one more, in the order of their days; it takes the place of another one of its day."""
    return sorted([*without_change(planned, entry["from"]), dict(entry)], key=lambda each: str(each["from"]))


def without_change(planned: Sequence[Entry], day: str) -> list[dict[str, Any]]:
    """The changes but for that of a day."""
    return [dict(each) for each in planned if each["from"] != day]


def offices_of(row: Offer) -> set[str]:
    """The offices that an offer goes to, now or from a day that is planned."""
    named = (row.details.get("office"), *(entry.get("office") for entry in row.details.get("planned", ())))
    return {office for office in named if office}
