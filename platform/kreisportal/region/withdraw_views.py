"""A town was brought in by mistake: what goes with it is told, and then it is withdrawn."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from kreisportal.i18n import gettext, ngettext
from kreisportal.kernel.errors import ConflictError, NotFoundError
from kreisportal.onboarding.lists import lines_of, progress_of
from kreisportal.onboarding.town_lists import Outcome
from kreisportal.onboarding.withdrawing import withdraw, withdrawal_of
from kreisportal.region.frame import SITE
from kreisportal.tenancy.renaming import named_town
from kreisportal.web.program import program
from kreisportal.web.sessions import staff_context

_AT_ONCE = 100
"""So many towns of a list are withdrawn by one request; it is sent again for the others."""

blueprint = Blueprint("region_withdrawing", __name__, subdomain=SITE, url_prefix="/<language:lang>")


@blueprint.get("/kommunen/<slug>/zuruecknehmen")
def ask(slug: str) -> str:
    """What would go, or why it cannot be."""
    with program().database.transaction(staff_context()) as session:
        found = withdrawal_of(session, slug)
        name = str(named_town(session, slug).profile["name"]["de"])
    return render_template("region/withdraw.html", slug=slug, name=name, found=found)


@blueprint.post("/kommunen/<slug>/zuruecknehmen")
def send(slug: str) -> Response:
    """Withdraw a town."""
    with program().database.transaction(staff_context()) as session:
        named_town(session, slug)
    if not _withdrawn(slug):
        flash(gettext("Das geht nicht mehr: Das Portal ist inzwischen in Gebrauch."), "warning")
        return redirect(url_for("region_withdrawing.ask", slug=slug), 303)
    program().keeper.renew()
    flash(gettext("Die Kommune ist zurückgenommen."))
    return redirect(url_for("region.home"), 303)


@blueprint.post("/neue-kommunen/zuruecknehmen")
def send_list() -> Response:
    """Withdraw all towns of one's list that are still being prepared; the others stay."""
    with program().database.transaction(staff_context()) as session:
        progress = progress_of(session)
        lines = lines_of(session, progress.given.id) if progress else ()
        begun = [line for line in lines if line.outcome == Outcome.BEGUN]
        slugs = [str(line.told["slug"]) for line in begun if line.told]
    count = 0
    for slug in slugs:
        if count == _AT_ONCE:
            flash(gettext("Das waren die ersten. Nehmen Sie die übrigen ebenso zurück."), "warning")
            break
        count += _withdrawn(slug)
    program().keeper.renew()
    flash(ngettext("%(num)s Kommune ist zurückgenommen.", "%(num)s Kommunen sind zurückgenommen.", count))
    return redirect(url_for("region_lists.overview"), 303)


def _withdrawn(slug: str) -> bool:
    """Whether it could be; of a list it may be gone, or open by now."""
    context = staff_context()
    try:
        with program().database.transaction(context) as session:
            found = withdraw(session, context, slug)
    except (ConflictError, NotFoundError):
        return False
    found.remove_files(program().intake.storage)
    return True
