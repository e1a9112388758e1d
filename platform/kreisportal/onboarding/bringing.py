"""All that bringing a town on line does, in one transaction: the town, its first offers, its first admin.

Bundles that are meant for all, or for its kind, reach it too. The admin gets the invitation by mail.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from kreisportal.access.roles import Role
from kreisportal.audit.service import record
from kreisportal.bundles.service import join
from kreisportal.catalogue.definitions import Service
from kreisportal.catalogue.offers import first_channel, switch_on
from kreisportal.catalogue.responsibility import own_levels
from kreisportal.credentials.schemas import checked
from kreisportal.i18n import current_language, gettext
from kreisportal.kernel.database import Context
from kreisportal.kernel.errors import InvalidInputError
from kreisportal.notifications.addresses import check_address
from kreisportal.staff import service as staff_service
from kreisportal.staff.invitation_mails import FIRST_ADMIN_MAIL, Mailing, send_link
from kreisportal.staff.schemas import NewMemberSchema
from kreisportal.tenancy.directory import Entry
from kreisportal.tenancy.onboarding import Begun, onboard

OFFERS = ("required", "all", "none")
"""Which services are on from the start: those that the law asks for, all that towns have, none."""
ONBOARDED = "tenant-onboarded"
OF_ADMIN = ("admin_name", "admin_email")


@dataclass(frozen=True, slots=True)
class OnLine:
    """A town that is being prepared, how many services it offers, and by what token its first admin comes in."""

    town: Begun
    offers: int
    email: str
    invitation: str


def bring_on_line(
    session: Session,
    context: Context,
    entry: Entry,
    typed: Mapping[str, str],
    services: Iterable[Service],
    now: datetime.datetime,
    *,
    runs_all: bool,
    mailing: Mailing | None,
) -> OnLine:
    """Bring a town in with what was typed; without ``mailing`` no mail goes to its admin.

    Raises as ``onboard`` does, with the faults of all fields at once.
    """
    new = _admin(typed)
    faults = _faults_of(new, typed)
    try:
        begun = onboard(session, entry, typed, runs_all=runs_all)
    except InvalidInputError as error:
        raise InvalidInputError({**faults, **error.messages}) from None
    if faults:
        raise InvalidInputError(faults)
    admin, token = staff_service.add_member(session, context, begun.tenant_id, new, now)
    levels = own_levels(entry.kind, in_district=not entry.key.has_no_district)
    by_key = {service.key: service for service in services}
    channels = {
        service.key: first_channel(service)
        for service in by_key.values()
        if service.level in levels and _from_the_start(service, typed["offers"])
    }
    count = switch_on(session, begun.tenant_id, channels)
    count += join(session, begun.tenant_id, by_key)
    made = {"before": begun.before, "new_district": begun.new_district}
    record(
        session, context, ONBOARDED, "tenant", begun.slug, tenant_id=begun.tenant_id, offers=count, made=made
    )
    if mailing is not None:
        token = send_link(session, admin, begun.tenant_id, FIRST_ADMIN_MAIL, mailing)
    return OnLine(begun, count, admin.email, token)


def _admin(typed: Mapping[str, str]) -> dict[str, object]:
    return {
        "email": typed.get("admin_email", ""),
        "name": typed.get("admin_name", ""),
        "roles": [Role.TENANT_ADMIN.value],
        "language": current_language().path,
    }


def _faults_of(admin: Mapping[str, object], typed: Mapping[str, str]) -> dict[str, list[str]]:
    """What is wrong with the fields that are not the town's."""
    faults: dict[str, list[str]] = {}
    if typed.get("offers") not in OFFERS:
        faults["offers"] = [gettext("Wählen Sie, womit das Portal anfängt.")]
    try:
        check_address(checked(NewMemberSchema(), admin)["email"])
    except InvalidInputError as error:
        faults |= {f"admin_{name}": sentences for name, sentences in error.messages.items()}
    return faults


def _from_the_start(service: Service, which: str) -> bool:
    return which == "all" or (which == "required" and service.required_by_law)
