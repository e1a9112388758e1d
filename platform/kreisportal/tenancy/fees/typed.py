"""What a tenant admin types of a fee, as flat fields of text, and the rule that comes of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import pairwise

from kreisportal.i18n import gettext
from kreisportal.tenancy.fees.amounts import amount_typed
from kreisportal.tenancy.fees.faults import formula_fault
from kreisportal.tenancy.fees.formula import LONGEST, Name, parse
from kreisportal.tenancy.fees.rules import KINDS, PERIODS, FeeRule, FeeStep
from kreisportal.tenancy.fees.tokens import FormulaError

OF_FEE = ("fee_kind", "fee_per", "fee_amount", "fee_by", "fee_adds", "fee_steps", "fee_formula")
MOST_STEPS, LONGEST_LABEL, LONGEST_STEPS = 20, 80, 3000
_HIGHEST = 1_000_000

Faults = dict[str, list[str]]

_UPTO = re.compile(r"(?i)(?:bis |up to )?\s*([0-9]{1,7})\s*(.*)")
_ABOVE = re.compile(r"(?i)(weitere|darüber|further|above)\b\s*(.*)")


def typed_of_rule(rule: FeeRule | None) -> dict[str, str]:
    """A rule as the form shows it, each field as text; empty where there is none."""
    typed = dict.fromkeys(OF_FEE, "")
    if rule is None:
        return typed
    typed |= {"fee_kind": rule.kind, "fee_per": rule.per}
    if rule.kind == "amount":
        typed["fee_amount"] = _written(rule.cents)
    elif rule.kind == "formula":
        typed["fee_formula"] = rule.formula
    else:
        typed |= {"fee_by": rule.by, "fee_adds": "yes" if rule.adds else ""}
        typed["fee_steps"] = "\n".join(_line(rule, step) for step in rule.steps)
    return typed


def _written(cents: int) -> str:
    return f"{cents // 100},{cents % 100:02}" if cents % 100 else str(cents // 100)


def _line(rule: FeeRule, step: FeeStep) -> str:
    key = step.choice or ("" if not rule.by else str(step.upto) if step.upto is not None else "weitere")
    label = " | ".join(step.label[path] for path in ("de", "en") if path in step.label)
    return f"{' '.join(part for part in (key, label) if part)}: {_written(step.cents)} €"


def rule_typed(words: Mapping[str, str], names: Mapping[str, Name], faults: Faults) -> FeeRule | None:
    """The rule that was typed; None for none, or with a sentence in ``faults`` at each field that does not fit."""
    kind, per = words["fee_kind"], words["fee_per"] or "once"
    if not kind:
        return None
    if per not in PERIODS:
        faults["fee_per"] = [gettext("Wählen Sie, wie oft die Gebühr anfällt.")]
    if kind == "amount":
        cents = amount_typed(words["fee_amount"])
        if cents is None:
            faults["fee_amount"] = [gettext("Geben Sie einen Betrag ein, zum Beispiel 84 oder 84,50.")]
        return FeeRule("amount", per, cents=cents or 0)
    if kind == "formula":
        faults.update(_formula_faults(words["fee_formula"], names))
        return FeeRule("formula", per, formula=words["fee_formula"])
    if kind == "steps":
        return _steps_typed(words, per, names, faults)
    assert kind not in KINDS  # noqa: S101 - each kind has its branch above.
    faults["fee_kind"] = [gettext("Wählen Sie, wie die Gebühr bestimmt ist.")]
    return None


def _formula_faults(formula: str, names: Mapping[str, Name]) -> Faults:
    if len(formula) > LONGEST:
        return {"fee_formula": [gettext("Kürzen Sie den Text auf %(most)s Zeichen.", most=LONGEST)]}
    try:
        parse(formula, names)
    except FormulaError as error:
        return {"fee_formula": [formula_fault(error)]}
    return {}


def _steps_typed(
    words: Mapping[str, str], per: str, names: Mapping[str, Name], faults: Faults
) -> FeeRule | None:
    by = words["fee_by"]
    if by and by not in names:
        faults["fee_by"] = [gettext("Wählen Sie eine Angabe aus der Liste.")]
        return None
    lines = [line.strip() for line in words["fee_steps"].split("\n") if line.strip()]
    if not lines or len(lines) > MOST_STEPS or len(words["fee_steps"]) > LONGEST_STEPS:
        faults["fee_steps"] = [
            gettext("Schreiben Sie 1 bis %(most)s Stufen, jede in eine Zeile.", most=MOST_STEPS)
        ]
        return None
    steps: list[FeeStep] = []
    wrong: list[str] = []
    for number, line in enumerate(lines, 1):
        step = _step_typed(line, names.get(by) if by else None)
        if isinstance(step, FeeStep):
            steps.append(step)
        else:
            wrong.append(gettext("Zeile %(number)s: %(what)s", number=number, what=step))
    wrong = wrong or _order_faults(steps, names.get(by) if by else None)
    if wrong:
        faults["fee_steps"] = wrong
    return FeeRule("steps", per, by=by, adds=bool(by) and words["fee_adds"] == "yes", steps=tuple(steps))


def _step_typed(line: str, name: Name | None) -> FeeStep | str:
    """A line as a step, or what is wrong with it."""
    front, colon, back = line.rpartition(":")
    cents = amount_typed(back) if colon else None
    if cents is None:
        return gettext(
            "Schreiben Sie zuerst, wofür die Stufe gilt, dann einen Doppelpunkt und den Betrag, zum Beispiel „1: 60 €“."
        )
    front = front.strip()
    if name is None:
        label = _label(front)
        return FeeStep(cents, label=label) if label else gettext("Sagen Sie vor dem Betrag, wofür er ist.")
    if name.kind == "choice":
        key, _, rest = front.partition(" ")
        if key not in name.choices:
            return gettext(
                "„%(word)s“ ist keine der Antworten. Es gibt: %(keys)s.",
                word=key,
                keys=", ".join(name.choices),
            )
        return FeeStep(cents, choice=key, label=_label(rest) or {})
    if above := _ABOVE.fullmatch(front):
        return FeeStep(cents, label=_label(above[2]) or {})
    upto = _UPTO.fullmatch(front)
    if upto is None or not 1 <= int(upto[1]) <= _HIGHEST:
        return gettext("Beginnen Sie mit der Zahl, bis zu der die Stufe gilt, oder mit „weitere“.")
    return FeeStep(cents, upto=int(upto[1]), label=_label(upto[2]) or {})


def _label(text: str) -> dict[str, str] | None:
    """Words of one's own for a step, German and perhaps English behind a stroke; None for none or too many."""
    parts = [" ".join(part.split()) for part in text.split("|")]
    if not parts[0] or len(parts) > len(("de", "en")) or max(map(len, parts)) > LONGEST_LABEL:
        return None
    return {path: part for path, part in zip(("de", "en"), parts, strict=False) if part}


def _order_faults(steps: list[FeeStep], name: Name | None) -> list[str]:
    if name is None:
        return []
    if name.kind == "choice":
        twice = len({step.choice for step in steps}) < len(steps)
        return [gettext("Eine Antwort hat zwei Stufen. Lassen Sie eine davon weg.")] if twice else []
    for one, next_one in pairwise(steps):
        if one.upto is None or (next_one.upto is not None and next_one.upto <= one.upto):
            return [gettext("Ordnen Sie die Stufen nach ihrer Zahl, und „weitere“ als Letztes.")]
    return []
