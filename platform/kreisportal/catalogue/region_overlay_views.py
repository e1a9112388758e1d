"""What a district says to a service: seen and changed on the region's host, by who runs the district or the whole region."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from kreisportal.catalogue.definitions import Service
from kreisportal.catalogue.offer_changes import LANGUAGES
from kreisportal.catalogue.overlay_changes import (
    FIELDS,
    LONGEST,
    Overlay,
    change_overlay,
    district_by_slug,
    overlay_now,
    stamp_of,
    typed_of,
)
from kreisportal.i18n import gettext, pick
from kreisportal.kernel.errors import ConflictError, InvalidInputError, NotFoundError
from kreisportal.web.program import program
from kreisportal.web.sessions import staff_context
from kreisportal.web.site import here

blueprint = Blueprint(
    "region_overlays", __name__, subdomain="region", url_prefix="/<language:lang>/katalog/<key>/ergaenzung"
)


@blueprint.get("/<slug>")
def show(key: str, slug: str) -> str:
    """What the district says now, to be changed."""
    return _page(_service(key), slug, None, {})


@blueprint.post("/<slug>")
def change(key: str, slug: str) -> Response | tuple[str, int]:
    """Let the district say something else. Its portals show it within a second."""
    service, context = _service(key), staff_context()
    typed = {name: request.form.get(name, "") for name in FIELDS}
    try:
        with program().database.transaction(context) as session:
            changed = change_overlay(session, context, slug, key, typed, request.form.get("gesehen", ""))
    except InvalidInputError as error:
        return _page(service, slug, typed, error.messages), error.status
    except ConflictError as error:
        return _page(service, slug, typed, {}, others=True), error.status
    program().keeper.renew()
    flash(
        gettext("Gespeichert. So steht es jetzt in den Portalen des Kreises.")
        if changed
        else gettext("Es gab nichts zu ändern.")
    )
    return redirect(url_for("region_overlays.show", key=key, slug=slug), 303)


def _service(key: str) -> Service:
    found = here().snapshot.catalogue.services.get(key)
    if found is None:
        raise NotFoundError
    return found


def _page(
    service: Service,
    slug: str,
    typed: Mapping[str, str] | None,
    errors: Mapping[str, list[str]],
    *,
    others: bool = False,
) -> str:
    with program().database.transaction(staff_context()) as session:
        district = district_by_slug(session, slug)
        now: Overlay = overlay_now(district, service.key)
        name = pick(district.profile["name"])
    labels = _labels()
    shown = typed or typed_of(now)
    return render_template(
        "catalogue/region_overlay.html",
        service=service,
        slug=slug,
        district=name,
        typed=shown,
        errors=errors,
        labels=labels,
        languages=LANGUAGES,
        longest=LONGEST,
        seen=stamp_of(now),
        meanwhile=[(labels[n], was) for n, was in typed_of(now).items() if was != shown[n]] if others else [],
        others=others,
    )


def _labels() -> dict[str, str]:
    return {
        "fee_de": gettext("Gebühr auf Deutsch"),
        "fee_en": gettext("Gebühr auf Englisch"),
        "text_de": gettext("Hinweis auf Deutsch"),
        "text_en": gettext("Hinweis auf Englisch"),
    }
