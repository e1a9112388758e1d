"""What those who run the region have done."""

from __future__ import annotations

from flask import Blueprint, render_template

from kreisportal.region.acts import acts_shown
from kreisportal.region.frame import SITE
from kreisportal.web.program import program
from kreisportal.web.sessions import staff_context

_MOST = 200

blueprint = Blueprint("region_audit", __name__, subdomain=SITE, url_prefix="/<language:lang>/protokoll")


@blueprint.get("/")
def overview() -> str:
    """The last acts: an operator's page shows those of all, a district admin's those of the own district."""
    with program().database.transaction(staff_context()) as session:
        acts = acts_shown(session, _MOST)
    return render_template("region/audit.html", acts=acts, most=_MOST)
