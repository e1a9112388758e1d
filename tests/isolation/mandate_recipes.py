"""How to ask for the pages of mandates; ``recipes`` takes these in."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from tests.cases.house import SERVICE

if TYPE_CHECKING:
    from tests.isolation.town import Town

PATH: dict[str, Callable[[Town], list[str]]] = {
    "mandate_id": lambda town: [str(town.account.mandate_id)],
    "umfang": lambda town: ["behoerde", "leistung", "vorgang"],
    "mandate_invitation.page:token": lambda town: [town.account.invitation],
    "mandate_invitation.send:token": lambda town: [town.account.invitation],
}


def _in_a_month(part: str) -> Callable[[Town], str]:
    day = datetime.date.today() + datetime.timedelta(days=30)  # noqa: DTZ011 - a day, any zone.
    return lambda town: str(getattr(day, part))


FORMS: dict[str, Mapping[str, Callable[[Town], str]]] = {
    "mandates.give_send": {
        "called": lambda town: "Carla Neu",
        "email": lambda town: f"{uuid.uuid4().hex}@post.example",
        "own_name": lambda town: "Anna Beispiel",
        "behoerde": lambda town: town.tenant.slug,
        "leistung": lambda town: SERVICE,
        "vorgang": lambda town: str(town.open.id),
        **{f"bis-{part}": _in_a_month(part) for part in ("day", "month", "year")},
    },
    "mandates.end": {},
    "mandate_invitation.send": {"own_name": lambda town: "Anna Beispiel", "antwort": lambda town: "ja"},
}

NOBODY_OFFERED: Mapping[str, Callable[[Town], str]] = {
    "mandate_id": lambda town: str(town.account.mandate_id),
    "giver_id": lambda town: str(town.account.id),
    "representative_id": lambda town: str(town.account.id),
    "scope": lambda town: "town",
}
