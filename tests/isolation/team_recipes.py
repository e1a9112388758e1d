"""How to ask for the routes by which a tenant admin leads the town's team; a part of ``recipes``."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tests.isolation.town import Town

Value = str | list[str]
Fields = Mapping[str, Callable[[Town], Value]]

PATH: dict[str, Callable[[Town], list[str]]] = {"staff_id": lambda town: [str(town.colleague.id), str(town.invited_id)]}
FORMS: dict[str, Fields] = {
    "team_admin.invite_send": {
        # Which is no address, so that no mail goes out.
        "email": lambda town: town.tenant.slug,
        "name": lambda town: f"Nele aus {town.tenant.slug}",
        "language": lambda town: "de",
        "roles": lambda town: ["caseworker"],
    },
    "team_admin.change": {
        # Without a name nothing is changed, so that the colleague stays who they are.
        "name": lambda town: "",
        "roles": lambda town: ["caseworker"],
    },
    **dict.fromkeys(("team_admin.invite_again", "team_admin.reset", "team_admin.end", "team_admin.restore"), {}),
}
