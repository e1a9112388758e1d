"""How pages speak of mandates: for what, how it stands, what was done."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from flask import url_for

from kreisportal.i18n import gettext, pick
from kreisportal.kernel import clock
from kreisportal.mandates.models import Mandate, MandateAct
from kreisportal.mandates.queries import State, state_of
from kreisportal.mandates.service import last_day_of
from kreisportal.tenancy.profile import definition_of
from kreisportal.web.formats import date_text, moment_text
from kreisportal.web.site import here


class Scoped(Protocol):
    """What is for a town, a service there, or a case."""

    @property
    def scope(self) -> str:
        """The kind of scope."""

    @property
    def tenant_id(self) -> int:
        """The town."""

    @property
    def service_key(self) -> str | None:
        """The service, but for a whole town."""

    @property
    def case_number(self) -> str | None:
        """The case's number."""


def scope_text(of: Scoped) -> str:
    """For what a mandate is, in a few words."""
    town = town_name(of.tenant_id)
    if of.scope == "town":
        return gettext("alle Online-Leistungen: %(town)s", town=town)
    service = service_name(of.service_key or "")
    if of.scope == "service":
        return gettext("nur „%(service)s“: %(town)s", service=service, town=town)
    number = of.case_number
    return gettext(
        "nur ein Vorgang: %(service)s, %(number)s, %(town)s", service=service, number=number, town=town
    )


def town_name(tenant_id: int) -> str:
    """The full name of a town."""
    tenant = here().snapshot.registry.tenants.get(tenant_id)
    return pick(definition_of(tenant).name.full) if tenant else ""


def service_name(key: str) -> str:
    """The name of a service; its key if the catalogue has it no more."""
    service = here().snapshot.catalogue.services.get(key)
    return pick(service.name) if service else key


def state_text(mandate: Mandate) -> str:
    """How it stands with a mandate, with the day that counts."""
    state = state_of(mandate, clock.now())
    return {
        State.INVITED: lambda: gettext(
            "eingeladen, noch nicht angenommen. Die Einladung gilt bis zum %(date)s.",
            date=date_text(last_day_of(mandate.invitation_until)),
        ),
        State.LAPSED: lambda: gettext("Einladung abgelaufen"),
        State.DECLINED: lambda: gettext("abgelehnt am %(date)s", date=_day(mandate.declined_at)),
        State.IN_FORCE: lambda: gettext("in Kraft seit %(date)s", date=_day(mandate.accepted_at)),
        State.OVER: lambda: gettext("abgelaufen am %(date)s", date=_day(mandate.ends_at)),
        State.REVOKED: lambda: gettext("widerrufen am %(date)s", date=_day(mandate.ended_at)),
        State.GIVEN_UP: lambda: gettext("niedergelegt am %(date)s", date=_day(mandate.ended_at)),
        State.ACCOUNT_GONE: lambda: gettext("beendet, weil eines der Konten gelöscht ist"),
    }[state]()


def _day(moment: Any) -> str:
    return date_text(moment.astimezone(clock.LOCAL_ZONE).date())


def is_open(mandate: Mandate) -> bool:
    """Whether there is still something to end."""
    return state_of(mandate, clock.now()) in (State.INVITED, State.IN_FORCE)


def is_usable(mandate: Mandate) -> bool:
    """Whether it is in force."""
    return state_of(mandate, clock.now()) is State.IN_FORCE


def other_name(mandate: Mandate, given: bool) -> str:
    """The other person's name, as whoever looks at it knows them."""
    return mandate.called if given else mandate.giver_name


def mandate_rows(mandates: Sequence[Mandate], *, given: bool) -> list[dict[str, str]]:
    """Mandates as rows of a list that lead to their pages, those to be used or answered first."""
    rows = sorted(mandates, key=lambda mandate: not is_open(mandate))
    return [
        {
            "text": other_name(mandate, given),
            "note": " · ".join((scope_text(mandate), until_text(mandate), state_text(mandate))),
            "url": url_for("mandates.show", mandate_id=mandate.id),
        }
        for mandate in rows
    ]


def until_text(mandate: Mandate) -> str:
    """Until when, e.g. "bis zum 24. Dezember 2026"."""
    return gettext("bis zum %(date)s", date=date_text(last_day_of(mandate.ends_at)))


def act_rows(acts: Sequence[MandateAct]) -> list[list[str]]:
    """When, what, and with which case."""
    return [
        [moment_text(act.at), act_text(act), f"{service_name(act.service_key)} · {act.case_number}"]
        for act in acts
    ]


def act_text(act: MandateAct) -> str:
    """What was done."""
    return {
        "opened": gettext("Vorgang geöffnet"),
        "copy": gettext("Kopie heruntergeladen"),
        "letter": gettext("Bescheid heruntergeladen"),
        "document": gettext("Datei heruntergeladen"),
        "applied": gettext("Antrag gestellt"),
        "answered": gettext("Nachricht geschrieben"),
    }[act.what]
