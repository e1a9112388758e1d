"""A fee in plain words: in short, and as a list of its steps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kreisportal.i18n import gettext, pick
from kreisportal.tenancy.fees.amounts import amount_text
from kreisportal.tenancy.fees.formula import Name
from kreisportal.tenancy.fees.rules import FeeRule, FeeStep


@dataclass(frozen=True, slots=True)
class FeeWords:
    """``short`` says it in one line; ``rows`` are steps and sums; ``how`` says by what it is found, or is empty."""

    short: str
    rows: tuple[tuple[str, str], ...] = ()
    how: str = ""


def fee_words(rule: FeeRule, names: Mapping[str, Name]) -> FeeWords:
    """What a page says of a rule. ``names`` are the fields of the service's form."""
    if rule.kind == "amount":
        return FeeWords(sum_text(rule.cents, rule.per))
    asked = ", ".join(pick(names[key].label) for key in sorted(rule.names) if key in names)
    if rule.kind == "formula":
        return FeeWords(
            gettext("je nach Ihren Angaben"),
            how=gettext(
                "Die Gebühr hängt ab von: %(names)s. Vor dem Absenden sehen Sie den Betrag.", names=asked
            )
            if asked
            else "",
        )
    rows = tuple(
        (_step_text(rule, place, names), sum_text(step.cents, rule.per))
        for place, step in enumerate(rule.steps)
    )
    least = min(step.cents for step in rule.steps)
    short = gettext("ab %(sum)s", sum=sum_text(least, rule.per)) if len(rule.steps) > 1 else rows[0][1]
    how = gettext("Es kommt darauf an: %(names)s", names=asked) if asked else ""
    if rule.adds:
        added = gettext("Die Beträge werden zusammengezählt.")
        how = f"{how}. {added}" if how else added
    return FeeWords(short, rows, how)


def sum_text(cents: int, per: str = "once") -> str:
    """A sum, and for how long it is paid, e.g. ``84 € im Jahr``."""
    amount = amount_text(cents)
    if not cents:
        return gettext("kostenlos")
    return {
        "once": amount,
        "year": gettext("%(sum)s im Jahr", sum=amount),
        "month": gettext("%(sum)s im Monat", sum=amount),
        "day": gettext("%(sum)s am Tag", sum=amount),
    }[per]


def _step_text(rule: FeeRule, place: int, names: Mapping[str, Name]) -> str:
    step = rule.steps[place]
    if step.label:
        return str(pick(step.label))
    if step.choice:
        name = names.get(rule.by)
        return str(pick(name.choices[step.choice])) if name and step.choice in name.choices else step.choice
    return _number_text(rule, step, rule.steps[place - 1].upto or 0 if place else 0)


def _number_text(rule: FeeRule, step: FeeStep, below: int) -> str:
    """What a step without words of its own is called; ``below`` is where the one before ends."""
    if step.upto is None:
        if not below:
            return gettext("jedes Mal")
        return gettext("jede weitere") if rule.adds else gettext("mehr als %(number)s", number=below)
    if step.upto == below + 1:
        return gettext("Nummer %(number)s", number=step.upto) if rule.adds else str(step.upto)
    return gettext("%(first)s bis %(last)s", first=below + 1, last=step.upto)
