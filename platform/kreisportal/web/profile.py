"""What the account that is signed in lets forms propose, with where each value comes from."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from kreisportal.accounts.details import details_of
from kreisportal.accounts.entries import entries_of
from kreisportal.accounts.identities import identities_of
from kreisportal.accounts.models import AccountDetail, AccountEntry, AccountIdentity
from kreisportal.accounts.queries import own_account
from kreisportal.accounts.service import acting_for
from kreisportal.forms import PREFILL_KEYS, part_of
from kreisportal.i18n import gettext
from kreisportal.kernel.levels import LEVELS
from kreisportal.web.formats import date_text
from kreisportal.web.outside_ways import way_name
from kreisportal.web.program import program
from kreisportal.web.sessions import current_session

MAIN = "main"
"""The id of what is no entry: the address of the main residence, or a business that only a provider has told of."""

# What a provider has looked at papers for; where somebody lives they may know better than it.
_OF_THE_PERSON = {
    *("person.given_names", "person.family_name", "person.birth_name", "person.birth_date"),
    *("person.birth_place", "person.nationality", "business.name", "business.register_number"),
}


@dataclass(frozen=True, slots=True)
class Known:
    """A value that may be proposed, and the sentence that says where it comes from."""

    value: Any
    origin: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """One of several things of a part that a form may be about. ``name`` is how the person calls it."""

    id: str
    name: str
    values: Mapping[str, Known]


@dataclass(frozen=True, slots=True)
class Profile:
    """What forms may propose: ``known`` of the person, by key, and ``candidates`` by part."""

    known: Mapping[str, Known] = field(default_factory=dict)
    candidates: Mapping[str, Sequence[Candidate]] = field(default_factory=dict)

    def usual(self, part: str) -> Candidate | None:
        """What a form is about unless the person says otherwise: the one there is, or the address of the main residence."""
        there = self.candidates.get(part, ())
        if part == "address":
            return self.candidate(part, MAIN)
        return there[0] if len(there) == 1 else None

    def candidate(self, part: str, candidate_id: str | None) -> Candidate | None:
        """The candidate of a part with this id, None where there is none."""
        return next((each for each in self.candidates.get(part, ()) if each.id == candidate_id), None)


def own_profile() -> Profile:
    """The profile of who is signed in; nothing for a guest.

    What an identity of a higher level than "basic" has told of the person goes before what was typed in the account.
    What the person does not want to be proposed is not in it.
    """
    own = current_session().account_id
    if own is None:
        return Profile()
    with program().database.transaction(acting_for(own)) as session:
        account = own_account(session, own)
        if account is None:
            return Profile()
        identities, details = identities_of(session, own), details_of(session, own)
        entries = entries_of(session, own)
    known = {"contact.email": Known(account.email, gettext("Adresse Ihres Kontos"))}
    known |= _of_the_person(identities, details)
    return _profile({key: each for key, each in known.items() if key not in account.withheld}, entries)


def lent_profile(details: Mapping[str, Any], origin: str) -> Profile:
    """What somebody else lets forms propose of theirs: values by key, all of the same origin."""
    return _profile({key: Known(value, origin) for key, value in details.items()}, ())


def _profile(known: Mapping[str, Known], entries: Sequence[AccountEntry]) -> Profile:
    candidates: dict[str, list[Candidate]] = {
        part: list(_entries(entries, part)) for part in ("address", "child", "dog")
    }
    candidates["business"] = _businesses(entries, known)
    candidates["member"] = [
        member for business in candidates["business"] for member in _people(business) if member.name
    ]
    home = known.get("person.address")
    if home:
        candidates["address"].insert(0, Candidate(MAIN, _line(home.value), {"person.address": home}))
    single = {key: each for key, each in known.items() if not part_of(key)}
    return Profile(single, candidates)


def _of_the_person(
    identities: Sequence[AccountIdentity], details: Sequence[AccountDetail]
) -> dict[str, Known]:
    known: dict[str, Known] = {}
    for identity in sorted(identities, key=lambda each: LEVELS.index(each.level)):
        origin = told_origin(identity.provider)
        known |= {key: Known(value, origin) for key, value in told_values(identity.attributes).items()}
    sure = {key for identity in identities if identity.level != LEVELS[0] for key in identity.attributes}
    for detail in details:
        if detail.key not in known or detail.key not in sure & _OF_THE_PERSON:
            known[detail.key] = Known(detail.value, origin_text(detail.source, detail.updated_at))
    return known


def told_values(attributes: Mapping[str, Any]) -> dict[str, Any]:
    """What an identity tells that forms can take: values of the kind that the key's fields store."""
    return {
        key: value
        for key, value in attributes.items()
        if key in PREFILL_KEYS
        and key != "contact.email"
        and isinstance(value, dict if "address" in PREFILL_KEYS[key].types else str)
    }


def _entries(entries: Sequence[AccountEntry], part: str) -> Iterator[Candidate]:
    for entry in entries:
        if entry.part == part:
            values = {
                key: Known(each["value"], origin_text(each["source"], entry.moment(key)))
                for key, each in entry.details.items()
                if key not in entry.withheld
            }
            if part == "child":
                values["child.kinship"] = Known("child", "")
            yield Candidate(str(entry.id), entry_name(entry), values)


def _businesses(entries: Sequence[AccountEntry], known: Mapping[str, Known]) -> list[Candidate]:
    """The businesses; what a provider has told of one is put to the entry of the same name, or is one of its own."""
    told = {key: each for key, each in known.items() if part_of(key) == "business"}
    found = list(_entries(entries, "business"))
    if not told:
        return found
    name = told["business.name"].value if "business.name" in told else ""
    for at, each in enumerate(found):
        if name and each.values.get("business.name", Known("", "")).value == name:
            sure = {key: value for key, value in told.items() if key in _OF_THE_PERSON}
            found[at] = Candidate(each.id, each.name, {**told, **each.values, **sure})
            return found
    return [Candidate(MAIN, name or gettext("Betrieb"), told), *found]


def _people(business: Candidate) -> Iterator[Candidate]:
    """The people of a business; their ids begin with its id."""
    people = business.values.get("business.people")
    for number, person in enumerate(people.value if people else ()):
        name = f"{person.get('given_names', '')} {person.get('family_name', '')}".strip()
        values = {
            f"member.{key}": Known(value, people.origin if people else "") for key, value in person.items()
        }
        yield Candidate(f"{business.id}.{number}", name, values)


def entry_name(entry: AccountEntry) -> str:
    """How a person calls an entry: the dog by its name, an address by its street."""
    if entry.part == "address":
        return _line(entry.value("person.address"))
    names = {
        "child": ("child.given_names",),
        "dog": ("dog.name", "dog.chip_number"),
        "business": ("business.name", "business.trading_name"),
    }
    return next((str(entry.value(key)) for key in names[entry.part] if entry.value(key)), "")


def _line(address: Any) -> str:
    parts = address if isinstance(address, dict) else {}
    street = f"{parts.get('street', '')} {parts.get('house_number', '')}".strip()
    return ", ".join(part for part in (street, parts.get("city", "")) if part)


def origin_text(source: str, at: datetime.datetime) -> str:
    """Where a value of the profile comes from, and since when it stands there."""
    if source == "application":
        return gettext("Aus Ihrem Profil, übernommen aus einem Antrag am %(date)s", date=date_text(at))
    return gettext("Aus Ihrem Profil, von Ihnen eingetragen am %(date)s", date=date_text(at))


def told_origin(provider: str) -> str:
    """The same for what a provider from outside has told."""
    return gettext("Von: %(name)s", name=way_name(provider))
