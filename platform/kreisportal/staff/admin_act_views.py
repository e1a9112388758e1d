"""The tenant admin's page on what was done in the town."""

from __future__ import annotations

from flask import Blueprint, render_template, request

from kreisportal.staff import departments, team
from kreisportal.staff.acts import acts_in
from kreisportal.staff.admin_act_lines import ACTS, line_with_actor
from kreisportal.web.program import program
from kreisportal.web.sessions import staff_context
from kreisportal.web.site import here

_MOST = 100

blueprint = Blueprint("acts_admin", __name__, subdomain="desk", url_prefix="/<language:lang>/protokoll")


@blueprint.get("/")
def overview() -> str:
    """The last acts, or those before one that was seen."""
    asked = request.args.get("vor", "")
    before = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 18 else None
    with program().database.transaction(staff_context()) as session:
        acts = acts_in(session, here().tenant.id, ACTS, _MOST + 1, before)
        names = {person.id: person.name for person in team.members(session)}
        names |= {unit.id: unit.name for unit in departments.units(session)}
    return render_template(
        "staff/admin_acts.html",
        acts=[line_with_actor(act, names) for act in acts[:_MOST]],
        before=before,
        older=acts[_MOST - 1].id if len(acts) > _MOST else None,
    )
