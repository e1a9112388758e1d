"""A situation's guided list: its steps with the days they are due, and what has been ticked off.

All of it stands in the address of the page, which can be kept as a bookmark; nothing is stored here.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby

from werkzeug.datastructures import MultiDict

from kreisportal.catalogue.guides import Event, Guide, Offset, Step, Unit
from kreisportal.i18n import current_language, gettext, ngettext, pick
from kreisportal.kernel import clock
from kreisportal.portal import lists
from kreisportal.portal.lists import Row
from kreisportal.tenancy.profile import definition_of
from kreisportal.tenancy.public_holidays import public_holidays
from kreisportal.web.site import here

_PARTS = ("day", "month", "year")
_YEARS = 20


@dataclass(frozen=True, slots=True)
class StepView:
    """A step as the page shows it. ``until`` and ``since`` are days, where the person has named theirs."""

    key: str
    name: str
    note: str
    services: list[Row]
    when: str
    since: datetime.date | None
    until: datetime.date | None
    binding: bool
    done: bool
    late: bool


@dataclass(frozen=True, slots=True)
class GuideView:
    """The guided list. ``phases`` are (heading, steps); ``typed`` is the day as it was typed."""

    question: str
    typed: Mapping[str, str]
    errors: list[str]
    phases: list[tuple[str, list[StepView]]]
    done: int
    total: int
    begun: bool


def guide_view(guide: Guide, asked: MultiDict[str, str]) -> GuideView:
    """The list for what the address says: ``tag-day``, ``tag-month``, ``tag-year`` and ``erledigt`` for each tick."""
    typed = {part: asked.get(f"tag-{part}", "")[:4].strip() for part in _PARTS} if guide.event else {}
    day, errors = _day(typed)
    known = {step.key for step in guide.steps}
    done = known.intersection(asked.getlist("erledigt"))
    views = [(_phase(step, guide.event), _step(step, guide.event, day, done)) for step in guide.in_order()]
    phases = [(heading, [view for _, view in group]) for heading, group in groupby(views, lambda row: row[0])]
    question = pick(guide.event.question) if guide.event else ""
    begun = bool(done or any(typed.values()))
    return GuideView(question, typed, errors, phases, len(done), len(known), begun)


def _day(typed: Mapping[str, str]) -> tuple[datetime.date | None, list[str]]:
    if not any(typed.values()):
        return None, []
    try:
        day = datetime.date(*(int(typed[part]) for part in reversed(_PARTS)))
    except ValueError:
        return None, [gettext("Geben Sie einen Tag in der Form 24.12.2026 ein.")]
    if abs(day.year - clock.today().year) > _YEARS:
        return None, [gettext("Prüfen Sie das Jahr.")]
    return day, []


def _phase(step: Step, event: Event | None) -> str:
    due = step.latest or step.earliest
    if event is None:
        return ""
    if due is None:
        return gettext("Außerdem")
    text: str = pick(event.before if due.amount < 0 else event.after if due.amount else event.on)
    return text[:1].upper() + text[1:]


def _step(step: Step, event: Event | None, day: datetime.date | None, done: set[str]) -> StepView:
    since = step.earliest.from_day(day, _is_holiday) if day and step.earliest else None
    until = step.latest.from_day(day, _is_holiday) if day and step.latest else None
    services = here().snapshot.catalogue.services
    note = step.note
    if current_language().path == "de-simple":
        # A note in everyday German would break the list in plain language.
        note = {path: text for path, text in note.items() if path == "de-simple"}
    return StepView(
        key=step.key,
        name=pick(step.name),
        note=pick(note),
        services=[lists.service_row(services[key]) for key in step.services if key in services],
        when=_when(step, event) if event else "",
        since=since,
        until=until,
        binding=step.binding,
        done=step.key in done,
        late=until is not None and until < clock.today() and step.key not in done,
    )


def _when(step: Step, event: Event) -> str:
    """When a step is due in words, e.g. "spätestens 2 Wochen nach dem Einzug"."""
    parts = []
    if step.earliest:
        parts.append(gettext("frühestens %(when)s", when=_spoken(step.earliest, event)))
    if step.latest:
        when = _spoken(step.latest, event)
        parts.append(
            gettext("spätestens %(when)s", when=when)
            if step.binding
            else gettext("am besten bis %(when)s", when=when)
            if step.latest.amount
            else gettext("am besten %(when)s", when=when)
        )
    return ", ".join(parts)


def _spoken(offset: Offset, event: Event) -> str:
    if not offset.amount:
        return str(pick(event.on))
    count = abs(offset.amount)
    span = {
        Unit.DAY: ngettext("%(num)s Tag", "%(num)s Tage", count),
        Unit.WORKDAY: ngettext("%(num)s Werktag", "%(num)s Werktage", count),
        Unit.WEEK: ngettext("%(num)s Woche", "%(num)s Wochen", count),
        Unit.MONTH: ngettext("%(num)s Monat", "%(num)s Monate", count),
        Unit.YEAR: ngettext("%(num)s Jahr", "%(num)s Jahre", count),
    }[offset.unit]
    return f"{span} {pick(event.before if offset.amount < 0 else event.after)}"


def _is_holiday(day: datetime.date) -> bool:
    return day in public_holidays(day.year, definition_of(here().tenant).state)
