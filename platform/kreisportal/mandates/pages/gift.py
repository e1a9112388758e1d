"""The form by which somebody is invited to act: what it offers, and what was typed."""

from __future__ import annotations

import datetime
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from flask import request

from kreisportal.accounts.details import known_values
from kreisportal.accounts.queries import consents_of
from kreisportal.accounts.service import acting_for
from kreisportal.cases.queries import Matter, matters_of
from kreisportal.i18n import current_language, gettext, pick
from kreisportal.kernel import clock
from kreisportal.kernel.errors import InvalidInputError, NotFoundError
from kreisportal.mandates.pages.words import service_name, town_name
from kreisportal.mandates.service import LONGEST_DAYS, Gift, Scope
from kreisportal.notifications.addresses import check_address
from kreisportal.sso.clients import find_client
from kreisportal.tenancy.places import sort_key
from kreisportal.tenancy.profile import definition_of
from kreisportal.web.formats import date_text
from kreisportal.web.own_account import own_account_id
from kreisportal.web.program import program
from kreisportal.web.site import here

KINDS = ("behoerde", "leistung", "vorgang")
"""The parts of addresses that say for what: a whole town, a service there, a case."""

_PARTS = ("day", "month", "year")
_LONGEST_NAME = 80
# Names stand on pages that somebody else is led to by a mail of ours: nothing that could be taken for an address.
_NO_NAME = re.compile(r"[/\\@:<>]|www\.", re.IGNORECASE)

Option = tuple[str, str]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Offered:
    """What can be chosen: towns by slug, services by key, own cases by id. Empty where it is not asked."""

    towns: list[Option]
    services: list[Option]
    cases: list[Option]


def offered_for(kind: str) -> Offered:
    """What the form of a kind offers. Raises NotFoundError for another kind."""
    if kind not in KINDS:
        raise NotFoundError
    if kind == "vorgang":
        return Offered([], [], [(str(matter.id), _case_text(matter)) for matter in _own_cases()])
    return Offered(_towns(), _services() if kind == "leistung" else [], [])


def latest_day() -> datetime.date:
    """The last day that a mandate can have."""
    return clock.today() + datetime.timedelta(days=LONGEST_DAYS)


def own_name() -> str:
    """The name that the account remembers; empty if it remembers none."""
    own = own_account_id()
    with program().database.transaction(acting_for(own)) as session:
        known = known_values(session, own)
    parts = (known.get("person.given_names"), known.get("person.family_name"))
    return " ".join(part for part in parts if isinstance(part, str))


def typed() -> dict[str, str]:
    """What was typed, as it was typed."""
    names = ("called", "email", "own_name", "behoerde", "leistung", "vorgang")
    return {name: request.form.get(name, "").strip()[:300] for name in names}


def typed_day() -> dict[str, str]:
    """The parts of the day as they were typed."""
    return {part: request.form.get(f"bis-{part}", "").strip()[:4] for part in _PARTS}


def read_gift(kind: str) -> Gift:
    """The mandate that the form describes. Raises InvalidInputError with what to do for each field that is at fault."""
    values, faults = typed(), _Faults()
    scope = faults.reading(None, lambda: _scope(kind, values))
    called = faults.reading("called", lambda: read_name("called", values["called"]))
    email = faults.reading("email", lambda: _email(values["email"]))
    own = faults.reading("own_name", lambda: read_name("own_name", values["own_name"]))
    day = faults.reading("bis", lambda: _day(typed_day()))
    if called is None or email is None or own is None or scope is None or day is None:
        raise InvalidInputError(faults)
    return Gift(own_account_id(), own, called, email, scope, day, current_language().path)


class _Faults(dict[str, list[str]]):
    """Sentences by field, gathered while one field after the other is read."""

    def reading(self, field: str | None, read: Callable[[], T]) -> T | None:
        """What was read; None after a fault, which is kept."""
        try:
            return read()
        except InvalidInputError as error:
            self.update({field or name: sentences for name, sentences in error.messages.items()})
            return None


