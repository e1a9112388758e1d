"""How to ask for the routes by which a tenant admin leads the town's team and reads its figures; a part of ``recipes``."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tests.cases.house import SERVICE
from tests.isolation.town import Town

Value = str | list[str]
Fields = Mapping[str, Callable[[Town], Value]]

PATH: dict[str, Callable[[Town], list[str]]] = {
    "department_id": lambda town: [str(each) for each in town.departments],
    "feedback_id": lambda town: [str(town.feedback_id)],
    **dict.fromkeys(
        (
            *("figures_admin.service:key", "figures_admin.erase:key"),
            *("feedback.ask:key", "feedback.send:key", "feedback.thanks:key"),
        ),
        lambda town: [SERVICE],
    ),
    "staff_id": lambda town: [str(town.colleague.id), str(town.invited_id)],
}
_LEAVE: Fields = {
    # Begins and does not end, so that nobody is away.
    "leave_from": lambda town: "2026-12-24",
    "leave_until": lambda town: "",
    "deputy": lambda town: str(town.caseworker.id),
}
QUERIES: dict[str, Fields] = {"acts_admin.overview": {"vor": lambda town: "999999"}}
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
        "departments": lambda town: [str(town.departments[1])],
    },
    "team_admin.set_leave": _LEAVE,
    "leave_desk.change": _LEAVE,
    "departments_admin.add": {"name": lambda town: f"Amt in {town.tenant.slug}"},
    "departments_admin.change": {
        # Too long, so that the department stays as it is.
        "name": lambda town: town.tenant.slug * 20,
        "services": lambda town: ["sperrmuell"],
    },
    "departments_admin.remove": {},
    "figures_admin.erase": {},
    "feedback.send": {
        "sterne": lambda town: "5",
        "worte": lambda town: f"Gut in {town.tenant.slug}",
        "anlass": lambda town: "sent",
    },
    **{f"team_admin.{act}": {} for act in ("invite_again", "reset", "end", "restore")},
}
