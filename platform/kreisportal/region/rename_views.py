"""A town is called otherwise: what it is called now, what it was called before, and what it will be called."""

from __future__ import annotations

import contextlib
import datetime
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from kreisportal.i18n import gettext
from kreisportal.kernel import clock
from kreisportal.kernel.errors import ConflictError, InvalidInputError
from kreisportal.region.frame import SITE
from kreisportal.region.wording import KINDS
from kreisportal.tenancy.renaming import (
    EarlierName,
    call_off,
    earlier_names,
    left_over,
    named_town,
    planned_name,
    present_name,
    rename,
)
from kreisportal.tenancy.renaming_fields import OF_NAME, kinds_for
from kreisportal.web.program import program
from kreisportal.web.sessions import staff_context

_FURTHEST = datetime.timedelta(days=2 * 366)

blueprint = Blueprint(
    "region_renaming", __name__, subdomain=SITE, url_prefix="/<language:lang>/kommunen/<slug>/name"
)


@blueprint.get("/")
def show(slug: str) -> str:
    """Ask for the new name, filled in with the present one, or with an earlier one that is to come back."""
    return _page(slug, None, {})


@blueprint.post("/")
def send(slug: str) -> Response | tuple[str, int]:
    """Call the town otherwise, at once or from the day that is named."""
    context = staff_context()
    typed = {field: request.form.get(field, "") for field in (*OF_NAME, "on")}
    try:
        with program().database.transaction(context) as session:
            done = rename(session, context, slug, typed, _day(typed["on"]), clock.today())
    except InvalidInputError as error:
        return _page(slug, typed, error.messages), error.status
    except ConflictError:
        flash(gettext("So heißt die Kommune schon."), "warning")
        return redirect(url_for("region_renaming.show", slug=slug), 303)
    program().keeper.renew()
    if done:
        flash(gettext("Die Kommune heißt jetzt anders. Alte Links führen weiter hierher."))
    else:
        flash(gettext("Der neue Name ist vorgemerkt."))
    return redirect(url_for("region_renaming.show", slug=slug), 303)


@blueprint.post("/absagen")
def cancel(slug: str) -> Response:
    """Forget the name that was settled for a day to come."""
    context = staff_context()
    # Called off twice, it is called off.
    with contextlib.suppress(ConflictError), program().database.transaction(context) as session:
        call_off(session, context, slug)
    flash(gettext("Der Name bleibt, wie er ist."))
    return redirect(url_for("region_renaming.show", slug=slug), 303)


def _day(typed: str) -> datetime.date | None:
    """The day that was typed, None for at once. Raises InvalidInputError under ``on``."""
    if not typed.strip():
        return None
    try:
        day = datetime.date.fromisoformat(typed.strip())
    except ValueError:
        raise InvalidInputError({"on": [gettext("Geben Sie einen Tag wie 2027-01-01 an.")]}) from None
    if not clock.today() <= day <= clock.today() + _FURTHEST:
        raise InvalidInputError(
            {"on": [gettext("Wählen Sie einen Tag von heute an, höchstens in zwei Jahren.")]}
        )
    return day


def _page(slug: str, typed: dict[str, str] | None, errors: dict[str, list[str]]) -> str:
    with program().database.transaction(staff_context()) as session:
        tenant = named_town(session, slug)
        now, earlier = present_name(session, tenant), earlier_names(session, tenant.id)
        back = next((each for each in earlier if str(each.entry_id) == request.args.get("zurueck")), None)
        return render_template(
            "region/rename.html",
            slug=slug,
            name=now["name"],
            typed=typed or {**(back.name if back else now), "on": ""},
            is_back=back is not None and typed is None,
            errors=errors,
            labels=_labels(tenant.has_portal),
            kinds=[(kind.value, str(KINDS[kind])) for kind in kinds_for(tenant)],
            planned=planned_name(tenant),
            today=clock.today(),
            earlier=_rows(earlier),
            left=left_over(tenant, earlier[0].name) if earlier else [],
            left_name=earlier[0].name["short"] if earlier else "",
        )


def _labels(has_portal: bool) -> dict[str, str]:
    """What the fields are called, in their order on the page."""
    hosts = {"portal_host": gettext("Hostname des Portals"), "desk_host": gettext("Hostname der Verwaltung")}
    return {
        "name": gettext("Name der Behörde"),
        "short": gettext("Name des Ortes"),
        "kind": gettext("Art"),
        "ars": gettext("Amtlicher Regionalschlüssel"),
        **(hosts if has_portal else {}),
        "on": gettext("Ab wann?"),
    }


def _rows(earlier: list[EarlierName]) -> list[dict[str, Any]]:
    return [
        {
            "id": each.entry_id,
            "until": each.until,
            "name": each.name["name"],
            "kind": str(KINDS[each.name["kind"]]),
            "ars": each.name["ars"],
            "host": each.name["portal_host"],
        }
        for each in earlier
    ]
