"""The tenant admin's page on one service: how the town offers it, from when to when, at what price, in whose hands."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from kreisportal.audit.service import record
from kreisportal.catalogue import own_wordings
from kreisportal.catalogue.definitions import Service
from kreisportal.catalogue.models import Offer
from kreisportal.catalogue.offer_changes import (
    LANGUAGES,
    LONGEST_FEE,
    LONGEST_TEXT,
    Choices,
    change_offer,
    stamp_of,
    typed_of,
)
from kreisportal.catalogue.overlays import overlay_of
from kreisportal.catalogue.own_wordings import Outdated
from kreisportal.catalogue.queries import offer_row
from kreisportal.catalogue.region_wording import label_of
from kreisportal.catalogue.responsibility import may_execute
from kreisportal.i18n import gettext, pick
from kreisportal.kernel.errors import ConflictError, InvalidInputError, NotFoundError
from kreisportal.tenancy.definition import Channel
from kreisportal.tenancy.profile import definition_of
from kreisportal.web.other_sites import portal_address
from kreisportal.web.program import program
from kreisportal.web.sessions import staff_context
from kreisportal.web.site import here

blueprint = Blueprint(
    "offer_admin", __name__, subdomain="desk", url_prefix="/<language:lang>/leistungen/<key>/angebot"
)


def can_execute(service: Service) -> bool:
    """Whether this very authority can be the one that executes a service."""
    return may_execute(here().tenant, service)


@blueprint.get("/")
def show(key: str) -> str:
    """The offer as it is, to be changed."""
    service = _service(key)
    with program().database.transaction(staff_context()) as session:
        row = offer_row(session, here().tenant.id, key)
        outdated = own_wordings.outdated_wordings(session, here().tenant.id, key).get(key)
        return _page(service, row, typed_of(row), {}, outdated=outdated)


@blueprint.post("/")
def change(key: str) -> Response | tuple[str, int]:
    """Lay what was typed into the offer. The portal shows it within a second."""
    service, context = _service(key), staff_context()
    try:
        with program().database.transaction(context) as session:
            changed = change_offer(
                session,
                here().tenant.id,
                key,
                request.form,
                _choices(service),
                request.form.get("gesehen", ""),
            )
            if changed:
                record(session, context, "offer.changed", "service", key, fields=changed)
    except (InvalidInputError, ConflictError) as error:
        return _again(service, error)
    program().keeper.renew()
    flash(
        gettext("Gespeichert. So steht es jetzt im Portal.")
        if changed
        else gettext("Es gab nichts zu ändern.")
    )
    return redirect(url_for("offer_admin.show", key=key), 303)


@blueprint.post("/text")
def decide(key: str) -> Response:
    """Keep the town's own wording beside the region's new text, or drop it."""
    service, context = _service(key), staff_context()
    wanted, seen = request.form.get("entscheidung"), request.form.get("fassung", 0, type=int)
    act = {"eigen": own_wordings.keep_own, "region": own_wordings.take_regions}.get(wanted or "")
    if act is None:
        raise NotFoundError
    try:
        with program().database.transaction(context) as session:
            act(session, context, service.key, seen)
    except ConflictError:
        flash(
            gettext("Der Text der Region hat sich noch einmal geändert. Sehen Sie ihn noch einmal an."),
            "warning",
        )
        return redirect(url_for("offer_admin.show", key=key), 303)
    except NotFoundError:
        flash(gettext("Hier ist nichts mehr zu entscheiden."))
        return redirect(url_for("offer_admin.show", key=key), 303)
    program().keeper.renew()
    flash(
        gettext("Ihr eigener Hinweis bleibt.")
        if wanted == "eigen"
        else gettext("Ihr eigener Hinweis ist entfernt. Im Portal steht jetzt der Text der Region.")
    )
    return redirect(url_for("offer_admin.show", key=key), 303)


def _again(service: Service, error: InvalidInputError | ConflictError) -> tuple[str, int]:
    """The page with what was typed, and what is wrong with it or has changed meanwhile."""
    typed = {name: request.form.get(name, "") for name in typed_of(None)}
    with program().database.transaction(staff_context()) as session:
        row = offer_row(session, here().tenant.id, service.key)
        if isinstance(error, InvalidInputError):
            return _page(service, row, typed, error.messages), error.status
        return _page(service, row, typed, {}, meanwhile=typed_of(row)), error.status


def _service(key: str) -> Service:
    found = here().snapshot.catalogue.services.get(key)
    if found is None:
        raise NotFoundError
    return found


def _choices(service: Service) -> Choices:
    offices = {office.key for office in definition_of(here().tenant).offices}
    return Choices(offices, online=bool(service.form) and can_execute(service))


def _page(
    service: Service,
    row: Offer | None,
    typed: Mapping[str, str],
    errors: Mapping[str, list[str]],
    meanwhile: Mapping[str, str] | None = None,
    outdated: Outdated | None = None,
) -> str:
    tenant = here().tenant
    labels = _labels()
    return render_template(
        "catalogue/admin_offer.html",
        service=service,
        is_on=row.is_on if row else False,
        required=service.required_by_law and can_execute(service),
        typed=typed,
        errors=errors,
        meanwhile=[(labels[name], was) for name, was in (meanwhile or {}).items() if was != typed[name]],
        labels=labels,
        seen=stamp_of(row),
        outdated=outdated,
        differences_shown=[(label_of(each.field), each.pieces) for each in outdated.differences]
        if outdated
        else [],
        channels=[
            (channel.value, text)
            for channel, text in _channels().items()
            if channel is not Channel.ONLINE or _choices(service).online
        ],
        offices=[(office.key, pick(office.name)) for office in definition_of(tenant).offices],
        languages=LANGUAGES,
        longest={"fee": LONGEST_FEE, "text": LONGEST_TEXT},
        district=overlay_of(here().snapshot, tenant, service.key),
        portal=portal_address(tenant, "portal.service", key=service.key),
    )


def _channels() -> dict[Channel, str]:
    return {
        Channel.ONLINE: gettext("online, mit dem Formular dieses Portals"),
        Channel.APPOINTMENT: gettext("mit Termin im Rathaus"),
        Channel.PAPER: gettext("schriftlich, mit einem Brief"),
        Channel.LINK: gettext("auf einer anderen Seite im Netz"),
    }


def _labels() -> dict[str, str]:
    """What the fields are called."""
    return {
        "channel": gettext("Wie bekommt man die Leistung?"),
        "url": gettext("Adresse der anderen Seite"),
        "from": gettext("Ab wann"),
        "until": gettext("Bis wann"),
        "office": gettext("Zuständiges Amt"),
        "processing_days": gettext("Wie viele Tage dauert es meist?"),
        "fee_de": gettext("Gebühr auf Deutsch"),
        "fee_en": gettext("Gebühr auf Englisch"),
        "text_de": gettext("Hinweis auf Deutsch"),
        "text_en": gettext("Hinweis auf Englisch"),
    }
