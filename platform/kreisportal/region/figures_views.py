"""The region in figures: the states of towns, and how many cases are open where, and since when. Never a case."""

from __future__ import annotations

from collections import Counter

from flask import Blueprint, render_template

from kreisportal.i18n import ngettext, pick
from kreisportal.kernel import clock
from kreisportal.region.charts import bars
from kreisportal.region.frame import SITE
from kreisportal.region.wording import STATES, state_of
from kreisportal.tenancy.overview import TownFigures, town_figures
from kreisportal.tenancy.places import sort_key
from kreisportal.web.program import program
from kreisportal.web.sessions import staff_context
from kreisportal.web.site import here

MOST_BARS = 15
AGES = ("week", "month", "older")

blueprint = Blueprint("region_figures", __name__, subdomain=SITE, url_prefix="/<language:lang>/zahlen")


@blueprint.get("/")
def overview() -> str:
    """Both charts with their tables, of all towns that the person reaches."""
    with program().database.transaction(staff_context()) as session:
        figures = town_figures(session)
    tenants = here().snapshot.registry.tenants
    towns = [(str(pick(tenants[key].profile["name"])), row) for key, row in figures.items() if key in tenants]
    busy = sorted(
        ((name, row) for name, row in towns if row.open_cases),
        key=lambda town: (-town[1].open_cases, sort_key(town[0])),
    )
    states = Counter(state_of(row) for _, row in towns)
    return render_template(
        "region/figures.html",
        states=[(str(text), states[key]) for key, text in STATES.items()],
        state_bars=bars([(str(text), {"all": states[key]}) for key, text in STATES.items()]),
        busy=[(name, *ages_of(row).values(), row.open_cases, _oldest(row)) for name, row in busy],
        case_bars=bars([(name, ages_of(row)) for name, row in busy[:MOST_BARS]]),
    )


def ages_of(row: TownFigures) -> dict[str, int]:
    """A town's open cases by how long ago they came in."""
    older = row.open_cases - row.open_week - row.open_month
    return dict(zip(AGES, (row.open_week, row.open_month, older), strict=True))


def _oldest(row: TownFigures) -> str:
    days = (clock.now() - row.oldest_case).days if row.oldest_case else 0
    return ngettext("seit %(num)s Tag", "seit %(num)s Tagen", days)
