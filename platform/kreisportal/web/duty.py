"""Who stands in for whom today, in sentences for the person who is signed in at the desk."""

from __future__ import annotations

import uuid

from flask import g
from sqlalchemy.orm import Session

from kreisportal.i18n import gettext
from kreisportal.kernel import clock
from kreisportal.staff import duty
from kreisportal.staff.duty import Duty
from kreisportal.staff.models import Staff
from kreisportal.web.formats import date_text
from kreisportal.web.sessions import staff_context


def duty_today(session: Session, staff_id: uuid.UUID) -> Duty:
    """What is somebody's work today; asked once for a page, whose list and notices both go by it."""
    if "duty" not in g:
        g.duty = duty.duty_of(session, staff_id, clock.today())
    found: Duty = g.duty
    return found


def duty_lines(session: Session) -> list[str]:
    """For whom they stand in, and who stands in for them; nothing on most days."""
    staff_id, today = staff_context().staff_id, clock.today()
    if staff_id is None:
        return []
    lines = [
        gettext("Sie vertreten %(name)s bis %(date)s.", name=each.name, date=date_text(each.leave_until))
        for each in duty_today(session, staff_id).absent
        if each.leave_until
    ]
    me = duty.own_row(session, staff_id)
    return [*lines, _own_leave(session, me)] if me and duty.is_away(me, today) else lines


def _own_leave(session: Session, me: Staff) -> str:
    until = date_text(me.leave_until) if me.leave_until else ""
    deputy = duty.possible_deputies(session, me.id).get(me.deputy_id) if me.deputy_id else None
    if deputy:
        return gettext("%(name)s vertritt Sie bis %(date)s.", name=deputy, date=until)
    return gettext("Sie sind bis %(date)s abwesend, und niemand vertritt Sie.", date=until)