def read_name(field: str, value: str) -> str:
    """A name of a person. Raises InvalidInputError for that field."""
    name = " ".join(unicodedata.normalize("NFC", value).split())
    if not name:
        raise InvalidInputError({field: [gettext("Schreiben Sie Vor- und Nachnamen.")]})
    if len(name) > _LONGEST_NAME or _NO_NAME.search(name) or not name.isprintable():
        sentence = gettext("Schreiben Sie nur den Namen, mit höchstens %(most)s Zeichen.", most=_LONGEST_NAME)
        raise InvalidInputError({field: [sentence]})
    return name


def _email(value: str) -> str:
    try:
        return check_address(value)
    except InvalidInputError:
        sentence = gettext("Geben Sie eine E-Mail-Adresse ein, zum Beispiel name@beispiel.de.")
        raise InvalidInputError({"email": [sentence]}) from None


def _day(parts: Mapping[str, str]) -> datetime.date:
    try:
        day = datetime.date(*(int(parts[part]) for part in reversed(_PARTS)))
    except ValueError:
        sentence = gettext("Geben Sie einen Tag in der Form 24.12.2026 ein.")
        raise InvalidInputError({"bis": [sentence]}) from None
    if not clock.today() <= day <= latest_day():
        last = date_text(latest_day())
        sentence = gettext("Wählen Sie einen Tag ab heute, höchstens den %(date)s.", date=last)
        raise InvalidInputError({"bis": [sentence]})
    return day


def _scope(kind: str, values: Mapping[str, str]) -> Scope:
    """What was chosen of what is offered; whatever else was sent counts for nothing."""
    if kind == "vorgang":
        matter = next((each for each in _own_cases() if str(each.id) == values["vorgang"]), None)
        if matter is None:
            raise InvalidInputError({"vorgang": [gettext("Wählen Sie einen Vorgang.")]})
        return Scope("case", matter.tenant_id, matter.service_key, matter.id, matter.number)
    tenant, faults = here().snapshot.registry.by_slug_or_none(values["behoerde"]), dict[str, list[str]]()
    if tenant is None or not tenant.on_line:
        faults["behoerde"] = [gettext("Wählen Sie eine Stadt, eine Gemeinde oder einen Landkreis.")]
    if kind == "leistung" and values["leistung"] not in dict(_services()):
        faults["leistung"] = [gettext("Wählen Sie eine Leistung.")]
    if tenant is None or faults:
        raise InvalidInputError(faults)
    if kind == "leistung":
        return Scope("service", tenant.id, values["leistung"])
    return Scope("town", tenant.id)


def _towns() -> list[Option]:
    """All portals, those first where the account is used."""
    registry = here().snapshot.registry
    own = own_account_id()
    with program().database.transaction(acting_for(own)) as session:
        clients = [consent.client_id for consent in consents_of(session, own)]
    found = (find_client(program().settings, registry, client_id) for client_id in clients)
    used = {client.tenant.id for client in found if client}
    rows = [
        (tenant.slug, pick(definition_of(tenant).name.full), tenant.id in used)
        for tenant in registry.tenants.values()
        if tenant.on_line
    ]
    ordered = sorted(rows, key=lambda row: (not row[2], sort_key(row[1])))
    return [(slug, name) for slug, name, _ in ordered]


def _services() -> list[Option]:
    """The services that there is a form for."""
    services = here().snapshot.catalogue.services.values()
    rows = [(service.key, pick(service.name)) for service in services if service.form]
    return sorted(rows, key=lambda row: sort_key(row[1]))


def _own_cases() -> list[Matter]:
    with program().database.transaction(acting_for(own_account_id())) as session:
        return [matter for matter in matters_of(session) if not matter.is_draft]


def _case_text(matter: Matter) -> str:
    return f"{service_name(matter.service_key)} · {matter.number} · {town_name(matter.tenant_id)}"
