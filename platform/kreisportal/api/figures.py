"""A town's figures for programs: how its services are used, how long decisions take, how people like them."""

from __future__ import annotations

from collections import Counter
from typing import Any

from marshmallow import Schema, fields

from kreisportal.api.blueprint import ApiBlueprint
from kreisportal.api.fields import LanguageQuery, out, out_list
from kreisportal.api.service_rows import Row
from kreisportal.cases.decision_times import published_times
from kreisportal.catalogue.feedback import satisfaction
from kreisportal.catalogue.missed_words import months_ago
from kreisportal.catalogue.service_counts import What, counts_since
from kreisportal.i18n import pick
from kreisportal.kernel import clock
from kreisportal.tenancy.places import sort_key
from kreisportal.web.program import program
from kreisportal.web.site import here
from kreisportal.web.tokens import token_context

_MONTHS = 12

blueprint = ApiBlueprint("api_figures", "portal", "How the town's services are used.")


class FiguresRowOut(Schema):
    """The figures of a service."""

    key = out(fields.String, "The service's key.")
    name = out(fields.String, "The service's name.")
    viewed = out(fields.Integer, "How often it was looked at.")
    started = out(fields.Integer, "How often its form was begun.")
    finished = out(fields.Integer, "How often it was sent.")
    abandoned = out(fields.Integer, "How often it was given up.")
    median_days = out(fields.Integer, "Half of the decisions took at most so many days.", null=True)
    most_days = out(fields.Integer, "Nine of ten took at most so many days.", null=True)
    stars = out(fields.Float, "How many stars it got on average, from 1 to 5.", null=True)
    rated = out(fields.Integer, "How many people gave stars.")


class FiguresOut(Schema):
    """The figures of a year, the most used services first."""

    since = out(fields.Date, "The first day that is counted.")
    items = out_list(fields.Nested(FiguresRowOut), "The services that anybody has looked at or used.")


@blueprint.on("GET", "/figures")
@blueprint.takes(LanguageQuery, "query")
@blueprint.answers(FiguresOut)
def figures(_: dict[str, Any]) -> Row:
    """The figures that the page at the desk shows. Decision times are those of last night, from ten decisions on."""
    since = months_ago(clock.today(), _MONTHS - 1)
    with program().database.transaction(token_context()) as session:
        counts, took, liked = counts_since(session, since), published_times(session), satisfaction(session)
    rows = []
    for key, service in here().snapshot.catalogue.services.items():
        if key not in counts and key not in took and key not in liked:
            continue
        times, stars = took.get(key), liked.get(key)
        rows.append(
            {
                "key": key,
                "name": pick(service.name),
                **{what.value: counts.get(key, Counter())[what] for what in What},
                "median_days": times.median if times else None,
                "most_days": times.most if times else None,
                "stars": round(stars.average, 1) if stars else None,
                "rated": stars.count if stars else 0,
            }
        )
    rows.sort(key=lambda row: (-row["viewed"], -row["started"], sort_key(row["name"])))
    return {"since": since, "items": rows}
