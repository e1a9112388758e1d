"""The rule by which a tenant's fee is found, as data, and what it comes to. It knows nothing of forms but names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache
from typing import Any, Literal

from kreisportal.tenancy.fees.amounts import MOST_CENTS, amount_stored, amount_typed, to_cents
from kreisportal.tenancy.fees.calculating import FeeUnknownError, Values, calculate
from kreisportal.tenancy.fees.formula import Node, parse

FeeKind = Literal["amount", "steps", "formula"]
KINDS: tuple[FeeKind, ...] = ("amount", "steps", "formula")
PERIODS = ("once", "year", "month", "day")


@dataclass(frozen=True, slots=True)
class FeeStep:
    """One step: up to which number it goes (None: all that is above) or for which answer it is, and its cents."""

    cents: int
    upto: int | None = None
    choice: str = ""
    label: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FeeRule:
    """A fee: a sum, steps, or a formula, paid once or for each ``per``.

    ``by`` is the field that the steps go by; without one they are only listed. ``adds`` is whether each piece costs what
    its own step says, and all are added up (the first dog and the second); else the step that the number lies in counts.
    """

    kind: FeeKind
    per: str = "once"
    cents: int = 0
    by: str = ""
    adds: bool = False
    steps: tuple[FeeStep, ...] = ()
    formula: str = ""

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> FeeRule:
        """The rule in plain data that ``definition_schemas`` or ``typed`` has checked."""
        steps = tuple(
            FeeStep(_cents(step["amount"]), step.get("upto"), step.get("choice", ""), step.get("label", {}))
            for step in data.get("steps", ())
        )
        return cls(
            data["kind"],
            data.get("per", "once"),
            _cents(data.get("amount", "0")),
            data.get("by", ""),
            data.get("adds", False),
            steps,
            data.get("formula", ""),
        )

    def to_data(self) -> dict[str, Any]:
        """The rule as files and the database hold it, without what does not belong to its kind."""
        data: dict[str, Any] = {"kind": self.kind, "per": self.per}
        if self.kind == "amount":
            data["amount"] = amount_stored(self.cents)
        elif self.kind == "formula":
            data["formula"] = self.formula
        else:
            data |= {"by": self.by} if self.by else {}
            data |= {"adds": True} if self.adds else {}
            data["steps"] = [_step_data(step) for step in self.steps]
        return data

    @property
    def is_listed(self) -> bool:
        """Whether it is steps that are only listed: no sum comes of anybody's answers."""
        return self.kind == "steps" and not self.by

    @property
    def names(self) -> frozenset[str]:
        """The fields of the form that it asks for."""
        if self.kind == "formula":
            return _tree(self.formula).names()
        return frozenset({self.by}) if self.kind == "steps" and self.by else frozenset()

    def cents_for(self, values: Values) -> int:
        """What it costs with these answers, in whole cents: half a cent counts as a whole one.

        Raises FeeUnknownError where no sum comes of them.
        """
        if self.kind == "amount":
            return self.cents
        euros = calculate(_tree(self.formula), values) if self.kind == "formula" else self._of_steps(values)
        if euros < 0:
            raise FeeUnknownError("negative")
        if euros * 100 > MOST_CENTS:
            raise FeeUnknownError("large")
        return to_cents(euros)

    def _of_steps(self, values: Values) -> Fraction:
        if not self.by:
            raise FeeUnknownError("listed")
        found = values.get(self.by)
        if found is None:
            raise FeeUnknownError("missing", self.by)
        if isinstance(found, str):
            cents = next((Fraction(step.cents) for step in self.steps if step.choice == found), None)
        else:
            cents = self._added(found) if self.adds else self._reached(found)
        if cents is None or (isinstance(found, Fraction) and found < 0):
            raise FeeUnknownError("step", self.by)
        return cents / 100

    def _reached(self, number: Fraction) -> Fraction | None:
        """The cents of the step that a number lies in."""
        numbered = (step for step in self.steps if not step.choice)
        found = (step.cents for step in numbered if step.upto is None or number <= step.upto)
        return next(map(Fraction, found), None)

    def _added(self, number: Fraction) -> Fraction | None:
        """The cents of all pieces, each by its own step; None where the steps end before."""
        total, below = Fraction(0), Fraction(0)
        for step in self.steps:
            top = number if step.upto is None else min(number, Fraction(step.upto))
            total += max(Fraction(0), top - below) * step.cents
            below = max(below, top)
        return total if below >= number else None


def _cents(text: str) -> int:
    cents = amount_typed(text)
    if cents is None:
        raise ValueError(f"not a sum of money: {text!r}")
    return cents


def _step_data(step: FeeStep) -> dict[str, Any]:
    return {
        **({"upto": step.upto} if step.upto is not None else {}),
        **({"choice": step.choice} if step.choice else {}),
        "amount": amount_stored(step.cents),
        **({"label": dict(step.label)} if step.label else {}),
    }


@lru_cache(maxsize=256)
def _tree(formula: str) -> Node:
    return parse(formula)
