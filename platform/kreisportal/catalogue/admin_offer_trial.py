"""Trying a fee out on the page of an offer: what it would cost with these answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from kreisportal.i18n import gettext, pick
from kreisportal.i18n.numbers import read_decimal
from kreisportal.tenancy.fees.calculating import FeeUnknownError
from kreisportal.tenancy.fees.faults import unknown_fee
from kreisportal.tenancy.fees.formula import Name
from kreisportal.tenancy.fees.rules import FeeRule
from kreisportal.tenancy.fees.typed import Faults, rule_typed
from kreisportal.tenancy.fees.words import sum_text

PREFIX = "probe_"


@dataclass(frozen=True, slots=True)
class TrialField:
    """An answer to try a fee with. ``options`` are those of a choice; a number has none."""

    name: str
    label: str
    value: str
    options: tuple[tuple[str, str], ...] = ()


def trial_fields(
    rule: FeeRule | None, names: Mapping[str, Name], typed: Mapping[str, str]
) -> list[TrialField]:
    """The fields that a rule asks for, in the order of the form."""
    return [
        TrialField(
            PREFIX + key,
            pick(name.label),
            typed.get(PREFIX + key, ""),
            tuple((answer, pick(label)) for answer, label in name.choices.items()),
        )
        for key, name in names.items()
        if rule is not None and key in rule.names
    ]


def trial_rule(words: Mapping[str, str], names: Mapping[str, Name]) -> tuple[FeeRule | None, Faults]:
    """The rule that was typed, or what is wrong with it."""
    faults: Faults = {}
    rule = rule_typed(words, names, faults)
    return (None if faults else rule), faults


def trial_result(rule: FeeRule, names: Mapping[str, Name], typed: Mapping[str, str]) -> str:
    """What it would cost, in a sentence."""
    values: dict[str, Fraction | str] = {}
    for key in rule.names & names.keys():
        answer = typed.get(PREFIX + key, "").strip()
        number = read_decimal(answer) if names[key].kind == "number" else None
        if number is not None:
            values[key] = Fraction(number)
        elif answer in names[key].choices:
            values[key] = answer
    try:
        return gettext("Mit diesen Angaben: %(sum)s", sum=sum_text(rule.cents_for(values), rule.per))
    except FeeUnknownError as error:
        if error.code == "missing" and error.word in names:
            label = pick(names[error.word].label)
            return gettext("Geben Sie zum Ausprobieren „%(label)s“ ein.", label=label)
        return unknown_fee(error)
