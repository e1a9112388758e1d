"""``fee_rule`` of an offer, as ``tenant.toml`` has it."""

from __future__ import annotations

import re
from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validate, validates_schema

from kreisportal.tenancy.definition_fields import Texts
from kreisportal.tenancy.fees.amounts import amount_typed
from kreisportal.tenancy.fees.formula import LONGEST, parse
from kreisportal.tenancy.fees.rules import KINDS, PERIODS, FeeRule
from kreisportal.tenancy.fees.tokens import FormulaError
from kreisportal.tenancy.fees.typed import LONGEST_LABEL, MOST_STEPS

_NAME = validate.Regexp(
    re.compile(r"[a-z][a-z0-9_]{0,39}\Z"), error="must be the key of a field or an answer."
)


def _amount(text: str) -> None:
    if amount_typed(text) is None:
        raise ValidationError("must be a sum like 84 or 84.50, as a text.")


class _StepSchema(Schema):
    amount = fields.Str(required=True, validate=_amount)
    upto = fields.Int(strict=True, validate=validate.Range(1, 1_000_000))
    choice = fields.Str(validate=_NAME)
    label = Texts(longest=LONGEST_LABEL)


class FeeRuleSchema(Schema):
    """A sum, steps, or a formula; whether the form has the fields that it names is not known here."""

    kind = fields.Str(required=True, validate=validate.OneOf(KINDS))
    per = fields.Str(validate=validate.OneOf(PERIODS))
    amount = fields.Str(validate=_amount)
    by = fields.Str(validate=_NAME)
    adds = fields.Bool(truthy={True}, falsy={False})
    steps = fields.List(fields.Nested(_StepSchema), validate=validate.Length(1, MOST_STEPS))
    formula = fields.Str(validate=validate.Length(1, LONGEST))

    @validates_schema
    def _check(self, data: dict[str, Any], **_: Any) -> None:
        needed = data["kind"]
        if needed not in data:
            raise ValidationError(f"is missing; the kind {needed} needs it.", needed)
        if needed == "formula":
            try:
                parse(data["formula"])
            except FormulaError as error:
                raise ValidationError(f"cannot be read: {error}.", "formula") from error
        if needed == "steps" and not data.get("by") and not all(step.get("label") for step in data["steps"]):
            raise ValidationError("need a label each, as they go by no field.", "steps")

    @post_load
    def _make(self, data: dict[str, Any], **_: Any) -> FeeRule:
        return FeeRule.from_data(data)
