"""What the account that is signed in brings to a form, and takes from it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kreisportal.accounts.details import known_values
from kreisportal.accounts.queries import own_account
from kreisportal.accounts.service import acting_for
from kreisportal.forms import PREFILL_KEYS, FormDefinition
from kreisportal.web.program import program
from kreisportal.web.sessions import current_session

# What is one person's or business's and stays so; a dog of one application is not that of the next.
_LASTING = ("person.", "contact.", "bank.", "business.")


def known_of_account() -> dict[str, Any]:
    """The values that forms may propose, by prefill key; none for a guest."""
    own = current_session().account_id
    if own is None:
        return {}
    with program().database.transaction(acting_for(own)) as session:
        account = own_account(session, own)
        return {"contact.email": account.email, **known_values(session, own)} if account else {}


def worth_remembering(form: FormDefinition, answers: Mapping[str, Any]) -> dict[str, Any]:
    """The answers of an application that the next form could propose, by prefill key."""
    fields = [field for step in form.steps for field in step.fields]
    return {
        field.prefill: answers[field.key]
        for field in fields
        if field.prefill in PREFILL_KEYS
        and field.prefill.startswith(_LASTING)
        and field.prefill != "contact.email"
        and answers.get(field.key) not in (None, "", [], {})
    }
