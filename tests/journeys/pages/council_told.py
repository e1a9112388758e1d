"""A council whose meetings and papers a town's portal shows, and whose system does not answer at present."""

from __future__ import annotations

import datetime

from psycopg.types.json import Jsonb

from kreisportal.kernel import clock
from tests.journeys.pages.cast import Cast

_BODY = "https://rat.musterfeld.example/oparl/body/1"
_SOURCE = {"url": _BODY, "body": _BODY, "name": "Stadt Musterfeld", "on": True}


def tell_council(cast: Cast) -> None:
    """Let the town have it, as if it had been read this morning."""
    today = clock.today()
    start = datetime.datetime.combine(today + datetime.timedelta(days=3), datetime.time(18), clock.LOCAL_ZONE)
    meetings = [
        {
            "name": "12. Sitzung",
            "committees": ["Ausschuss für Bauen, Umwelt und Stadtentwicklung"],
            "start": (start + datetime.timedelta(days=number)).isoformat(),
            **more,
        }
        for number, more in enumerate(
            (
                {"place": "Ratssaal, Am Markt 1", "web": "https://rat.musterfeld.example/12"},
                {"cancelled": True},
            )
        )
    ]
    papers = [
        {
            "name": "Haushalt des nächsten Jahres",
            "reference": "2026/117",
            "date": today.isoformat(),
            "kind": "Vorlage",
        },
        {"name": "Radweg zur Schule", "date": today.isoformat(), "web": "https://rat.musterfeld.example/v/8"},
    ]
    shown = {"as_of": today.isoformat(), "meetings": meetings, "papers": papers}
    execute, tenant_id = cast.house.superuser.execute, cast.house.tenant(cast.slug).id
    execute(
        "UPDATE tenants SET profile = jsonb_set(profile, '{council}', %s) WHERE id = %s",
        [Jsonb(_SOURCE), tenant_id],
    )
    execute("DELETE FROM council_contents WHERE tenant_id = %s", [tenant_id])
    execute(
        "INSERT INTO council_contents (tenant_id, body, shown, read_at, tried_at, failing_since, fault, next_at)"
        " VALUES (%s, %s, %s, now(), now(), now(), 'no-answer', now() + interval '1 day')",
        [tenant_id, _BODY, Jsonb(shown)],
    )
