"""What a bundle does to the towns' offers, each by one statement however many towns there are.

An offer remembers by bundle what it was before: ``none`` (there was no offer), ``off``, or ``on``. What a town changes
afterwards is its own: a trigger turns all that is remembered into ``on``, which taking back leaves as it is.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import TextClause, text
from sqlalchemy.orm import Session

from kreisportal.bundles.reach import Reach

if TYPE_CHECKING:
    from sqlalchemy import CursorResult


class State(StrEnum):
    """How a service of a bundle stands at a town that executes it, before the bundle is applied."""

    NEW = "new"
    """Never offered: it will be switched on."""
    AGAIN = "again"
    """Switched off by the town, and required: it will be switched on."""
    LEFT = "left"
    """Switched off by the town, and free: it stays off."""
    ON = "on"


SWITCHED = (State.NEW, State.AGAIN)
"""What applying switches on."""

_WANTED = """
WITH wanted AS (
    SELECT t.tenant_id, s.service_key, s.channel
    FROM unnest(CAST(:towns AS int[]), CAST(:shared AS int[])) AS t (tenant_id, number)
    JOIN unnest(CAST(:numbers AS int[]), CAST(:keys AS text[]), CAST(:channels AS text[]))
        AS s (number, service_key, channel) USING (number))
"""
_STATES = """, states AS (
    SELECT w.tenant_id, w.service_key, CASE WHEN o.is_on THEN 'on' WHEN o.is_on IS NULL THEN 'new'
        WHEN :required THEN 'again' ELSE 'left' END AS state
    FROM wanted w LEFT JOIN offers o ON o.tenant_id = w.tenant_id AND o.service_key = w.service_key)
"""


def _on_wanted(*parts: str) -> TextClause:
    return text("".join((_WANTED, *parts)))


_COUNT = _on_wanted(_STATES, "SELECT state, count(*) AS number FROM states GROUP BY state")
_LIST = _on_wanted(
    _STATES,
    "SELECT tenant_id, state, array_agg(service_key ORDER BY service_key) AS keys"
    " FROM states GROUP BY tenant_id, state",
)
_APPLY = _on_wanted("""
INSERT INTO offers AS o (tenant_id, service_key, is_on, channel, details, bundles)
SELECT tenant_id, service_key, true, channel, '{}', jsonb_build_object(CAST(:bundle AS text), 'none')
FROM wanted ORDER BY tenant_id, service_key
ON CONFLICT (tenant_id, service_key) DO UPDATE SET is_on = true,
    bundles = coalesce(o.bundles, '{}')
        || jsonb_build_object(CAST(:bundle AS text), CASE WHEN o.is_on THEN 'on' ELSE 'off' END)
WHERE CASE WHEN o.is_on THEN NOT coalesce(o.bundles, '{}') ? CAST(:bundle AS text) ELSE :required END
""")
# Nothing but the bundle has ever said anything of it.
_REMOVE = text("""
DELETE FROM offers WHERE bundles = jsonb_build_object(CAST(:bundle AS text), 'none') AND imported IS NULL
""")
# Another bundle that wants it too goes on from what was before both. What a file has switched on meanwhile stays.
_RESTORE = text("""
UPDATE offers o SET
    is_on = o.is_on AND (o.bundles ->> CAST(:bundle AS text) = 'on' OR o.bundles - CAST(:bundle AS text) <> '{}'
        OR coalesce(o.imported ->> 'is_on', '') = 'true'),
    bundles = nullif((SELECT coalesce(jsonb_object_agg(b.key,
            CASE WHEN b.value = 'on' THEN o.bundles ->> CAST(:bundle AS text) ELSE b.value END), '{}')
        FROM jsonb_each_text(o.bundles - CAST(:bundle AS text)) AS b), '{}')
WHERE o.bundles ? CAST(:bundle AS text)
""")


def totals(session: Session, reach: Reach) -> dict[State, int]:
    """How many services stand how, in all towns together."""
    found = {row.state: row.number for row in session.execute(_COUNT, reach.arrays())}
    return {state: found.get(state.value, 0) for state in State}


def states(session: Session, reach: Reach) -> dict[int, dict[State, list[str]]]:
    """The services' keys by how they stand, by town."""
    found: dict[int, dict[State, list[str]]] = {town.id: {} for town in reach.towns}
    for row in session.execute(_LIST, reach.arrays()):
        found[row.tenant_id][State(row.state)] = row.keys
    return found


def switch_on(session: Session, reach: Reach) -> int:
    """Switch all of it on. A free bundle leaves what a town has switched off. Returns how many offers were written."""
    return _rows(session.execute(_APPLY, reach.arrays()))


def put_back(session: Session, bundle_id: int) -> int:
    """Make all offers what they were before the bundle, but for what their towns have changed since."""
    name = {"bundle": str(bundle_id)}
    return _rows(session.execute(_REMOVE, name)) + _rows(session.execute(_RESTORE, name))


def _rows(result: object) -> int:
    return cast("CursorResult[Any]", result).rowcount
