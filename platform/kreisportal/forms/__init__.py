"""Forms as data: definitions, conditions, checks, what a page shows. Knows no database and no web framework.

The way of a form::

    forms = load_forms(Path("catalogue/forms"))                 # DefinitionError names file and line
    stored = definition.to_data(), definition.digest()          # immutable version in the database …
    definition = FormDefinition.from_data(stored)               # … and back; keep it by its digest

    view = present_step(definition, key, answers)               # GET:  {{ forms.step(view) }}
    result = parse_step(definition, key, posted, answers, documents)            # POST
    if result.ok:  answers = result.merged(answers); next_step(definition, answers, key)    # None: review
    else:          present_step(definition, key, answers, raw=result.raw, errors=result.errors)

    check_answers(definition, answers) == {}                    # may be sent
    applicable_answers(definition, answers)                     # is what is sent
    summary(definition, answers)                                # review page, PDF, desk
"""

from kreisportal.forms.answers import (
    Errors,
    ShownStep,
    applicable_answers,
    check_answers,
    first_open_step,
    needed_trust,
    next_step,
    previous_step,
    progress,
    shown_step,
    visible_steps,
)
from kreisportal.forms.definition import Field, FormDefinition, Note, PrivacyNotice, Step
from kreisportal.forms.loading import load_form, load_forms
from kreisportal.forms.parsing import StepResult, parse_step
from kreisportal.forms.prefill import (
    PREFILL_KEYS,
    asking,
    can_be_filled_in,
    instance_of,
    part_of,
    parts_of_group,
    prefill_step,
)
from kreisportal.forms.presentation import StepView, present_notice, present_step
from kreisportal.forms.summary import SummaryRow, SummaryStep, summary
from kreisportal.forms.wording import Wording, words_for

__all__ = [
    "PREFILL_KEYS",
    "Errors",
    "Field",
    "FormDefinition",
    "Note",
    "PrivacyNotice",
    "ShownStep",
    "Step",
    "StepResult",
    "StepView",
    "SummaryRow",
    "SummaryStep",
    "Wording",
    "applicable_answers",
    "asking",
    "can_be_filled_in",
    "check_answers",
    "first_open_step",
    "instance_of",
    "load_form",
    "load_forms",
    "needed_trust",
    "next_step",
    "parse_step",
    "part_of",
    "parts_of_group",
    "prefill_step",
    "present_notice",
    "present_step",
    "previous_step",
    "progress",
    "shown_step",
    "summary",
    "visible_steps",
    "words_for",
]
