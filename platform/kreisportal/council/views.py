"""The portal's page on the council: its next meetings and newest papers. It asks neither the database nor anybody else."""

from __future__ import annotations

from flask import Blueprint, Flask, render_template

from kreisportal.council.shown import council_of
from kreisportal.council.wording import council_title, hours_text
from kreisportal.i18n.dates import weekday_text
from kreisportal.kernel import clock
from kreisportal.kernel.errors import NotFoundError
from kreisportal.web.site import here, keep

blueprint = Blueprint("council", __name__, subdomain="portal", url_prefix="/<language:lang>")


def install(app: Flask) -> None:
    """Register the page."""
    app.register_blueprint(blueprint)


@blueprint.get("/rat")
def show() -> str:
    """Meetings of today and later, and papers; whose day has passed is gone at midnight, as kept pages are."""
    council = council_of(here().tenant, clock.today())
    if council is None:
        raise NotFoundError
    keep()
    return render_template(
        "council/council.html",
        title=council_title(here().tenant.kind),
        council=council,
        meetings=[
            (weekday_text(each.start.date()), hours_text(each.start, each.end), each)
            for each in council.meetings
        ],
    )
