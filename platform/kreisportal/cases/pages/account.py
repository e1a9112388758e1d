"""What the account that is signed in brings to a form, and takes from it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kreisportal.accounts.details import details_of
from kreisportal.accounts.identities import identities_of
from kreisportal.accounts.queries import own_account
from kreisportal.accounts.service import acting_for
from kreisportal.forms import PREFILL_KEYS, FormDefinition
from kreisportal.i18n import gettext
from kreisportal.kernel.levels import LEVELS
from kreisportal.mandates.queries import Representation
from kreisportal.web.outside_ways import way_name
from kreisportal.web.program import program
from kreisportal.web.sessions import current_session

# What is one person's or business's and stays so; a dog of one application is not that of the next.
_LASTING = ("person.", "contact.", "bank.", "business.")

# What a provider has looked at papers for; where somebody lives they may know better than it.
_OF_THE_PERSON = {
    *(
        "person.given_names",
        "person.family_name",
        "person.birth_name",
        "person.birth_date",
        "person.birth_place",
    ),
    *("person.nationality", "business.name", "business.register_number"),
}


def proposals_of_account(by: Representation | None = None) -> tuple[dict[str, Any], dict[str, str]]:
    """The values that forms may propose and where they come from, both by prefill key; none for a guest.

    Who acts for somebody gets what the mandate lets them have of that person's, and nothing of their own.

    What an identity of a higher level than "basic" has told of the person goes before what was typed in the account.
    """
    if by is not None:
        origin = gettext("Aus dem Konto von %(name)s", name=by.giver_name)
        return dict(by.details), dict.fromkeys(by.details, origin)
    own = current_session().account_id
    if own is None:
        return {}, {}
    with program().database.transaction(acting_for(own)) as session:
        account = own_account(session, own)
        if account is None:
            return {}, {}
        identities, details = identities_of(session, own), details_of(session, own)
    known: dict[str, Any] = {"contact.email": account.email}
    origins = {"contact.email": gettext("Adresse Ihres Kontos")}
    for identity in sorted(identities, key=lambda each: LEVELS.index(each.level)):
        origin = gettext("Von: %(name)s", name=way_name(identity.provider))
        for key, value in _told(identity.attributes).items():
            known[key], origins[key] = value, origin
    sure = {key for identity in identities if identity.level != LEVELS[0] for key in identity.attributes}
    for detail in details:
        if detail.key not in known or detail.key not in sure & _OF_THE_PERSON:
            known[detail.key], origins[detail.key] = detail.value, _origin(detail.source)
    return known, origins


def _told(attributes: Mapping[str, Any]) -> dict[str, Any]:
    """What an identity tells that forms can take: values of the kind that the key's fields store."""
    return {
        key: value
        for key, value in attributes.items()
        if key in PREFILL_KEYS
        and key != "contact.email"
        and isinstance(value, dict if "address" in PREFILL_KEYS[key].types else str)
    }


def _origin(source: str) -> str:
    return (
        gettext("Aus einem Antrag von Ihnen") if source == "application" else gettext("Von Ihnen eingetragen")
    )


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
