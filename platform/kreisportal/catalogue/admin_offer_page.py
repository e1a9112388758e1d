"""The page on which a tenant admin changes an offer: what it shows, with what was typed and what is wrong with it."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import render_template, url_for

from kreisportal.bundles.marks import Mark, is_required, marks_of
from kreisportal.catalogue.admin_offer_trial import PREFIX, trial_fields, trial_rule
from kreisportal.catalogue.definitions import Service
from kreisportal.catalogue.models import Offer
from kreisportal.catalogue.offer_changes import (
    LANGUAGES,
    LONGEST_FEE,
    LONGEST_TEXT,
    stamp_of,
    typed_of,
)
from kreisportal.catalogue.offer_plans import FIELD as PLAN
from kreisportal.catalogue.offer_plans import planned_for
from kreisportal.catalogue.overlays import overlay_of
from kreisportal.catalogue.own_wordings import Outdated
from kreisportal.catalogue.region_wording import label_of
from kreisportal.i18n import gettext, pick
from kreisportal.tenancy.definition import Channel
from kreisportal.tenancy.fees.formula import Name
from kreisportal.tenancy.profile import definition_of
from kreisportal.web.offer_choices import choices_for
from kreisportal.web.other_sites import portal_address
from kreisportal.web.program import program
from kreisportal.web.sessions import staff_context
from kreisportal.web.site import here


@dataclass(frozen=True, slots=True)
class Shown:
    """What the page shows besides the offer as it is saved.

    ``typed`` is what stands in the fields, ``errors`` are sentences by field; ``meanwhile`` is what somebody else has
    saved, ``result`` what the fee comes to that is tried out, ``preview`` the
    sealed offer that the portal can show; ``outdated`` is what has changed below the town's own wording.
    """

    typed: Mapping[str, str]
    errors: Mapping[str, list[str]] = field(default_factory=dict)
    meanwhile: Mapping[str, str] | None = None
    result: str = ""
    preview: str = ""
    outdated: Outdated | None = None


def offer_page(service: Service, row: Offer | None, shown: Shown) -> str:
    """The page."""
    tenant, typed, labels, choices = here().tenant, shown.typed, _labels(), choices_for(service)
    marks = _marks(row)
    rule, _ = trial_rule({**typed_of(None), **typed}, choices.names)
    return render_template(
        "catalogue/admin_offer.html",
        service=service,
        is_on=row.is_on if row else False,
        papers=len(row.details.get("papers", ())) if row else 0,
        required=is_required(service, tenant, marks),
        marks=marks,
        typed=typed,
        errors=shown.errors,
        meanwhile=[
            (labels[name], was) for name, was in (shown.meanwhile or {}).items() if was != typed[name]
        ],
        labels=labels,
        seen=stamp_of(row),
        channels=[
            (channel.value, text)
            for channel, text in _channels().items()
            if channel is not Channel.ONLINE or choices.online
        ],
        offices=[(office.key, pick(office.name)) for office in definition_of(tenant).offices],
        languages=LANGUAGES,
        longest={"fee": LONGEST_FEE, "text": LONGEST_TEXT},
        kinds=_kinds()[: None if choices.names else -1],
        periods=_periods(),
        figures=[(key, pick(name.label)) for key, name in choices.names.items()],
        names=[(key, _name_text(name)) for key, name in choices.names.items()],
        trial=trial_fields(rule, choices.names, typed),
        result=shown.result,
        preview=shown.preview,
        preview_url=portal_address(tenant, "portal.preview_offer"),
        plan_field=PLAN,
        planned=[_plan(service, row, entry, labels) for entry in planned_for(row)],
        outdated=shown.outdated,
        differences_shown=[(label_of(each.field), each.pieces) for each in shown.outdated.differences]
        if shown.outdated
        else [],
        district=overlay_of(here().snapshot, tenant, service.key),
        portal=portal_address(tenant, "portal.service", key=service.key),
    )


def _marks(row: Offer | None) -> tuple[Mark, ...]:
    """The bundles that reached the offer."""
    if row is None or not row.bundles:
        return ()
    with program().database.transaction(staff_context()) as session:
        return marks_of(session, [row]).get(row.service_key, ())


def _plan(
    service: Service, row: Offer | None, entry: Mapping[str, Any], labels: Mapping[str, str]
) -> dict[str, Any]:
    """A planned change: from which day, and what will be otherwise than today."""
    now, then = typed_of(row), typed_of(row, entry)
    texts: dict[str, Mapping[str, str]] = {
        "channel": {channel.value: text for channel, text in _channels().items()},
        "office": {office.key: pick(office.name) for office in definition_of(here().tenant).offices},
        "fee_kind": dict(_kinds()),
        "fee_per": dict(_periods()),
        "fee_by": {key: pick(name.label) for key, name in choices_for(service).names.items()},
        "fee_adds": {"yes": gettext("Ja")},
    }
    changes = [
        (labels[name], texts.get(name, {}).get(value, value) or gettext("nichts mehr"))
        for name, value in then.items()
        # What a fee of another kind does not have is no change of its own.
        if value != now[name] and (value or not name.startswith("fee_") or name[4:] in ("kind", *LANGUAGES))
    ]
    return {
        "day": datetime.date.fromisoformat(entry["from"]),
        "changes": changes,
        "change_url": url_for("offer_admin.show", key=service.key, plan=entry["from"]),
    }


def posted_fields(form: Mapping[str, str]) -> dict[str, str]:
    """What was typed: the fields of the offer, and those to try its fee with."""
    typed = {name: form.get(name, "") for name in (*typed_of(None), PLAN)}
    return typed | {name: text[:100] for name, text in form.items() if name.startswith(PREFIX)}


def _name_text(name: Name) -> str:
    """What a name of a formula stands for, with the keys of its answers."""
    answers = ", ".join(f"„{key}“ ({pick(label)})" for key, label in name.choices.items())
    return f"{pick(name.label)}: {answers}" if answers else pick(name.label)


def _channels() -> dict[Channel, str]:
    return {
        Channel.ONLINE: gettext("online, mit dem Formular dieses Portals"),
        Channel.APPOINTMENT: gettext("mit Termin im Rathaus"),
        Channel.PAPER: gettext("schriftlich, mit einem Brief"),
        Channel.LINK: gettext("auf einer anderen Seite im Netz"),
    }


def _kinds() -> list[tuple[str, str]]:
    return [
        ("", gettext("nur in Worten, oder gar nicht")),
        ("amount", gettext("ein Betrag")),
        ("steps", gettext("in Stufen")),
        ("formula", gettext("nach einer Formel")),
    ]


def _periods() -> list[tuple[str, str]]:
    return [
        ("once", gettext("einmal")),
        ("year", gettext("jedes Jahr")),
        ("month", gettext("jeden Monat")),
        ("day", gettext("jeden Tag")),
    ]


def _labels() -> dict[str, str]:
    """What the fields are called."""
    return {
        "channel": gettext("Wie bekommt man die Leistung?"),
        "url": gettext("Adresse der anderen Seite"),
        "from": gettext("Ab wann"),
        "until": gettext("Bis wann"),
        "office": gettext("Zuständiges Amt"),
        "processing_days": gettext("Wie viele Tage dauert es meist?"),
        "fee_kind": gettext("Wie ist die Gebühr bestimmt?"),
        "fee_per": gettext("Wie oft fällt sie an?"),
        "fee_amount": gettext("Betrag in Euro"),
        "fee_by": gettext("Wonach gehen die Stufen?"),
        "fee_adds": gettext("Jedes Stück kostet, was seine Stufe sagt, und alle werden zusammengezählt"),
        "fee_steps": gettext("Stufen, jede in einer Zeile"),
        "fee_formula": gettext("Formel"),
        "fee_de": gettext("Anmerkung zur Gebühr auf Deutsch"),
        "fee_en": gettext("Anmerkung zur Gebühr auf Englisch"),
        "text_de": gettext("Hinweis auf Deutsch"),
        "text_en": gettext("Hinweis auf Englisch"),
    }
